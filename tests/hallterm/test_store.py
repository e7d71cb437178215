"""The storage thread of a terminal: a locked file costs the clerk no second, an answer is never lost (rule T10, 7.5.1).

Another connection holds the file while keys are pressed; the clock is moved by hand, so that nothing depends on how long
the lock really lasts.
"""

from __future__ import annotations

import os
import queue
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from hallterm.store import SLOW_MS, Store
from hallterm.workflows import counter
from hallterm.workflows.desk import Desk, Done, Refused
from hallterm.workflows.look import look
from storage import clock, database
from storage.errors import StorageBusy, StorageDamaged, StorageFull
from storage.facts import PauseReason, WindowState
from storage.local import Board, Holder, start_ticks
from tests.hallterm.workflows.founded import at
from tests.hallterm.workflows.shift import MEI, W1, Clock, Shift, make_hall, on_copy

PATIENCE_S = 120


@pytest.fixture(scope="module")
def hall_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hall") / "founded"
    make_hall(folder)
    return folder


@pytest.fixture
def shift(hall_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shift]:
    monkeypatch.setattr(database, "BUSY_TIMEOUT_MS", 100)
    with on_copy(hall_folder, tmp_path / "data") as made:
        yield made


class Terminal:
    """A store with a clerk at window 1, on the clock of the shift."""

    def __init__(self, shift: Shift, folder: Path) -> None:
        self.shift, self.clock, self.folder = shift, shift.clock, folder
        self.views: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self.store = Store(folder, self.views.put, clock=shift.clock)
        self.store.start()
        self.store.watch(look)
        self.store.sit(window=W1, staff=MEI)

    def press(self, action: Callable[..., Done], *values: object) -> Done:
        """One key, now; waits for the answer."""
        return self.store.submit(lambda desk, now: action(desk, now, *values)).result(PATIENCE_S)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Somebody else holds the file; 10 s pass on the terminal's clock."""
        other = database.open_sqlite(self.folder / "hall.db")
        other.execute("BEGIN IMMEDIATE")
        yield
        self.clock.after(10)
        other.execute("ROLLBACK")
        other.close()

    def wait_for(self, condition: Callable[[], bool]) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while not condition():
            assert time.monotonic() < deadline, "the state never came"
            time.sleep(0.01)


@pytest.fixture
def terminal(shift: Shift, tmp_path: Path) -> Iterator[Terminal]:
    shift.open()
    made = Terminal(shift, tmp_path / "data")
    yield made
    made.store.close(PATIENCE_S)
    assert not made.store._thread.is_alive()


def test_10_s_of_a_locked_file_do_not_count_when_finish_is_pressed(terminal: Terminal) -> None:
    shift, shift_clock = terminal.shift, terminal.clock
    shift.serve(shift.desk())
    service = shift.serving(shift.desk()).id
    shift_clock.after(30)
    with terminal.locked(), pytest.raises(StorageBusy):
        terminal.press(counter.finish)
    assert shift.serving(shift.desk()).state == "serving"
    terminal.wait_for(lambda: terminal.store.blocked_since is None)
    shift_clock.after(5)
    shift.show_pad(W1, "ready")
    terminal.press(counter.finish)
    row = shift.service(service)
    assert (row.counted_s, row.excluded_s, row.wall_s) == (35, 10, 45)
    assert [(kind, ms) for kind, _, _, ms in shift.intervals(service)] == [("ui_blocked", 10_000)]
    shift.check()


@pytest.mark.parametrize("retry_at_once", [True, False])
def test_a_pause_or_a_start_that_could_not_be_taken_does_not_count_either(
    terminal: Terminal, retry_at_once: bool
) -> None:
    shift, shift_clock = terminal.shift, terminal.clock
    shift.call(shift.desk())
    with terminal.locked(), pytest.raises(StorageBusy):
        terminal.press(counter.start)
    terminal.press(counter.start)
    service = shift.serving(shift.desk()).id
    shift_clock.after(20)
    with terminal.locked(), pytest.raises(StorageBusy):
        terminal.press(counter.pause, PauseReason.INTERNAL_CONSULT)
    if not retry_at_once:
        terminal.wait_for(lambda: terminal.store.blocked_since is None)
    terminal.press(counter.pause, PauseReason.INTERNAL_CONSULT)
    shift_clock.after(7)
    with terminal.locked(), pytest.raises(StorageBusy):
        terminal.press(counter.finish)
    terminal.press(counter.finish)
    row = shift.service(service)
    assert (row.counted_s, row.excluded_s, row.wall_s) == (27, 20, 47)


def test_the_block_ends_when_the_file_can_be_written_and_not_with_the_next_key(terminal: Terminal) -> None:
    shift, shift_clock = terminal.shift, terminal.clock
    shift.serve(shift.desk())
    service = shift.serving(shift.desk()).id
    with terminal.locked(), pytest.raises(StorageBusy):
        terminal.press(counter.finish)
    terminal.wait_for(lambda: terminal.store.blocked_since is None)
    shift_clock.after(600)
    terminal.press(counter.finish)
    assert (shift.service(service).counted_s, shift.service(service).excluded_s) == (600, 10)


