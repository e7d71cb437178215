"""The longest timed services of halls: no sum, so it is read from the rows of services."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from storage.database import Database
from storage.views.kept_months import HallMonth
from storage.views.reporting_rows import TIMED

ByPerson = dict[str, dict[str, int]]
"""Counted seconds by staff number and matter."""


def longest_of(db: Database, halls: Iterable[str], first: str, last: str) -> dict[HallMonth, ByPerson]:
    """By hall and month the longest counted time of a timed service of each person and matter."""
    sql = (
        'SELECT substr(s."day", 1, 7), s."staff", s."code", max(s."counted_s") FROM service s '
        f'WHERE s."hall" = ? AND s."day" BETWEEN ? AND ? AND {TIMED} GROUP BY 1, s."staff", s."code"'
    )
    found: dict[HallMonth, ByPerson] = defaultdict(lambda: defaultdict(dict))
    for hall in halls:
        for month, staff, code, most in db.rows(sql, (hall, first, last)):
            found[hall, str(month)][str(staff)][str(code)] = int(most)
    return found
