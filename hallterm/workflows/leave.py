"""Leave is asked for, seen before it is sent, asked for again, withdrawn and explained: by the person. Business rule 10.

Everything is counted in half-days; what the screen shows before sending is worked out by the same :func:`weighed`.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from hallterm.assessing_settings import deductions_at
from hallterm.half_days import read_book
from hallterm.locale import N_
from hallterm.rules.attendance import half_times, minute
from hallterm.rules.calendar import WorkCalendar, later
from hallterm.rules.day import business_day, closing_time, day_clock_text, minutes
from hallterm.rules.day import midnight_t as day_start_t
from hallterm.rules.deadlines import Hours
from hallterm.rules.leave import (
    NEEDS_REASON,
    STANDS,
    HalfDay,
    Span,
    explain_due,
    half_days,
    leave_rule,
    measured,
    next_state,
    request_refusal,
    span_of,
)
from hallterm.rules.settings_table import SettingName
from hallterm.rules.words import Reason
from hallterm.workflows.desk import Desk, Refused
from hallterm.workflows.hall_settings import setting
from hallterm.workflows.rights import refuse_unless_allowed
from hallterm.workflows.workdays import hall_calendar, hall_hours
from storage import views
from storage.access import Action
from storage.database import Database
from storage.facts import (
    Half,
    LeaveAction,
    LeaveExplained,
    LeaveResubmitted,
    LeaveSpan,
    LeaveState,
    LeaveSubmitted,
    LeaveType,
    LeaveVoided,
    Moment,
)
from storage.views import attendance as rows
from storage.views.attendance import LeaveRow
from storage.views.posts import posts

SENT = N_("{what} is sent; {who} decides")
VOIDED = N_("{what} is withdrawn")
EXPLAINED = N_("the explanation is recorded")
LATE = N_("the explanation is recorded, but it was due by {time}")
NOT_AFTERWARDS = Reason(N_("this leave was asked for in time: it needs no explanation"))
NO_SUCH_LEAVE = Reason(N_("this request is not known here"))
NOT_YOURS = Reason(N_("only the person himself can do this"))
NO_HALL = Reason(N_("leave is asked for at the hall's own PC"))
UP_TO_A_DAY = Reason(N_("the duty leader"))
LONGER = Reason(N_("the hall director"))
LEAVE_TEXT = N_("{kind} {from_day} {from_half} to {to_day} {to_half}, {days} days")
ONE_HALF = N_("{kind} {from_day} {from_half}, {days} days")
HALF_WORDS = {Half.AM: N_("morning"), Half.PM: N_("afternoon")}
LONGEST_TEXT = 200
END_OF_DAY_MIN = 24 * 60


class LeaveDraft(Struct, frozen=True):
    """What somebody asks for. ``again`` is the rejected request that this one replaces."""

    leave_type: LeaveType
    span: Span
    reason: str = ""
    again: str = ""


class Weighed(Struct, frozen=True):
    """A request before it is sent: its length, what it costs, what it needs, and why it cannot be made.

    ``points_milli`` are thousandths of a point off the attendance part; ``stands_in`` is the name of B of the person's post.
    """

    span: LeaveSpan
    leave_type: LeaveType
    points_milli: int
    certificate: bool
    afterwards: bool
    explain_by_t: int = 0
    certify_by_t: int = 0
    stands_in: str = ""
    refusal: Reason | None = None


class LeaveDone(Struct, frozen=True):
    """What was recorded, and of which request."""

    words: Reason
    leave: str


class Grounds(Struct, frozen=True):
    """What weighing a request needs to know."""

    calendar: WorkCalendar
    hours: Hours
    begun_t: dict[Half, int]
    today: str


def grounds(db: Database, hall: str, now: Moment) -> Grounds:
    """The calendar and the hours of a hall; ``begun_t`` are starts of today's half-days, ms UTC. Raises Refused."""
    row = views.hall(db, hall)
    if row is None:
        raise Refused(NO_HALL)
    today = business_day(now.t, views.last_day(db, hall))
    hours = hall_hours(row)
    calendar = hall_calendar(db, row, today)
    starts = {half: minutes_t(today, times.start_min) for half, times in half_times(hours).items()}
    return Grounds(calendar, Hours(calendar, closing_time(hours)), starts, today)


