"""Backups of a store that serves others: only a finished, verified one lets the nodes drop their lines.

SQLite is copied hot; PostgreSQL is copied row by row into an SQLite file, of one state. Both are opened again and the chain
of every log is verified. Then, and only then, each log is durable up to what the copy has.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from msgspec import Struct

from storage import schema
from storage.backup import flush_file, flush_folder, free_name
from storage.database import Database, Row, open_sqlite
from storage.doctor import integrity, verify_chain
from storage.errors import StorageDamaged, translated
from storage.facts import Moment
from storage.journal import Journal
from storage.tables import JOURNAL_MODELS

FILE = "centre.db"
CHUNK = 2_000
LOOK_EVERY = 20_000
"""Steps of SQLite between two looks: some milliseconds."""
COPIED, PAGES_READ, CHAINS_HELD = 40, 60, 95
"""Per cent of the work that are done."""
MARKS = "SELECT node, epoch, have, head FROM log"
RAISE = "UPDATE log SET durable = ? WHERE node = ? AND epoch = ? AND durable < ? AND have >= ? AND node <> ?"


class StoreBackup(Struct, frozen=True):
    """A finished backup: its file, the lines in it, and how many logs became more durable."""

    path: Path
    events: int
    raised: int


Told = Callable[[int], None]
"""Told how far it is, per cent."""


def made(target: Path) -> list[str]:
    """The finished backups in a folder by their names, the moments they were made, the newest first."""
    try:
        return sorted(
            (one.parent.name for one in target.glob(f"*/{FILE}") if one.parent.name[:8].isdigit()), reverse=True
        )
    except OSError:
        return []


def last_made(target: Path) -> str:
    """The newest of them; empty without one."""
    return next(iter(made(target)), "")


def back_up(journal: Journal, target: Path, now: Moment, told: Told = lambda _percent: None) -> StoreBackup:
    """Copy, check, rename, and raise the marks. Raises StorageDamaged when the copy does not hold (it is removed)."""
    told = _each_once(told)
    told(0)
    with translated(str(target)):
        target.mkdir(parents=True, exist_ok=True)
        draft = target / f".making-{os.getpid()}"
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir()
    try:
        copy = draft / FILE
        if journal.database.sqlite:
            _vacuum_into(journal.database, copy, told)
        else:
            _copy_rows(journal.database, copy, told)
        told(COPIED)
        events, marks = _checked(copy, told)
        name = free_name(target, now)
        with translated(str(target)):
            flush_file(copy)
            draft.rename(target / name)
            flush_folder(target)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    return StoreBackup(target / name / FILE, events, _raise_marks(journal, marks))


def _each_once(told: Told) -> Told:
    """Only what has grown is told."""
    last = -1

    def tell(percent: int) -> None:
        nonlocal last
        if percent > last:
            last = percent
            told(percent)

    return tell


def _vacuum_into(source: Database, copy: Path, told: Told) -> None:
    """How far it is, is told by the size of the copy: SQLite says nothing of it, but lets us look from time to time."""
    pages = int(source.value("PRAGMA page_count")) - int(source.value("PRAGMA freelist_count"))
    whole = max(1, pages * int(source.value("PRAGMA page_size")))

    def look() -> int:
        with suppress(OSError):
            told(min(COPIED - 1, copy.stat().st_size * COPIED // whole))
        return 0

    driver: Any = source.peewee.connection()
    driver.set_progress_handler(look, LOOK_EVERY)
    try:
        source.execute("VACUUM INTO ?", (str(copy),))
    finally:
        driver.set_progress_handler(None, 0)


def _copy_rows(source: Database, path: Path, told: Told) -> None:
    """The journal's tables of one state; the others are made of them."""
    copy = open_sqlite(path, synchronous="OFF")
    try:
        schema.migrate(copy)
        source.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
        copy.execute("BEGIN IMMEDIATE")
        whole = max(
            1, sum(int(source.value(f'SELECT count(*) FROM "{one._meta.table_name}"')) for one in JOURNAL_MODELS)
        )
        done = 0
        for model in JOURNAL_MODELS:
            table = str(model._meta.table_name)
            columns = [field.column_name for field in model._meta.sorted_fields]
            names = ", ".join(f'"{column}"' for column in columns)
            marks = ", ".join("?" * len(columns))
            for rows in _chunks(source, f'SELECT {names} FROM "{table}"'):
                copy.run_many(f'INSERT INTO "{table}" ({names}) VALUES ({marks})', rows)
                done += len(rows)
                told(min(COPIED - 1, done * COPIED // whole))
        copy.execute("COMMIT")
    finally:
        source.execute("ROLLBACK")
        copy.close()


def _chunks(source: Database, sql: str) -> Iterator[list[Row]]:
    """Through a cursor of the server: without one its client would hold the whole table."""
    source.execute(f"DECLARE copied NO SCROLL CURSOR FOR {sql}")
    while rows := source.rows(f"FETCH {CHUNK} FROM copied"):
        yield [tuple(bytes(value) if isinstance(value, memoryview) else value for value in row) for row in rows]
    source.execute("CLOSE copied")


def _checked(path: Path, told: Told) -> tuple[int, list[Row]]:
    """Lines and marks of a copy whose pages and chains hold."""
    database = open_sqlite(path)
    try:
        wrong = integrity(database)
        told(PAGES_READ)
        whole = max(1, int(database.value("SELECT count(*) FROM event")))
        span = CHAINS_HELD - PAGES_READ
        report = verify_chain(database, lambda lines: told(PAGES_READ + min(span - 1, lines * span // whole)))
        if wrong or not report.holds:
            raise StorageDamaged(str(path), detail="pages" if wrong else "chain")
        told(CHAINS_HELD)
        marks = database.rows(MARKS)
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        database.close()
    return report.events, marks


def _raise_marks(journal: Journal, marks: list[Row]) -> int:
    """Of the logs that others write; what makes the own log durable is decided upstream."""
    own = journal.identity.node
    raised = 0
    with journal.transaction() as database:
        for node, epoch, have, _head in marks:
            raised += database.execute(RAISE, (have, node, epoch, have, have, own)).rowcount
    return raised