def test_a_write_that_hung_and_then_came_through_is_a_block_of_its_length(terminal: Terminal) -> None:
    shift, shift_clock = terminal.shift, terminal.clock
    shift.serve(shift.desk())
    service = shift.serving(shift.desk()).id

    def slow(desk: Desk, now: Any) -> Done:
        done = counter.change_service(desk, now, "B02")
        shift_clock.after((SLOW_MS + 3000) / 1000)
        return done

    shift_clock.after(20)
    terminal.store.submit(slow).result(PATIENCE_S)
    shift_clock.after(6)
    terminal.press(counter.finish)
    row = shift.service(service)
    assert (row.counted_s, row.excluded_s) == (26, 4)


def test_a_refusal_and_a_read_block_nothing(terminal: Terminal) -> None:
    with pytest.raises(Refused):
        terminal.press(counter.finish)
    with pytest.raises(StorageBusy):
        terminal.store.submit(busy, writes=False).result(PATIENCE_S)
    assert terminal.store.blocked_since is None


def busy(desk: Desk, now: Any) -> Done:
    raise StorageBusy("hall.db")


def test_who_leaves_the_window_takes_no_block_along(terminal: Terminal) -> None:
    with pytest.raises(StorageBusy):
        terminal.store.submit(busy).result(PATIENCE_S)
    terminal.store.sit()
    assert terminal.store.submit(lambda desk, now: desk.window).result(PATIENCE_S) == ""


def test_a_board_that_cannot_be_written_does_not_end_the_thread(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The heartbeat has no room on a full disk; the keys go on."""
    beats = queue.SimpleQueue[str]()

    def full(board: Board, window: str, *_: object) -> None:
        beats.put(window)
        raise StorageFull("local.db")

    monkeypatch.setattr(Board, "beat", full)
    terminal.clock.after(6)
    assert beats.get(timeout=PATIENCE_S) == W1
    terminal.shift.issue()
    assert terminal.press(counter.call).number == "B001"


def test_the_lease_is_renewed_for_as_long_as_somebody_sits_here(terminal: Terminal) -> None:
    """The bulletin board may be deleted at any time: the next heartbeat puts the lease back."""
    ticks = start_ticks(os.getpid())
    assert ticks is not None
    lease = Holder(W1, "terminal", MEI, os.getpid(), clock.BOOT, ticks, 1)
    terminal.store.sit(window=W1, staff=MEI, lease=lease)
    board = terminal.shift.stores.board
    for _ in range(2):
        board.release_window(W1)
        terminal.clock.after(6)
        terminal.wait_for(lambda: [one.window for one in board.windows_taken()] == [W1])


def test_the_answer_of_a_write_comes_with_its_view(terminal: Terminal) -> None:
    terminal.shift.issue()
    terminal.press(counter.call)
    seen = terminal.views.get(timeout=PATIENCE_S)
    while seen.window.state is not WindowState.CALLED:
        seen = terminal.views.get(timeout=PATIENCE_S)
    assert seen.ticket.number == "B001"


def test_what_another_process_did_is_told(terminal: Terminal) -> None:
    terminal.shift.issue()
    while terminal.views.get(timeout=PATIENCE_S).waiting_here != 1:
        pass


def test_closing_with_a_matter_open_stops_its_clock_and_frees_the_window(shift: Shift, tmp_path: Path) -> None:
    desk = shift.open()
    terminal = Terminal(shift, tmp_path / "data")
    shift.serve(desk)
    shift.stores.board.take_window(W1, "terminal", MEI, 1, "boot", 1)
    shift.clock.after(9)
    terminal.store.close(PATIENCE_S)
    service = shift.serving(desk)
    assert (service.pause_reason, service.counted_ms) == (PauseReason.APP_RESTART, 9_000)
    assert shift.stores.board.windows_taken() == []


def test_opening_what_is_no_database_is_an_error_of_start(tmp_path: Path) -> None:
    (tmp_path / "hall.db").write_bytes(b"this is no database, it is a letter to the tax office" * 100)
    store = Store(tmp_path, print, clock=Clock(at("09:00")))
    with pytest.raises(StorageDamaged):
        store.start()


def test_who_asked_may_be_gone_and_the_next_one_is_answered(terminal: Terminal) -> None:
    """A screen that is left cancels what it waits for: what was pressed is recorded, and the thread goes on."""
    held = threading.Event()
    first = terminal.store.submit(lambda desk, now: held.wait(PATIENCE_S), writes=False)
    seen: list[str] = []
    gone = [
        terminal.store.submit(lambda desk, now: seen.append("read"), writes=False),
        terminal.store.submit(lambda desk, now: seen.append("written"), writes=True),
    ]
    assert all(one.cancel() for one in gone)
    held.set()
    assert first.result(PATIENCE_S)
    assert terminal.store.submit(lambda desk, now: "answered", writes=False).result(PATIENCE_S) == "answered"
    assert seen == ["written"]
