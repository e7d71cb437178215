"""Opening databases: SQLite files with the settings of the house, or PostgreSQL by URL; one way to run statements.

peewee imports psycopg when it is installed (0.1 s, 11 MB). Only a centre on PostgreSQL needs it, so here peewee is
imported without; a process that opens a PostgreSQL URL calls :func:`storage.postgresql.allow_postgresql` before this
module is imported.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

from storage.errors import OldLibrary, translated

if "psycopg" not in sys.modules:
    sys.modules["psycopg"] = None  # type: ignore[assignment]
    import peewee

    del sys.modules["psycopg"]
else:
    import peewee

OperationalError = peewee.OperationalError
InterfaceError = peewee.InterfaceError
IntegrityError = peewee.IntegrityError

MIN_SQLITE = (3, 51, 3)
"""Older libraries can lose committed pages of a shared WAL file (sqlite.org/wal.html, section 11)."""

BUSY_TIMEOUT_MS = 5000
CACHED_STATEMENTS = 1000
"""More than the house has: the driver's cache lets go of what was used least, so a full one would keep the migrations'
statements and prepare ours anew each time.
"""
Row = tuple[Any, ...]
AT_ONCE = (128, 32, 8)
"""Rows of one statement of SQLite; few sizes, as each is a statement of its own in the driver's cache."""
_MARK = re.compile(r"\?")
_VALUES = re.compile(r"VALUES \([?, ]+\)")


