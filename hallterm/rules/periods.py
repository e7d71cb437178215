"""Periods: a day, a week, a month, a quarter, half a year, a year, or any run of months. Business rules 9 and 17.

Written as people and the command line write them: ``2026-10-08``, ``2026-W41``, ``2026-10``, ``2026-Q4``, ``2026-H2``,
``2026``, ``2026-03..2026-07``.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache

from msgspec import Struct

from hallterm.locale import N_
from hallterm.rules.words import Reason

FIRST_YEAR, LAST_YEAR = 2000, 2099
LONGEST_MONTHS = 120
NO_PERIOD = N_("{text} is no period: write 2026-10, 2026-Q4, 2026-H2, 2026 or 2026-03..2026-07")
IN_YEAR: Mapping[str, int] = {"Q": 3, "H": 6}


class PeriodKind(StrEnum):
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    HALF_YEAR = "half_year"
    YEAR = "year"
    FREE = "free"


class Period(Struct, frozen=True):
    """From ``first`` to ``last`` (days, both included). Only periods of whole months are assessed."""

    kind: PeriodKind
    first: str
    last: str

    @property
    def months(self) -> tuple[str, ...]:
        """Its months ``YYYY-MM``; none for a day or a week."""
        if self.kind in (PeriodKind.DAY, PeriodKind.WEEK):
            return ()
        return run(self.first[:7], self.last[:7])

    def holds(self, day: str) -> bool:
        """Whether a day lies in it."""
        return self.first <= day <= self.last

    @property
    def code(self) -> str:
        """As it is written."""
        return _CODE[self.kind](self)


@lru_cache(maxsize=64)
def run(first: str, last: str) -> tuple[str, ...]:
    """The months from ``first`` to ``last``, both included."""
    return tuple(_month(n) for n in range(_number(first), _number(last) + 1))


def month_before(month: str, by: int = 1) -> str:
    """The month ``by`` months before."""
    return _month(_number(month) - by)


def _number(month: str) -> int:
    return int(month[:4]) * 12 + int(month[5:7]) - 1


def _month(number: int) -> str:
    return f"{number // 12:04d}-{number % 12 + 1:02d}"


def _of_months(kind: PeriodKind, first: str, last: str) -> Period:
    end = monthrange(int(last[:4]), int(last[5:7]))[1]
    return Period(kind, f"{first}-01", f"{last}-{end:02d}")


_BY_LENGTH: Mapping[int, PeriodKind] = {
    1: PeriodKind.MONTH,
    3: PeriodKind.QUARTER,
    6: PeriodKind.HALF_YEAR,
    12: PeriodKind.YEAR,
}


def months_period(first: str, last: str) -> Period:
    """A run of months, by the name it has if it is a month, a quarter, half a year or a year."""
    length = _number(last) - _number(first) + 1
    named = _BY_LENGTH.get(length)
    if named is None or _number(first) % length:
        return _of_months(PeriodKind.FREE, first, last)
    return _of_months(named, first, last)


def week_of(day: str) -> Period:
    """The ISO week of a day, Monday to Sunday."""
    at = date.fromisoformat(day)
    monday = at - timedelta(days=at.isoweekday() - 1)
    return Period(PeriodKind.WEEK, monday.isoformat(), (monday + timedelta(days=6)).isoformat())


def before(period: Period) -> Period:
    """The period of the same length that ends the day before it begins: what "change to previous" compares with."""
    if not period.months:
        length = date.fromisoformat(period.last) - date.fromisoformat(period.first) + timedelta(days=1)
        ends = [(date.fromisoformat(day) - length).isoformat() for day in (period.first, period.last)]
        return Period(period.kind, *ends)
    length_months = len(period.months)
    first = month_before(period.months[0], length_months)
    return _of_months(period.kind, first, month_before(period.months[0]))


_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_WEEK = re.compile(r"(\d{4})-W(\d{2})", re.ASCII)
_MONTH = r"\d{4}-(?:0[1-9]|1[0-2])"
_RUN = re.compile(rf"({_MONTH})(?:\.\.({_MONTH}))?", re.ASCII)
_NAMED = re.compile(r"(\d{4})(?:-([QH])([1-4]))?", re.ASCII)


def period(text: str) -> Period | Reason:
    """Read a period, or say why it is none."""
    words = text.strip().upper()
    for read in (_read_day, _read_week, _read_run, _read_named):
        found = read(words)
        if found and _allowed(found):
            return found
    return Reason(NO_PERIOD, {"text": text})


def _allowed(one: Period) -> bool:
    years = int(one.first[:4]) >= FIRST_YEAR and int(one.last[:4]) <= LAST_YEAR
    return years and one.first <= one.last and len(one.months) <= LONGEST_MONTHS


def _read_day(words: str) -> Period | None:
    try:
        return Period(PeriodKind.DAY, words, date.fromisoformat(words).isoformat()) if _DAY.fullmatch(words) else None
    except ValueError:
        return None


def _read_week(words: str) -> Period | None:
    found = _WEEK.fullmatch(words)
    try:
        return week_of(date.fromisocalendar(int(found[1]), int(found[2]), 1).isoformat()) if found else None
    except ValueError:
        return None


def _read_run(words: str) -> Period | None:
    found = _RUN.fullmatch(words)
    return months_period(found[1], found[2] or found[1]) if found else None


def _read_named(words: str) -> Period | None:
    found = _NAMED.fullmatch(words)
    if found is None:
        return None
    length = IN_YEAR[found[2]] if found[2] else 12
    first = int(found[1]) * 12 + length * (int(found[3] or 1) - 1)
    within = first // 12 == int(found[1])
    return months_period(_month(first), _month(first + length - 1)) if within else None


def _nth(one: Period, length: int) -> int:
    return (int(one.first[5:7]) - 1) // length + 1


def _week_code(one: Period) -> str:
    year, week, _day = date.fromisoformat(one.first).isocalendar()
    return f"{year}-W{week:02d}"


_CODE: Mapping[PeriodKind, Callable[[Period], str]] = {
    PeriodKind.DAY: lambda one: one.first,
    PeriodKind.WEEK: _week_code,
    PeriodKind.MONTH: lambda one: one.first[:7],
    PeriodKind.QUARTER: lambda one: f"{one.first[:4]}-Q{_nth(one, 3)}",
    PeriodKind.HALF_YEAR: lambda one: f"{one.first[:4]}-H{_nth(one, 6)}",
    PeriodKind.YEAR: lambda one: one.first[:4],
    PeriodKind.FREE: lambda one: f"{one.first[:7]}..{one.last[:7]}",
}
