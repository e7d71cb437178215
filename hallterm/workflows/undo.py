"""Backspace: the last counter action is taken back within 10 s, as a new fact that carries the states which hold again."""

from __future__ import annotations

from hallterm.locale import N_
from hallterm.rules.day import clock_text
from hallterm.rules.timers import elapsed_ms
from hallterm.rules.undo import LastAction, undo_refusal
from hallterm.rules.words import Reason
from hallterm.workflows.case import Case, read_case
from hallterm.workflows.day import ensure_day
from hallterm.workflows.desk import Desk, Done, Refused, Undoable
from storage import views
from storage.facts import (
    ActionUndone,
    CounterAction,
    Moment,
    ServiceFinished,
    ServiceNow,
    ServiceState,
    TicketCalled,
    TicketNoShow,
    TicketNow,
    TicketState,
    TicketTransferred,
    WindowNow,
    WindowState,
)
from storage.journal import Write

TAKEN_BACK = N_("{time} taken back: {subject} is as before")
MOVED_ON = Reason(N_("the window has moved on: it stays"))

_AFTER: dict[CounterAction, WindowState] = {
    CounterAction.CALL: WindowState.CALLED,
    CounterAction.START: WindowState.SERVING,
    CounterAction.WALK_UP: WindowState.SERVING,
    CounterAction.NEXT_SERVICE: WindowState.SERVING,
    CounterAction.CHANGE_SERVICE: WindowState.SERVING,
    CounterAction.QUANTITY: WindowState.SERVING,
    CounterAction.TAKE_BACK: WindowState.SERVING,
    CounterAction.RESUME: WindowState.SERVING,
    CounterAction.PAUSE: WindowState.PAUSED,
    CounterAction.HOLD: WindowState.IDLE,
    CounterAction.TRANSFER: WindowState.IDLE,
    CounterAction.NO_SHOW: WindowState.IDLE,
    CounterAction.FINISH: WindowState.AWAITING_RATING,
}
"""The state in which the action left the window; any other one means that it has moved on."""


def undo(desk: Desk, now: Moment, last: Undoable) -> Done:
    """Take back one action; raises Refused when it is too late, rated, or called elsewhere."""
    with desk.journal.write(desk.staff, now) as tx:
        case = read_case(tx.database, desk, ensure_day(tx))
        refusal = undo_refusal(_last_action(tx, case, last, now))
        if refusal is not None:
            raise Refused(refusal)
        if case.window.state is not _AFTER[last.action] or case.window.staff != desk.staff:
            raise Refused(MOVED_ON)
        tx.record(_undone(tx, case, desk, last))
    return Done(Reason(TAKEN_BACK, {"time": clock_text(now.t), "subject": last.number or "-"}), number=last.number)


def _last_action(tx: Write, case: Case, last: Undoable, now: Moment) -> LastAction:
    called_window, called_time = "", ""
    if last.action is CounterAction.TRANSFER:
        row = views.ticket(tx.database, last.ticket)
        if row is not None and row.state is not TicketState.WAITING:
            window = views.window(tx.database, row.window)
            called_window, called_time = (window.name if window else "?"), clock_text(row.last_called_t)
    return LastAction(
        action=last.action,
        ms_ago=elapsed_ms(last.at_t, last.at_m, last.boot, now) if last.action is not CounterAction.FINISH else 0,
        rating_open=case.window.state is WindowState.AWAITING_RATING and case.window.service == last.service,
        number=last.number,
        called_window=called_window,
        called_time=called_time,
    )


def _undone(tx: Write, case: Case, desk: Desk, last: Undoable) -> ActionUndone:
    body = last.body
    window_now, ticket_now, service_now = last.window_before, last.ticket_before, last.service_before
    service = last.service
    if last.action in (CounterAction.START, CounterAction.WALK_UP, CounterAction.NEXT_SERVICE):
        service = case.window.service
        service_now = ServiceNow(ServiceState.CANCELLED, window=desk.window, staff=desk.staff)
        if last.action is CounterAction.WALK_UP:
            ticket_now = None
    if isinstance(body, ServiceFinished):
        window_now, ticket_now, service_now = _serving_again(last, body)
    return ActionUndone(
        of_fact=last.fact,
        action=last.action,
        staff=desk.staff,
        window=desk.window,
        window_now=window_now,
        ticket=last.ticket if ticket_now is not None else "",
        ticket_now=ticket_now,
        service=service if service_now is not None else "",
        service_now=service_now,
        finished=body if isinstance(body, ServiceFinished) else None,
        no_show=body if isinstance(body, TicketNoShow) else None,
        first_call=body if isinstance(body, TicketCalled) and body.wait_s is not None else None,
        transferred=body if isinstance(body, TicketTransferred) else None,
        ask=case.ask.id if case.ask is not None and last.action is CounterAction.FINISH else "",
        pause=last.fact if last.action is CounterAction.PAUSE else "",
    )


def _serving_again(last: Undoable, body: ServiceFinished) -> tuple[WindowNow, TicketNow | None, ServiceNow]:
    """A finish taken back: the clock runs again from the finish, so that the gap counts."""
    before = last.window_before
    window_now = WindowNow(
        WindowState.SERVING, staff=body.staff, ticket=before.ticket, visit=before.visit, service=before.service
    )
    ticket_now = None
    if last.ticket_before is not None:
        ticket = last.ticket_before
        ticket_now = TicketNow(
            TicketState.SERVING,
            window=ticket.window,
            staff=ticket.staff,
            calls=ticket.calls,
            last_called_t=ticket.last_called_t,
            last_called_m=ticket.last_called_m,
            last_called_boot=ticket.last_called_boot,
            waiting_since_t=ticket.waiting_since_t,
            cls=ticket.cls,
        )
    service_now = ServiceNow(
        ServiceState.SERVING,
        window=body.window,
        staff=body.staff,
        code=body.code,
        version=body.number,
        quantity=body.quantity,
        limit_s=body.limit_s,
        counted_ms=body.counted_ms,
        excluded_ms=body.excluded_ms,
        run_t=last.at_t,
        run_m=last.at_m,
        run_boot=last.boot,
    )
    return window_now, ticket_now, service_now
