"""Sums that came with a later version are made from what an older file holds, and equal those of a rebuild."""

from __future__ import annotations

import zlib
from pathlib import Path

import msgspec
import pytest

from storage import facts as f
from storage import snapshots
from storage.backfill import SUMS, backfill_lines, backfill_services
from storage.database import open_sqlite
from storage.journal import Journal
from storage.rebuild import compare, rebuild_into
from tests.storage.conftest import DAY, NOW, W1

NEW = (*SUMS, "clock_jumps")


def serve(journal: Journal, counted_s: int, **outcome: object) -> None:
    with journal.write("1001", NOW) as tx:
        entry = outcome.get("entry_mode", f.EntryMode.LIVE)
        started = f.ServiceStarted(
            window=W1,
            staff="1001",
            day=DAY,
            code="B01",
            number=1,
            limit_s=300,
            entry_mode=entry,  # type: ignore[arg-type]
        )
        service = tx.record(started)
        done = f.ServiceFinished(
            service=service,
            visit=service,
            window=W1,
            staff="1001",
            day=DAY,
            code="B01",
            number=1,
            quantity=1,
            wall_s=counted_s + 5,
            excluded_s=5,
            counted_s=counted_s,
            limit_s=300,
            overtime=counted_s > 300,
            std_milliminutes=3000,
        )
        tx.record(msgspec.structs.replace(done, **outcome))
        tx.record(f.ClockJumped(jump_ms=60_000))


@pytest.fixture
def older(journal: Journal) -> Journal:
    """A journal whose tables know the sums of an older program only."""
    serve(journal, 200)
    serve(journal, 400)
    serve(journal, 5, suspicious=True)
    serve(journal, 90, entry_mode=f.EntryMode.BACK_ENTRY)
    journal.database.execute("UPDATE figure SET " + ", ".join(f'"{name}" = 0' for name in NEW))
    return journal


def test_the_sums_of_an_older_file_are_those_of_a_rebuild(older: Journal) -> None:
    assert compare(older.database)
    backfill_services(older.database)
    backfill_lines(older.database)
    assert compare(older.database) == []
    row = older.database.rows(f"SELECT {', '.join(SUMS)} FROM figure WHERE period = ? AND staff = '1001'", (DAY,))
    assert row == [(610, 600, 600, 6000, 1)]
    assert older.database.value("SELECT clock_jumps FROM figure WHERE period = ? AND staff = ''", (DAY[:7],)) == 4


def test_a_snapshot_of_an_older_program_is_completed_when_it_is_loaded(older: Journal, tmp_path: Path) -> None:
    backfill_services(older.database)
    tables = tmp_path / "tables.db"
    rebuild_into(older.database, tables)
    fresh = open_sqlite(tables)
    fresh.execute("UPDATE figure SET clock_jumps = 0")
    with older.transaction() as database:
        snapshots.keep(database, fresh, older.last_pos())
        _forget_columns(older)
    fresh.close()
    assert compare(older.database) == []


def _forget_columns(journal: Journal) -> None:
    """The snapshot as the older program packed it."""
    for part, body in journal.database.rows("SELECT part, body FROM snapshot WHERE name = 'figure'"):
        packed = msgspec.msgpack.decode(zlib.decompress(bytes(body)))
        kept = [n for n, name in enumerate(packed["columns"]) if name not in NEW]
        less = {
            "columns": [packed["columns"][n] for n in kept],
            "rows": [[row[n] for n in kept] for row in packed["rows"]],
        }
        journal.database.execute(
            "UPDATE snapshot SET body = ? WHERE name = 'figure' AND part = ?",
            (zlib.compress(msgspec.msgpack.encode(less)), part),
        )
    digest = _digest(journal)
    journal.database.execute("UPDATE meta SET value = ? WHERE name = 'snapshot_digest'", (digest,))


def _digest(journal: Journal) -> str:
    import hashlib

    covered = hashlib.sha256()
    for name, part, body in journal.database.rows(snapshots.PARTS):
        snapshots._cover(covered, name, int(part), bytes(body))
    return covered.hexdigest()
