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
R = TypeVar("R")


def places_above(db: Database, place: str) -> list[str]:
    """All places whose items may hold at ``place``, the highest first, itself last."""
    parents: dict[str, str] = {str(code): str(parent) for code, parent in db.rows(PARENTS)}
    return list(dict.fromkeys([EVERYWHERE, *reversed(upwards(place, parents))]))


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


def matters(db: Database, hall: str) -> list[Matter]:
    """The version in force of every matter, hidden ones included, by code."""
    chain = places_above(db, hall)
    sql = (
        f'SELECT {columns(Matter, "s.")}, s."hall", s."may_override" FROM service_type s WHERE s."hall" IN ({_marks(chain)}) '
        'AND s."number" = (SELECT max(n."number") FROM service_type n WHERE n."hall" = s."hall" AND n."code" = s."code")'
    )
    found: dict[str, dict[str, tuple[Matter, bool]]] = {}
    for one in structs(db, PlacedMatter, sql, chain):
        found.setdefault(one.code, {})[one.hall] = (_matter(one), one.may_override)
    chosen = (in_force(places[one] for one in chain if one in places) for places in found.values())
    return sorted((one for one in chosen if one is not None), key=lambda one: one.code)


def matter(db: Database, hall: str, code: str, number: int | None = None) -> Matter | None:
    """One matter: the version in force, or a given one (the nearest place that has it)."""
    chain = places_above(db, hall)
    sql = f'SELECT {columns(PlacedMatter)} FROM service_type WHERE "code" = ? AND "hall" IN ({_marks(chain)}) ORDER BY "number"'
    rows = structs(db, PlacedMatter, sql, (code, *chain))
    if number is not None:
        given = {one.hall: _matter(one) for one in rows if one.number == number}
        return next((given[place] for place in reversed(chain) if place in given), None)
    newest = {one.hall: (_matter(one), one.may_override) for one in rows}
    return in_force(newest[place] for place in chain if place in newest)


def matters_at(db: Database, place: str) -> list[PlacedMatter]:
    """The last version of each matter that was set for this very place."""
    sql = (
        f'SELECT {columns(PlacedMatter)} FROM service_type s WHERE s."hall" = ? AND s."number" = '
        '(SELECT max(n."number") FROM service_type n WHERE n."hall" = s."hall" AND n."code" = s."code")'
    )
    return structs(db, PlacedMatter, sql, (place,))


def last_number(db: Database, code: str) -> int:
    """The highest version of a matter at any place that is known here; 0 without one."""
    return int(db.value('SELECT max("number") FROM service_type WHERE "code" = ?', (code,)) or 0)


def decided_at(db: Database, hall: str, code: str) -> str:
    """The place above whose matter is final for this hall; itself if it may have its own."""
    chain = places_above(db, hall)[:-1]
    sql = (
        'SELECT "hall", "may_override" FROM service_type WHERE "code" = ? '
        f'AND "hall" IN ({_marks(chain)}) ORDER BY "number"'
    )
    newest = {str(place): bool(may) for place, may in db.rows(sql, (code, *chain))}
    return next((place for place in chain if newest.get(place) is False), hall)


class PlacedMatter(Matter, frozen=True, kw_only=True):
    """A matter with the place it was set for."""

    hall: str
    may_override: bool


def _matter(one: PlacedMatter) -> Matter:
    return Matter(**{name: getattr(one, name) for name in Matter.__struct_fields__})


def _marks(values: Iterable[object]) -> str:
    return ", ".join("?" for _ in values)
