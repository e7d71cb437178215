"""What reports read besides the sums: names, how far the data of a hall reach, and which settings hold."""

from __future__ import annotations

from collections.abc import Iterable

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
    sql = 'SELECT max("day") FROM day WHERE "hall" = ?'
    return {hall: Reach(str(db.value(sql, (hall,)) or ""), *said.get(hall, (0, 0))) for hall in halls}


def settings_version(db: Database, place: str, day: str) -> int:
    """How many settings had been set for a place, and above it, by a day: it grows with each change."""
    chain = places_above(db, place)
    marks = ", ".join("?" * len(chain))
    sql = f'SELECT count(*) FROM setting WHERE "from_day" <= ? AND "scope" IN ({marks})'
    return int(db.value(sql, (day, *chain)))
