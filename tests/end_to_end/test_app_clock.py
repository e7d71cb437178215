"""Somebody sets the PC's wall clock while a citizen is served: the time of the service does not move, row 2 says it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from hallterm.demo_child import enrol
from tests.end_to_end.hall import Hall, state_row

pytestmark = pytest.mark.pty

HOUR_MS = 3_600_000
SLACK_MS = HOUR_MS // 2
"""The service and the looks of the station may take their time: far less than the jump itself."""

JUMPS = ((HOUR_MS, "钟 快 (59|60) 分"), (-2 * HOUR_MS, "钟 慢 (59|60) 分"))
"""An hour forward, then two hours back, which leaves it an hour behind; the centre's clock is right all the time."""


class WallClock:
    """By how much the wall clock of the PC is set."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._moved_ms = 0
        self._file.write_text("0", encoding="ascii")
        self.program = (sys.executable, "-m", "tests.end_to_end.apps.moved_clock", str(file))

    def move(self, by_ms: int) -> None:
        """In one step: nobody reads half a number."""
        self._moved_ms += by_ms
        fresh = self._file.with_suffix(".new")
        fresh.write_text(str(self._moved_ms), encoding="ascii")
        os.replace(fresh, self._file)


@contextmanager
def centre(hall: Hall) -> Iterator[None]:
    """A centre on loopback that the hall has joined and sends to, every second."""
    folder = hall.folder / "centre"
    enrol(hall.data, folder)
    words = ["serve", "--data", str(folder), "--listen", "127.0.0.1:0", "--pace", "1", "--lang", "en"]
    child = subprocess.Popen(
        [sys.executable, "-m", "hallterm", *words], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True
    )
    try:
        assert child.stdout is not None
        address = next(line for line in child.stdout if "http://" in line).split()[-1]
        with hall.config.open("a", encoding="utf-8") as config:
            config.write(f'[sync]\nupstream = "{address}"\n')
        yield
    finally:
        child.terminate()
        child.wait(120)
        if child.stdout is not None:
            child.stdout.close()


def row_2(pattern: str) -> Callable[[list[str]], bool]:
    return lambda rows: re.search(pattern, rows[1]) is not None


def jumps_told(hall: Hall, count: int) -> Callable[[], bool]:
    return lambda: len(hall.facts("clock.jumped")) >= count


def shown_s(row: str) -> int:
    """The running clock of row 8."""
    found = re.search(r"(\d+):(\d\d) / 02:00", row)
    assert found is not None, row
    return 60 * int(found[1]) + int(found[2])


def test_a_wall_clock_that_jumps_moves_no_service_and_is_told(hall: Hall, tmp_path: Path) -> None:
    clock = WallClock(tmp_path / "moved_ms")
    hall.issue()
    with centre(hall), hall.station(clock.program), hall.counter(program=clock.program) as terminal:
        terminal.press("f5")
        terminal.wait_for(state_row("已叫号"))
        terminal.press("f6")
        terminal.wait_for(state_row("办理中"))
        terminal.wait_for(row_2("网 在线 .*钟 准"))
        for count, (by_ms, words) in enumerate(JUMPS, 1):
            clock.move(by_ms)
            terminal.wait_for(row_2(words))
            terminal.wait_until(jumps_told(hall, count), what="no fact of the jump")
            assert state_row("办理中")(terminal.screen())
            assert shown_s(terminal.row(8)) < SLACK_MS // 1000
        terminal.press("f8")
        terminal.wait_for(state_row("空闲"))
    jumped = [one["jump_ms"] for one in hall.facts("clock.jumped")]
    assert len(jumped) == len(JUMPS)
    for found_ms, (by_ms, _words) in zip(jumped, JUMPS, strict=True):
        assert abs(found_ms - by_ms) < SLACK_MS
    lines = {line.k: line for line in hall.lines()}
    started, finished = lines["service.started"], lines["service.finished"]
    assert finished.t < started.t, "the clock went back in between"
    counted = hall.facts("service.finished")[0]
    assert counted["counted_ms"] + counted.get("excluded_ms", 0) == finished.m - started.m
    assert not counted.get("overtime")
    assert hall.chain_holds()
