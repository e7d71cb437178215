"""The four faults of a line that hallterm must not have, each in a real pseudo-terminal."""

from __future__ import annotations

import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.end_to_end.report import FIRST_ROW, LAST_ROW, Report, probe_terminal
from tests.end_to_end.terminal import Terminal

pytestmark = pytest.mark.pty

BEATS_OF_A_STALL = 30  # three seconds at ten a second
SIGNALS_THAT_END = [signal.SIGHUP, signal.SIGTERM, signal.SIGINT]


@pytest.fixture
def report(tmp_path: Path) -> Report:
    return Report(tmp_path / "report")


def beats_more(report: Report, count: int) -> Callable[[], bool]:
    start = len(report.values("beat"))
    return lambda: len(report.values("beat")) >= start + count


def test_a_line_that_nobody_reads_does_not_stop_the_program(report: Report) -> None:
    with probe_terminal(report, "beat") as terminal:
        terminal.wait_for(LAST_ROW)
        terminal.stop_reading()
        terminal.wait_until(beats_more(report, BEATS_OF_A_STALL))
        assert report.values("dropped")[-1] > 0, "the stall was too short to prove anything"


def test_the_screen_is_whole_again_after_a_stall(report: Report) -> None:
    with probe_terminal(report, "beat") as terminal:
        terminal.wait_for(LAST_ROW)
        terminal.stop_reading()
        terminal.wait_until(beats_more(report, BEATS_OF_A_STALL))
        terminal.press("f6")
        terminal.wait_until(lambda: report.has("key"))
        missed = report.values("beat")[-1]
        terminal.resume_reading()

        def whole(rows: list[str]) -> bool:
            shown = {row.strip() for row in rows[1:22]}
            beat = next(iter(shown)).split()[1:2]
            return len(shown) == 1 and beat > [f"{missed:05}"]

        rows = terminal.wait_for(whole)
        assert rows[0].rstrip() == f"{FIRST_ROW} 键 1 f6"
        assert rows[23].rstrip() == LAST_ROW


@pytest.mark.parametrize("modes", [[], ["beat"]], ids=["idle", "painting"])
def test_end_of_file_ends_the_app_even_with_sighup_ignored(report: Report, modes: list[str]) -> None:
    with probe_terminal(report, *modes, ignored=[signal.SIGHUP]) as terminal:
        terminal.wait_for(LAST_ROW)
        terminal.hang_up()
        assert terminal.wait_exit() == 128 + signal.SIGHUP
    assert report.has("unmount")


def test_a_hang_up_unmounts(report: Report) -> None:
    with probe_terminal(report) as terminal:
        terminal.wait_for(LAST_ROW)
        terminal.hang_up()
        assert terminal.wait_exit() == 128 + signal.SIGHUP
    assert report.has("unmount")


@pytest.mark.parametrize("number", SIGNALS_THAT_END)
def test_a_signal_unmounts_and_restores_the_terminal(report: Report, number: signal.Signals) -> None:
    with probe_terminal(report) as terminal:
        terminal.wait_for(LAST_ROW)
        assert not terminal.echoes
        assert terminal.in_alternate_screen
        terminal.signal(number)
        assert terminal.wait_exit() == 128 + number
        assert report.has("unmount")
        assert_restored(terminal)


def test_a_signal_during_a_stall_unmounts_and_restores_the_terminal(report: Report) -> None:
    with probe_terminal(report, "beat") as terminal:
        terminal.wait_for(LAST_ROW)
        terminal.stop_reading()
        terminal.wait_until(lambda: max(report.values("dropped"), default=0) > 0)
        terminal.signal(signal.SIGTERM)
        assert terminal.wait_exit() == 128 + signal.SIGTERM
        assert report.has("unmount")
        terminal.resume_reading()
        terminal.wait_until(lambda: not terminal.in_alternate_screen)
        assert_restored(terminal)


def test_a_blocked_program_is_ended_all_the_same_and_the_terminal_restored(report: Report) -> None:
    with probe_terminal(report, "block") as terminal:
        terminal.wait_for(LAST_ROW)
        terminal.press("f5")
        terminal.wait_until(lambda: report.has("blocking"))
        terminal.signal(signal.SIGTERM)
        assert terminal.wait_exit() == 128 + signal.SIGTERM
        assert not report.has("unmount"), "the program was not blocked"
        assert_restored(terminal)


def test_quitting_restores_the_terminal(report: Report) -> None:
    with probe_terminal(report, "quit") as terminal:
        terminal.wait_for(LAST_ROW)
        terminal.press("f5")
        assert terminal.wait_exit() == 0
        assert report.has("unmount")
        assert_restored(terminal)


def test_a_stray_sigcont_leaves_one_reader_of_keys(report: Report) -> None:
    with probe_terminal(report) as terminal:
        terminal.wait_for(LAST_ROW)
        terminal.wait_quiet()
        painted = terminal.bytes_seen
        terminal.signal(signal.SIGCONT)
        terminal.wait_until(lambda: terminal.bytes_seen > painted, what="nothing was painted anew")
        keys = [f"f{number}" for number in (4, 5, 6, 7, 8, 9)] * 20
        terminal.press(*keys)
        terminal.wait_for(f"键 {len(keys)} ")
        assert report.values("key") == keys
        assert terminal.kitty_flags == [1], "the terminal was set up a second time"
        terminal.signal(signal.SIGTERM)
        assert terminal.wait_exit() == 128 + signal.SIGTERM


def test_the_screen_follows_the_size_of_the_terminal(report: Report) -> None:
    with probe_terminal(report, size=(120, 40), env={"COLUMNS": "120", "LINES": "40"}) as terminal:
        terminal.wait_for(lambda rows: rows[39].startswith(LAST_ROW))
        terminal.resize(80, 24)
        terminal.wait_for(lambda rows: rows[0].startswith(FIRST_ROW) and rows[23].startswith(LAST_ROW))
        assert report.values("size")[-1] == (80, 24)


def assert_restored(terminal: Terminal) -> None:
    assert not terminal.in_alternate_screen
    assert terminal.private_modes >= {7, 25}, "line wrap and cursor"
    assert not terminal.private_modes & {1000, 1003, 1004, 1006, 2004}
    assert terminal.echoes
    assert terminal.raw.count(b"\x1b[<u") == 1
