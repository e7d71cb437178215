"""The tables are a projection of the journal: rebuild them, and compare what is there with what should be."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from storage import feed, receive, schema, snapshots
from storage.carried import Told, repeated
from storage.chain import as_bytes
from storage.database import Database, Row, open_sqlite
from storage.doctor import reading, stored_lines
from storage.projections import Placed
from storage.tables import DERIVED_MODELS
from storage.understand import Why, understood

if TYPE_CHECKING:
    from peewee import Field, Model

MOST_DIFFERENCES = 1000
INSERT_QUARANTINE = "INSERT INTO quarantine (node, epoch, seq, why) VALUES (?, ?, ?, ?)"
ELSEWHERE = "SELECT node, epoch, seq FROM quarantine WHERE why = ?"
LineName = tuple[str, int, int]
"""Node, epoch and seq."""


class Rebuilt(Struct, frozen=True):
    """Lines read, and how many of them were not understood."""

    lines: int
    quarantined: int


class Wrong(StrEnum):
    """``missing``: the row should be there; ``extra``: it should not; ``differs``: a column has another value."""

    MISSING = "missing"
    EXTRA = "extra"
    DIFFERS = "differs"


class Difference(Struct, frozen=True):
    """One place where a table is not what the journal says; no values (they may name people)."""

    table: str
    key: tuple[Any, ...]
    column: str
    why: Wrong


def project_lines(
    source: Database, target: Database, rows: Iterable[Row], elsewhere: frozenset[LineName] = frozenset()
) -> int:
    """Project lines ``(pos, node, epoch, seq, line, hash)`` of ``source``; returns how many went to quarantine instead.

    ``elsewhere`` are lines whose node spoke of a place that was not its own when they came.
    """
    said: list[Placed | None] = []
    told: list[Told] = []
    aside: list[tuple[str, int, int, str]] = []
    for pos, node, epoch, seq, line, digest in rows:
        read = understood(node, epoch, seq, as_bytes(line), as_bytes(digest))
        if isinstance(read, Why):
            aside.append((node, epoch, seq, read))
        else:
            said.append(read.placed)
            told.append(Told(pos, node, epoch, seq, read.birth))
    again = repeated(source, target, told)
    placed: list[tuple[int, Placed]] = []
    for n, (one, name) in enumerate(zip(said, told, strict=True)):
        if n in again:
            continue
        if one is None:
            aside.append((name.node, name.epoch, name.seq, Why.UNKNOWN_KIND))
        elif (name.node, name.epoch, name.seq) in elsewhere:
            aside.append((name.node, name.epoch, name.seq, Why.OTHER_PLACE))
        else:
            placed.append((n, one))
    for n, why in receive.project_kept(target, placed):
        aside.append((told[n].node, told[n].epoch, told[n].seq, why))
    if aside:
        target.run_many(INSERT_QUARANTINE, aside)
    return len(aside)


def _project_all(source: Database, target: Database) -> Rebuilt:
    """The last snapshot, and all lines after it."""
    elsewhere = frozenset(
        (node, int(epoch), int(seq)) for node, epoch, seq in source.rows(ELSEWHERE, (Why.OTHER_PLACE,))
    )
    pos = snapshots.position(source)
    if target is source:
        for model in DERIVED_MODELS:
            target.execute(f'DELETE FROM "{model._meta.table_name}"')
        target.execute("DELETE FROM kept_month")
    snapshots.load(source, target)
    lines = quarantined = 0
    for rows in stored_lines(source, pos):
        quarantined += project_lines(source, target, rows, elsewhere)
        lines += len(rows)
    quarantined += feed.project_stored(source, target, snapshots.fed(source) if pos else 0)
    return Rebuilt(lines, quarantined)


def rebuild_into(database: Database, path: Path) -> Rebuilt:
    """Project the whole journal into the tables of a fresh file (which must not exist)."""
    if path.exists():
        raise FileExistsError(path)
    fresh = open_sqlite(path, synchronous="OFF")
    try:
        schema.migrate(fresh)
        fresh.execute("BEGIN IMMEDIATE")
        done = _project_all(database, fresh)
        fresh.execute("COMMIT")
    finally:
        fresh.close()
    return done


def project_again(database: Database) -> Rebuilt:
    """Empty the derived tables and project the journal, within the caller's transaction."""
    return _project_all(database, database)


def rebuild_in_place(database: Database) -> Rebuilt:
    """Empty the derived tables and project the journal again, in one transaction: all or nothing.

    Raises NewerVersion for tables of a newer program: this one would leave out what it does not know.
    """
    schema.check(database)
    database.execute("BEGIN IMMEDIATE" if database.sqlite else "BEGIN")
    try:
        done = _project_all(database, database)
        database.execute("COMMIT")
    except BaseException:
        database.execute("ROLLBACK")
        raise
    return done


def compare(database: Database, folder: Path | None = None) -> list[Difference]:
    """Rebuild into a scratch file (beside the database, or in ``folder``) and compare every row; the first thousand.

    Reads one state of the database, whatever others write meanwhile. Raises StorageFull without room for the scratch.
    """
    place = folder or Path(database.where).parent
    scratch = place / f".rebuild-{os.getpid()}.db"
    remove_scratch(scratch)
    try:
        with database.one_moment():
            rebuild_into(database, scratch)
            fresh = open_sqlite(scratch, synchronous="OFF")
            try:
                return list(islice(differences(database, fresh), MOST_DIFFERENCES))
            finally:
                fresh.close()
    finally:
        remove_scratch(scratch)


def differences(found: Database, expected: Database) -> Iterator[Difference]:
    """Where the derived tables of two databases differ, table by table."""
    for model in DERIVED_MODELS:
        yield from _table_differences(model, found, expected)


def _table_differences(model: type[Model], found: Database, expected: Database) -> Iterator[Difference]:
    """A merge of two tables in the order of their keys."""
    meta: Any = model._meta
    table, keys = str(meta.table_name), meta.get_primary_keys()
    key_names = {key.column_name for key in keys}
    names = [field.column_name for field in meta.sorted_fields if field.column_name not in key_names]
    ours, theirs = (_ordered(one, table, keys, names) for one in (found, expected))
    width = len(keys)
    have, want = next(ours, None), next(theirs, None)
    while have is not None or want is not None:
        if want is None or (have is not None and have[:width] < want[:width]):
            yield Difference(table, (have or ())[:width], "", Wrong.EXTRA)
            have = next(ours, None)
        elif have is None or want[:width] < have[:width]:
            yield Difference(table, want[:width], "", Wrong.MISSING)
            want = next(theirs, None)
        else:
            for name, one, other in zip(names, have[width:], want[width:], strict=True):
                if one != other:
                    yield Difference(table, have[:width], name, Wrong.DIFFERS)
            have, want = next(ours, None), next(theirs, None)


def _ordered(database: Database, table: str, keys: Sequence[Field], names: Sequence[str]) -> Iterator[Row]:
    """All rows, key first, in the order of bytes on both engines."""
    columns = ", ".join(f'"{name}"' for name in (*(key.column_name for key in keys), *names))
    collation = "" if database.sqlite else ' COLLATE "C"'
    order = ", ".join(f'"{key.column_name}"{collation if key.field_type == "TEXT" else ""}' for key in keys)
    with reading(database.where):
        for row in database.execute(f'SELECT {columns} FROM "{table}" ORDER BY {order}'):
            yield tuple(row)


def remove_scratch(path: Path) -> None:
    """A scratch file and what SQLite keeps beside it."""
    for suffix in ("", "-wal", "-shm"):
        Path(f"{path}{suffix}").unlink(missing_ok=True)
