"""Which sums make a period, and how the kinds of periods are told to people; the periods themselves are a rule."""

from __future__ import annotations

from collections.abc import Mapping

from hallterm.locale import N_
from hallterm.rules.calendar import days
from hallterm.rules.periods import Period, PeriodKind

KIND_WORDS: Mapping[PeriodKind, str] = {
    PeriodKind.DAY: N_("a day (2026-11-24)"),
    PeriodKind.WEEK: N_("a week (2026-W48)"),
    PeriodKind.MONTH: N_("a month (2026-10)"),
    PeriodKind.QUARTER: N_("a quarter (2026-Q3)"),
    PeriodKind.HALF_YEAR: N_("half a year (2026-H1)"),
    PeriodKind.YEAR: N_("a year (2026)"),
    PeriodKind.FREE: N_("months (2026-03..2026-07)"),
}


def sum_keys(period: Period) -> tuple[str, ...]:
    """The months, or else the days, whose sums make the period."""
    return period.months or tuple(days(period.first, period.last))
