"""A number host whose disk was put back: its PCs know more of its own log, or other lines, and it goes on under a new name."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

from hallterm.doctor import examine, report
from hallterm.rules.day import business_day
from hallterm.station import hub_line
from hallterm.station.hub_line import HubLine
from hallterm.workflows.claiming import NumberHost
from hallterm.workflows.desk import Desk
from hallterm.workflows.ticketing import issue
from storage import clock, hall_logs, host_log, host_lost, nodes, views
from storage.doctor import verify_chain
from storage.facts import NodeEnrolled, TicketIssued
from storage.host_lost import Lost, Regaining
from storage.journal import Journal
from storage.local import Board
from storage.nodes import Upstream
from storage.own_numbers import gives_own_numbers
from storage.rebuild import compare
from storage.receive import Verdict
from sync import answer, hub_wire
from sync.hub import HallDesk
from sync.keys import NodeKey, load_or_make
from sync.wire import BadHeader, BadSignature
from tests.faults.clerk import HALL
from tests.faults.hub_hall import until
from tests.hallterm.hub.pcs import HOST, Hall, give
from tests.sync.centres import centre_in_thread
from tests.sync.trust import CENTRE_KEY

NODE = f"{HALL}-07"


def issued(journal: Journal, count: int, first: int) -> None:
    with journal.write("0001", clock.now()) as tx:
        for number in range(first, first + count):
            tx.record(TicketIssued(views.last_day(tx.database, HALL), f"B{number:03d}", "B", service_code="B02"))


@pytest.fixture
def pc(hall: Hall, tmp_path: Path) -> Iterator[Journal]:
    """A PC of the hall."""
    yield from enrolled(hall, tmp_path / "pc", NODE)


@pytest.fixture
def other(hall: Hall, tmp_path: Path) -> Iterator[Journal]:
    yield from enrolled(hall, tmp_path / "other", f"{HALL}-08")


def enrolled(hall: Hall, folder: Path, node: str) -> Iterator[Journal]:
    folder.mkdir()
    journal, key = Journal.open(folder / "hall.db"), load_or_make(folder)
    journal.found(node, HALL)
    nodes.enrolled_with(journal, Upstream(HOST, CENTRE_KEY.public, CENTRE_KEY.public_box, HALL))
    with hall.journal.write("-", clock.now()) as tx:
        tx.record(NodeEnrolled(node=node, scope=HALL, key=key.public, box=key.public_box))
    yield journal
    journal.close()


def put_back(hall: Hall, copy: Path) -> None:
    """The host's file as it was when it was copied."""
    path = hall.folder / "hub" / "hall.db"
    hall.journal.close()
    for suffix in ("-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    shutil.copy(copy, path)
    hall.journal = Journal.open(path)


def copied(hall: Hall, copy: Path) -> Path:
    hall.journal.database.execute("VACUUM INTO ?", (str(copy),))
    return copy


class Served(NamedTuple):
    """A number host that is served, and its PCs while they follow it."""

    url: str
    lines: list[Callable[[], None]]

    def follow(self, pc: Journal) -> None:
        self.lines.append(HubLine(Path(pc.database.where).parent, self.url).start())

    def leave(self) -> None:
        while self.lines:
            self.lines.pop()()
        until(lambda: not [one for one in threading.enumerate() if one.name == "number-host"], "the lines have ended")


@pytest.fixture(autouse=True)
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """A line that shall end need not wait long for news."""
    monkeypatch.setattr(hub_line, "WAIT_S", 0.3)


@contextmanager
def served(hall: Hall) -> Iterator[Served]:
    decide = NumberHost()
    desk = HallDesk(decide.decide, decide.tidy, lambda now: business_day(now.t))
    with centre_in_thread(lambda: Journal.open(hall.folder / "hub" / "hall.db"), desk=desk) as url:
        found = Served(url, [])
        try:
            yield found
        finally:
            found.leave()


def follows(hall: Hall, pc: Journal) -> None:
    """Until the PC knows the newest log of its host to its end."""
    until(lambda: hall_logs.known(pc).get(f"{HOST}/{own_logs(hall)[-1][0]}", 0) == own_logs(hall)[-1][1], "it follows")


def holds_each_once(journal: Journal, numbers: set[str]) -> None:
    found = [str(number) for (number,) in journal.database.rows("SELECT number FROM ticket")]
    assert len(found) == len(set(found))
    assert numbers <= set(found)
    assert verify_chain(journal.database).holds
    assert compare(journal.database) == []


@pytest.mark.parametrize("alone", [0, 9], ids=["nothing since", "more lines since"])
def test_a_host_that_was_put_back_begins_a_new_log_and_gets_its_lost_lines_from_its_pcs(
    hall: Hall, pc: Journal, other: Journal, tmp_path: Path, caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch, alone: int,
) -> None:  # fmt: skip
    """One PC knows a part of what was lost, the other one all of it: several pages each."""
    monkeypatch.setattr(host_lost, "MOST", 7)
    copy, common = copied(hall, tmp_path / "copy.db"), hall.journal.own_seq()
    with served(hall) as host:
        issued(hall.journal, 10, 1030)
        host.follow(pc)
        follows(hall, pc)
        host.leave()
        issued(hall.journal, 30, 1040)
        host.follow(other)
        follows(hall, other)
    put_back(hall, copy)
    if alone:
        issued(hall.journal, alone, 60)
    with served(hall) as host:
        host.follow(pc)
        until(lambda: own_logs(hall)[-1][0] != 0, "the host begins a new log")
        until(lambda: own_logs(hall)[-1][1] >= alone + 10, "the first PC brings what it has")
        host.follow(other)
        until(lambda: own_logs(hall)[-1][1] >= alone + 40, "the second PC brings the rest")
        follows(hall, pc)
        follows(hall, other)
    hall.journal.forget_identity()
    upto = int(hall.journal.database.value("SELECT upto FROM log WHERE node = ? AND closed = 1", (HOST,)))
    assert upto <= common
    assert own_logs(hall)[-1][1] == common + alone - upto + 40, (
        "each line that was lost or written alone is carried once"
    )
    assert "does not follow" not in caplog.text
    own = issue(Desk(hall.journal, Board(tmp_path / "board.db"), HALL), clock.now(), "B", service_code="B02")
    assert own.number == "B1-001"
    for pcs in (pc, other):
        give(hall.journal, pcs)
    lost_and_alone = {f"B{number:03d}" for number in [*range(1030, 1070), *range(60, 60 + alone)]}
    for journal in (hall.journal, pc, other):
        holds_each_once(journal, lost_and_alone | {"B1-001"})


def test_lines_that_the_host_never_signed_are_not_taken(hall: Hall, pc: Journal, tmp_path: Path) -> None:
    """Whoever changes a line at a PC, or makes up the word of its end, brings nothing in."""
    copy = copied(hall, tmp_path / "copy.db")
    with served(hall) as host:
        issued(hall.journal, 5, 30)
        host.follow(pc)
        follows(hall, pc)
        host.leave()
    put_back(hall, copy)
    assert host_log.compare(hall.journal, host_log.as_known(pc.database, HOST), clock.now().t, "2026-11-24")
    (lost,) = host_lost.lost(hall.journal, host_log.as_known(pc.database, HOST))
    kept = answer.kept_of(host_lost.signed(pc.database, lost.epoch))
    assert kept is not None
    end = hub_wire.end_signed(kept, CENTRE_KEY.public, HOST, lost.epoch)
    found = host_lost.page(pc.database, HOST, lost, end[0])
    for given in (
        found._replace(lines=(*found.lines[:-1], found.lines[-1].replace(b"B034", b"B999"))),
        found._replace(lines=found.lines[:-1]),
        found._replace(prev=bytes(32)),
        found._replace(first=found.first + 1),
    ):
        coming = Regaining(lost, end)
        coming.take(hall.journal, given)
        assert (coming.wanted, coming.lines) == (end[0], 0)
    with pytest.raises(BadSignature):
        hub_wire.end_signed(kept, NodeKey.make().public, HOST, lost.epoch)
    with pytest.raises(BadHeader):
        hub_wire.end_signed(kept, CENTRE_KEY.public, NODE, lost.epoch)
    coming = Regaining(lost, end)
    coming.take(hall.journal, found)
    assert (coming.wanted, coming.lines) == (0, 5)
    assert host_lost.lost(hall.journal, host_log.as_known(pc.database, HOST)) == []


def test_what_an_older_host_never_signed_is_counted_where_it_stays(hall: Hall, pc: Journal, tmp_path: Path) -> None:
    """Its words are taken away from the PC: then the lines are as an older version of the host told them."""
    copy = copied(hall, tmp_path / "copy.db")
    with served(hall) as host:
        issued(hall.journal, 5, 30)
        host.follow(pc)
        follows(hall, pc)
        host.leave()
    pc.database.execute("DELETE FROM meta WHERE name LIKE 'host_head/%'")
    before = own_logs(hall)[-1][1]
    put_back(hall, copy)
    with served(hall) as host:
        host.follow(pc)
        until(lambda: host_lost.unsigned(pc.database) > 0, "the PC counts what it cannot give back")
    old, upto = hall.journal.database.rows("SELECT epoch, upto FROM log WHERE node = ? AND closed = 1", (HOST,))[0]
    count = before - int(upto)
    assert host_lost.unsigned(pc.database) == count >= 5
    assert f"Up to {count} lines" in "\n".join(report(examine(tmp_path / "pc")))
    assert not host_lost.note_unsigned(pc, HOST, [Lost(int(old), int(upto))]), "known already"
    assert host_lost.note_unsigned(pc, HOST, [])
    assert host_lost.unsigned(pc.database) == 0


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
    assert not gives_own_numbers(hall.journal.database, "2026-11-24")


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