class Database:
    """One database of the house: ``?`` placeholders on both engines, errors as storage errors.

    A connection belongs to the thread that uses it. ``where`` names the file or server in errors, without credentials.
    """

    def __init__(self, peewee_database: peewee.Database, where: str, *, sqlite: bool) -> None:
        self.peewee = peewee_database
        self.where = where
        self.sqlite = sqlite
        self.prepared: set[str] = set()
        """Tables that this connection knows to be there (:mod:`storage.partitions`)."""
        self._afterwards: list[Callable[[], None]] | None = None

    def execute(self, sql: str, params: Sequence[object] = ()) -> Any:
        """Run one statement and return the cursor."""
        with translated(self.where):
            return self.peewee.execute_sql(self._sql(sql), tuple(params))

    def rows(self, sql: str, params: Sequence[object] = ()) -> list[Row]:
        """All rows of a query."""
        with translated(self.where):
            return list(self.peewee.execute_sql(self._sql(sql), tuple(params)).fetchall())

    def value(self, sql: str, params: Sequence[object] = ()) -> Any:
        """First column of the first row, or None."""
        with translated(self.where):
            row = self.peewee.execute_sql(self._sql(sql), tuple(params)).fetchone()
        return row[0] if row else None

    def run_many(self, sql: str, many: Iterable[Sequence[object]]) -> None:
        """One ``INSERT … VALUES (?, …)`` over many rows with different keys.

        PostgreSQL gets the columns as arrays: a row a round trip would cost more than the work itself.
        """
        rows = list(many)
        with translated(self.where):
            if self.sqlite:
                self._run_rows(sql, rows)
                return
            if rows:
                columns = [_array(column) for column in zip(*rows, strict=True)]
                arrays = ", ".join(f"%s::{name}[]" for name, _ in columns)
                statement = _VALUES.sub(f"SELECT * FROM unnest({arrays})", sql, count=1)
                self.peewee.execute_sql(statement, tuple(literal for _, literal in columns))

    def run_few(self, sql: str, rows: Sequence[Sequence[object]]) -> None:
        """The same for a handful of rows in one statement, whose text is made once."""
        self.execute(_of_rows(sql, len(rows)), tuple(chain.from_iterable(rows)))

    def _run_rows(self, sql: str, rows: list[Sequence[object]]) -> None:
        """Many rows a statement: while SQLite works, other threads of this process go on; between two statements one of
        them may keep the interpreter for itself for a while.
        """
        cursor, done = self.peewee.cursor(), 0
        for size in AT_ONCE if _VALUES.search(sql) else ():
            while len(rows) - done >= size:
                cursor.execute(_of_rows(sql, size), tuple(chain.from_iterable(rows[done : done + size])))
                done += size
        if done < len(rows):
            cursor.executemany(sql, rows[done:])

    def overlapped(self) -> AbstractContextManager[object]:
        """Statements within are sent without waiting for what came of them; faults are raised at the end at the latest.

        SQLite has nobody to wait for.
        """
        return nullcontext() if self.sqlite else self._pipeline()

    @contextmanager
    def _pipeline(self) -> Iterator[None]:
        with translated(self.where), self.peewee.connection().pipeline():
            yield

    @contextmanager
    def one_moment(self) -> Iterator[None]:
        """Whatever is read within is of one moment, though others go on writing; within a transaction it is already."""
        if self.peewee.connection().in_transaction if self.sqlite else self.peewee.connection().info.transaction_status:
            yield
            return
        self.execute("BEGIN" if self.sqlite else "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        wanted: list[Callable[[], None]] = []
        self._afterwards = wanted
        try:
            yield
        finally:
            self._afterwards = None
            self.execute("ROLLBACK")
        for work in wanted:
            work()

    def afterwards(self, work: Callable[[], None]) -> None:
        """Do something when all of one moment has been read; it is left out where nobody reads of one moment."""
        if self._afterwards is not None:
            self._afterwards.append(work)

    def _sql(self, sql: str) -> str:
        return sql if self.sqlite else _MARK.sub("%s", sql)

    def close(self) -> None:
        """Close this thread's connection."""
        if not self.peewee.is_closed():
            self.peewee.close()


@cache
def _of_rows(sql: str, count: int) -> str:
    """``INSERT … VALUES (?, …)`` for so many rows."""
    marks = _VALUES.search(sql)
    assert marks is not None
    row = marks[0].removeprefix("VALUES ")
    return f"{sql[: marks.start()]}VALUES {', '.join([row] * count)}{sql[marks.end() :]}"


def _array(column: tuple[Any, ...]) -> tuple[str, str]:
    """PostgreSQL's array type of a column, and the column as a literal of it (psycopg's own dumping is ten times slower)."""
    kind = next((type(value) for value in column if value is not None), int)
    if issubclass(kind, str):
        return "text", _texts(column)
    if issubclass(kind, bytes):
        return "bytea", '{"\\\\x' + '","\\\\x'.join(value.hex() for value in column) + '"}'
    if None in column:
        return "bigint", _literal("NULL" if value is None else str(int(value)) for value in column)
    return "bigint", "{" + str([*map(int, column)])[1:-1] + "}"


def _texts(column: tuple[Any, ...]) -> str:
    """Text rarely holds what must be escaped; NUL, which no text of PostgreSQL holds, stands between the values."""
    if None not in column:
        joined = "\0".join(column)
        if '"' not in joined and "\\" not in joined and joined.count("\0") == len(column) - 1:
            return '{"' + joined.replace("\0", '","') + '"}'
    return _literal(map(_quoted, column))


def _quoted(value: object) -> str:
    if value is None:
        return "NULL"
    text = str(value).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'


def _literal(items: Iterable[str]) -> str:
    return "{" + ",".join(items) + "}"


def check_library() -> None:
    """Refuse an SQLite that can lose committed pages."""
    version = tuple(peewee.sqlite3.sqlite_version_info)  # type: ignore[attr-defined]
    if version < MIN_SQLITE:
        raise OldLibrary("sqlite", found=".".join(map(str, version)), needed=".".join(map(str, MIN_SQLITE)))


def pragmas_of(synchronous: str, checkpoint_pages: int) -> dict[str, str | int]:
    """What a connection to a file of the house is told first."""
    return {
        "journal_mode": "wal",
        "synchronous": synchronous,
        "foreign_keys": 0,
        "wal_autocheckpoint": checkpoint_pages,
        "cache_size": -2048,
    }


def open_sqlite(path: Path, *, synchronous: str = "FULL", checkpoint_pages: int = 10_000) -> Database:
    """Open a file of the data folder: WAL, ``synchronous``, busy time-out of 5 s."""
    check_library()
    database = peewee.SqliteDatabase(
        str(path),
        pragmas=pragmas_of(synchronous, checkpoint_pages),
        timeout=BUSY_TIMEOUT_MS / 1000,
        cached_statements=CACHED_STATEMENTS,
    )
    opened = Database(database, str(path), sqlite=True)
    with translated(str(path)):
        database.connect(reuse_if_open=True)
    return opened


def open_postgresql(url: str) -> Database:
    """Open ``postgresql://…`` through psycopg; the URL's password never appears in ``where``."""
    import psycopg  # noqa: F401
    from playhouse.db_url import parse

    options = parse(url)
    name = options.pop("database")
    database = peewee.PostgresqlDatabase(name, **options)
    where = f"postgresql {options.get('host', 'local')}/{name}"
    with translated(where):
        database.connect(reuse_if_open=True)
    return Database(database, where, sqlite=False)


def open_url(url: str) -> Database:
    """A file path, ``sqlite:///path`` or ``postgresql://…``."""
    if url.startswith(("postgresql://", "postgres://")):
        return open_postgresql(url)
    return open_sqlite(Path(url.removeprefix("sqlite:///")))
