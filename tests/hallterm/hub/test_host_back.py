"""A number host whose disk was put back: its PCs know more of its own log, or other lines, and it goes on under a new name."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hallterm.rules.day import business_day
from hallterm.station.hub_line import HubLine
from hallterm.workflows.claiming import NumberHost
from hallterm.workflows.desk import Desk
from hallterm.workflows.ticketing import issue
from storage import aside, clock, hall_logs, host_log, nodes, views
from storage.doctor import verify_chain
from storage.facts import NodeEnrolled, TicketIssued
from storage.journal import Journal
from storage.local import Board
from storage.nodes import Upstream
from storage.rebuild import compare
from storage.receive import Verdict
from sync.hub import HallDesk
from sync.keys import load_or_make
from tests.faults.clerk import HALL
from tests.faults.hub_hall import until
from tests.hallterm.hub.pcs import HOST, Hall, give
from tests.sync.centres import centre_in_thread
from tests.sync.trust import CENTRE_KEY

NODE = f"{HALL}-07"
Opened = Callable[[], Journal]


def issued(journal: Journal, count: int, first: int) -> None:
    with journal.write("0001", clock.now()) as tx:
        for number in range(first, first + count):
            tx.record(TicketIssued(views.last_day(tx.database, HALL), f"B{number:03d}", "B", service_code="B02"))


@pytest.fixture
def pc(hall: Hall, tmp_path: Path) -> Iterator[Journal]:
    """A PC that knows everything of its number host."""
    folder = tmp_path / "pc"
    folder.mkdir()
    journal, key = Journal.open(folder / "hall.db"), load_or_make(folder)
    journal.found(NODE, HALL)
    nodes.enrolled_with(journal, Upstream(HOST, CENTRE_KEY.public, CENTRE_KEY.public_box, HALL))
    with hall.journal.write("-", clock.now()) as tx:
        tx.record(NodeEnrolled(node=NODE, scope=HALL, key=key.public, box=key.public_box))
    yield journal
    journal.close()


def put_back(hall: Hall, copy: Path) -> Opened:
    """The host's file as it was when it was copied; what opens it."""
    path = hall.folder / "hub" / "hall.db"
    hall.journal.close()
    for suffix in ("-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    shutil.copy(copy, path)
    hall.journal = Journal.open(path)
    return lambda: Journal.open(path)


def copied(hall: Hall, copy: Path) -> Path:
    hall.journal.database.execute("VACUUM INTO ?", (str(copy),))
    return copy


@pytest.mark.parametrize("alone", [0, 9], ids=["nothing since", "more lines since"])
def test_a_host_that_was_put_back_begins_a_new_log_and_all_follow_it(
    hall: Hall, pc: Journal, tmp_path: Path, caplog: pytest.LogCaptureFixture, alone: int
) -> None:
    copy = copied(hall, tmp_path / "copy.db")
    common = hall.journal.own_seq()
    issued(hall.journal, 5, 30)
    give(hall.journal, pc)
    open_host = put_back(hall, copy)
    if alone:
        issued(hall.journal, alone, 60)
    decide = NumberHost()
    desk = HallDesk(decide.decide, decide.tidy, lambda now: business_day(now.t))
    with centre_in_thread(open_host, desk=desk) as url:
        end = HubLine(tmp_path / "pc", url).start()
        until(lambda: own_logs(hall)[-1][0] != 0, "the host begins a new log")
        newest = own_logs(hall)[-1]
        until(lambda: hall_logs.known(pc).get(f"{HOST}/{newest[0]}", 0) == newest[1], "the PC follows it")
        end()
        until(lambda: not [one for one in threading.enumerate() if one.name == "number-host"], "the line has ended")
    hall.journal.forget_identity()
    upto = int(hall.journal.database.value("SELECT upto FROM log WHERE node = ? AND closed = 1", (HOST,)))
    assert upto <= common
    assert newest[1] == common + alone - upto, "what was written alone is carried"
    assert "does not follow" not in caplog.text
    assert verify_chain(hall.journal.database).holds
    assert compare(hall.journal.database) == []
    own = issue(Desk(hall.journal, Board(tmp_path / "board.db"), HALL), clock.now(), "B", service_code="B02")
    assert own.number == "B1-001"
    give(hall.journal, pc)
    numbers = {str(number) for (number,) in pc.database.rows("SELECT number FROM ticket")}
    assert {f"B{number:03d}" for number in [*range(30, 35), *range(60, 60 + alone)]} | {"B1-001"} <= numbers
    assert verify_chain(pc.database).holds


def own_logs(hall: Hall) -> list[tuple[int, int]]:
    """Epoch and lines of the host's own logs, as they began."""
    rows = hall.journal.database.rows("SELECT epoch, have FROM log WHERE node = ? ORDER BY opened_t, epoch", (HOST,))
    return [(int(epoch), int(have)) for epoch, have in rows]


def test_a_host_that_knows_as_much_goes_on(hall: Hall, pc: Journal) -> None:
    give(hall.journal, pc)
    known = host_log.as_known(pc.database, HOST)
    issued(hall.journal, 3, 30)
    assert host_log.compare(hall.journal, known, clock.now().t, "2026-11-24") is None
    assert host_log.compare(hall.journal, (), clock.now().t, "2026-11-24") is None
    assert len(own_logs(hall)) == 1
    assert not aside.gives_own_numbers(hall.journal.database, "2026-11-24")


def test_a_log_that_the_host_does_not_know_any_more_is_followed_by_a_new_one(
    hall: Hall, pc: Journal, tmp_path: Path
) -> None:
    """Put back twice: the epoch that began after the first time is unknown after the second."""
    copy = copied(hall, tmp_path / "copy.db")
    issued(hall.journal, 5, 30)
    give(hall.journal, pc)
    put_back(hall, copy)
    first = host_log.compare(hall.journal, host_log.as_known(pc.database, HOST), clock.now().t, "2026-11-24")
    issued(hall.journal, 2, 40)
    give(hall.journal, pc)
    put_back(hall, copy)
    again = host_log.compare(hall.journal, host_log.as_known(pc.database, HOST), clock.now().t, "2026-11-24")
    assert first is not None
    assert again is not None
    assert again.epoch != first.epoch
    issued(hall.journal, 1, 50)
    pieces, _more = hall_logs.news(hall.journal.database, NODE, hall_logs.known(pc))
    assert [hall_logs.keep(pc, HOST, one, clock.now().t).verdict for one in pieces] == [Verdict.STORED] * len(pieces)
    assert pc.database.value("SELECT count(*) FROM ticket WHERE number = 'B050'") == 1
