"""The half-days of past months as they were added up once, and the counts that tell whether they still hold.

What is kept may be deleted at any time: it is made anew from plans, punches and papers.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from msgspec import Struct

from storage.database import Database

HallMonth = tuple[str, str]
"""A hall and a month ``YYYY-MM``."""
COUNTED = {
    "schedule_slot": 'count(*), CAST(sum("at_t") AS BIGINT)',
    "punch": "count(*), 0",
    "attendance_correction": "count(*), 0",
    "off_post": "count(*), 0",
}
"""A plan is replaced by a later one, so when they were made counts too; of the others there are only more and more."""
KEEP = (
    'INSERT INTO kept_half_days ("hall", "month", "mark", "sums") VALUES (?, ?, ?, ?) '
    'ON CONFLICT ("hall", "month") DO UPDATE SET "mark" = excluded."mark", "sums" = excluded."sums"'
)


class KeptMonth(Struct, frozen=True):
    """The sums of a hall's month as JSON, and the mark they were made under."""

    mark: str
    sums: str


def row_counts(db: Database, halls: Sequence[str], first: str, last: str) -> dict[HallMonth, tuple[int, ...]]:
    """By hall and month: how many rows of each table half-days are judged by, and the sum of when they were made."""
    found: dict[HallMonth, list[int]] = defaultdict(lambda: [0] * (2 * len(COUNTED)))
    for place, (table, counts) in enumerate(COUNTED.items()):
        sql = (
            f'SELECT "hall", "day", {counts} FROM {table} WHERE "hall" IN ({_marks(halls)}) '
            'AND "day" BETWEEN ? AND ? GROUP BY "hall", "day"'
        )
        for hall, day, count, total in db.rows(sql, (*halls, first, last)):
            counted = found[hall, day[:7]]
            counted[2 * place] += count
            counted[2 * place + 1] += total
    return {key: tuple(counted) for key, counted in found.items()}


def kept_months(db: Database, halls: Sequence[str], first: str, last: str) -> dict[HallMonth, KeptMonth]:
    """What was kept of the months from ``first`` to ``last``."""
    sql = (
        f'SELECT "hall", "month", "mark", "sums" FROM kept_half_days WHERE "hall" IN ({_marks(halls)}) '
        'AND "month" BETWEEN ? AND ?'
    )
    return {(hall, month): KeptMonth(mark, sums) for hall, month, mark, sums in db.rows(sql, (*halls, first, last))}


def keep_months(db: Database, many: Iterable[tuple[HallMonth, KeptMonth]]) -> None:
    """Put them in the place of what was kept before."""
    rows = [(hall, month, one.mark, one.sums) for (hall, month), one in many]
    with db.peewee.atomic():
        for row in rows:
            db.execute(KEEP, row)


def _marks(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))
