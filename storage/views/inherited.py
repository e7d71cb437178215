"""What holds at a place of the scope tree: the item of the highest place, unless that item lets lower places have their own.

Settings and matters: nation before province, city, district, hall. A row of scope "" holds everywhere.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from storage.access import upwards
from storage.database import Database
from storage.views.reading import columns, structs
from storage.views.rows import Matter

PARENTS = "SELECT code, parent FROM hall WHERE parent <> ''"
EVERYWHERE = ""
WITHDRAWN = "null"
WHENEVER = "9999-12-31"
"""No day in particular: the last version that was set, whenever it begins."""
R = TypeVar("R")


def places_above(db: Database, place: str) -> list[str]:
    """All places whose items may hold at ``place``, the highest first, itself last."""
    return chains(db, (place,))[place]


def chains(db: Database, places: Iterable[str]) -> dict[str, list[str]]:
    """The same for several places, by place."""
    parents: dict[str, str] = {str(code): str(parent) for code, parent in db.rows(PARENTS)}
    return {place: list(dict.fromkeys([EVERYWHERE, *reversed(upwards(place, parents))])) for place in places}


def in_force(items: Iterable[tuple[R, bool]]) -> R | None:
    """Of ``(item, may_override)`` from the highest place down: the first that is final, else the lowest."""
    found: R | None = None
    for found, may_override in items:
        if not may_override:
            return found
    return found


def setting(db: Database, name: str, scope: str, day: str) -> str | None:
    """The JSON text of a setting that holds on a day, or None for the default.

    A value ``null`` withdraws what the same place set from the same day, as if it had never been set.
    """
    chain = places_above(db, scope)
    sql = (
        'SELECT "scope", "value", "may_override" FROM setting WHERE "name" = ? AND "from_day" <= ? '
        f"AND \"value\" <> '{WITHDRAWN}' "
        f'AND "scope" IN ({_marks(chain)}) ORDER BY "from_day"'
    )
    newest = {str(place): (str(value), bool(may)) for place, value, may in db.rows(sql, (name, day, *chain))}
    return in_force(newest[place] for place in chain if place in newest)


def matters(db: Database, hall: str, day: str = WHENEVER) -> list[Matter]:
    """The version of every matter that holds on a day, hidden ones included, by code; without a day the last that was set."""
    chain = places_above(db, hall)
    sql = f'{NEWEST} AND s."hall" IN ({_marks(chain)})'
    found: dict[str, dict[str, tuple[Matter, bool]]] = {}
    for one in structs(db, PlacedMatter, sql, (day, day, *chain)):
        found.setdefault(one.code, {})[one.hall] = (_matter(one), one.may_override)
    chosen = (in_force(places[one] for one in chain if one in places) for places in found.values())
    return sorted((one for one in chosen if one is not None), key=lambda one: one.code)


def matter(db: Database, hall: str, code: str, number: int | None = None, day: str = WHENEVER) -> Matter | None:
    """One matter: a given version (of the nearest place that has it), else the one that holds on a day."""
    chain = places_above(db, hall)
    if number is None:
        sql = f'{NEWEST} AND s."code" = ? AND s."hall" IN ({_marks(chain)})'
        newest = {
            one.hall: (_matter(one), one.may_override)
            for one in structs(db, PlacedMatter, sql, (day, day, code, *chain))
        }
        return in_force(newest[place] for place in chain if place in newest)
    sql = (
        f'SELECT {columns(PlacedMatter)} FROM service_type WHERE "code" = ? AND "number" = ? '
        f'AND "hall" IN ({_marks(chain)})'
    )
    given = {one.hall: _matter(one) for one in structs(db, PlacedMatter, sql, (code, number, *chain))}
    return next((given[place] for place in reversed(chain) if place in given), None)


def matters_at(db: Database, place: str, day: str = WHENEVER) -> list[PlacedMatter]:
    """Of each matter the version that was set for this very place and holds on a day (of its versions)."""
    return structs(db, PlacedMatter, f'{NEWEST} AND s."hall" = ?', (day, day, place))


def matter_days(db: Database, place: str, after: str) -> list[str]:
    """The days after ``after`` from which on a version of a matter holds that was set for a place or above it."""
    chain = places_above(db, place)
    sql = f'SELECT DISTINCT "from_day" FROM service_type WHERE "from_day" > ? AND "hall" IN ({_marks(chain)})'
    return sorted(str(day) for (day,) in db.rows(sql, (after, *chain)))


def last_number(db: Database, code: str) -> int:
    """The highest version of a matter at any place that is known here; 0 without one."""
    return int(db.value('SELECT max("number") FROM service_type WHERE "code" = ?', (code,)) or 0)


def decided_at(db: Database, hall: str, code: str, day: str = WHENEVER) -> str:
    """The place above whose matter is final for this hall on a day; itself if it may have its own."""
    chain = places_above(db, hall)[:-1]
    sql = f'{NEWEST} AND s."code" = ? AND s."hall" IN ({_marks(chain)})'
    newest = {one.hall: one.may_override for one in structs(db, PlacedMatter, sql, (day, day, code, *chain))}
    return next((place for place in chain if newest.get(place) is False), hall)


class PlacedMatter(Matter, frozen=True, kw_only=True):
    """A matter with the place it was set for."""

    hall: str
    may_override: bool
    from_day: str


NEWEST = (
    f'SELECT {columns(PlacedMatter, "s.")} FROM service_type s WHERE s."from_day" <= ? AND NOT EXISTS '
    '(SELECT 1 FROM service_type n WHERE n."hall" = s."hall" AND n."code" = s."code" AND n."from_day" <= ? '
    'AND (n."from_day", n."number") > (s."from_day", s."number"))'
)
"""Of each matter at each place the version that holds on a day (the two parameters), for further conditions."""


def _matter(one: PlacedMatter) -> Matter:
    return Matter(**{name: getattr(one, name) for name in Matter.__struct_fields__})


def _marks(values: Iterable[object]) -> str:
    return ", ".join("?" for _ in values)
