"""What anybody at a hall may read: the list of matters, and the state of the program and its data."""

from __future__ import annotations

import platform
from pathlib import Path

from msgspec import Struct
from peewee import sqlite3  # type: ignore[attr-defined]

from hallterm import __version__
from hallterm.workflows.desk import Desk
from hallterm.workflows.look import health
from hallterm.workflows.own_serving import Serving, own_serving
from hallterm.workflows.seen import Health
from storage import backup, outbox, schema, views
from storage.facts import Moment
from storage.views import Matter


class Reader(Struct, frozen=True):
    """Who reads, where, and what goes on meanwhile."""

    hall_name: str
    person: str
    health: Health
    serving: Serving | None


class MattersLook(Struct, frozen=True):
    """The matters of today that are not hidden, by code."""

    reader: Reader
    matters: tuple[Matter, ...]


class ProgramLook(Struct, frozen=True, kw_only=True):
    """Versions, places, and how much is stored; ``made`` is the name of the newest backup, or empty."""

    reader: Reader
    version: str
    python: str
    library: str
    tables: int
    system: str
    node: str
    epoch: int
    facts: int
    waiting: int
    folder: str
    made: str


def matters_look(desk: Desk, now: Moment) -> MattersLook:
    """The version of each matter that holds today."""
    db = desk.journal.database
    found = views.matters(db, desk.hall, views.last_day(db, desk.hall))
    return MattersLook(_reader(desk, now), tuple(one for one in found if not one.hidden))


def program_look(desk: Desk, now: Moment, folder: Path) -> ProgramLook:
    """Nothing of a person: what a technician on the telephone may hear."""
    own = outbox.standing(desk.journal)
    made = backup.list_backups(folder)
    return ProgramLook(
        reader=_reader(desk, now),
        version=__version__,
        python=platform.python_version(),
        library=str(sqlite3.sqlite_version),
        tables=schema.version(desk.journal.database),
        system=f"{platform.system()} {platform.release()}",
        node=own.node,
        epoch=own.epoch,
        facts=own.have,
        waiting=desk.board.sync().waiting,
        folder=str(folder),
        made=made[0].name if made else "",
    )


def _reader(desk: Desk, now: Moment) -> Reader:
    db = desk.journal.database
    hall, person = views.hall(db, desk.hall), views.staff(db, desk.staff)
    name = f"{person.name} {desk.staff}" if person else desk.staff
    return Reader(hall.name if hall else "", name, health(desk, now, desk.window), own_serving(desk))
