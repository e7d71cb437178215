"""The hour profile of today, as report R06 makes it; read when somebody looks at it."""

from __future__ import annotations

from msgspec import Struct

from hallterm.reports.make import make
from hallterm.rules.day import business_day
from hallterm.workflows.desk import Desk
from storage import views
from storage.facts import Moment


class HourLine(Struct, frozen=True):
    """One hour of the day: windows at work, the most people waiting at once, services done."""

    hour: str
    windows: int
    waiting: int
    handled: int


def hours_today(desk: Desk, now: Moment) -> tuple[HourLine, ...]:
    """The hours that have anything to show."""
    db = desk.journal.database
    day = business_day(now.t, views.last_day(db, desk.hall))
    report = make(db, "R06", day, desk.hall, now)
    columns = [report.values(key) for key in ("hour", "windows", "waiting", "handled")]
    return tuple(HourLine(str(hour), *(int(one or 0) for one in rest)) for hour, *rest in zip(*columns, strict=True))
