"""A figure of a report month by month: what a trend line is drawn of."""

from __future__ import annotations

from hallterm.reports.charted import LINES
from hallterm.reports.make import make, spec_of
from hallterm.reports.model import Cell, Column, Kind
from hallterm.rules.periods import month_before
from storage.database import Database
from storage.facts import Moment

USUAL_MONTHS = 6


def monthly(
    db: Database, id: str, key: str, scope: str, last: str, now: Moment, months: int = USUAL_MONTHS
) -> tuple[Column, tuple[tuple[str, Cell], ...]]:
    """The column and its sum in each month up to ``last`` (``YYYY-MM``), the oldest first; ``key`` "": what charts show.

    Raises Unfit for a report or place that there is not, KeyError for a column that it has not.
    """
    spec_of(id)
    names = [month_before(last, by) for by in reversed(range(months))]
    made = [make(db, id, name, scope, now) for name in names]
    wanted = key or made[-1].chart
    column = made[-1].columns[made[-1].column(wanted)]
    if column.kind is Kind.TEXT:
        return LINES, tuple((name, len(one.rows)) for name, one in zip(names, made, strict=True))
    return column, tuple((name, one.sum_of(wanted)) for name, one in zip(names, made, strict=True))
