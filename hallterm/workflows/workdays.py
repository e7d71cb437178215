"""Working days of a hall: the published calendar, what terms are counted with, and whether tickets are handed out now.
Business rules 7.2 (T1), 11.1, 11.3.

The calendar's package is loaded when it is first asked; a hall that is always open never asks.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from hallterm.rules.calendar import EVERY_DAY, PUBLISHED, WorkCalendar, work_calendar
from hallterm.rules.day import Opening, business_day, closing_t, closing_time, opening
from hallterm.rules.deadlines import DeadlineId, Hours
from hallterm.rules.setting_form import SettingName
from hallterm.workflows.hall_settings import WORKS_EVERY_DAY, is_on, understood
from storage.database import Database
from storage.facts import HallSet, Moment
from storage.views import HallRow
from storage.views.calendars import announced_years, closing_days
from storage.views.settings import held_on

TERMS: Final[Mapping[DeadlineId, SettingName]] = {
    DeadlineId.K15: SettingName.CALL_BACK_DAYS,
    DeadlineId.K16: SettingName.CORRECT_DAYS,
    DeadlineId.K16_COMPLEX: SettingName.CORRECT_COMPLEX_DAYS,
    DeadlineId.K17_APPEAL: SettingName.APPEAL_DAYS,
    DeadlineId.K17_DECISION: SettingName.APPEAL_DECISION_DAYS,
    DeadlineId.K19: SettingName.BACK_ENTRY_DAYS,
    DeadlineId.K20: SettingName.UNRATED_REASON_DAYS,
    DeadlineId.K21: SettingName.LATE_RATING_DAYS,
    DeadlineId.K25: SettingName.RECONCILIATION_DAYS,
}
"""The terms of the table of deadlines that a place may have of its own, in working days; 0 is the same day."""


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


def in_calendar(day: str) -> bool:
    """Whether the published calendar calls ``YYYY-MM-DD`` a working day."""
    return PUBLISHED.is_workday(day)


def hall_calendar(db: Database, hall: HallRow, day: str) -> WorkCalendar:
    """The working days of a hall, by the settings that hold on ``day``."""
    every_day = hall.open_always or is_on(db, WORKS_EVERY_DAY, hall.code, day)
    closed = {one.day: one.name for one in closing_days(db, hall.code)}
    imports = announced_years(db, hall.code)
    if not closed and not imports:
        return EVERY_DAY if every_day else PUBLISHED
    return work_calendar(imports, closed, every_day=every_day)


def term_hours(db: Database, hall: HallRow, day: str) -> Hours:
    """What deadlines of a hall are counted with, by the settings that hold on ``day``."""
    held = held_on(db, TERMS.values(), hall.code, day)
    terms = {which: int(understood(name, held[name])) for which, name in TERMS.items() if name in held}
    return Hours(hall_calendar(db, hall, day), closing_time(hall_hours(hall)), terms)


def is_workday(db: Database, hall: HallRow, day: str) -> bool:
    """Whether a hall works on a day: by the calendar, or because it works every day."""
    return hall_calendar(db, hall, day).is_workday(day)


def next_workday(db: Database, hall: HallRow, day: str) -> str:
    """The first working day after a day."""
    return hall_calendar(db, hall, day).nth_workday(day, 1)


def hall_opening(db: Database, hall: HallRow, now: Moment) -> Opening:
    """Is the hall open now, and may tickets be issued."""
    return opening(hall_hours(hall), now.t, workday=is_workday(db, hall, business_day(now.t)))


def confirm_until_t(db: Database, hall: HallRow, day: str) -> int:
    """The end of the next working day, ms UTC: until then a fault pause of ``day`` is confirmed. Business rule 7.4."""
    return closing_t(hall_hours(hall), next_workday(db, hall, day))
