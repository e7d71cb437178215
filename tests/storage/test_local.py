"""The bulletin board of a PC: leases, signs of life, device states, wrong passwords, requests."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from hallterm.rules.passwords import delay_s
from storage import clock
from storage.facts import Moment
from storage.local import Board, DeviceWord, Holder, SyncWord, start_ticks

W1, W2 = "360602001-01", "360602001-02"
HOLD_A_WINDOW = """
import os, sys
from pathlib import Path
from storage import clock
from storage.local import Board, start_ticks
board, pid = Board(Path(sys.argv[1])), os.getpid()
taken = board.take_window(sys.argv[2], "terminal", sys.argv[3], pid, clock.BOOT, start_ticks(pid))
print("mine" if taken is None else "taken", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "local.db"


@pytest.fixture
def board(path: Path) -> Iterator[Board]:
    opened = Board(path)
    yield opened
    opened.close()


def me(board: Board, window: str, staff: str) -> Holder | None:
    started = start_ticks(os.getpid())
    assert started is not None
    return board.take_window(window, "terminal", staff, os.getpid(), clock.BOOT, started)


@pytest.fixture
def holding(path: Path) -> Iterator[list[subprocess.Popen[str]]]:
    """Children that hold a window each; ended after the test."""
    children: list[subprocess.Popen[str]] = []
    yield children
    for child in children:
        child.kill()
        child.communicate()


def hold(path: Path, window: str, staff: str) -> tuple[subprocess.Popen[str], str]:
    child = subprocess.Popen(
        [sys.executable, "-c", HOLD_A_WINDOW, str(path), window, staff],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    return child, child.stdout.readline().strip()


def test_a_window_held_by_a_living_process_is_refused_and_its_holder_named(
    path: Path, board: Board, holding: list[subprocess.Popen[str]]
) -> None:
    child, said = hold(path, W1, "1001")
    holding.append(child)
    assert said == "mine"
    holder = me(board, W1, "1002")
    assert holder is not None
    assert (holder.window, holder.staff, holder.pid) == (W1, "1001", child.pid)
    assert board.windows_taken() == [holder]


def test_the_window_of_a_killed_process_is_free_at_once(
    path: Path, board: Board, holding: list[subprocess.Popen[str]]
) -> None:
    child, said = hold(path, W1, "1001")
    assert said == "mine"
    child.send_signal(signal.SIGKILL)
    child.wait(60)
    holding.append(child)
    assert board.windows_taken() == []
    assert me(board, W1, "1001") is None
    assert [one.pid for one in board.windows_taken()] == [os.getpid()]


def test_a_process_killed_but_not_yet_reaped_holds_nothing(
    path: Path, board: Board, holding: list[subprocess.Popen[str]]
) -> None:
    child, _said = hold(path, W1, "1001")
    holding.append(child)
    child.send_signal(signal.SIGKILL)
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert start_ticks(child.pid) is None
    assert me(board, W1, "1002") is None


def test_one_person_sits_at_one_window_only(path: Path, board: Board, holding: list[subprocess.Popen[str]]) -> None:
    child, _said = hold(path, W1, "1001")
    holding.append(child)
    holder = me(board, W2, "1001")
    assert holder is not None
    assert holder.window == W1
    assert me(board, W2, "1002") is None


def test_of_many_processes_at_once_one_gets_the_window(path: Path, holding: list[subprocess.Popen[str]]) -> None:
    children = [
        subprocess.Popen(
            [sys.executable, "-c", HOLD_A_WINDOW, str(path), W1, f"10{n:02}"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for n in range(6)
    ]
    holding.extend(children)
    said = [child.stdout.readline().strip() for child in children if child.stdout]
    assert sorted(said) == ["mine", *["taken"] * 5]


def test_another_process_with_a_reused_number_is_not_the_holder(board: Board) -> None:
    started = start_ticks(os.getpid())
    assert started is not None
    assert board.take_window(W1, "terminal", "1001", os.getpid(), clock.BOOT, started - 1) is None
    assert board.windows_taken() == []
    assert board.take_window(W2, "terminal", "1001", os.getpid(), "another0", started) is None
    assert board.windows_taken() == []


def test_moving_to_another_window_gives_the_first_one_back(board: Board) -> None:
    assert me(board, W1, "1001") is None
    assert me(board, W2, "1001") is None
    assert [one.window for one in board.windows_taken()] == [W2]
    board.release_window(W2)
    assert board.windows_taken() == []


def test_a_board_that_was_deleted_is_made_anew_and_the_beat_takes_the_window_again(board: Board, path: Path) -> None:
    assert me(board, W1, "1001") is None
    lease = board.windows_taken()[0]
    for file in path.parent.iterdir():
        file.unlink()
    assert board.windows_taken() == []
    assert board.renew_window(lease) is None
    assert board.windows_taken() == [lease]


@pytest.mark.parametrize("content", [b"not a database at all" * 500, b"", b"SQLite format 3\0" + b"\xff" * 4096])
def test_a_damaged_board_is_made_anew(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    board = Board(path)
    board.beat(W1, "s", Moment(1, 2, "b"))
    assert board.last_beat(W1) is not None
    board.close()


def test_a_board_that_is_damaged_while_open_is_made_anew(board: Board, path: Path) -> None:
    board.beat(W1, "s", Moment(1, 2, "b"))
    board.close()
    with path.open("r+b") as file:
        file.write(b"\xff" * 8192)
    Path(f"{path}-wal").unlink(missing_ok=True)
    board.beat(W1, "s", Moment(3, 4, "b"))
    beat = board.last_beat(W1)
    assert beat is not None
    assert beat.t == 3


def test_a_board_of_another_program_version_is_thrown_away(board: Board, path: Path) -> None:
    board.beat(W1, "s", Moment(1, 2, "b"))
    board._board().execute("PRAGMA user_version = 99")
    board.close()
    other = Board(path)
    assert other.last_beat(W1) is None
    other.close()


def test_the_last_beat_tells_where_a_pause_begins(board: Board) -> None:
    assert board.last_beat(W1) is None
    board.beat(W1, "n/0/7/aa", Moment(1000, 50, "boot1"))
    board.beat(W1, "n/0/7/aa", Moment(6000, 5050, "boot1"))
    beat = board.last_beat(W1)
    assert beat is not None
    assert (beat.service, beat.t, beat.m, beat.boot) == ("n/0/7/aa", 6000, 5050, "boot1")


def test_a_process_is_alive_while_it_spoke_lately_in_this_boot(board: Board) -> None:
    board.process_beat("station", 77, Moment(0, 100_000, "b"), {"queue": 3})
    word = board.process("station")
    assert word is not None
    assert (word.pid, word.values) == (77, {"queue": 3})
    assert word.is_alive(Moment(0, 105_000, "b"))
    assert word.is_alive(Moment(0, 99_000, "b")), "it spoke while somebody who pressed before waited for the write"
    assert not word.is_alive(Moment(0, 111_000, "b"))
    assert not word.is_alive(Moment(0, 105_000, "c"))
    assert board.process("other") is None


def test_devices_keep_state_and_counters_apart(board: Board) -> None:
    board.set_counters("rating", W1, {"frames": 9})
    board.set_device("rating", W1, "online", 5, "ok")
    board.set_device("display", W1, "offline", 6)
    display, rating = board.devices()
    assert display == DeviceWord("display", W1, "offline", 6, "", {})
    assert rating == DeviceWord("rating", W1, "online", 5, "ok", {"frames": 9})
    board.forget_device("display", W1)
    assert board.devices() == [rating]


def test_the_state_of_synchronisation_is_what_was_said_last(board: Board) -> None:
    assert board.sync() == SyncWord()
    word = SyncWord(online=True, since_t=4, waiting=17, last_contact_t=9, skew_ms=-250, detail="ok")
    board.set_sync(word)
    assert board.sync() == word


def test_wrong_passwords_are_counted_across_processes_and_wait_longer_each_time(path: Path, board: Board) -> None:
    other = Board(path)
    waits = []
    for n in range(8):
        now = Moment(1_000_000, 1_000, "b")
        failure = (board if n % 2 else other).password_failed("1001", now, delay_s)
        assert failure.failures == n + 1
        waits.append((failure.retry_at_t - now.t) // 1000)
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60]
    assert other.password_wait_ms("1001", Moment(1_000_000, 31_000, "b")) == 30_000
    assert other.password_wait_ms("1001", Moment(1_000_000, 61_000, "b")) == 0
    assert other.password_wait_ms("1002", Moment(1_000_000, 1_000, "b")) == 0
    other.password_ok("1001")
    assert board.password_failed("1001", Moment(0, 0, "b"), delay_s).failures == 1
    other.close()


def test_a_clock_set_back_does_not_lock_a_person_out(board: Board) -> None:
    board.password_failed("1001", Moment(9_000_000, 10, "before"), lambda _n: 60)
    assert board.password_wait_ms("1001", Moment(0, 5, "after")) == 60_000


def test_requests_are_taken_once_and_answered(path: Path, board: Board) -> None:
    station = Board(path)
    now = Moment(0, 500_000, "b")
    number = board.request("press", {"window": W1, "key": 3}, now)
    assert board.answer_of(number) is None
    (request,) = station.take_requests(now)
    assert (request.id, request.kind, request.data) == (number, "press", {"window": W1, "key": 3})
    assert station.take_requests(now) == []
    station.answer(number, {"ok": True})
    assert board.answer_of(number) == {"ok": True}
    station.close()


def test_a_request_nobody_took_for_long_is_dropped(board: Board) -> None:
    board.request("release", now=Moment(0, 0, "b"))
    board.request("release", now=Moment(0, 70_000, "old boot"))
    kept = board.request("backup", now=Moment(0, 65_000, "b"))
    assert [one.id for one in board.take_requests(Moment(0, 70_000, "b"))] == [kept]


def test_the_version_changes_when_another_process_writes(path: Path, board: Board) -> None:
    before = board.version()
    assert board.version() == before
    other = Board(path)
    other.beat(W1, "s", Moment(1, 2, "b"))
    other.close()
    assert board.version() != before
