"""Leave in half-days: types, lengths by the calendar, overlaps, states, who may approve, what covers an absence. Rule 10.

A half-day is written ``(day, Half)``; half-days of one calendar compare in the order of time.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from enum import StrEnum

from msgspec import Struct

from hallterm.locale import N_
from hallterm.rules.calendar import WorkCalendar, days
from hallterm.rules.deadlines import Due, Hours
from hallterm.rules.words import Reason
from storage.facts import Half, LeaveAction, LeaveSpan, LeaveState, LeaveType, Role

HalfDay = tuple[str, Half]
ONE_DAY = 2
"""Half-days in a day: as much as a duty leader may approve."""
EXPLAIN_DAYS = 1
"""Usual working days for the written explanation of what began before it was requested, and for a certificate."""


class LeaveRule(Struct, frozen=True):
    """One type of leave. ``certificate``: without the paper it is absence. Deductions stand in the attendance settings."""

    leave_type: LeaveType
    label: str
    certificate: bool = False


_T = LeaveType
LEAVE_RULES: tuple[LeaveRule, ...] = (
    LeaveRule(_T.ANNUAL, N_("Annual leave")),
    LeaveRule(_T.PERSONAL, N_("Personal leave")),
    LeaveRule(_T.SICK, N_("Sick leave"), certificate=True),
    LeaveRule(_T.COMPENSATORY, N_("Compensatory leave")),
    LeaveRule(_T.MARRIAGE, N_("Marriage leave")),
    LeaveRule(_T.BEREAVEMENT, N_("Bereavement leave")),
    LeaveRule(_T.MATERNITY, N_("Maternity leave")),
    LeaveRule(_T.PATERNITY, N_("Paternity leave")),
    LeaveRule(_T.WORK_INJURY, N_("Work injury")),
    LeaveRule(_T.OFFICIAL_TRIP, N_("Official trip")),
    LeaveRule(_T.MEETING, N_("Meeting leave")),
    LeaveRule(_T.STUDY, N_("Study or training")),
)
"""In the order of the list that a person chooses from."""
_BY_TYPE: Mapping[LeaveType, LeaveRule] = {rule.leave_type: rule for rule in LEAVE_RULES}

STATE_WORDS: Mapping[LeaveState, str] = {
    LeaveState.DRAFT: N_("draft"),
    LeaveState.SUBMITTED: N_("submitted"),
    LeaveState.APPROVED: N_("approved"),
    LeaveState.REJECTED: N_("rejected"),
    LeaveState.RESUBMITTED: N_("submitted again"),
    LeaveState.VOID: N_("withdrawn"),
}

END_BEFORE_START = Reason(N_("the end is before the start"))
NO_HALF_DAY = Reason(N_("there is no working half-day in it: nothing to request"))
OVERLAP = N_("overlaps the leave from {from_day} to {to_day}")
ATTENDED = N_("{day} was attended already")
NOT_IN_STATE = N_("this request is {state}: that is not possible")
HAS_BEGUN = Reason(N_("it has begun: it cannot be withdrawn any more"))
OWN_REQUEST = Reason(N_("nobody decides on his own request"))
OVER_ONE_DAY = Reason(N_("more than one day: the hall director decides"))
MAY_NOT_APPROVE = Reason(N_("only duty leader, hall director or bureau leader decide on leave"))
NEEDS_REASON = Reason(N_("say why"))

TRANSITIONS: Mapping[tuple[LeaveState, LeaveAction], LeaveState] = {
    (LeaveState.DRAFT, LeaveAction.SUBMIT): LeaveState.SUBMITTED,
    (LeaveState.DRAFT, LeaveAction.VOID): LeaveState.VOID,
    (LeaveState.SUBMITTED, LeaveAction.APPROVE): LeaveState.APPROVED,
    (LeaveState.SUBMITTED, LeaveAction.REJECT): LeaveState.REJECTED,
    (LeaveState.SUBMITTED, LeaveAction.VOID): LeaveState.VOID,
    (LeaveState.REJECTED, LeaveAction.RESUBMIT): LeaveState.RESUBMITTED,
    (LeaveState.REJECTED, LeaveAction.VOID): LeaveState.VOID,
    (LeaveState.RESUBMITTED, LeaveAction.APPROVE): LeaveState.APPROVED,
    (LeaveState.RESUBMITTED, LeaveAction.REJECT): LeaveState.REJECTED,
    (LeaveState.RESUBMITTED, LeaveAction.VOID): LeaveState.VOID,
    (LeaveState.APPROVED, LeaveAction.VOID): LeaveState.VOID,
}
STANDS: frozenset[LeaveState] = frozenset({LeaveState.SUBMITTED, LeaveState.RESUBMITTED, LeaveState.APPROVED})
"""States in which a request takes its half-days: another one may not overlap it."""
MAY_APPROVE: Mapping[Role, int | None] = {Role.DUTY_LEADER: ONE_DAY, Role.HALL_DIRECTOR: None, Role.BUREAU_LEADER: None}
"""How many half-days each role may approve; None: any."""


class Span(Struct, frozen=True):
    """From one half-day to another, both included."""

    first: HalfDay
    last: HalfDay


class Request(Struct, frozen=True):
    """A request as far as deciding needs it."""

    staff: str
    span: Span
    half_days: int
    state: LeaveState


def leave_rule(leave_type: LeaveType) -> LeaveRule:
    """The row of one type."""
    return _BY_TYPE[leave_type]


def half_days(span: Span, calendar: WorkCalendar) -> tuple[HalfDay, ...]:
    """The working half-days of a span, in order; empty when it ends before it starts."""
    (first, _first_half), (last, _last_half) = span.first, span.last
    both = ((day, half) for day in days(first, last) for half in Half)
    return tuple(one for one in both if span.first <= one <= span.last and calendar.is_workday(one[0]))


def measured(span: Span, calendar: WorkCalendar) -> LeaveSpan:
    """The span as a fact carries it, with its length."""
    (first, first_half), (last, last_half) = span.first, span.last
    provisional = calendar.is_provisional(first, last)
    return LeaveSpan(first, first_half, last, last_half, len(half_days(span, calendar)), provisional)


def span_of(one: LeaveSpan) -> Span:
    """The two ends of what a fact carries."""
    return Span((one.from_day, one.from_half), (one.to_day, one.to_half))


def overlaps(one: Span, other: Span) -> bool:
    """Whether two spans share a half-day."""
    return one.first <= other.last and other.first <= one.last


def request_refusal(
    span: Span, calendar: WorkCalendar, standing: Iterable[Span] = (), attended: Collection[HalfDay] = ()
) -> Reason | None:
    """Why a request cannot be made; ``standing`` are the person's other requests, ``attended`` half-days with a punch."""
    if span.last < span.first:
        return END_BEFORE_START
    wanted = half_days(span, calendar)
    if not wanted:
        return NO_HALF_DAY
    for other in standing:
        if overlaps(span, other):
            return Reason(OVERLAP, {"from_day": other.first[0], "to_day": other.last[0]})
    there = next((one for one in wanted if one in attended), None)
    return None if there is None else Reason(ATTENDED, {"day": there[0]})


