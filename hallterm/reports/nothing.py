"""Why a report has no line, and what to do: the same words on the screen, on paper and by command."""

from __future__ import annotations

from collections.abc import Sequence

from hallterm.locale import N_
from hallterm.reports.model import Missing, Report
from hallterm.rules.day import business_day
from hallterm.rules.words import Reason

MOST_NAMED = 3
OF_PLANS = frozenset({"R10"})
"""Reports whose lines are people with a schedule."""
OF_POINTS = frozenset({"R20"})
"""Reports whose lines are points: each is there from its first day, whatever came from it."""
NO_HALL = N_("no data: {scope} has no hall yet. Halls are taken in at the centre")
NO_POINT = N_("no data: no hall of {scope} is a service point. What a hall is stands on its page at the centre")
NOT_BEGUN = N_("no data: {period} has not begun. Choose an earlier time")
NEVER_CAME = N_("no data: nothing has come from {halls} yet. Look there whether the line and the station run")
NOT_IN = N_("no data: {halls} {day} was the last day that came. It is counted when they are back")
NO_PLAN = N_("no data: nobody is planned in {period}. Plan the half-days, or choose another time")
NOTHING = N_("nothing was recorded in this time")
NOTHING_OF = N_("nothing was recorded of {staff} in this time; of others there may be something")


def why_nothing(report: Report, otherwise: str = NOTHING) -> Reason:
    """The first cause that holds; ``otherwise`` where none does."""
    period, halls = report.period.code, report.scope.halls
    missing = [one for one in report.missing if one.hall in halls]
    if not halls:
        return Reason(NO_HALL, {"scope": report.scope.name or report.scope.node})
    if report.period.first > business_day(report.made_t):
        return Reason(NOT_BEGUN, {"period": period})
    if report.id in OF_POINTS:
        return Reason(NO_POINT, {"scope": report.scope.name or report.scope.node})
    if len(missing) == len(halls):
        return why_missing(missing)
    if report.id in OF_PLANS:
        return Reason(NO_PLAN, {"period": period})
    if report.scope.staff and otherwise == NOTHING:
        return Reason(NOTHING_OF, {"staff": report.scope.staff})
    return Reason(otherwise)


def why_missing(missing: Sequence[Missing]) -> Reason:
    """Of halls whose data are not here: they never came, or came up to a day."""
    never = [one for one in missing if not one.last_day]
    if never:
        return Reason(NEVER_CAME, {"halls": _named(never)})
    return Reason(NOT_IN, {"halls": _named(missing), "day": max(one.last_day for one in missing)})


def _named(missing: Sequence[Missing]) -> str:
    more = f" +{len(missing) - MOST_NAMED}" if len(missing) > MOST_NAMED else ""
    return ", ".join(one.name or one.hall for one in missing[:MOST_NAMED]) + more
