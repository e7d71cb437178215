"""Sums of halls over a period, for whoever looks at many halls; people are not told apart."""

from __future__ import annotations

from msgspec import Struct

from storage.access import upwards
from storage.database import Database
from storage.views.inherited import PARENTS
from storage.views.reading import structs


class HallSums(Struct, frozen=True):
    """One hall in one period (``YYYY-MM-DD`` or ``YYYY-MM``): seconds end in ``_s``, thousandths of a standard minute in
    ``std_milliminutes``; levels are counts of ratings.
    """

    period: str
    hall: str
    tickets: int
    called: int
    no_shows: int
    wait_s: int
    services: int
    quantity: int
    timed: int
    suspicious: int
    std_milliminutes: int
    wall_s: int
    counted_s: int
    excluded_s: int
    overtime: int
    transferred: int
    transferred_s: int
    level_5: int
    level_4: int
    level_3: int
    level_2: int
    level_1: int
    rated: int
    unrated: int
    exempt: int


SUMMED = HallSums.__struct_fields__[2:]
HALLS = "SELECT DISTINCT hall FROM figure WHERE period BETWEEN ? AND ? AND length(period) = ?"


def hall_sums(db: Database, scope: str, first: str, last: str, most: int) -> list[HallSums] | None:
    """The halls at ``scope`` and below, by period and hall; ``first`` and ``last`` are both days or both months.

    None if there are more rows than ``most``.
    """
    parents: dict[str, str] = {str(code): str(parent) for code, parent in db.rows(PARENTS)}
    span = (first, last, len(first))
    halls = sorted(str(hall) for (hall,) in db.rows(HALLS, span) if scope in upwards(str(hall), parents))
    if not halls:
        return []
    sums = ", ".join(f'CAST(sum("{name}") AS BIGINT)' for name in SUMMED)
    sql = (
        f"SELECT period, hall, {sums} FROM figure WHERE period BETWEEN ? AND ? AND length(period) = ? "
        f"AND hall IN ({', '.join('?' * len(halls))}) GROUP BY period, hall ORDER BY period, hall LIMIT ?"
    )
    rows = structs(db, HallSums, sql, (*span, *halls, most + 1))
    return rows if len(rows) <= most else None
