"""The disk runs full while somebody is served: one sentence a key, nothing recorded is lost, and afterwards it goes on."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from hallterm.workflows.pads import STATION
from storage.clock import now
from storage.rebuild import compare
from tests.end_to_end.hall import Hall, press_until, state_row
from tests.end_to_end.small_disk import CannotMount, Disk, WriteLimit, mounted
from tests.end_to_end.terminal import Terminal

pytestmark = [pytest.mark.pty, pytest.mark.faults]

FULL = " X 磁盘满,没有保存。"
REFUSED = (("f8", FULL), ("ctrl+r", " X ^R"), ("f8", FULL), ("ctrl+r", " X ^R"))
"""What row 22 says to a key that saves, and to one that does not: the same key twice at once would be one press."""

ON_DISK = ["ticket.issued", "ticket.called", "service.started"]


@pytest.fixture(params=["file_system", "write_limit"])
def disk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Disk]:
    if request.param == "write_limit":
        yield WriteLimit()
        return
    try:
        with mounted(tmp_path / "small") as small:
            yield small
    except CannotMount:
        pytest.skip("no file system may be mounted here; the write limit shows the same")


@pytest.fixture
def hall_on_disk(disk: Disk, founded_hall: Hall, tmp_path: Path) -> Hall:
    return Hall(tmp_path / "small" / "hall").copy_of(founded_hall)


@contextmanager
def reader(hall: Hall) -> Iterator[None]:
    """Somebody reads all the while (a report), so that the log cannot begin anew in the room it already has."""
    with closing(sqlite3.connect(hall.data / "hall.db", isolation_level=None)) as reading:
        reading.execute("BEGIN")
        reading.execute("SELECT count(*) FROM event").fetchone()
        yield


def test_a_full_disk_is_one_sentence_and_the_same_key_works_when_there_is_room(disk: Disk, hall_on_disk: Hall) -> None:
    hall = hall_on_disk
    hall.issue()
    begun = now()
    with hall.counter() as terminal, hall.station() as station:
        terminal.wait_until(lambda: beats_again(hall, begun.m), what="the station never came")
        for key, state in (("f5", "已叫号"), ("f6", "办理中")):
            terminal.press(key)
            terminal.wait_for(state_row(state))
        before = hall.kinds()
        with reader(hall):
            disk.fill(terminal.pid, station.pid)
            for key, sentence in REFUSED:
                press_until(terminal, key, said(terminal, sentence))
                assert state_row("办理中")(terminal.screen())
        disk.free(terminal.pid, station.pid)
        freed = now()
        terminal.press("f8")
        terminal.wait_for(state_row("空闲"))
        terminal.wait_until(lambda: beats_again(hall, freed.m), what="the station never came back")
        assert is_whole(terminal)
        assert station.poll() is None
    after = hall.kinds()
    assert after[: len(before)] == before
    assert [kind for kind in before if kind in ON_DISK] == ON_DISK
    assert after.count("service.finished") == 1
    blocked, finished = hall.facts("service.blocked"), hall.facts("service.finished")
    assert finished[0]["excluded_ms"] > 0, blocked
    assert hall.chain_holds()
    assert hall.read(lambda desk: compare(desk.journal.database)) == []
    assert "Traceback" not in hall.logs()
    assert "incident" not in hall.logs()


def said(terminal: Terminal, sentence: str) -> Callable[[], bool]:
    """News of the station may take the place of an answer; the key answers again."""
    return lambda: message(sentence)(terminal.screen())


def message(sentence: str) -> Callable[[list[str]], bool]:
    return lambda rows: rows[21].startswith(sentence)


def beats_again(hall: Hall, since_m: int) -> bool:
    beat = hall.read(lambda desk: desk.board.process(STATION))
    return beat is not None and beat.m > since_m


def is_whole(terminal: Terminal) -> bool:
    """Nothing was printed between the rows of the screen."""
    rows = terminal.screen()
    return rows[2] == "-" * 80 and all("|" in row for row in rows[3:21])
