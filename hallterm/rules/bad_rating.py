"""The case that a bad rating opens: call-back, class, measure, result, appeal. Business rules 14 and 11.3 (K15-K17).

Real-name raters are all called back; anonymous ratings are judged by the record. Nobody named in a case handles it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from decimal import Decimal

from msgspec import Struct

from hallterm.locale import N_
from hallterm.rules.deadlines import DeadlineId, Due, Hours, due
from hallterm.rules.exact import percent
from hallterm.rules.ratings import level_of
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

CONTACT_WORDS: Mapping[ContactResult, str] = {
    ContactResult.REACHED: N_("reached"),
    ContactResult.NO_ANSWER: N_("nobody answered"),
    ContactResult.WRONG_NUMBER: N_("wrong number"),
    ContactResult.REFUSED: N_("does not want to talk"),
}
RESULT_WORDS: Mapping[CaseResult, str] = {
    CaseResult.RECTIFIED: N_("corrected"),
    CaseResult.EXPLAINED: N_("explained"),
    CaseResult.REVOKED: N_("taken out of the count"),
}


class ClassRule(Struct, frozen=True):
    """What follows from a class: its term, whether a measure is needed, and how it may end without an appeal."""

    cls: BadRatingClass
    label: str
    term: DeadlineId = DeadlineId.K16
    measure: bool = False
    result: CaseResult = CaseResult.EXPLAINED


CLASS_RULES: Mapping[BadRatingClass, ClassRule] = {
    row.cls: row
    for row in (
        ClassRule(BadRatingClass.CLEAR, N_("clear"), measure=True, result=CaseResult.RECTIFIED),
        ClassRule(BadRatingClass.COMPLEX, N_("complex"), DeadlineId.K16_COMPLEX, True, CaseResult.RECTIFIED),
        ClassRule(BadRatingClass.UNFOUNDED, N_("unfounded")),
        ClassRule(BadRatingClass.WRONG, N_("pressed by mistake")),
        ClassRule(BadRatingClass.MALICIOUS, N_("malicious")),
    )
}

CALL_FIRST = Reason(N_("write the result of the call-back first"))
CLASS_FIRST = Reason(N_("say first what the rating turned out to be"))
MEASURE_FIRST = Reason(N_("write the measure first"))
NO_MEASURE = Reason(N_("this class needs no measure"))
NOBODY_TO_CALL = Reason(N_("an anonymous rating: nobody can be called back"))
IS_CLOSED = Reason(N_("the case is closed"))
APPEAL_OPEN = Reason(N_("an appeal is not decided yet"))
NO_APPEAL = Reason(N_("there is no appeal"))
APPEALED_ONCE = Reason(N_("the appeal was decided already"))
APPEAL_LATE = N_("the term is over: an appeal was to be filed by {day}")
ONLY_THE_RATED = Reason(N_("only the rated clerk appeals"))
RATED_HIMSELF = Reason(N_("the rated person does not handle the case"))
DIRECT_DIRECTOR = Reason(N_("the clerk's direct director does not decide on his appeal"))
FORWARDED_BY = Reason(N_("who handed the appeal on does not decide on it"))


class Case(Struct, frozen=True, kw_only=True):
    """A case as far as it has come; ``appeal_open``: filed, and not decided or withdrawn."""

    staff: str
    real_name: bool
    contact: ContactResult | None = None
    cls: BadRatingClass | None = None
    measured: bool = False
    appeal_open: bool = False
    appeal_decided: bool = False
    result: CaseResult | None = None


def is_bad(scale: Scale, level: int) -> bool:
    """Whether a rating opens a case."""
    return level_of(scale, level).bad


def case_state(case: Case) -> CaseState:
    """How far a case has come."""
    reached = (
        (case.appeal_open, CaseState.APPEALED),
        (case.result is not None, CaseState.CLOSED),
        (case.measured, CaseState.MEASURED),
        (case.cls is not None, CaseState.CLASSIFIED),
        (case.contact is not None, CaseState.CONTACTED),
    )
    return next((state for holds, state in reached if holds), CaseState.OPEN)


def _contact(case: Case) -> Reason | None:
    return None if case.real_name else NOBODY_TO_CALL


def _classify(case: Case) -> Reason | None:
    return CALL_FIRST if case.real_name and case.contact is None else None


def _measure(case: Case) -> Reason | None:
    if case.cls is None:
        return CLASS_FIRST
    return None if CLASS_RULES[case.cls].measure else NO_MEASURE


def _appeal(case: Case) -> Reason | None:
    if case.appeal_open:
        return APPEAL_OPEN
    return APPEALED_ONCE if case.appeal_decided else None


def _decide(case: Case) -> Reason | None:
    return None if case.appeal_open else NO_APPEAL


def _close(case: Case) -> Reason | None:
    if case.appeal_open:
        return APPEAL_OPEN
    if case.cls is None:
        return CLASS_FIRST if not case.real_name or case.contact else CALL_FIRST
    return MEASURE_FIRST if CLASS_RULES[case.cls].measure and not case.measured else None


_REFUSED: Mapping[CaseAction, Callable[[Case], Reason | None]] = {
    CaseAction.CONTACT: _contact,
    CaseAction.CLASSIFY: _classify,
    CaseAction.MEASURE: _measure,
    CaseAction.APPEAL: _appeal,
    CaseAction.WITHDRAW_APPEAL: _decide,
    CaseAction.KEEP: _decide,
    CaseAction.REVOKE: _decide,
    CaseAction.CLOSE: _close,
}


APPEALING = frozenset({CaseAction.APPEAL, CaseAction.WITHDRAW_APPEAL, CaseAction.KEEP, CaseAction.REVOKE})
"""Steps of a closed case too: a quick end takes nobody's appeal away."""


