"""Leave in half-days: lengths, overlaps, states, who may approve, and what covers an absence."""

from __future__ import annotations

from datetime import date
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hallterm.rules import leave as rules
from hallterm.rules.calendar import PUBLISHED, WorkCalendar, later
from hallterm.rules.leave import (
    LEAVE_RULES,
    STATE_WORDS,
    TRANSITIONS,
    Cover,
    HalfDay,
    Papers,
    Request,
    Span,
    cover,
    decision_refusal,
    explain_due,
    half_days,
    measured,
    next_state,
    overlaps,
    request_refusal,
    span_of,
)
from hallterm.rules.words import Reason
from storage.facts import Half, LeaveAction, LeaveState, LeaveType, Role
from tests.rules.modest import FEW
from tests.rules.moments import HOURS, t, text
from tests.rules.test_calendar import CALENDARS
from tests.rules.vectors import Vector, vectors

AM, PM = Half.AM, Half.PM
HALF_DAYS = st.tuples(st.dates(date(2026, 1, 1), date(2027, 2, 1)).map(date.isoformat), st.sampled_from(Half))
SPANS = st.builds(lambda one, other: Span(min(one, other), max(one, other)), HALF_DAYS, HALF_DAYS)


def span(first: str, first_half: Half, last: str, last_half: Half) -> Span:
    return Span((first, first_half), (last, last_half))


@pytest.mark.parametrize("vector", vectors("leave"), ids=repr)
def test_the_length_of_a_leave(vector: Vector) -> None:
    given_in = vector.inputs
    asked = span(given_in["start"], Half(given_in["start_half"]), given_in["end"], Half(given_in["end_half"]))
    length = measured(asked, PUBLISHED).half_days
    assert {"half_days": length, "days": length / 2} == {key: float(value) for key, value in vector.expected.items()}
    assert (request_refusal(asked, PUBLISHED) is None) is (length > 0)


@FEW
@given(SPANS, HALF_DAYS, CALENDARS)
def test_the_length_is_additive(whole: Span, cut: HalfDay, calendar: WorkCalendar) -> None:
    """A leave cut in two anywhere is as long as its parts: half-days are never rounded."""
    if not whole.first <= cut < whole.last:
        cut = whole.first
    after = (cut[0], PM) if cut[1] is AM else (later(cut[0], 1), AM)
    parts = [half_days(Span(whole.first, cut), calendar), half_days(Span(after, whole.last), calendar)]
    assert (*parts[0], *parts[1]) == half_days(whole, calendar)


@FEW
@given(SPANS, SPANS)
def test_leaves_overlap_when_they_share_a_half_day(one: Span, other: Span) -> None:
    every_day = WorkCalendar(every_day=True)
    shared = set(half_days(one, every_day)) & set(half_days(other, every_day))
    assert overlaps(one, other) is bool(shared)
    assert overlaps(other, one) is bool(shared)


def test_half_a_day_is_no_overlap_with_the_other_half() -> None:
    assert not overlaps(span("2026-03-06", AM, "2026-03-06", AM), span("2026-03-06", PM, "2026-03-06", PM))


def test_what_a_request_is_refused_for() -> None:
    back = span("2026-03-06", PM, "2026-03-06", AM)
    holiday = span("2026-10-03", AM, "2026-10-04", PM)
    asked = span("2026-03-05", PM, "2026-03-06", AM)
    standing = [span("2026-03-02", AM, "2026-03-02", PM), span("2026-03-06", AM, "2026-03-09", PM)]
    assert request_refusal(back, PUBLISHED) is rules.END_BEFORE_START
    assert request_refusal(holiday, PUBLISHED) is rules.NO_HALF_DAY
    refused = request_refusal(asked, PUBLISHED, standing)
    assert refused == Reason(rules.OVERLAP, {"from_day": "2026-03-06", "to_day": "2026-03-09"})
    assert request_refusal(asked, PUBLISHED, (), {("2026-03-05", AM)}) is None
    attended = request_refusal(asked, PUBLISHED, (), {("2026-03-05", PM)})
    assert attended == Reason(rules.ATTENDED, {"day": "2026-03-05"})
    assert request_refusal(asked, PUBLISHED) is None


def test_a_leave_into_a_year_not_announced_is_provisional() -> None:
    one = measured(span("2026-12-31", AM, "2027-01-04", PM), PUBLISHED)
    assert (one.half_days, one.provisional) == (4, True)
    assert span_of(one) == span("2026-12-31", AM, "2027-01-04", PM)