def minutes_t(day: str, minute: int) -> int:
    """The moment of a minute of a day, ms UTC."""
    return day_start_t(day) + minute * 60_000


def has_begun(known: Grounds, first: HalfDay, now: Moment) -> bool:
    """Whether a half-day has started."""
    day, half = first
    return day < known.today or (
        day == known.today and now.t >= known.begun_t.get(half, minutes_t(day, minutes("12:00")))
    )


def weighed(db: Database, hall: str, staff: str, draft: LeaveDraft, now: Moment) -> Weighed:
    """Work out a request before it is sent; raises Refused only where there is no hall."""
    known = grounds(db, hall, now)
    span, rule = draft.span, leave_rule(draft.leave_type)
    (first, _first_half), (last, _last_half) = span.first, span.last
    before = [
        one for one in rows.leaves(db, [hall], first, last, staff) if one.state in STANDS and one.id != draft.again
    ]
    wanted = half_days(span, known.calendar)
    refusal = request_refusal(
        span, known.calendar, [_span(one) for one in before], _attended(db, hall, staff, wanted, now)
    )
    if refusal is not None:
        length = LeaveSpan(first, span.first[1], last, span.last[1], len(wanted))
        return Weighed(length, draft.leave_type, 0, rule.certificate, afterwards=False, refusal=refusal)
    afterwards = has_begun(known, wanted[0], now)
    deductions = deductions_at(db, hall, first)
    within = setting(db, SettingName.EXPLAIN_WITHIN_DAYS, hall, first)
    points = deductions.leave_half.get(draft.leave_type, 0) * len(wanted) * 1000
    return Weighed(
        span=measured(span, known.calendar),
        leave_type=draft.leave_type,
        points_milli=int(points),
        certificate=rule.certificate,
        afterwards=afterwards,
        explain_by_t=explain_due(wanted[0][0], known.hours, within).t if afterwards else 0,
        certify_by_t=explain_due(wanted[-1][0], known.hours, within).t if rule.certificate else 0,
        stands_in=_second(db, hall, staff, wanted[0][0]),
    )


def _second(db: Database, hall: str, staff: str, day: str) -> str:
    """The name of B of the person's post; empty: there is none."""
    number = next((one.staff_b for one in posts(db, hall, day) if one.staff_a == staff), "")
    person = views.staff(db, number) if number else None
    return person.name if person else number


def _span(row: LeaveRow) -> Span:
    return Span((row.from_day, row.from_half), (row.to_day, row.to_half))


def _attended(db: Database, hall: str, staff: str, wanted: Sequence[HalfDay], now: Moment) -> list[HalfDay]:
    """Which of these half-days the person was there; who is still there is there until now."""
    if not wanted:
        return []
    book = read_book(db, [hall], wanted[0][0], wanted[-1][0], now, staff=staff)
    hours = book.hours.get(hall, {})

    def until(day: str, to_min: int | None) -> int:
        return to_min if to_min is not None else minute(now.t) if day == book.today else END_OF_DAY_MIN

    return [
        (day, half)
        for day, half in wanted
        if half in hours
        and any(
            one.from_min < hours[half].end_min and until(day, one.to_min) > hours[half].start_min
            for one in book.there(staff, day)
        )
    ]


def ask_leave(desk: Desk, draft: LeaveDraft, now: Moment) -> LeaveDone:
    """Send a request, or a rejected one again; raises Refused."""
    with desk.journal.write(desk.staff, now) as tx:
        db = tx.database
        refuse_unless_allowed(db, desk, Action.REQUEST_LEAVE, own=True)
        seen = weighed(db, desk.hall, desk.staff, draft, now)
        if seen.refusal is not None:
            raise Refused(seen.refusal)
        fact = LeaveSubmitted(
            staff=desk.staff,
            leave_type=draft.leave_type,
            span=seen.span,
            reason=plain(draft.reason),
            certificate=seen.certificate,
            afterwards=seen.afterwards,
            explain_by_t=seen.explain_by_t,
            certify_by_t=seen.certify_by_t,
        )
        if draft.again:
            moved(own_leave(db, desk, draft.again), LeaveAction.RESUBMIT)
            tx.record(LeaveResubmitted(draft.again, **{name: getattr(fact, name) for name in fact.__struct_fields__}))
        leave = draft.again or tx.record(fact)
    who = UP_TO_A_DAY if seen.span.half_days <= 2 else LONGER
    return LeaveDone(Reason(SENT, {"what": span_text(draft.leave_type, seen.span), "who": who}), leave)


