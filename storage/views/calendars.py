"""The calendar of a place: the years announced for it and what stands above it, and its own closing days."""

from __future__ import annotations

import msgspec
from msgspec import Struct

from storage.database import Database
from storage.facts import CalendarDay, CalendarImported
from storage.views.inherited import places_above


class ClosingRow(Struct, frozen=True):
    """A day on which a hall is closed."""

    hall: str
    day: str
    name: str


def announced_years(db: Database, place: str) -> list[CalendarImported]:
    """What was imported for the place and above it, the widest place first, by year."""
    chain = places_above(db, place)
    marks = ", ".join("?" * len(chain))
    sql = f"SELECT year, days, scope, source, file_hash FROM calendar_year WHERE scope IN ({marks}) ORDER BY year"
    found = [
        CalendarImported(int(year), msgspec.json.decode(days, type=tuple[CalendarDay, ...]), scope, source, digest)
        for year, days, scope, source, digest in db.rows(sql, chain)
    ]
    return sorted(found, key=lambda one: (chain.index(one.scope), one.year))


def closing_days(db: Database, hall: str) -> list[ClosingRow]:
    """The days on which a hall is closed by its own choice, in order."""
    sql = "SELECT hall, day, name FROM closing_day WHERE hall = ? AND closed = 1 ORDER BY day"
    return [ClosingRow(str(place), str(day), str(name)) for place, day, name in db.rows(sql, (hall,))]
