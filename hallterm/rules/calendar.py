"""Working days: the published calendar, announced years that were imported, and a hall's own closing days. Rule 11.1.

Days are ``YYYY-MM-DD``. The published calendar (the package ``chinesecalendar``) is loaded when it is first asked. A year
that nobody has announced yet is *provisional*: Monday to Friday work, but for the fixed statutory days.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from functools import cache
from itertools import islice

from msgspec import Struct

from storage.facts import CalendarImported, DayKind

FIXED_HOLIDAYS = frozenset({(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)})
"""Month and day of the statutory days that are the same in every year."""
WORKING = frozenset({DayKind.WORKDAY, DayKind.MAKEUP})
MOST_REST_DAYS = 60
"""No holiday lasts longer, nor is a hall closed longer; what is counted ends here."""


class Working(Struct, frozen=True):
    """What a day is; ``provisional``: its year is not announced. ``name`` is the holiday's Chinese name, or empty."""

    kind: DayKind
    provisional: bool = False
    name: str = ""


@cache
def published(day: str) -> Working:
    """A day in the calendar of the package; beyond its years by the weekday and the fixed statutory days."""
    import chinese_calendar

    at = date.fromisoformat(day)
    try:
        works = bool(chinese_calendar.is_workday(at))
        _on_holiday, name = chinese_calendar.get_holiday_detail(at)
    except NotImplementedError:
        fixed = (at.month, at.day) in FIXED_HOLIDAYS
        return Working(DayKind.HOLIDAY if fixed else _by_weekday(at), provisional=True)
    chinese = chinese_calendar.Holiday(name).chinese if name else ""
    if works:
        return Working(DayKind.WORKDAY if at.isoweekday() <= 5 else DayKind.MAKEUP, name=chinese)
    return Working(DayKind.HOLIDAY if name or at.isoweekday() <= 5 else DayKind.REST, name=chinese)


def _by_weekday(at: date) -> DayKind:
    return DayKind.WORKDAY if at.isoweekday() <= 5 else DayKind.REST


class WorkCalendar(Struct, frozen=True):
    """The working days of one hall.

    ``announced`` are imported days, ``years`` the years an import announces whole; ``closed`` are the hall's own closing
    days; ``every_day``: rest days and holidays are working days here too (a closing day still is none).
    """

    announced: Mapping[str, Working] = {}
    years: frozenset[int] = frozenset()
    closed: Mapping[str, str] = {}
    every_day: bool = False

    def on(self, day: str) -> Working:
        """What a day is here."""
        if day in self.closed:
            return Working(DayKind.REST, name=self.closed[day])
        if self.every_day:
            return Working(DayKind.WORKDAY)
        named = self.announced.get(day)
        if named is not None:
            return named
        if int(day[:4]) in self.years:
            return Working(_by_weekday(date.fromisoformat(day)))
        return published(day)

    def is_workday(self, day: str) -> bool:
        """Whether people work here on a day."""
        return self.on(day).kind in WORKING

    def workdays_after(self, day: str) -> Iterator[str]:
        """The working days after a day, in order; ends when none comes within :data:`MOST_REST_DAYS`."""
        waited, at = 0, day
        while waited < MOST_REST_DAYS:
            at = later(at, 1)
            waited = 0 if self.is_workday(at) else waited + 1
            if not waited:
                yield at

    def nth_workday(self, day: str, nth: int) -> str:
        """The ``nth`` working day after a day; ValueError when there is none."""
        found = next(islice(self.workdays_after(day), nth - 1, None), "") if nth > 0 else ""
        if not found:
            raise ValueError((day, nth))
        return found

    def rolled(self, day: str) -> str:
        """The day itself if it is a working day, else the next one."""
        return day if self.is_workday(day) else self.nth_workday(day, 1)

    def is_provisional(self, first: str, last: str) -> bool:
        """Whether one of the days from ``first`` to ``last`` belongs to a year that is not announced."""
        return any(self.on(day).provisional for day in days(first, last))


PUBLISHED = WorkCalendar()
"""The published calendar alone."""
EVERY_DAY = WorkCalendar(every_day=True)


def work_calendar(
    imports: Iterable[CalendarImported] = (), closed: Mapping[str, str] | None = None, *, every_day: bool = False
) -> WorkCalendar:
    """The calendar of a hall. ``imports`` stand widest scope first and oldest first: a later one of a year replaces it."""
    by_year = {one.year: one for one in imports}
    announced = {
        day.day: Working(day.day_kind, name=day.name) for year in sorted(by_year) for day in by_year[year].days
    }
    return WorkCalendar(announced, frozenset(by_year), closed or {}, every_day)


def later(day: str, by: int) -> str:
    """The day ``by`` days after a day (before, if negative)."""
    return (date.fromisoformat(day) + timedelta(days=by)).isoformat()


def days(first: str, last: str) -> Iterator[str]:
    """All days from ``first`` to ``last``, both included; none when ``last`` is before ``first``."""
    start, end = date.fromisoformat(first), date.fromisoformat(last)
    return ((start + timedelta(days=n)).isoformat() for n in range((end - start).days + 1))