def next_state(state: LeaveState, action: LeaveAction, *, begun: bool = False) -> LeaveState | Reason:
    """The state after an action, or why it is refused; ``begun``: the first half-day of the leave has started."""
    after = TRANSITIONS.get((state, action))
    if after is None:
        return Reason(NOT_IN_STATE, {"state": Reason(STATE_WORDS[state])})
    return HAS_BEGUN if begun and state is LeaveState.APPROVED else after


def decision_refusal(roles: Iterable[Role], decider: str, request: Request) -> Reason | None:
    """Why somebody with these roles above the person may not decide on a request; None when he may."""
    if decider == request.staff:
        return OWN_REQUEST
    limits = [MAY_APPROVE[role] for role in roles if role in MAY_APPROVE]
    if not limits:
        return MAY_NOT_APPROVE
    enough = any(limit is None or request.half_days <= limit for limit in limits)
    return None if enough else OVER_ONE_DAY


def explain_due(day: str, hours: Hours, within: int = EXPLAIN_DAYS) -> Due:
    """Until when an absence of ``day`` is explained in writing, and until when its certificate is shown."""
    return hours.end_of(hours.calendar.nth_workday(day, within), day)


class Cover(StrEnum):
    """Whether a leave covers its half-days: yes, not yet (something is still to come), or no (it is absence)."""

    COVERED = "covered"
    PENDING = "pending"
    ABSENCE = "absence"


class Papers(Struct, frozen=True):
    """What a leave needs besides the decision: due moments in ms UTC.

    ``afterwards``: it was requested after it had begun; ``explained``: in time; ``certified``: the paper was seen.
    """

    leave_type: LeaveType
    state: LeaveState
    afterwards: bool = False
    explained: bool = False
    explain_by_t: int = 0
    certified: bool = False
    certify_by_t: int = 0


def cover(leave: Papers, now_t: int) -> Cover:
    """Approved, explained where it came late, and with its certificate; what is still to come is pending until it is due."""
    if leave.state not in STANDS:
        return Cover.ABSENCE
    wanting = []
    if leave.afterwards and not leave.explained:
        wanting.append(leave.explain_by_t)
    if leave_rule(leave.leave_type).certificate and not leave.certified:
        wanting.append(leave.certify_by_t)
    if any(now_t > by_t for by_t in wanting):
        return Cover.ABSENCE
    return Cover.PENDING if wanting or leave.state is not LeaveState.APPROVED else Cover.COVERED
