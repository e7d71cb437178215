"""What the page of one's own leave shows: the next half-days to choose from, and one's requests."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from hallterm.assessing_settings import deductions_at
from hallterm.rules.calendar import later
from hallterm.rules.day import business_day
from hallterm.rules.leave import HalfDay
from hallterm.workflows.desk import Desk, Refused
from hallterm.workflows.leave import NO_HALL, next_half_days
from hallterm.workflows.own_serving import Serving, own_serving
from hallterm.workflows.rights import refuse_unless_allowed
from storage import views
from storage.access import Action
from storage.facts import LeaveState, LeaveType, Moment
from storage.views import attendance as rows
from storage.views.attendance import LeaveRow

OFFERED = 8
YEAR_DAYS = 366


class OwnLeave(Struct, frozen=True):
    """``choices`` are the next working half-days; ``costs_milli`` what half a day of a kind takes off, in thousandths;
    ``month_halves`` and ``annual_halves`` what was asked for this month, and of annual leave this year, rejected left out.
    """

    hall_name: str
    window: str
    staff: str
    name: str
    today: str
    choices: tuple[HalfDay, ...]
    costs_milli: Mapping[LeaveType, int]
    requests: tuple[LeaveRow, ...]
    month_halves: int
    annual_halves: int
    serving: Serving | None = None


def own_leave_look(desk: Desk, now: Moment) -> OwnLeave:
    """Read it; raises Refused for who asks for leave elsewhere."""
    db = desk.journal.database
    refuse_unless_allowed(db, desk, Action.REQUEST_LEAVE, own=True)
    hall, person = views.hall(db, desk.hall), views.staff(db, desk.staff)
    if hall is None or person is None:
        raise Refused(NO_HALL)
    today = business_day(now.t, views.last_day(db, desk.hall))
    found = rows.leaves(db, [desk.hall], later(today, -YEAR_DAYS), later(today, YEAR_DAYS), desk.staff)
    holding = [one for one in found if one.state not in (LeaveState.REJECTED, LeaveState.VOID)]
    return OwnLeave(
        hall_name=hall.name,
        window=desk.window,
        staff=desk.staff,
        name=person.name,
        today=today,
        choices=tuple(next_half_days(db, desk.hall, now, OFFERED)),
        costs_milli={
            kind: int(points * 1000) for kind, points in deductions_at(db, desk.hall, today).leave_half.items()
        },
        requests=tuple(reversed(found)),
        month_halves=sum(one.half_days for one in holding if one.from_day[:7] == today[:7]),
        annual_halves=sum(
            one.half_days for one in holding if one.leave_type is LeaveType.ANNUAL and one.from_day[:4] == today[:4]
        ),
        serving=own_serving(desk),
    )
