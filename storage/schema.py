"""The version of the tables, and how a file gets there (peewee's migration runner)."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from storage.database import Database
from storage.errors import NewerVersion, NoRoomToUpgrade, translated

SCHEMA = 7
MIGRATIONS = Path(__file__).parent / "migrations"
MIGRATION_S = 600
"""As long as who opens the file waits for somebody else's migration."""


def version(database: Database) -> int:
    """The schema version of the database; 0 for an empty one."""
    if database.sqlite:
        return int(database.value("PRAGMA user_version") or 0)
    if database.value("SELECT to_regclass('meta')") is None:
        return 0
    return written(database)


def written(database: Database) -> int:
    """The same of a database that has tables."""
    if database.sqlite:
        return version(database)
    return int(database.value("SELECT value FROM meta WHERE name = 'schema'") or 0)


def check(database: Database) -> int:
    """Refuse a database that a newer program migrated; returns its version."""
    found = version(database)
    if found > SCHEMA:
        raise NewerVersion(database.where, found=found, known=SCHEMA)
    return found


def migrate(database: Database) -> None:
    """Bring the tables to this program's version; a file with content is copied first.

    Of several processes that open a file at once one does it and the others wait for it. Whoever still runs an older
    program reads the new version at its next write and stops.
    """
    found = check(database)
    if found == SCHEMA:
        return
    if not database.sqlite:
        _run(database)
        database.execute(
            "INSERT INTO meta (name, value) VALUES ('schema', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            (str(SCHEMA),),
        )
    elif found:
        with _alone(Path(database.where)):
            if check(database) != SCHEMA:
                _check_room(database, found)
                _copy_first(database, found)
                _run_once(database)
    else:
        _run_once(database)


def _run_once(database: Database) -> None:
    """In one transaction, unless somebody else was faster."""
    with translated(database.where), database.peewee.atomic("IMMEDIATE"):
        if check(database) != SCHEMA:
            _run(database)
            database.execute(f"PRAGMA user_version = {SCHEMA}")


def _run(database: Database) -> None:
    from playhouse.migrations import Runner

    from storage.migrating import one_run
    from storage.tables import DERIVED_MODELS, JOURNAL_MODELS

    with database.peewee.bind_ctx([*JOURNAL_MODELS, *DERIVED_MODELS]), one_run():
        Runner(database.peewee, str(MIGRATIONS)).up()


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """One process at a time, until it ends in whatever way: a file of SQLite's is a lock on every system; it stays."""
    from peewee import sqlite3  # type: ignore[attr-defined]

    lock = path.with_name("migrate.lock")
    with translated(str(lock)), closing(sqlite3.connect(lock, timeout=MIGRATION_S, isolation_level=None)) as held:
        held.execute("BEGIN EXCLUSIVE")
        yield


def _copy_of(path: Path, found: int) -> Path:
    return path.with_name(f"{path.stem}.before-{SCHEMA}-from-{found}{path.suffix}")


def _check_room(database: Database, found: int) -> None:
    """The tables change in one transaction, whose log may grow as large as the file, beside a copy of it: all or nothing. So
    it is not even begun where there is no room for both.
    """
    path = Path(database.where)
    size = path.stat().st_size
    needed, free = size * (1 if _copy_of(path, found).exists() else 2), shutil.disk_usage(path.parent).free
    if free < needed:
        raise NoRoomToUpgrade(database.where, needed=needed, free=free)


def _copy_first(database: Database, found: int) -> None:
    """Keep a whole copy of the file beside it before its tables change."""
    path = Path(database.where)
    copy = _copy_of(path, found)
    if copy.exists():
        return
    half = copy.with_suffix(".half")
    half.unlink(missing_ok=True)
    database.execute("VACUUM INTO ?", (str(half),))
    half.replace(copy)
