"""The version of the tables, and how a file gets there (peewee's migration runner)."""

from __future__ import annotations

import shutil
from pathlib import Path

from storage.database import Database
from storage.errors import NewerVersion, StorageFull

SCHEMA = 5
MIGRATIONS = Path(__file__).parent / "migrations"


def version(database: Database) -> int:
    """The schema version of the database; 0 for an empty one."""
    if database.sqlite:
        return int(database.value("PRAGMA user_version") or 0)
    if database.value("SELECT to_regclass('meta')") is None:
        return 0
    return int(database.value("SELECT value FROM meta WHERE name = 'schema'") or 0)


def check(database: Database) -> int:
    """Refuse a database that a newer program migrated; returns its version."""
    found = version(database)
    if found > SCHEMA:
        raise NewerVersion(database.where, found=found, known=SCHEMA)
    return found


def migrate(database: Database) -> None:
    """Bring the tables to this program's version; a file with content is copied first."""
    found = check(database)
    if found == SCHEMA:
        return
    if database.sqlite and found:
        _copy_first(database, found)
    from playhouse.migrations import Runner

    from storage.tables import DERIVED_MODELS, JOURNAL_MODELS

    with database.peewee.bind_ctx([*JOURNAL_MODELS, *DERIVED_MODELS]):
        Runner(database.peewee, str(MIGRATIONS)).up()
    if database.sqlite:
        database.execute(f"PRAGMA user_version = {SCHEMA}")
    else:
        database.execute(
            "INSERT INTO meta (name, value) VALUES ('schema', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            (str(SCHEMA),),
        )


def _copy_first(database: Database, found: int) -> None:
    """Keep a whole copy of the file beside it before its tables change."""
    path = Path(database.where)
    copy = path.with_name(f"{path.stem}.before-{SCHEMA}-from-{found}{path.suffix}")
    if shutil.disk_usage(path.parent).free < 2 * path.stat().st_size:
        raise StorageFull(database.where)
    if not copy.exists():
        database.execute("VACUUM INTO ?", (str(copy),))
