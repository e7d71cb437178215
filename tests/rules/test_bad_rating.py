"""Bad-rating cases: their steps, clocks, appeals and figures."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from hallterm.rules import bad_rating as rules
from hallterm.rules.bad_rating import (
    CLASS_RULES,
    Case,
    appeal_due,
    appeal_refusal,
    case_refusal,
    case_state,
    contact_due,
    decider_refusal,
    decision_due,
    handler_refusal,
    is_bad,
    loop,
    loop_of,
    measure_due,
    result_of,
)
from hallterm.rules.words import Reason
from storage.facts import (
    AppealDecision,
    BadRatingClass,
    CaseAction,
    CaseResult,
    CaseState,
    ContactResult,
    Scale,
)
from tests.rules.modest import MODEST
from tests.rules.moments import HOURS, t, text
from tests.rules.vectors import Vector, vectors

NAMED = Case(staff="0305", real_name=True)
ANONYMOUS = Case(staff="0305", real_name=False)
REACHED = replace(NAMED, contact=ContactResult.REACHED)
CLEAR = replace(REACHED, cls=BadRatingClass.CLEAR)
MEASURED = replace(CLEAR, measured=True)
APPEALED = replace(CLEAR, appeal_open=True)
CLOSED = replace(MEASURED, result=CaseResult.RECTIFIED)
A = CaseAction
CASES = st.builds(
    Case,
    staff=st.just("0305"),
    real_name=st.booleans(),
    contact=st.none() | st.sampled_from(ContactResult),
    cls=st.none() | st.sampled_from(BadRatingClass),
    measured=st.booleans(),
    appeal_open=st.booleans(),
    appeal_decided=st.booleans(),
    result=st.none() | st.sampled_from(CaseResult),
)


@pytest.mark.parametrize("vector", vectors("bad_rating.loop"), ids=repr)
def test_the_loop_is_closed_over_real_name_ratings(vector: Vector) -> None:
    given_in = vector.inputs
    revoked = given_in["revoked_on_appeal"]
    found = loop(
        given_in["bad"],
        given_in["real_name"],
        given_in["called_back"],
        given_in["rectified_or_explained"],
        revoked,
        revoked,
    )
    assert {
        "real_name_callback_pct": found.callback_pct,
        "real_name_closed_pct": found.closed_pct,
        "counted_bad": found.counted_bad,
    } == vector.expected


def test_the_figures_of_cases() -> None:
    revoked = replace(APPEALED, appeal_open=False, result=CaseResult.REVOKED)
    anonymous = replace(ANONYMOUS, result=CaseResult.REVOKED)
    found = loop_of([NAMED, REACHED, CLOSED, revoked, anonymous, ANONYMOUS])
    assert (found.bad, found.real_name, found.called_back, found.closed, found.counted_bad) == (6, 4, 3, 2, 4)
    assert loop_of([ANONYMOUS]).closed_pct is None


def test_which_ratings_open_a_case() -> None:
    bad = {scale: [level for level in range(1, 6) if _bad(scale, level)] for scale in Scale}
    assert bad == {Scale.FIVE_SEED: [1, 2], Scale.FIVE_NATIONAL: [1, 2], Scale.FOUR: [1], Scale.THREE: [1]}


def _bad(scale: Scale, level: int) -> bool:
    try:
        return is_bad(scale, level)
    except ValueError:
        return False


@pytest.mark.parametrize(
    ("case", "state"),
    [
        (NAMED, CaseState.OPEN),
        (REACHED, CaseState.CONTACTED),
        (CLEAR, CaseState.CLASSIFIED),
        (MEASURED, CaseState.MEASURED),
        (APPEALED, CaseState.APPEALED),
        (CLOSED, CaseState.CLOSED),
    ],
)
def test_how_far_a_case_has_come(case: Case, state: CaseState) -> None:
    assert case_state(case) is state


@pytest.mark.parametrize(
    ("case", "action", "refused"),
    [
        (NAMED, A.CONTACT, None),
        (REACHED, A.CONTACT, None),
        (ANONYMOUS, A.CONTACT, rules.NOBODY_TO_CALL),
        (NAMED, A.CLASSIFY, rules.CALL_FIRST),
        (REACHED, A.CLASSIFY, None),
        (ANONYMOUS, A.CLASSIFY, None),
        (REACHED, A.MEASURE, rules.CLASS_FIRST),
        (CLEAR, A.MEASURE, None),
        (replace(REACHED, cls=BadRatingClass.UNFOUNDED), A.MEASURE, rules.NO_MEASURE),
        (NAMED, A.APPEAL, None),
        (APPEALED, A.APPEAL, rules.APPEAL_OPEN),
        (replace(CLEAR, appeal_decided=True), A.APPEAL, rules.APPEALED_ONCE),
        (CLEAR, A.KEEP, rules.NO_APPEAL),
        (CLEAR, A.REVOKE, rules.NO_APPEAL),
        (CLEAR, A.WITHDRAW_APPEAL, rules.NO_APPEAL),
        (APPEALED, A.KEEP, None),
        (APPEALED, A.REVOKE, None),
        (APPEALED, A.WITHDRAW_APPEAL, None),
        (NAMED, A.CLOSE, rules.CALL_FIRST),
        (ANONYMOUS, A.CLOSE, rules.CLASS_FIRST),
        (REACHED, A.CLOSE, rules.CLASS_FIRST),
        (CLEAR, A.CLOSE, rules.MEASURE_FIRST),
        (MEASURED, A.CLOSE, None),
        (replace(REACHED, cls=BadRatingClass.UNFOUNDED), A.CLOSE, None),
        (replace(MEASURED, appeal_open=True), A.CLOSE, rules.APPEAL_OPEN),
    ],
)
def test_which_step_can_be_taken(case: Case, action: CaseAction, refused: Reason | None) -> None:
    assert case_refusal(case, action) is refused


def test_a_closed_case_takes_no_step_but_an_appeal() -> None:
    closed = [action for action in CaseAction if case_refusal(CLOSED, action) is rules.IS_CLOSED]
    assert closed == [A.CONTACT, A.CLASSIFY, A.MEASURE, A.CLOSE]
    assert case_refusal(CLOSED, A.APPEAL) is None
    reopened = replace(CLOSED, appeal_open=True)
    assert case_state(reopened) is CaseState.APPEALED
    assert case_refusal(reopened, A.REVOKE) is None


@MODEST
@given(CASES)
def test_a_case_is_never_closed_without_a_call_a_class_and_its_measure(case: Case) -> None:
    if case_refusal(case, CaseAction.CLOSE) is None:
        assert case.cls is not None
        assert not case.appeal_open
        assert case.measured or not CLASS_RULES[case.cls].measure
    if case_refusal(case, CaseAction.CLASSIFY) is None:
        assert case.contact is not None or not case.real_name


def test_the_clocks_of_a_case() -> None:
    rated = t("2026-04-30T16:00")
    assert text(contact_due(rated, HOURS).t) == "2026-05-06T18:00"
    assert text(measure_due(rated, HOURS).t) == "2026-05-11T18:00"
    assert text(measure_due(rated, HOURS, BadRatingClass.COMPLEX).t) == "2026-05-25T18:00"
    assert text(appeal_due(rated, HOURS).t) == "2026-05-08T18:00"
    assert text(decision_due(t("2026-05-08T10:00"), HOURS).t) == "2026-05-14T18:00"


def test_only_the_rated_clerk_appeals_and_in_time() -> None:
    until = appeal_due(t("2026-03-02T10:00"), HOURS)
    assert appeal_refusal(CLEAR, "0305", until.t, until) is None
    assert appeal_refusal(CLEAR, "0305", until.t + 1, until) == Reason(rules.APPEAL_LATE, {"day": until.day})
    assert appeal_refusal(CLEAR, "0303", until.t, until) is rules.ONLY_THE_RATED
    assert appeal_refusal(APPEALED, "0305", until.t, until) is rules.APPEAL_OPEN


def test_who_decides_on_an_appeal() -> None:
    assert decider_refusal(APPEALED, "0009", {"0301"}) is None
    assert decider_refusal(APPEALED, "0301", {"0301"}) is rules.DIRECT_DIRECTOR
    assert decider_refusal(APPEALED, "0305", {"0301"}) is rules.RATED_HIMSELF
    assert decider_refusal(APPEALED, "0007", {"0301"}, forwarded_by="0007") is rules.FORWARDED_BY
    assert decider_refusal(CLEAR, "0009", {"0301"}) is rules.NO_APPEAL


def test_the_rated_person_handles_nothing() -> None:
    assert handler_refusal(NAMED, "0305") is rules.RATED_HIMSELF
    assert handler_refusal(NAMED, "0301") is None


def test_how_a_case_may_end() -> None:
    expected = {
        BadRatingClass.CLEAR: CaseResult.RECTIFIED,
        BadRatingClass.COMPLEX: CaseResult.RECTIFIED,
        BadRatingClass.UNFOUNDED: CaseResult.EXPLAINED,
        BadRatingClass.WRONG: CaseResult.EXPLAINED,
        BadRatingClass.MALICIOUS: CaseResult.EXPLAINED,
    }
    for cls, decision in product(BadRatingClass, (None, *AppealDecision)):
        found = result_of(replace(REACHED, cls=cls), decision)
        assert found is (CaseResult.REVOKED if decision is AppealDecision.REVOKE else expected[cls])
    assert result_of(NAMED) is None
