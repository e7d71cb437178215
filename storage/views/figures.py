"""The sums that reports are made of, grouped as they ask; storage adds, it never divides."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import attrgetter
from typing import Final, Literal

import msgspec
from msgspec import Struct

from storage.database import Database

Key = Literal["period", "hall", "staff", "code"]


class Sums(Struct, frozen=True):
    """One group of sums; keys that were not asked for are empty. ``*_s`` seconds, credit in thousandths of a minute."""

    period: str = ""
    hall: str = ""
    staff: str = ""
    code: str = ""
    tickets: int = 0
    called: int = 0
    no_shows: int = 0
    wait_s: int = 0
    services: int = 0
    quantity: int = 0
    timed: int = 0
    suspicious: int = 0
    back_entries: int = 0
    std_milliminutes: int = 0
    wall_s: int = 0
    counted_s: int = 0
    excluded_s: int = 0
    overtime: int = 0
    timed_wall_s: int = 0
    timed_counted_s: int = 0
    timed_limit_s: int = 0
    timed_std_milliminutes: int = 0
    level_5: int = 0
    level_4: int = 0
    level_3: int = 0
    level_2: int = 0
    level_1: int = 0
    rated: int = 0
    unrated: int = 0
    exempt: int = 0
    clock_jumps: int = 0
    verified_yes: int = 0
    verified_no: int = 0
    verified_outside: int = 0
    errors: int = 0


MONTHS: Final = tuple(f"-{month:02d}" for month in range(1, 13))
KEYS: Final[tuple[Key, ...]] = ("period", "hall", "staff", "code")
SUMMED: Final = tuple(name for name in Sums.__struct_fields__ if name not in KEYS)
_values = attrgetter(*SUMMED)


def sums(
    db: Database,
    periods: Sequence[str],
    halls: Sequence[str],
    by: Sequence[Key],
    *,
    wanted: Sequence[str] = SUMMED,
    staff: str = "",
) -> list[Sums]:
    """The sums of whole days and months ``periods`` at ``halls``, one row a group of ``by``, in the order of the keys.
    Twelve months of a year are read as the one row of the year, unless they are asked for one by one.

    Rows in which all ``wanted`` sums are 0 are left out (a day that was taken back leaves such rows).
    """
    if not periods or not halls:
        return []
    if "period" not in by:
        periods = coarse(periods)
    names = ", ".join(f'"{name}"' for name in by)
    totals = ", ".join(f'CAST(sum("{name}") AS BIGINT)' for name in wanted)
    mine = ' AND "staff" = ?' if staff else ""
    sql = (
        f'SELECT {", ".join(filter(None, (names, totals)))} FROM figure WHERE "period" IN ({_marks(periods)}) '
        f'AND "hall" IN ({_marks(halls)}){mine}' + (f" GROUP BY {names}" if names else "")
    )
    columns = (*by, *wanted)
    rows = db.rows(sql, (*periods, *halls, *([staff] if staff else ())))
    found = [Sums(**dict(zip(columns, row, strict=True))) for row in rows if any(row[len(by) :])]
    return sorted(found, key=lambda one: tuple(str(getattr(one, name)) for name in by))


def coarse(periods: Sequence[str]) -> list[str]:
    """The same time in fewer periods: years where all their months are there."""
    whole = {year for year in {one[:4] for one in periods} if all(f"{year}{month}" in periods for month in MONTHS)}
    return [*sorted(whole), *(one for one in periods if len(one) != len("2026-01") or one[:4] not in whole)]


def added(many: Iterable[Sums]) -> Sums:
    """All of them together, without keys."""
    columns = zip(*(_values(one) for one in many), strict=True)
    return msgspec.structs.replace(Sums(), **dict(zip(SUMMED, map(sum, columns), strict=False)))


def _marks(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))
