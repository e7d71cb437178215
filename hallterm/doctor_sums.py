"""Do the reports of this hall agree with each other? The last two months, as ``hallterm doctor`` tells it."""

from __future__ import annotations

from hallterm.reports import checks
from hallterm.reports.make import Unfit, make
from hallterm.reports.model import By, Report
from hallterm.rules.day import business_day
from hallterm.rules.periods import month_before
from storage.database import Database
from storage.facts import Moment
from storage.views.reporting import own_hall


def misfits(db: Database, now: Moment) -> tuple[str, ...] | None:
    """What does not add up, in words; None without a hall."""
    hall = own_hall(db)
    this_month = business_day(now.t)[:7]
    found: list[str] = []
    for month in (month_before(this_month), this_month):

        def of_month(id: str, by: By | None, month: str = month) -> Report:
            return make(db, id, month, hall, now, by=by.value if by else "")

        try:
            found += [f"{month} {checks.words(one)}" for one in checks.check_hall(of_month)]
        except Unfit:
            return None
    return tuple(found)
