"""Where settings were set, for who looks at them or changes them; what a rule reads is :func:`storage.views.setting`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct

from storage.database import Database
from storage.views.inherited import WITHDRAWN, in_force, places_above
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


def holding(rows: Iterable[SettingRow], chain: Sequence[str], day: str) -> SettingRow | None:
    """Of the rows of one setting by day, the one that holds on a day; None for the default."""
    newest = {row.scope: row for row in rows if row.from_day <= day}
    return in_force((newest[place], newest[place].may_override) for place in chain if place in newest)


def final_above(rows: Iterable[SettingRow], chain: Sequence[str], day: str) -> SettingRow | None:
    """The row of a higher place that lets nobody below have a value of his own on a day."""
    newest = {row.scope: row for row in rows if row.from_day <= day}
    above = (newest[place] for place in chain[:-1] if place in newest)
    return next((row for row in above if not row.may_override), None)
