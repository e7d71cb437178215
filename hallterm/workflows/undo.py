"""Backspace: the last counter action is taken back within 10 s, as a new fact that carries the states which hold again."""

from __future__ import annotations

from msgspec.structs import replace

from hallterm.locale import N_
from hallterm.rules.day import clock_text
from hallterm.rules.timers import elapsed_ms
from hallterm.rules.undo import LastAction, undo_refusal
from hallterm.rules.words import Reason
from hallterm.workflows.case import Case, read_case
from hallterm.workflows.day import ensure_day
from hallterm.workflows.desk import Desk, Done, Refused, Undoable
from hallterm.workflows.identifying import forget
from storage import views
from storage.facts import (
    ActionUndone,
    CounterAction,
    Moment,
    ServiceFinished,
    ServiceNow,
    ServicePaused,
    ServiceResumed,
    ServiceStarted,
    ServiceState,
    ServiceWalkUpChanged,
    TicketCalled,
    TicketNoShow,
    TicketNow,
    TicketState,
    TicketTakenBack,
    TicketTransferred,
    VisitClosed,
    VisitIdentified,
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
"""The state in which the action left the window; any other one means that it has moved on. What is missing left it."""

_CHANGES_MATTER = frozenset({CounterAction.CHANGE_SERVICE, CounterAction.QUANTITY})
_CHANGES_NOTE = frozenset({CounterAction.WALK_UP_REASON, CounterAction.IDENTIFY})
_CHANGES_LITTLE = _CHANGES_MATTER | _CHANGES_NOTE
"""They leave window, ticket and clock as they are."""


def undo(desk: Desk, now: Moment, last: Undoable) -> Done:
    """Take back one action; raises Refused when it is too late, rated, or called elsewhere."""
    with desk.journal.write(desk.staff, now) as tx:
        case = read_case(tx.database, desk, ensure_day(tx))
        refusal = undo_refusal(_last_action(tx, case, last, now))
        if refusal is not None:
            raise Refused(refusal)
        if (
            case.window.state is not _AFTER.get(last.action, last.window_before.state)
            or case.window.staff != desk.staff
        ):
            raise Refused(MOVED_ON)
        if _moved_on(tx, case, last):
            raise Refused(MOVED_ON)
        if last.action is CounterAction.WALK_UP:
            tx.record(VisitClosed(visit=case.window.visit, window=desk.window))
        tx.record(_undone(case, desk, last))
    if isinstance(last.body, VisitIdentified):
        forget(desk, last.body.ref)
    return Done(Reason(TAKEN_BACK, {"time": clock_text(now.t), "subject": last.number or "-"}), number=last.number)


def _last_action(tx: Write, case: Case, last: Undoable, now: Moment) -> LastAction:
    called_window, called_time = "", ""
    if last.action is CounterAction.TRANSFER:
        row = views.ticket(tx.database, last.ticket)
        window = views.window(tx.database, row.window) if row is not None and row.window else None
        if row is not None and window is not None and row.state is not TicketState.WAITING:
            called_window, called_time = window.name, clock_text(row.last_called_t)
    return LastAction(
        action=last.action,
        ms_ago=elapsed_ms(last.at_t, last.at_m, last.boot, now) if last.action is not CounterAction.FINISH else 0,
        rating_open=case.window.state is WindowState.AWAITING_RATING and case.window.service == last.service,
        number=last.number,
        called_window=called_window,
        called_time=called_time,
    )


def _moved_on(tx: Write, case: Case, last: Undoable) -> bool:
    """Something came after the action: another change of the window or of its ticket, or a block cut out of the clock."""
    if last.action in _CHANGES_LITTLE:
        return (case.window.service, case.window.ticket) != (last.service, last.window_before.ticket)
    resumed, service = last.body, case.service
    if isinstance(resumed, ServiceResumed) and service is not None and service.excluded_ms != resumed.excluded_ms:
        return True
    ticket = last.ticket if last.action is not CounterAction.WALK_UP else ""
    mark = last.fact.rpartition("/")[2]
    return not all(order.endswith(mark) for order in views.changed_last(tx.database, case.window.code, ticket))


def _undone(case: Case, desk: Desk, last: Undoable) -> ActionUndone:
    body = last.body
    window_now, ticket_now, service_now = last.window_before, last.ticket_before, last.service_before
    service = last.service
    if isinstance(body, ServiceStarted):
        service = case.window.service
        service_now = _never_begun(case, desk)
        if last.action is CounterAction.WALK_UP:
            ticket_now = None
    elif last.action in _CHANGES_MATTER and case.service is not None and service_now is not None:
        window_now, ticket_now = views.window_now(case.window), None
        service_now = _with_matter(views.service_now(case.service), service_now)
    elif last.action in _CHANGES_NOTE:
        window_now, ticket_now, service_now = views.window_now(case.window), None, None
    elif isinstance(body, ServiceFinished):
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
        pause=last.fact if isinstance(body, ServicePaused | TicketTakenBack) else "",
        joined=last.joined,
        walk_up=body if isinstance(body, ServiceWalkUpChanged) else None,
        identified=body if isinstance(body, VisitIdentified) else None,
    )


def _never_begun(case: Case, desk: Desk) -> ServiceNow:
    """A start that is taken back keeps its matter and has no time."""
    cancelled = ServiceNow(ServiceState.CANCELLED, window=desk.window, staff=desk.staff)
    return _with_matter(cancelled, views.service_now(case.service)) if case.service is not None else cancelled


def _with_matter(now: ServiceNow, matter: ServiceNow) -> ServiceNow:
    """One clock with the matter of another."""
    return replace(now, code=matter.code, version=matter.version, quantity=matter.quantity, limit_s=matter.limit_s)


def _serving_again(last: Undoable, body: ServiceFinished) -> tuple[WindowNow, TicketNow | None, ServiceNow]:
    """A finish taken back: the clock runs again from the finish, so that the gap counts."""
    before = last.window_before
    window_now = WindowNow(
        WindowState.SERVING,
        staff=body.staff,
        ticket=before.ticket,
        visit=before.visit,
        service=before.service,
        since_t=before.since_t if before.state is WindowState.SERVING else last.at_t,
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
            called_window=ticket.called_window,
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
