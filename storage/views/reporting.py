"""What reports read besides the sums: names, how far the data of a hall reach, and which settings hold."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct

from storage.contacts import everybody
from storage.database import Database
from storage.views.inherited import places_above

MATTERS = 'SELECT "code", "name_zh", "name_en" FROM service_type ORDER BY "number", "hall"'
HALLS = 'SELECT "code", "name", "parent", "hall_kind" FROM hall ORDER BY "code"'
STAFF = 'SELECT "number", "name", "hall" FROM staff ORDER BY "number"'


class Place(Struct, frozen=True):
    """A hall, or a district or city that was given a name."""

    code: str
    name: str
    parent: str
    hall_kind: str


class Person(Struct, frozen=True):
    number: str
    name: str
    hall: str


class Reach(Struct, frozen=True):
    """How far the data of a hall go: the last business day opened there ("": none), the last contact of its nodes
    (ms UTC, 0: none) and how many lines waited at them then.
    """

    last_day: str = ""
    contact_t: int = 0
    backlog: int = 0


def places(db: Database) -> list[Place]:
    return [Place(*map(str, row)) for row in db.rows(HALLS)]


def people(db: Database) -> dict[str, Person]:
    """Everybody by staff number, those who left included: their figures stay."""
    return {str(number): Person(str(number), str(name), str(hall)) for number, name, hall in db.rows(STAFF)}


def matter_names(db: Database) -> dict[str, tuple[str, str]]:
    """Chinese and English name of each matter, by code: those of its newest version."""
    return {str(code): (str(chinese), str(english)) for code, chinese, english in db.rows(MATTERS)}


def own_hall(db: Database) -> str:
    """The hall of this file; empty at a centre."""
    return str(db.value("SELECT value FROM meta WHERE name = 'hall'") or "")


def reaches(db: Database, halls: Iterable[str]) -> dict[str, Reach]:
    """How far the data of each hall go."""
    said: dict[str, tuple[int, int]] = {}
    for node in everybody(db):
        contact_t, backlog = said.get(node.scope, (0, 0))
        said[node.scope] = (max(contact_t, node.contact_t), backlog + node.backlog)
    days = last_days(db)
    return {hall: Reach(days.get(hall, ""), *said.get(hall, (0, 0))) for hall in halls}


def last_days(db: Database) -> dict[str, str]:
    """The newest business day that was opened, by hall; halls without one are not there."""
    sql = 'SELECT h."code", (SELECT max(d."day") FROM day d WHERE d."hall" = h."code") FROM hall h'
    return {str(hall): str(day) for hall, day in db.rows(sql) if day}


def open_days(db: Database, halls: Sequence[str], first: str, last: str) -> dict[str, int]:
    """How many business days from ``first`` to ``last`` each hall opened and has not closed; halls without one are not
    there.
    """
    sql = (
        f'SELECT "hall", count(*) FROM day WHERE "hall" IN ({", ".join("?" * len(halls))}) '
        'AND "day" BETWEEN ? AND ? AND "opened_t" > 0 AND "closed_t" = 0 GROUP BY "hall"'
    )
    return {str(hall): int(count) for hall, count in db.rows(sql, (*halls, first, last))}


def settings_version(db: Database, place: str, day: str) -> int:
    """How many settings had been set for a place, and above it, by a day: it grows with each change."""
    chain = places_above(db, place)
    marks = ", ".join("?" * len(chain))
    sql = f'SELECT count(*) FROM setting WHERE "from_day" <= ? AND "scope" IN ({marks})'
    return int(db.value(sql, (day, *chain)))
