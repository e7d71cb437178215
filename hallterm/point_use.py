"""What was done at a service point, read for its report: days opened, half-days with somebody signed on, silence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta

from msgspec import Struct

from hallterm.half_days import Book, read_book
from hallterm.rules.attendance import Times, minute
from hallterm.rules.calendar import WorkCalendar, days, work_calendar
from hallterm.rules.day import NOON_MIN
from hallterm.rules.points import silent_days
from hallterm.rules.settings_table import SettingName, understood
from storage import views
from storage.database import Database
from storage.facts import Moment
from storage.views import HallRow
from storage.views.calendars import announced_years, closing_days
from storage.views.places import first_day, opened_days

LOOK_BACK_DAYS = 60
LAST_MINUTE = 24 * 60
HALVES = (Times(0, NOON_MIN), Times(NOON_MIN, LAST_MINUTE))
"""The halves of a day where a point keeps no hours."""


class PointUse(Struct, frozen=True):
    """``opened`` days, half-days with somebody signed on by day, and the working days since anybody was."""

    opened: frozenset[str]
    signed: Mapping[str, int]
    silent: int


def point_use(db: Database, point: HallRow, first: str, last: str, today: str, now: Moment) -> PointUse:
    """One point from day to day; silence is counted up to the day before ``today``."""
    end = min(last, _before(today, 1))
    book = read_book(db, (point.code,), min(first, _before(end, LOOK_BACK_DAYS)), last, now)
    signed = _signed(book, point, now)
    opened = frozenset(opened_days(db, point.code, first, last))
    return PointUse(opened, signed, silent_days(_due(db, point, book, end), signed))


def _signed(book: Book, point: HallRow, now: Moment) -> Mapping[str, int]:
    """Half-days in which somebody was there, by day: two people count two."""
    halves: Iterable[Times] = tuple(book.hours.get(point.code, {}).values()) or HALVES
    found: dict[str, int] = {}
    for staff, day in book.punches:
        until = minute(now.t) if day == book.today else LAST_MINUTE
        there = [(one.from_min, until if one.to_min is None else one.to_min) for one in book.there(staff, day)]
        count = sum(any(start < half.end_min and end > half.start_min for start, end in there) for half in halves)
        found[day] = found.get(day, 0) + count
    return found


def _due(db: Database, point: HallRow, book: Book, end: str) -> Iterator[str]:
    """The days on which somebody was due, the newest first: planned working days, or all of them where nobody plans.

    Silence begins with the first day that the point ever opened.
    """
    calendar, planned = _calendar(db, point, end), {one.day for one in book.plans if one.hall == point.code}
    began = first_day(db, point.code)
    for day in reversed(list(days(book.first, end))):
        if began and day >= began and calendar.is_workday(day) and (not planned or day in planned):
            yield day


def _calendar(db: Database, point: HallRow, day: str) -> WorkCalendar:
    value = views.setting(db, SettingName.WORKS_EVERY_DAY, point.code, day)
    every_day = point.open_always or understood(SettingName.WORKS_EVERY_DAY, value) is True
    closed = {one.day: one.name for one in closing_days(db, point.code)}
    return work_calendar(announced_years(db, point.code), closed, every_day=every_day)


def _before(day: str, count: int) -> str:
    return (date.fromisoformat(day) - timedelta(days=count)).isoformat()
