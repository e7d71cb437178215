"""Proposals to a leader: carried out with their own reason, or declined. The program never does one by itself."""

from __future__ import annotations

from collections.abc import Mapping

from hallterm.locale import N_
from hallterm.rules.proposals import Proposal
from hallterm.rules.words import Reason
from hallterm.workflows.day import ensure_day
from hallterm.workflows.desk import Desk, Refused
from hallterm.workflows.dispatch import Dispatched, Order, carry_out, last_steps
from hallterm.workflows.dispatch_rights import leads
from hallterm.workflows.hall_state import HallState
from storage import views
from storage.facts import (
    BreakAnswered,
    BreakReason,
    BreakStarted,
    DispatchKind,
    DispatchReason,
    Moment,
    ProposalAnswer,
    ProposalAnswered,
    ProposalKind,
    WindowState,
)
from storage.journal import Write
from storage.views.dispatch import break_asks, dispatches

BREAK_MIN = 15
"""How long a proposed break is."""
ORDERS: Mapping[ProposalKind, tuple[DispatchKind, DispatchReason]] = {
    ProposalKind.ADD_GROUP: (DispatchKind.GROUPS, DispatchReason.LONG_QUEUE),
    ProposalKind.OPEN_RESERVE: (DispatchKind.OPEN_RESERVE, DispatchReason.LONG_QUEUE),
    ProposalKind.BREAK: (DispatchKind.BREAK, DispatchReason.ROTATE),
    ProposalKind.SUBSTITUTE: (DispatchKind.SUBSTITUTE, DispatchReason.EMPTY_POST),
}
NOT_NEEDED = Reason(N_("this is not needed any more"))
DECLINED = Reason(N_("not done; it is not proposed again today"))
ALLOWED = Reason(N_("the break is allowed"))
NOT_ALLOWED = Reason(N_("no break now; it was noted"))
ANSWERED = Reason(N_("this was answered already"))

Key = tuple[ProposalKind, str, str]
"""What a proposal is known by: kind, window, group."""


def key_of(one: Proposal) -> Key:
    return one.kind, one.window, one.prefix


def accept(desk: Desk, now: Moment, key: Key) -> Dispatched:
    """Do what is proposed, if it still is; raises Refused."""
    with desk.journal.write(desk.staff, now) as tx:
        leads(desk, tx.database)
        day = ensure_day(tx)
        one = _proposed(tx, desk, day, now, key)
        kind, reason = ORDERS[one.kind]
        last = last_steps(dispatches(tx.database, desk.hall, day)).get(one.window)
        why = one.why.text()
        order = Order(
            dispatch=kind,
            reason=reason,
            note=why,
            window=one.window,
            prefixes=(one.prefix,) if one.prefix else (),
            staff=one.staff if one.kind is ProposalKind.SUBSTITUTE else "",
            minutes=BREAK_MIN,
            proposal=one.kind,
            seen=last.id if last else "",
        )
        done = carry_out(tx, desk, now, order)
        tx.record(ProposalAnswered(one.kind, ProposalAnswer.DONE, day, one.window, one.prefix, why))
    return done


def decline(desk: Desk, now: Moment, key: Key) -> Dispatched:
    """Not this one, today; raises Refused."""
    with desk.journal.write(desk.staff, now) as tx:
        leads(desk, tx.database)
        day = ensure_day(tx)
        one = _proposed(tx, desk, day, now, key)
        answer = ProposalAnswered(one.kind, ProposalAnswer.DECLINED, day, one.window, one.prefix, one.why.text())
        tx.record(answer)
    return Dispatched(DECLINED)


def _proposed(tx: Write, desk: Desk, day: str, now: Moment, key: Key) -> Proposal:
    hall = views.hall(tx.database, desk.hall)
    made = HallState(tx.database, hall, day, now).proposals() if hall else ()
    found = next((one for one in made if key_of(one) == key), None)
    if found is None:
        raise Refused(NOT_NEEDED)
    return found


def answer_break(desk: Desk, now: Moment, ask: str, allowed: bool) -> Dispatched:
    """A clerk asked for a break; where the window is idle it begins at once. Raises Refused."""
    with desk.journal.write(desk.staff, now) as tx:
        leads(desk, tx.database)
        day = ensure_day(tx)
        one = next((row for row in break_asks(tx.database, desk.hall, day) if row.id == ask), None)
        if one is None or one.answered_t:
            raise Refused(ANSWERED)
        tx.record(BreakAnswered(one.id, one.window, one.staff, day, allowed))
        window = views.window(tx.database, one.window)
        if allowed and window is not None and window.staff == one.staff and window.state is WindowState.IDLE:
            tx.record(BreakStarted(window=one.window, staff=one.staff, reason=BreakReason(one.reason)))
    return Dispatched(ALLOWED if allowed else NOT_ALLOWED)
