"""Projections of schedules, corrections of attendance, leave, and posts."""

from __future__ import annotations

from collections.abc import Iterator

from storage import facts as f
from storage.changes import Keeps, counted_change
from storage.facts import LeaveState
from storage.projections.register import Placed, projects
from storage.statements import Step, latest, opening, smallest

SLOT = latest("schedule_slot", ("staff", "day", "slot"), ("hall", "duty", "window", "duty_rota", "by", "at_t"))
CORRECTION = opening(
    "attendance_correction",
    ("id",),
    ("hall", "staff", "day", "half", "what", "at_t", "reason", "of", "withdrawn", "by", "made_t"),
)
AWAY = opening(
    "off_post", ("id",), ("hall", "staff", "day", "half", "from_t", "to_t", "window", "note", "by", "made_t")
)
ASKED = latest(
    "leave_request",
    ("id",),
    (
        *("hall", "staff", "leave_type", "from_day", "from_half", "to_day", "to_half", "half_days", "provisional"),
        *("reason", "certificate", "afterwards", "explain_by_t", "certify_by_t", "asked_t"),
    ),
    "asked_ord",
)
STATE = latest("leave_request", ("id",), ("state", "by", "decided_t", "note"))
EXPLAINED = latest("leave_request", ("id",), ("explanation", "explained_in_time", "explained_t"), "explained_ord")
CERTIFIED = latest("leave_request", ("id",), ("certified_t", "certificate_note"), "certified_ord")
DECISION = opening("leave_decision", ("id",), ("leave", "decision", "by", "at_t", "decided_ord"))
DECISION_UNDONE = opening("leave_decision", ("id",), ("undone",))
POST = latest("post", ("window", "from_day"), ("hall", "staff_a", "staff_b"))
STANDS_IN = opening(
    "substitution", ("id",), ("hall", "window", "staff_a", "staff", "day", "reason", "note", "leave", "began_t")
)
STOOD_IN = smallest("substitution", ("id",), "ended_t")


@projects(f.ScheduleSet)
def schedule_set(p: Placed) -> Iterator[Step]:
    d = p.fact
    plan = (p.hall, d.duty.value, d.window, int(d.duty_rota), p.actor, p.t)
    yield Step(SLOT, (d.staff, d.day, d.slot.value, *plan, p.ord))
    yield counted_change(Keeps.HALF_DAYS, p.hall, d.day, d.staff)


@projects(f.AttendanceCorrected)
def attendance_corrected(p: Placed) -> Iterator[Step]:
    d = p.fact
    what = (d.staff, d.day, d.half.value, d.what.value, d.at_t, d.reason, d.of, int(d.withdrawn))
    yield Step(CORRECTION, (p.id, p.hall, *what, p.actor, p.t))
    yield counted_change(Keeps.HALF_DAYS, p.hall, d.day, d.staff)


@projects(f.OffPostNoted)
def off_post_noted(p: Placed) -> Iterator[Step]:
    d = p.fact
    away = (d.staff, d.day, d.half.value, d.from_t, d.to_t, d.window, d.note)
    yield Step(AWAY, (p.id, p.hall, *away, p.actor, p.t))
    yield counted_change(Keeps.HALF_DAYS, p.hall, d.day, d.staff)


@projects(f.LeaveSubmitted, f.LeaveResubmitted)
def leave_asked(p: Placed) -> Iterator[Step]:
    d, span = p.fact, p.fact.span
    again = isinstance(d, f.LeaveResubmitted)
    leave = d.leave if again else p.id
    ends = (span.from_day, span.from_half.value, span.to_day, span.to_half.value, span.half_days, int(span.provisional))
    papers = (d.reason, int(d.certificate), int(d.afterwards), d.explain_by_t, d.certify_by_t)
    yield Step(ASKED, (leave, p.hall, d.staff, d.leave_type.value, *ends, *papers, p.t, p.ord))
    yield _state(p, leave, LeaveState.RESUBMITTED if again else LeaveState.SUBMITTED)


def _state(p: Placed, leave: str, state: LeaveState, note: str = "") -> Step:
    return Step(STATE, (leave, state.value, p.actor, p.t, note, p.ord))


def _decided(p: Placed, state: LeaveState, note: str = "") -> Iterator[Step]:
    yield _state(p, p.fact.leave, state, note)
    yield Step(DECISION, (p.id, p.fact.leave, state.value, p.actor, p.t, p.ord))


@projects(f.LeaveApproved)
def leave_approved(p: Placed) -> Iterator[Step]:
    yield from _decided(p, LeaveState.APPROVED)


@projects(f.LeaveRejected)
def leave_rejected(p: Placed) -> Iterator[Step]:
    yield from _decided(p, LeaveState.REJECTED, p.fact.reason)


@projects(f.LeaveDecisionUndone)
def leave_decision_undone(p: Placed) -> Iterator[Step]:
    yield _state(p, p.fact.leave, p.fact.state)
    yield Step(DECISION_UNDONE, (p.fact.decision, 1))


@projects(f.LeaveVoided)
def leave_voided(p: Placed) -> Iterator[Step]:
    yield _state(p, p.fact.leave, LeaveState.VOID, p.fact.reason)


@projects(f.LeaveExplained)
def leave_explained(p: Placed) -> Iterator[Step]:
    d = p.fact
    yield Step(EXPLAINED, (d.leave, d.text, int(d.in_time), p.t, p.ord))


@projects(f.LeaveCertified)
def leave_certified(p: Placed) -> Iterator[Step]:
    yield Step(CERTIFIED, (p.fact.leave, p.t, p.fact.note, p.ord))


@projects(f.PostSet)
def post_set(p: Placed) -> Iterator[Step]:
    d = p.fact
    yield Step(POST, (d.window, d.from_day, p.hall, d.staff_a, d.staff_b, p.ord))


@projects(f.SubstitutionBegan)
def substitution_began(p: Placed) -> Iterator[Step]:
    d = p.fact
    yield Step(STANDS_IN, (p.id, p.hall, d.window, d.staff_a, d.staff, d.day, d.reason.value, d.note, d.leave, p.t))


@projects(f.SubstitutionEnded)
def substitution_ended(p: Placed) -> Iterator[Step]:
    yield Step(STOOD_IN, (p.fact.substitution, p.t))