def void_leave(desk: Desk, leave: str, now: Moment, reason: str = "") -> LeaveDone:
    """Withdraw one's own request before it begins; raises Refused."""
    with desk.journal.write(desk.staff, now) as tx:
        row = own_leave(tx.database, desk, leave)
        known = grounds(tx.database, desk.hall, now)
        moved(row, LeaveAction.VOID, begun=has_begun(known, (row.from_day, row.from_half), now))
        tx.record(LeaveVoided(leave, desk.staff, plain(reason)))
    return LeaveDone(Reason(VOIDED, {"what": span_text(row.leave_type, leave_span(row))}), leave)


def explain_leave(desk: Desk, leave: str, text: str, now: Moment) -> LeaveDone:
    """The written explanation of what was asked for after it had begun; raises Refused."""
    written = plain(text)
    if not written:
        raise Refused(NEEDS_REASON)
    with desk.journal.write(desk.staff, now) as tx:
        row = own_leave(tx.database, desk, leave)
        if not row.afterwards:
            raise Refused(NOT_AFTERWARDS)
        in_time = now.t <= row.explain_by_t
        tx.record(LeaveExplained(leave, desk.staff, written, in_time))
    return LeaveDone(Reason(EXPLAINED) if in_time else Reason(LATE, {"time": day_clock_text(row.explain_by_t)}), leave)


def own_leave(db: Database, desk: Desk, leave: str) -> LeaveRow:
    """A request of the person at the desk; raises Refused."""
    row = rows.leave(db, leave)
    if row is None:
        raise Refused(NO_SUCH_LEAVE)
    if row.staff != desk.staff:
        raise Refused(NOT_YOURS)
    return row


def moved(row: LeaveRow, action: LeaveAction, *, begun: bool = False) -> LeaveState:
    """The state after an action; raises Refused."""
    state = next_state(row.state, action, begun=begun)
    if isinstance(state, Reason):
        raise Refused(state)
    return state


def leave_span(row: LeaveRow) -> LeaveSpan:
    """What a row says of from and to."""
    return LeaveSpan(row.from_day, row.from_half, row.to_day, row.to_half, row.half_days, row.provisional)


def span_text(leave_type: LeaveType, span: LeaveSpan) -> Reason:
    """``Sick leave 11-25 morning, 0.5 days``."""
    first, _last = span_of(span).first, span_of(span).last
    values: dict[str, str | int | Reason] = {
        "kind": Reason(leave_rule(leave_type).label),
        "from_day": first[0][5:],
        "from_half": Reason(HALF_WORDS[span.from_half]),
        "to_day": span.to_day[5:],
        "to_half": Reason(HALF_WORDS[span.to_half]),
        "days": days_text(span.half_days),
    }
    if (span.from_day, span.from_half) == (span.to_day, span.to_half):
        return Reason(ONE_HALF, {name: values[name] for name in ("kind", "from_day", "from_half", "days")})
    return Reason(LEAVE_TEXT, {**values})


def days_text(halves: int) -> str:
    """Half-days as days: ``0.5``."""
    return f"{halves // 2}.{5 * (halves % 2)}"


def plain(text: str) -> str:
    """What somebody typed, as it is recorded: one line, of a bounded length."""
    return "".join(one for one in text.strip() if one.isprintable())[:LONGEST_TEXT]


def next_half_days(db: Database, hall: str, now: Moment, count: int) -> list[HalfDay]:
    """The next working half-days that have not begun, for the list of a request."""
    known = grounds(db, hall, now)
    found: list[HalfDay] = []
    day = known.today
    for _n in range(60):
        if len(found) >= count:
            break
        found += [
            one
            for half in known.begun_t
            if not has_begun(known, one := (day, half), now) and known.calendar.is_workday(day)
        ]
        day = later(day, 1)
    return found[:count]
