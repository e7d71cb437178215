"""Which halls' days are not in yet, for figures over several halls and for the page of the nodes."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec

from hallterm.rules.coverage import Days, Gap, gaps
from hallterm.rules.day import business_day
from hallterm.workflows.workdays import is_workday
from storage.database import Database
from storage.facts import Moment
from storage.views.places import all_halls, hall_days


def missing_halls(db: Database, scope: str, upto: str) -> tuple[Gap, ...]:
    """The halls and points at ``scope`` and below ("": all) that have not closed every working day up to ``upto``."""
    halls = {one.code: one for one in all_halls(db)}
    days = [msgspec.convert(one, Days, from_attributes=True) for one in hall_days(db, scope)]
    return gaps(days, upto, lambda hall, day: is_workday(db, halls[hall], day), _following)


def missing_now(db: Database, scope: str, now: Moment) -> tuple[Gap, ...]:
    """The same up to yesterday: today's day is still open everywhere."""
    today = date.fromisoformat(business_day(now.t, ""))
    return missing_halls(db, scope, (today - timedelta(days=1)).isoformat())


def _following(day: str) -> str:
    return (date.fromisoformat(day) + timedelta(days=1)).isoformat()
