"""Projections of the hall board: warnings, dispatch, proposals, breaks by rota."""

from __future__ import annotations

from collections.abc import Iterator

from storage import facts as f
from storage.facts import DispatchKind, TicketState
from storage.projections.counter import ticket_now
from storage.projections.reference import WINDOW_GROUPS
from storage.projections.register import Placed, projects
from storage.statements import Step, latest, opening, smallest

BY_ID = ("id", "hall")
RAISED = opening(
    "hall_warning",
    BY_ID,
    ("day", "warning", "level", "about", "value_milli", "above_milli", "since_t", "nth", "raised_t"),
)
ENDED = smallest("hall_warning", BY_ID, "ended_t")
ACKNOWLEDGED = latest("hall_warning", BY_ID, ("acknowledged_t", "acknowledged_by", "did"))
DISPATCH = opening(
    "dispatch",
    BY_ID,
    (
        *("day", "dispatch", "reason", "note", "window", "staff", "primary", "secondary"),
        *("primary_before", "secondary_before", "ticket", "to", "to_before", "until_t", "proposal"),
        *("by", "at_t", "made_ord"),
    ),
)
UNDONE = smallest("dispatch", BY_ID, "undone_t")
ANSWERED = opening(
    "proposal_answered", BY_ID, ("day", "proposal", "answer", "window", "prefix", "reason", "by", "at_t")
)
PLAN = latest("break_plan", ("hall", "window", "staff", "day"), ("reason", "from_t", "to_t"))
ASKED = opening("break_ask", BY_ID, ("day", "window", "staff", "reason", "waiting", "asked_t"))
ASK_ANSWERED = latest("break_ask", BY_ID, ("answered_t", "allowed", "by", "note"))


@projects(f.WarningRaised)
def warning_raised(p: Placed) -> Iterator[Step]:
    d = p.fact
    value = (d.value_milli, d.above_milli, d.since_t, d.nth, p.t)
    yield Step(RAISED, (p.id, p.hall, d.day, d.warning.value, d.level.value, d.about, *value))


@projects(f.WarningEnded)
def warning_ended(p: Placed) -> Iterator[Step]:
    yield Step(ENDED, (p.fact.raised, p.hall, p.t))


@projects(f.WarningAcknowledged)
def warning_acknowledged(p: Placed) -> Iterator[Step]:
    yield Step(ACKNOWLEDGED, (p.fact.raised, p.hall, p.t, p.actor, p.fact.did, p.ord))


@projects(f.DispatchDone)
def dispatch_done(p: Placed) -> Iterator[Step]:
    d = p.fact
    now, before = (
        (",".join(d.primary), ",".join(d.secondary)),
        (",".join(d.primary_before), ",".join(d.secondary_before)),
    )
    what = (d.day, d.dispatch.value, d.reason.value, d.note, d.window, d.staff)
    moved = (d.ticket, d.to, d.to_before, d.until_t, d.proposal.value if d.proposal else "")
    yield Step(DISPATCH, (p.id, p.hall, *what, *now, *before, *moved, p.actor, p.t, p.ord))
    if d.dispatch is DispatchKind.MOVE_TICKET:
        yield from ticket_now(p, d.ticket, TicketState.WAITING, target=d.to)
    elif now != before:
        yield Step(WINDOW_GROUPS, (p.hall, d.window, d.day, *now, p.ord))


@projects(f.DispatchUndone)
def dispatch_undone(p: Placed) -> Iterator[Step]:
    d = p.fact
    yield Step(UNDONE, (d.dispatch, p.hall, p.t))
    if d.ticket:
        yield from ticket_now(p, d.ticket, TicketState.WAITING, target=d.to)
    elif d.window:
        yield Step(WINDOW_GROUPS, (p.hall, d.window, d.day, ",".join(d.primary), ",".join(d.secondary), p.ord))
    for one in d.reopened:
        t = one.now
        held = {"window": t.window, "staff": t.staff, "hold_reason": t.hold_reason, "held_t": t.held_t}
        yield from ticket_now(p, one.ticket, t.state, target=t.target, **held)


@projects(f.ProposalAnswered)
def proposal_answered(p: Placed) -> Iterator[Step]:
    d = p.fact
    answer = (d.proposal.value, d.answer.value, d.window, d.prefix, d.reason)
    yield Step(ANSWERED, (p.id, p.hall, d.day, *answer, p.actor, p.t))


@projects(f.BreakPlanned)
def break_planned(p: Placed) -> Iterator[Step]:
    d = p.fact
    yield Step(PLAN, (p.hall, d.window, d.staff, d.day, d.reason.value, d.from_t, d.to_t, p.ord))


@projects(f.BreakAsked)
def break_asked(p: Placed) -> Iterator[Step]:
    d = p.fact
    yield Step(ASKED, (p.id, p.hall, d.day, d.window, d.staff, d.reason.value, d.waiting, p.t))


@projects(f.BreakAnswered)
def break_answered(p: Placed) -> Iterator[Step]:
    d = p.fact
    yield Step(ASK_ANSWERED, (d.ask, p.hall, p.t, int(d.allowed), p.actor, d.note, p.ord))
