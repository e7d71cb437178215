"""A centre on PostgreSQL and one on SQLite have the same tables from the same facts."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from storage import outbox
from storage.journal import Journal
from storage.receive import Verdict, accept
from sync.client import Result, SyncClient
from tests.sync.centres import CentreProcess
from tests.sync.conftest import Opener
from tests.sync.facts import assert_same_facts, at, batch_of, serve_visits
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


def test_two_connections_write_one_after_the_other(
    device: Journal, postgresql_centre: Journal, open_postgresql_centre: Opener
) -> None:
    """Own facts of the centre come from another process than received ones: positions never clash."""
    serve_visits(device, 4)
    other = open_postgresql_centre()
    for part in range(4):
        serve_visits(other, 1, start=500 + part)
        accept(postgresql_centre, batch_of(device, part * 5 + 1, 5), 0)
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