def case_refusal(case: Case, action: CaseAction) -> Reason | None:
    """Why a step cannot be taken now; None when it can."""
    return IS_CLOSED if case.result is not None and action not in APPEALING else _REFUSED[action](case)


def handler_refusal(case: Case, handler: str) -> Reason | None:
    """Why somebody may not handle a case: he is the one it is about."""
    return RATED_HIMSELF if handler == case.staff else None


def appeal_refusal(case: Case, by: str, now_t: int, until: Due) -> Reason | None:
    """Why a clerk cannot appeal: not his rating, too late (K17), or decided before."""
    if by != case.staff:
        return ONLY_THE_RATED
    if now_t > until.t:
        return Reason(APPEAL_LATE, {"day": until.day})
    return case_refusal(case, CaseAction.APPEAL)


def decider_refusal(case: Case, decider: str, directors: Collection[str], forwarded_by: str = "") -> Reason | None:
    """Why somebody may not decide on an appeal; ``directors`` are the direct directors of the rated clerk."""
    refusals = (
        (decider == case.staff, RATED_HIMSELF),
        (decider in directors, DIRECT_DIRECTOR),
        (bool(forwarded_by) and decider == forwarded_by, FORWARDED_BY),
    )
    return next((reason for refused, reason in refusals if refused), case_refusal(case, CaseAction.KEEP))


def result_of(case: Case, decision: AppealDecision | None = None) -> CaseResult | None:
    """How the case may end: revoked by the appeal, else by its class; None while it has none."""
    if decision is AppealDecision.REVOKE:
        return CaseResult.REVOKED
    return None if case.cls is None else CLASS_RULES[case.cls].result


def contact_due(rated_t: int, hours: Hours) -> Due:
    """K15: the first call-back."""
    return due(DeadlineId.K15, rated_t, hours)


def measure_due(rated_t: int, hours: Hours, cls: BadRatingClass = BadRatingClass.CLEAR) -> Due:
    """K16: corrected and fed back; a complex one later."""
    return due(CLASS_RULES[cls].term, rated_t, hours)


def appeal_due(rated_t: int, hours: Hours) -> Due:
    """K17: until when the clerk appeals."""
    return due(DeadlineId.K17_APPEAL, rated_t, hours)


def decision_due(filed_t: int, hours: Hours) -> Due:
    """K17: until when an appeal is decided."""
    return due(DeadlineId.K17_DECISION, filed_t, hours)


class Loop(Struct, frozen=True):
    """The bad ratings of a period and what became of them; shares are of real-name ones, None without any.

    ``counted_bad`` leaves out the revoked.
    """

    bad: int
    real_name: int
    called_back: int
    closed: int
    counted_bad: int
    callback_pct: Decimal | None
    closed_pct: Decimal | None


def loop(
    bad: int, real_name: int, called_back: int, explained_or_rectified: int, revoked: int, revoked_all: int
) -> Loop:
    """From counts; ``explained_or_rectified`` and ``revoked`` are of real-name ratings, ``revoked_all`` of all."""
    closed = explained_or_rectified + revoked
    return Loop(
        bad=bad,
        real_name=real_name,
        called_back=called_back,
        closed=closed,
        counted_bad=bad - revoked_all,
        callback_pct=percent(called_back, real_name),
        closed_pct=percent(closed, real_name),
    )


def loop_of(cases: Iterable[Case]) -> Loop:
    """From the cases themselves."""
    all_of = list(cases)
    named = [one for one in all_of if one.real_name]
    revoked = [one for one in named if one.result is CaseResult.REVOKED]
    settled = [one for one in named if one.result in (CaseResult.RECTIFIED, CaseResult.EXPLAINED)]
    return loop(
        len(all_of),
        len(named),
        sum(one.contact is not None for one in named),
        len(settled),
        len(revoked),
        sum(one.result is CaseResult.REVOKED for one in all_of),
    )
