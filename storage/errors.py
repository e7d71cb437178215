"""What can go wrong with stored data. Each error carries values, never a sentence: hallterm says it to people.

StorageError
├── StorageBusy      another process kept the file locked beyond the time-out; nothing was written
├── StorageFull      no room on the disk; nothing was written
│   └── NoRoomToUpgrade  an upgrade would need ``needed`` bytes beside the file and there are ``free``
├── StorageDenied    the file or folder may not be read or written
├── StorageGone      the open file stands no longer where it was opened: removed, replaced, or its disk unmounted
├── StorageDamaged   the file is not a database any more, or the chain does not hold
├── NewerVersion     a newer program migrated the file
├── OldLibrary       the SQLite library has the WAL-reset bug
├── NotSetUp         the file has no node yet
└── FactTooLarge     a line over 16 KiB is refused at entry
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager


class StorageError(Exception):
    """Base; ``where`` is the file or database concerned."""

    def __init__(self, where: str = "", **values: object) -> None:
        super().__init__(type(self).__name__)
        self.where = where
        self.values = values


class StorageBusy(StorageError): ...


class StorageFull(StorageError): ...


class NoRoomToUpgrade(StorageFull): ...


class StorageDenied(StorageError): ...


class StorageGone(StorageError): ...


class StorageDamaged(StorageError): ...


class NewerVersion(StorageError): ...


class OldLibrary(StorageError): ...


class NotSetUp(StorageError): ...


class FactTooLarge(StorageError): ...


_BY_WORDS: tuple[tuple[str, type[StorageError]], ...] = (
    ("locked", StorageBusy),
    ("busy", StorageBusy),
    ("full", StorageFull),
    ("no space left", StorageFull),
    ("malformed", StorageDamaged),
    ("not a database", StorageDamaged),
    ("disk i/o error", StorageFull),
    ("readonly", StorageDenied),
    ("read-only", StorageDenied),
    ("unable to open", StorageDenied),
    ("permission denied", StorageDenied),
)


def classify(error: Exception, where: str) -> StorageError | None:
    """The storage error behind an exception of the database library, by its words; None if it is a mistake of ours."""
    words = str(error).lower()
    for part, kind in _BY_WORDS:
        if part in words:
            return kind(where)
    return None


@contextmanager
def translated(where: str) -> Iterator[None]:
    """Turn errors of the database library and its drivers into storage errors."""
    try:
        yield
    except Exception as error:
        known = classify(error, where) if isinstance(error, _library_errors()) else None
        if known is None:
            raise
        raise known from error


def _library_errors() -> tuple[type[Exception], ...]:
    """What peewee, SQLite's driver, psycopg (where it is loaded) and the system raise."""
    from peewee import DatabaseError, InterfaceError, sqlite3  # type: ignore[attr-defined]

    found = (DatabaseError, InterfaceError, sqlite3.Error, OSError)
    psycopg = sys.modules.get("psycopg")
    return found if psycopg is None else (*found, psycopg.Error)
