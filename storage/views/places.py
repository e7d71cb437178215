"""Places of the scope tree by name, and how far the days of halls have come in."""

from __future__ import annotations

from msgspec import Struct

from storage.access import Level, level, upwards
from storage.database import Database
from storage.views.inherited import PARENTS
from storage.views.reading import columns, structs
from storage.views.rows import HallRow

DAYS = """
SELECT h."code" AS place, h."name",
    coalesce((SELECT max(d."day") FROM day d WHERE d."hall" = h."code" AND d."closed_t" > 0), ''),
    coalesce((SELECT min(d."day") FROM day d WHERE d."hall" = h."code"), ''),
    coalesce((SELECT max(s."contact_t") FROM node n JOIN node_state s ON s."node" = n."name" WHERE n."scope" = h."code"), 0)
FROM hall h
UNION ALL
SELECT n."scope", n."scope", '', '', coalesce(max(s."contact_t"), 0)
FROM node n LEFT JOIN node_state s ON s."node" = n."name"
WHERE n."revoked_t" = 0 AND n."scope" NOT IN (SELECT "code" FROM hall)
GROUP BY n."scope" ORDER BY place
"""
"""A hall that was let in and never told its name has only its code."""


class HallDays(Struct, frozen=True):
    """How far a hall's days are in: the newest one closed and the first one opened ("": none), and when a PC of it was
    last heard of (wall ms, 0 never).
    """

    hall: str
    name: str
    closed: str
    opened: str
    contact_t: int


def all_halls(db: Database) -> list[HallRow]:
    """Every place that has a name here, halls and what stands above them, by code."""
    return structs(db, HallRow, f'SELECT {columns(HallRow)} FROM hall ORDER BY "code"')


def place_names(db: Database) -> dict[str, str]:
    """The name of each place by its code."""
    return {str(code): str(name) for code, name in db.rows("SELECT code, name FROM hall")}


def hall_days(db: Database, scope: str = "") -> list[HallDays]:
    """The halls and points at ``scope`` and below ("": all), by code."""
    parents: dict[str, str] = {str(code): str(parent) for code, parent in db.rows(PARENTS)}
    found = structs(db, HallDays, DAYS)
    halls = (one for one in found if level(one.hall) is Level.HALL)
    return [one for one in halls if not scope or scope in upwards(one.hall, parents)]


def opened_days(db: Database, hall: str, first: str, last: str) -> set[str]:
    """The business days that were opened at a hall, of those from ``first`` to ``last``."""
    rows = db.rows('SELECT "day" FROM day WHERE "hall" = ? AND "day" BETWEEN ? AND ?', (hall, first, last))
    return {str(day) for (day,) in rows}


def first_day(db: Database, hall: str) -> str:
    """The first business day that was ever opened at a hall; "" for none."""
    return str(db.value('SELECT min("day") FROM day WHERE "hall" = ?', (hall,)) or "")
