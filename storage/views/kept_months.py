"""What was worked out of a hall's month and kept, and how often what it hangs on changed since.

What is kept may be deleted at any time: it is made anew from the tables of the days.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct

from storage.changes import Keeps
from storage.database import Database

HallMonth = tuple[str, str]
"""A hall and a month ``YYYY-MM``."""
KEEP = (
    'INSERT INTO kept_month ("what", "hall", "month", "mark", "body") VALUES (?, ?, ?, ?, ?) '
    'ON CONFLICT ("what", "hall", "month") DO UPDATE SET "mark" = excluded."mark", "body" = excluded."body"'
)
FIRST = {Keeps.HALF_DAYS: ("schedule_slot", "punch"), Keeps.LONGEST: ("service",)}
"""The tables whose first day is where there begins to be anything to keep."""


class KeptMonth(Struct, frozen=True):
    """What was kept of a hall's month, as JSON, and the mark it was made under."""

    mark: str
    body: str


def kept_months(db: Database, what: Keeps, halls: Sequence[str], months: Sequence[str]) -> dict[HallMonth, KeptMonth]:
    """What was kept of these months."""
    sql = (
        f'SELECT "hall", "month", "mark", "body" FROM kept_month WHERE "what" = ? AND "hall" IN ({_marks(halls)}) '
        f'AND "month" IN ({_marks(months)})'
    )
    rows = db.rows(sql, (what.value, *halls, *months))
    return {(hall, month): KeptMonth(mark, body) for hall, month, mark, body in rows}


def keep_months(db: Database, what: Keeps, many: Iterable[tuple[HallMonth, KeptMonth]]) -> None:
    """Put them in the place of what was kept before."""
    rows = [(what.value, hall, month, one.mark, one.body) for (hall, month), one in many]
    with db.peewee.atomic():
        for row in rows:
            db.execute(KEEP, row)


def changes_at(db: Database, what: Keeps, halls: Sequence[str], periods: Sequence[str]) -> dict[HallMonth, int]:
    """By hall and month: how many facts changed it in these days and months."""
    return _changes(db, what, "hall", halls, periods)


def changes_of(db: Database, what: Keeps, staff: Sequence[str], periods: Sequence[str]) -> dict[tuple[str, str], int]:
    """By staff number and month: the same of some people, in whatever hall."""
    return _changes(db, what, "staff", staff, periods)


def _changes(
    db: Database, what: Keeps, column: str, values: Sequence[str], periods: Sequence[str]
) -> dict[tuple[str, str], int]:
    if not values or not periods:
        return {}
    sql = (
        f'SELECT "{column}", substr("period", 1, 7), CAST(sum("times") AS BIGINT) FROM change_count '
        f'WHERE "what" = ? AND "{column}" IN ({_marks(values)}) AND "period" IN ({_marks(periods)}) GROUP BY 1, 2'
    )
    return {(str(name), str(month)): int(times) for name, month, times in db.rows(sql, (what.value, *values, *periods))}


def first_day(db: Database, what: Keeps, hall: str) -> str:
    """The first day of which there is anything; "" without one."""
    found = (
        db.value(f'SELECT min("day") FROM {table} WHERE "hall" = ? AND "day" > ?', (hall, "")) for table in FIRST[what]
    )
    return min((str(one) for one in found if one), default="")


def _marks(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))