WAY = """
draft submit submitted | draft void void
submitted approve approved | submitted reject rejected | submitted void void
rejected resubmit resubmitted | rejected void void
resubmitted approve approved | resubmitted reject rejected | resubmitted void void
approved void void
"""


def test_every_pair_of_state_and_action() -> None:
    allowed = {tuple(row.split()) for row in WAY.replace("\n", "|").split("|") if row.strip()}
    for state, action in product(LeaveState, LeaveAction):
        after = next_state(state, action)
        if isinstance(after, Reason):
            assert after == Reason(rules.NOT_IN_STATE, {"state": Reason(STATE_WORDS[state])})
            assert (state, action) not in TRANSITIONS
        else:
            assert (state.value, action.value, after.value) in allowed
    assert len(allowed) == len(TRANSITIONS)


def test_an_approved_leave_is_withdrawn_before_it_starts_only() -> None:
    assert next_state(LeaveState.APPROVED, LeaveAction.VOID) is LeaveState.VOID
    assert next_state(LeaveState.APPROVED, LeaveAction.VOID, begun=True) is rules.HAS_BEGUN
    assert next_state(LeaveState.SUBMITTED, LeaveAction.VOID, begun=True) is LeaveState.VOID


@pytest.mark.parametrize(
    ("roles", "decider", "half_days", "refused"),
    [
        ((Role.DUTY_LEADER,), "0301", 1, None),
        ((Role.DUTY_LEADER,), "0301", 2, None),
        ((Role.DUTY_LEADER,), "0301", 3, rules.OVER_ONE_DAY),
        ((Role.DUTY_LEADER, Role.HALL_DIRECTOR), "0301", 3, None),
        ((Role.HALL_DIRECTOR,), "0301", 40, None),
        ((Role.BUREAU_LEADER,), "0001", 40, None),
        ((Role.HALL_DIRECTOR,), "0317", 1, rules.OWN_REQUEST),
        ((Role.ASSESSOR, Role.ADMIN, Role.CLERK), "0302", 1, rules.MAY_NOT_APPROVE),
        ((), "0302", 1, rules.MAY_NOT_APPROVE),
    ],
)
def test_who_decides(roles: tuple[Role, ...], decider: str, half_days: int, refused: Reason | None) -> None:
    asked = Request("0317", span("2026-03-06", AM, "2026-03-06", PM), half_days, LeaveState.SUBMITTED)
    assert decision_refusal(roles, decider, asked) is refused


def test_an_explanation_is_due_on_the_next_working_day() -> None:
    assert text(explain_due("2026-11-24", HOURS).t) == "2026-11-25T18:00"
    assert text(explain_due("2026-09-30", HOURS).t) == "2026-10-08T18:00"


BY = t("2026-03-05T18:00")


@pytest.mark.parametrize(
    ("papers", "now", "covered"),
    [
        (Papers(LeaveType.ANNUAL, LeaveState.APPROVED), BY, Cover.COVERED),
        (Papers(LeaveType.ANNUAL, LeaveState.SUBMITTED), BY, Cover.PENDING),
        (Papers(LeaveType.ANNUAL, LeaveState.RESUBMITTED), BY, Cover.PENDING),
        (Papers(LeaveType.ANNUAL, LeaveState.REJECTED), BY, Cover.ABSENCE),
        (Papers(LeaveType.ANNUAL, LeaveState.VOID), BY, Cover.ABSENCE),
        (Papers(LeaveType.PERSONAL, LeaveState.APPROVED, afterwards=True, explain_by_t=BY), BY, Cover.PENDING),
        (Papers(LeaveType.PERSONAL, LeaveState.APPROVED, afterwards=True, explain_by_t=BY), BY + 1, Cover.ABSENCE),
        (Papers(LeaveType.PERSONAL, LeaveState.APPROVED, True, True, BY), BY + 1, Cover.COVERED),
        (Papers(LeaveType.SICK, LeaveState.APPROVED, certify_by_t=BY), BY, Cover.PENDING),
        (Papers(LeaveType.SICK, LeaveState.APPROVED, certify_by_t=BY), BY + 1, Cover.ABSENCE),
        (Papers(LeaveType.SICK, LeaveState.APPROVED, certified=True, certify_by_t=BY), BY + 1, Cover.COVERED),
    ],
)
def test_what_covers_an_absence(papers: Papers, now: int, covered: Cover) -> None:
    assert cover(papers, now) is covered


def test_each_type_has_its_row() -> None:
    assert [rule.leave_type for rule in LEAVE_RULES] == list(LeaveType)
    assert [rule.leave_type for rule in LEAVE_RULES if rule.certificate] == [LeaveType.SICK]
