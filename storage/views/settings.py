"""Where settings were set, for who looks at them or changes them; what a rule reads is :func:`storage.views.setting`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from msgspec import Struct

from storage.database import Database
from storage.views.inherited import WITHDRAWN, chains, in_force, places_above
from storage.views.reading import columns, structs


class SettingRow(Struct, frozen=True):
    """What a place set from a business day on; ``value`` is JSON text."""

    name: str
    scope: str
    from_day: str
    value: str
    may_override: bool


def setting_rows(db: Database, place: str) -> tuple[list[str], list[SettingRow]]:
    """The places whose settings may hold at ``place`` (the highest first, itself last), and what they set, by day."""
    chain = places_above(db, place)
    marks = ", ".join("?" for _place in chain)
    sql = (
        f"SELECT {columns(SettingRow)} FROM setting WHERE \"value\" <> '{WITHDRAWN}' "
        f'AND "scope" IN ({marks}) ORDER BY "from_day"'
    )
    return chain, structs(db, SettingRow, sql, chain)


def is_set_anywhere(db: Database, name: str) -> bool:
    """Whether any place ever set a setting: where nobody did, the default holds everywhere and nothing more is read."""
    sql = f'SELECT 1 FROM setting WHERE "name" = ? AND "value" <> \'{WITHDRAWN}\' LIMIT 1'
    return db.value(sql, (name,)) is not None


def held_on(db: Database, names: Iterable[str], place: str, day: str) -> dict[str, str]:
    """The JSON texts of those of the named settings that were set for a place and hold on a day."""
    chain, found = setting_rows(db, place)
    held = {name: holding([row for row in found if row.name == name], chain, day) for name in names}
    return {str(name): row.value for name, row in held.items() if row is not None}


def held_at(db: Database, names: Iterable[str], places: Sequence[str], day: str) -> dict[str, dict[str, str]]:
    """The same for several places with one look at the settings, by place."""
    wanted, by_scope = tuple(map(str, names)), _by_scope(db, day)
    held: dict[str, dict[str, str]] = {}
    for place, chain in chains(db, places).items():
        rows = [row for scope in chain for row in by_scope.get(scope, ())]
        found = {name: holding([row for row in rows if row.name == name], chain, day) for name in wanted if rows}
        held[place] = {name: row.value for name, row in found.items() if row is not None}
    return held


def _by_scope(db: Database, day: str) -> dict[str, list[SettingRow]]:
    """What every place set up to a day, by day."""
    sql = (
        f"SELECT {columns(SettingRow)} FROM setting WHERE \"value\" <> '{WITHDRAWN}' "
        'AND "from_day" <= ? ORDER BY "from_day"'
    )
    found: dict[str, list[SettingRow]] = defaultdict(list)
    for row in structs(db, SettingRow, sql, (day,)):
        found[row.scope].append(row)
    return found


def holding(rows: Iterable[SettingRow], chain: Sequence[str], day: str) -> SettingRow | None:
    """Of the rows of one setting by day, the one that holds on a day; None for the default."""
    newest = {row.scope: row for row in rows if row.from_day <= day}
    return in_force((newest[place], newest[place].may_override) for place in chain if place in newest)


def final_above(rows: Iterable[SettingRow], chain: Sequence[str], day: str) -> SettingRow | None:
    """The row of a higher place that lets nobody below have a value of his own on a day."""
    newest = {row.scope: row for row in rows if row.from_day <= day}
    above = (newest[place] for place in chain[:-1] if place in newest)
    return next((row for row in above if not row.may_override), None)
