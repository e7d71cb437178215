"""A leader takes back his own last step within ten seconds: what held before it holds again."""

from __future__ import annotations

from hallterm.locale import N_
from hallterm.rules.counter import NOTHING_TO_UNDO
from hallterm.rules.undo import UNDO_WITHIN_MS
from hallterm.rules.words import Reason
from hallterm.workflows.day import ensure_day
from hallterm.workflows.desk import Desk, Refused
from hallterm.workflows.dispatch import NOT_WAITING, Dispatched
from hallterm.workflows.dispatch_rights import leads
from storage import claims, views
from storage.facts import (
    BreakEnded,
    BreakPlanned,
    BreakReason,
    BreakStarted,
    DispatchKind,
    DispatchUndone,
    Moment,
    Reopened,
    SubstitutionEnded,
    TicketState,
    WindowState,
)
from storage.journal import Write
from storage.views.dispatch import DispatchRow, dispatch
from storage.views.posts import stand_ins

TAKEN_BACK = Reason(N_("taken back; everything is as before"))


def undo_dispatch(desk: Desk, now: Moment, step: str, before: tuple[Reopened, ...] = ()) -> Dispatched:
    """Take it back; raises Refused when it is too late, was another's, or the ticket was called meanwhile.

    ``before``: the tickets that the step ended, as they were.
    """
    with desk.journal.write(desk.staff, now) as tx:
        leads(desk, tx.database)
        row = dispatch(tx.database, step)
        if row is None or row.undone_t or row.by != desk.staff or now.t - row.at_t > UNDO_WITHIN_MS:
            raise Refused(NOTHING_TO_UNDO)
        day = ensure_day(tx)
        _state_before(tx, desk, row, day)
        tx.record(_undone(tx, row, day, before))
    return Dispatched(TAKEN_BACK)


def _undone(tx: Write, row: DispatchRow, day: str, before: tuple[Reopened, ...]) -> DispatchUndone:
    if row.dispatch is DispatchKind.DAY_END:
        now = [views.ticket(tx.database, one.ticket) for one in before]
        if not now or any(one is None or (one.state, one.result) != (TicketState.CLOSED, row.to) for one in now):
            raise Refused(NOTHING_TO_UNDO)
        return DispatchUndone(row.id, day, reopened=before)
    if row.ticket:
        ticket = views.ticket(tx.database, row.ticket)
        if ticket is None or ticket.state is not TicketState.WAITING:
            raise Refused(NOT_WAITING)
        return DispatchUndone(row.id, day, ticket=row.ticket, to=row.to_before)
    groups = (_groups(row.primary_before), _groups(row.secondary_before))
    changed = groups != (_groups(row.primary), _groups(row.secondary))
    return DispatchUndone(row.id, day, row.window, *groups) if changed else DispatchUndone(row.id, day)


def _groups(text: str) -> tuple[str, ...]:
    return tuple(text.split(",")) if text else ()


def _state_before(tx: Write, desk: Desk, row: DispatchRow, day: str) -> None:
    """Breaks that began or ended with the step, and who stands in."""
    window = views.window(tx.database, row.window) if row.window else None
    if window is None:
        return
    here = claims.is_here(tx.database, desk.journal.identity.node, window.code)
    if row.dispatch is DispatchKind.BREAK:
        tx.record(BreakPlanned(window.code, row.staff, day, BreakReason.ROTATE, 0, 0))
        if here and window.state is WindowState.BREAK:
            tx.record(BreakEnded(window=window.code, staff=window.staff))
    elif row.dispatch is DispatchKind.CALL_BACK and here and window.state is WindowState.IDLE:
        if row.primary == row.primary_before:
            tx.record(BreakStarted(window=window.code, staff=window.staff, reason=BreakReason.ROTATE))
    elif row.dispatch is DispatchKind.SUBSTITUTE:
        for one in stand_ins(tx.database, desk.hall, day):
            if (one.window, one.staff, one.ended_t) == (window.code, row.staff, 0):
                tx.record(SubstitutionEnded(one.id, one.window, one.staff, day))
