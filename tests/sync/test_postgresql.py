"""A centre on PostgreSQL and one on SQLite have the same tables from the same facts."""

from __future__ import annotations

import signal
from pathlib import Path

import msgspec
import pytest

from storage import outbox
from storage.epochs import Cause, part
from storage.journal import Journal
from storage.nodes import later_epochs
from storage.promises import Promise, prepare_store
from storage.rebuild import compare
from storage.receive import Exchange, Parent, Verdict, accept
from sync.client import Result, SyncClient
from tests.sync.centres import CentreProcess
from tests.sync.conftest import Opener
from tests.sync.facts import assert_same_facts, at, batch_of, serve_visits, tables_of
from tests.sync.trust import DEVICE_KEY

pytestmark = pytest.mark.postgresql


def test_the_same_facts_give_the_same_tables(device: Journal, centre: Journal, postgresql_centre: Journal) -> None:
    serve_visits(device, 60)
    for first in range(1, 301, 70):
        batch = batch_of(device, first, 110)
        receipts = [accept(journal, batch, 9) for journal in (centre, postgresql_centre)]
        assert receipts[0].have == receipts[1].have
        assert receipts[0].verdict is Verdict.STORED
        assert accept(postgresql_centre, batch, 9).have == receipts[1].have
    assert_same_facts(device, centre)
    assert_same_facts(device, postgresql_centre)
    segments = "SELECT node, epoch, first, last, received_t, body FROM segment ORDER BY first"
    assert postgresql_centre.database.rows(segments) == centre.database.rows(segments)


def test_carried_lines_promises_and_clocks_are_the_same_on_both(
    device: Journal, centre: Journal, postgresql_centre: Journal
) -> None:
    """The tail first as carried lines, then as the originals: counted once on both engines."""
    serve_visits(device, 4)
    tail = batch_of(device, 1, 20)
    part(device, 0, 10, Cause.FORKED, at(0).t)
    own = outbox.standing(device)
    parent = Parent(own.parent_epoch, own.parent_seq, own.parent, own.why)
    carried = msgspec.structs.replace(batch_of(device, 1, 10), parent=parent)
    for journal in (centre, postgresql_centre):
        store = prepare_store(journal)
        for batch in (carried, tail, carried):
            receipt = accept(journal, batch, 9, Exchange("b0", 5, Promise(own.node, own.epoch, 0, "", store, 1)))
            assert (receipt.verdict, receipt.quarantined, receipt.store) == (Verdict.STORED, (), store)
        broken = Promise(own.node, 0, 21, tail.head.hex(), store, 1)
        assert accept(journal, batch_of(device, 11, 0), 9, Exchange("b0", 6, broken)).store != store
        assert compare(journal.database) == [] if journal is centre else True
    assert tables_of(centre) == tables_of(postgresql_centre)
    for table in ("carried", "clock_sample"):
        rows = [journal.database.rows(f'SELECT * FROM "{table}"') for journal in (centre, postgresql_centre)]
        assert sorted(rows[0]) == sorted(rows[1])
    assert later_epochs(centre.database) == later_epochs(postgresql_centre.database)
    assert centre.database.value("SELECT sum(services) FROM figure WHERE length(period) = 10") == 4


def test_two_connections_write_one_after_the_other(
    device: Journal, postgresql_centre: Journal, open_postgresql_centre: Opener
) -> None:
    """Own facts of the centre come from another process than received ones: positions never clash."""
    serve_visits(device, 4)
    other = open_postgresql_centre()
    for turn in range(4):
        serve_visits(other, 1, start=500 + turn)
        accept(postgresql_centre, batch_of(device, turn * 5 + 1, 5), 0)
    other.close()
    positions = postgresql_centre.database.rows("SELECT pos, node FROM event ORDER BY pos")
    assert [pos for pos, _ in positions] == list(range(1, 42))


def test_a_centre_process_on_postgresql_serves_and_is_killed_and_goes_on(
    device: Journal, postgresql: object, tmp_path: Path
) -> None:
    url = postgresql()  # type: ignore[operator]
    process = CentreProcess(tmp_path, url)
    process.start()
    process.enrol(device)
    client = SyncClient(lambda: Journal.open(Path(device.database.where)), process.url, DEVICE_KEY)
    try:
        serve_visits(device, 40)
        assert client.step(at(1)).result is Result.STORED
        process.signal(signal.SIGKILL)
        process.ended()
        assert client.step(at(2)).result is Result.UNREACHABLE
        process.start()
        while outbox.standing(device).waiting:
            assert client.step(at(3)).result is Result.STORED
        process.signal(signal.SIGTERM)
        assert process.ended() == (0, "")
    finally:
        client.close()
        process.stop()
    kept = Journal.open(url)
    assert_same_facts(device, kept)
    kept.close()


def test_what_the_tables_refuse_is_put_aside_and_its_neighbours_count(
    device: Journal, centre: Journal, postgresql_centre: Journal, tmp_path: Path
) -> None:
    """The same press told by two logs: the second is refused in the middle of its batch, on both engines alike."""
    other = Journal.open(tmp_path / "other.db")
    other.found("3301-0310-08", "3301")
    for journal in (device, other):
        serve_visits(journal, 2)
    for journal in (centre, postgresql_centre):
        assert accept(journal, batch_of(device, 1, 10), 9).quarantined == ()
        assert accept(journal, batch_of(other, 1, 10), 9).quarantined == ((5, "refused"), (10, "refused"))
    assert tables_of(centre) == tables_of(postgresql_centre)
    other.close()
