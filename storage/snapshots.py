"""The tables as the journal gives them up to a position, kept in the same file, so that older lines can be pruned.

A snapshot is made of the journal (a rebuild), never of the tables as they stand; its digest is recorded as a fact, so
that the chain covers it. A table travels as its columns and packed rows: what later programs add gets its default.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterator
from typing import Any

import msgspec

from storage.database import Database
from storage.errors import StorageDamaged
from storage.tables import DERIVED_MODELS

ROWS = 5_000
"""Rows of one part."""
POSITION = "SELECT value FROM meta WHERE name = 'snapshot_pos'"
FED = "SELECT value FROM meta WHERE name = 'snapshot_feed'"
DIGEST = "SELECT value FROM meta WHERE name = 'snapshot_digest'"
SET_META = "INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value"
PARTS = "SELECT name, part, body FROM snapshot ORDER BY name, part"
INSERT_PART = "INSERT INTO snapshot (name, part, body) VALUES (?, ?, ?)"


class _Part(msgspec.Struct, frozen=True):
    """Some rows of one table."""

    columns: list[str]
    rows: list[list[Any]]


def position(database: Database) -> int:
    """The last line that the snapshot contains; 0 without one."""
    return int(database.value(POSITION) or 0)


def fed(database: Database) -> int:
    """The last position of the feed from above that the snapshot contains."""
    return int(database.value(FED) or 0)


def keep(database: Database, tables: Database, pos: int, fed: int = 0) -> str:
    """Put the tables of another database in place of the last snapshot, within a transaction; returns the digest."""
    database.execute("DELETE FROM snapshot")
    covered = hashlib.sha256()
    for name, part, body in _parts(tables):
        _cover(covered, name, part, body)
        database.execute(INSERT_PART, (name, part, body))
    digest = covered.hexdigest()
    database.execute(SET_META, ("snapshot_pos", str(pos)))
    database.execute(SET_META, ("snapshot_feed", str(fed)))
    database.execute(SET_META, ("snapshot_digest", digest))
    return digest


def load(source: Database, target: Database) -> None:
    """Fill empty tables from the snapshot of ``source``, if it has one; raises StorageDamaged if it was changed."""
    if not position(source):
        return
    if not holds(source):
        raise StorageDamaged(source.where, detail="snapshot")
    known = {model._meta.table_name for model in DERIVED_MODELS}
    older = False
    for name, _part, body in source.rows(PARTS):
        part = msgspec.msgpack.decode(zlib.decompress(bytes(body)), type=_Part)
        older |= name == "figure" and "timed_counted_s" not in part.columns
        if name in known and part.rows:
            columns = ", ".join(f'"{column}"' for column in part.columns)
            marks = ", ".join("?" * len(part.columns))
            target.run_many(f'INSERT INTO "{name}" ({columns}) VALUES ({marks})', part.rows)
    if older:
        from storage.backfill import backfill_services

        backfill_services(target)
    if not target.value("SELECT 1 FROM figure WHERE length(period) = 4 LIMIT 1"):
        from storage.backfill import backfill_years

        backfill_years(target)


def holds(database: Database) -> bool:
    """Whether the snapshot is as it was made."""
    covered = hashlib.sha256()
    for name, part, body in database.rows(PARTS):
        _cover(covered, name, int(part), bytes(body))
    return bool(covered.hexdigest() == database.value(DIGEST))


def _cover(covered: Any, name: str, part: int, body: bytes) -> None:
    covered.update(f"{name}\n{part}\n{len(body)}\n".encode())
    covered.update(body)


def _parts(tables: Database) -> Iterator[tuple[str, int, bytes]]:
    """All rows of all derived tables, in the order they are read again."""
    for model in sorted(DERIVED_MODELS, key=lambda one: str(one._meta.table_name)):
        meta: Any = model._meta
        columns = [field.column_name for field in meta.sorted_fields]
        quoted = ", ".join(f'"{column}"' for column in columns)
        keys = ", ".join(f'"{key.column_name}"' for key in meta.get_primary_keys())
        cursor = tables.execute(f'SELECT {quoted} FROM "{meta.table_name}" ORDER BY {keys}')
        part = 0
        while rows := cursor.fetchmany(ROWS):
            packed = msgspec.msgpack.encode(_Part(columns, [list(row) for row in rows]))
            yield meta.table_name, part, zlib.compress(packed)
            part += 1
