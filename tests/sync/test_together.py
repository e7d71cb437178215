"""Segments that wait at the same time share a commit; what is wrong with one of them is no other's business."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from storage import nodes, outbox
from storage.facts import NodeEnrolled
from storage.journal import Journal
from storage.nodes import Upstream
from storage.prepared import prepared
from storage.receive import Arrival, BrokenChain, Exchange, Receipt, Verdict, accept, accept_together
from sync import answer
from sync.centre import Centre, Waiting
from sync.keys import NodeKey
from sync.outgoing import next_segment
from tests.sync.facts import at, batch_by_hand, batch_of, has, line_by_hand, serve_visits, tables_of
from tests.sync.trust import CENTRE_KEY

HALLS = 5


@pytest.fixture
def devices(tmp_path: Path) -> Iterator[list[Journal]]:
    made = []
    for n in range(HALLS):
        journal = Journal.open(tmp_path / f"hall{n}.db")
        journal.found(f"n{n}", f"330{n}")
        serve_visits(journal, 2, start=n * 10)
        made.append(journal)
    yield made
    for journal in made:
        journal.close()


def _arrivals(devices: list[Journal]) -> list[Arrival]:
    return [Arrival(batch_of(one, 1, 10), Exchange("b0", 1)) for one in devices]


def _commits(journal: Journal) -> list[str]:
    """What is committed from now on."""
    found: list[str] = []
    trace = journal.database.peewee.connection().set_trace_callback
    trace(lambda sql: found.append(sql) if sql == "COMMIT" else None)
    return found


def test_one_commit_for_all_and_the_same_tables(devices: list[Journal], centre: Journal, tmp_path: Path) -> None:
    other = Journal.open(tmp_path / "other.db")
    other.found("centre-2", "")
    commits = _commits(centre)
    receipts = accept_together(centre, _arrivals(devices), 7)
    assert len(commits) == 1
    assert receipts == [
        _as_of(accept(other, one.batch, 7, one.exchange), centre, n) for n, one in enumerate(_arrivals(devices))
    ]
    assert tables_of(centre) == tables_of(other)
    other.close()


def _as_of(receipt: Receipt, centre: Journal, n: int) -> Receipt:
    """The centre has a line of its own before, and a store of its own."""
    store = str(centre.database.value("SELECT value FROM meta WHERE name = 'store'"))
    return msgspec.structs.replace(receipt, store=store, rev=receipt.rev + 1)


def test_a_broken_one_is_told_so_and_the_others_are_stored(devices: list[Journal], centre: Journal) -> None:
    arrivals = _arrivals(devices)
    broken = msgspec.structs.replace(arrivals[2].batch, head=bytes(32))
    arrivals[2] = Arrival(broken)
    found = accept_together(centre, arrivals, 7)
    assert isinstance(found[2], BrokenChain)
    assert [has(centre, one) for one in devices] == [10, 10, 0, 10, 10]
    assert {one.verdict for one in found if isinstance(one, Receipt)} == {Verdict.STORED}


def test_those_that_wait_are_answered_together_each_with_its_own_answer(
    devices: list[Journal], office: Centre, centre: Journal
) -> None:
    """One with a key that is not its own, one twice: the first is refused, the second is taken the turn after."""
    keys = [NodeKey(Ed25519PrivateKey.from_private_bytes(bytes([n + 1]) * 32)) for n in range(HALLS)]
    with centre.write("-", at(0)) as tx:
        for one, key in zip(devices, keys, strict=True):
            who = one.identity
            tx.record(NodeEnrolled(node=who.node, scope=who.hall, key=key.public, box=key.public_box))
            nodes.enrolled_with(one, Upstream("centre-1", CENTRE_KEY.public, CENTRE_KEY.public_box, who.hall))
    bodies = [_segment(one, key) for one, key in zip(devices, [*keys[:4], keys[0]], strict=True)]
    waiting = [Waiting(body) for body in (*bodies, bodies[0])]
    office.begin()
    commits = _commits(office.journal)
    office._waiting.extend(waiting)
    first = office._outcome(waiting[0])
    assert answer.read_whole(first, CENTRE_KEY.public).ack.have == 10
    assert [one.answer is not None for one in waiting] == [True, True, True, True, False, False]
    assert [has(centre, one) for one in devices] == [10, 10, 10, 10, 0]
    with pytest.raises(Exception, match="bad-signature"):
        office._outcome(waiting[4])
    again = office._outcome(waiting[5])
    assert answer.read_whole(again, CENTRE_KEY.public).ack.have == 10
    assert not office._waiting
    assert commits


def _ready(arrivals: list[Arrival]) -> list[Arrival]:
    """The same, read ahead of their turn."""
    return [one._replace(prepared=prepared(one.batch)) for one in arrivals]


@pytest.fixture(params=["sqlite", "postgresql"])
def stores(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Journal, Journal]]:
    """Two centres of one engine."""
    new = request.getfixturevalue("postgresql") if request.param == "postgresql" else None
    pair = []
    for n in range(2):
        store = Journal.open(new() if new else tmp_path / f"store{n}.db")
        store.found("centre-1", "")
        store.database.execute("INSERT INTO meta (name, value) VALUES ('store', 's')")
        pair.append(store)
    yield pair[0], pair[1]
    for store in pair:
        store.close()


def test_what_was_read_ahead_comes_to_the_same_as_the_walk_along_each_log(
    devices: list[Journal], stores: tuple[Journal, Journal]
) -> None:
    """Two turns of all halls: logs that are not known yet, then logs that go on, two segments of one of them at once; one
    line that no program understands, one that the tables refuse, one of another place, a gap, a repeat.
    """
    poison = [b"not json", line_by_hand(12, t=2**70), line_by_hand(13, h="9999"), line_by_hand(14, kind="dragon.seen")]
    for one in devices:
        serve_visits(one, 2, start=50)
    spoiled = batch_of(devices[0], 1, 10)
    rest = batch_by_hand(devices[0].identity.node, [*spoiled.lines, *poison])
    after = msgspec.structs.replace(rest, first=11, prev=spoiled.head, lines=rest.lines[10:], scope="3300")
    turns = [
        [Arrival(batch_of(one, 1, 10), Exchange("b0", 1)) for one in devices],
        [
            Arrival(after, Exchange("b0", 2)),
            Arrival(batch_of(devices[1], 11, 4), Exchange("b0", 900_000)),
            Arrival(batch_of(devices[1], 15, 6), Exchange("b0", 900_000)),
            Arrival(batch_of(devices[2], 12, 5), Exchange("b1", 3)),
            Arrival(batch_of(devices[3], 6, 5), Exchange("b0", 4)),
            Arrival(batch_of(devices[4], 11, 10), None),
        ],
    ]
    ahead, walked = stores
    for number, turn in enumerate(turns):
        receipts = accept_together(ahead, _ready(turn), 7)
        expected = [accept(walked, arrival.batch, 7, arrival.exchange) for arrival in turn]
        assert [_told(receipt) for receipt in receipts] == [_told(receipt) for receipt in expected], number
    assert tables_of(ahead) == tables_of(walked)
    for table in ("log", "quarantine", "fact", "clock_sample"):
        assert _rows(ahead, table) == _rows(walked, table), table
    assert [[len(row) for row in _rows(store, "event")] for store in stores] == [[6] * len(_rows(walked, "event"))] * 2


def _told(receipt: Receipt | Exception) -> Receipt:
    """Positions hang on the order of storing, which is free within a commit."""
    assert isinstance(receipt, Receipt), receipt
    return msgspec.structs.replace(receipt, rev=0)


def _rows(journal: Journal, table: str) -> list[tuple[object, ...]]:
    return sorted(journal.database.rows(f"SELECT * FROM {table}"), key=repr)


def test_logs_that_go_on_are_stored_with_one_statement_a_table(devices: list[Journal], centre: Journal) -> None:
    accept_together(centre, _arrivals(devices), 7)
    for one in devices:
        serve_visits(one, 2, start=50)
    arrivals = _ready([Arrival(batch_of(one, 11, 10), Exchange("b0", 1)) for one in devices])
    statements: list[str] = []
    centre.database.peewee.connection().set_trace_callback(statements.append)
    accept_together(centre, arrivals, 8)
    assert statements.count("COMMIT") == 1
    assert sum("SAVEPOINT" in one for one in statements) == 0
    assert sum(one.startswith("SELECT") for one in statements) == 1
    assert {has(centre, one) for one in devices} == {20}


def _segment(journal: Journal, key: NodeKey) -> bytes:
    return next_segment(journal, outbox.standing(journal), key, at(1), 50).body
