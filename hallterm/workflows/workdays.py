"""Working days of a hall: the published calendar, and whether tickets are handed out now. Business rules 7.2 (T1), 11.1.

The calendar's package is loaded when it is first asked; a hall that is always open never asks.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

from hallterm.rules.day import Opening, business_day, closing_t, opening
from hallterm.workflows.hall_settings import WORKS_EVERY_DAY, is_on
from storage.database import Database
from storage.facts import HallSet, Moment
from storage.views import HallRow

MOST_REST_DAYS = 30
"""No holiday lasts longer."""


def hall_hours(hall: HallRow) -> HallSet:
    """The opening hours as the rules take them."""
    return HallSet(
        code=hall.code,
        name=hall.name,
        opening_am=hall.opening_am,
        closing_am=hall.closing_am,
        opening_pm=hall.opening_pm,
        closing_pm=hall.closing_pm,
        open_always=hall.open_always,
    )


@cache
def in_calendar(day: str) -> bool:
    """Whether the published calendar calls ``YYYY-MM-DD`` a working day; beyond it Monday to Friday are."""
    import chinese_calendar

    at = date.fromisoformat(day)
    try:
        return bool(chinese_calendar.is_workday(at))
    except NotImplementedError:
        return at.isoweekday() <= 5


def is_workday(db: Database, hall: HallRow, day: str) -> bool:
    """Whether a hall works on a day: by the calendar, or because it works every day."""
    return hall.open_always or is_on(db, WORKS_EVERY_DAY, hall.code, day) or in_calendar(day)


def next_workday(db: Database, hall: HallRow, day: str) -> str:
    """The first working day after a day."""
    at = date.fromisoformat(day)
    after = [(at + timedelta(days=n)).isoformat() for n in range(1, MOST_REST_DAYS + 1)]
    return next((one for one in after if is_workday(db, hall, one)), after[0])


def hall_opening(db: Database, hall: HallRow, now: Moment) -> Opening:
    """Is the hall open now, and may tickets be issued."""
    return opening(hall_hours(hall), now.t, workday=is_workday(db, hall, business_day(now.t)))


def confirm_until_t(db: Database, hall: HallRow, day: str) -> int:
    """The end of the next working day, ms UTC: until then a fault pause of ``day`` is confirmed. Business rule 7.4."""
    return closing_t(hall_hours(hall), next_workday(db, hall, day))
