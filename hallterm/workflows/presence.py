"""A person at a window: breaks, sign-off, a crash or a hang-up with a matter open."""

from __future__ import annotations

from hallterm.locale import N_
from hallterm.rules.counter import needs_leader
from hallterm.rules.slots import Slot
from hallterm.rules.words import Reason
from hallterm.workflows.break_asks import ask_leader, may_rest
from hallterm.workflows.calling import close_visit
from hallterm.workflows.case import read_case, require
from hallterm.workflows.clocks import last_change, later, resumed_fact
from hallterm.workflows.day import ensure_day
from hallterm.workflows.desk import Desk, Done
from hallterm.workflows.serving import pause_fact
from storage import views
from storage.facts import (
    BreakEnded,
    BreakReason,
    BreakStarted,
    CounterAction,
    Moment,
    PauseReason,
    ServiceState,
    SignOffDone,
    WindowClosed,
    WindowOpened,
    WindowState,
)
from storage.journal import Write
from storage.views import ServiceRow, WindowRow

ON_BREAK = Reason(N_("on a break; {key} comes back"), {"key": Slot.PAUSE})
ON_DUTY = Reason(N_("back on duty"))
SIGNED_OFF = Reason(N_("signed off; everything is saved"))


def start_break(desk: Desk, now: Moment, reason: BreakReason) -> Done:
    """T24: with more than three waiting the duty leader is asked, and calling goes on until he agrees."""
    with desk.journal.write(desk.staff, now) as tx:
        case = read_case(tx.database, desk, ensure_day(tx))
        looked_at = require(case, desk, now, CounterAction.BREAK)
        asked = needs_leader(looked_at, CounterAction.BREAK)
        if asked is not None and not may_rest(tx, desk, case.day):
            ask_leader(tx, desk, case.day, reason, looked_at.waiting_count)
            return Done(asked)
        close_visit(tx, case)
        tx.record(BreakStarted(window=desk.window, staff=desk.staff, reason=reason))
    return Done(ON_BREAK)


def end_break(desk: Desk, now: Moment) -> Done:
    """T24: back."""
    with desk.journal.write(desk.staff, now) as tx:
        case = read_case(tx.database, desk, ensure_day(tx))
        require(case, desk, now, CounterAction.BACK)
        tx.record(BreakEnded(window=desk.window, staff=desk.staff))
    return Done(ON_DUTY)


def sign_off(desk: Desk, now: Moment) -> Done:
    """T25: no ticket is held under this clerk; the window closes."""
    with desk.journal.write(desk.staff, now) as tx:
        case = read_case(tx.database, desk, ensure_day(tx))
        require(case, desk, now, CounterAction.SIGN_OFF)
        close_visit(tx, case)
        tx.record(WindowClosed(window=desk.window, staff=desk.staff, day=case.day))
        tx.record(SignOffDone(staff=desk.staff, day=case.day, window=desk.window))
    desk.board.release_window(desk.window)
    return Done(SIGNED_OFF)


def open_window(tx: Write, desk: Desk, day: str, now: Moment) -> str:
    """T0 and T27: the window opens for this person; what he left open is taken up, the outage excluded.

    Answers the number or code of the matter that goes on, or ''.
    """
    window = views.window(tx.database, desk.window)
    mine = [one for one in views.open_services(tx.database, desk.hall) if one.staff == desk.staff]
    if mine:
        _pause_from_last_beat(tx, desk, mine[0], day, now)
        ticket = views.ticket(tx.database, mine[0].ticket) if mine[0].ticket else None
        return ticket.number if ticket else mine[0].code
    if window is not None and _goes_on(window, desk.staff):
        return ""
    tx.record(WindowOpened(window=desk.window, staff=desk.staff, day=day))
    return ""


def _goes_on(window: WindowRow, staff: str) -> bool:
    """A called ticket, an open rating or an idle window of the same person stays as it is."""
    return window.staff == staff and window.state is not WindowState.CLOSED


def _pause_from_last_beat(tx: Write, desk: Desk, service: ServiceRow, day: str, now: Moment) -> None:
    if service.state is ServiceState.SERVING or not service.pause_excluded:
        _stop(tx, desk, service, day, PauseReason.APP_RESTART, _last_sign(desk, service))
    elif service.window != desk.window:
        _stop(tx, desk, service, day, PauseReason(service.pause_reason), now)
    if service.window != desk.window:
        tx.record(WindowClosed(window=service.window, staff=desk.staff, day=day))


def _last_sign(desk: Desk, service: ServiceRow) -> Moment:
    """When the service was last known to be in somebody's hands: a heartbeat, or its own last change if that is later."""
    beat = desk.board.last_beat(service.window)
    own = last_change(service)
    if beat is None or beat.service != service.id:
        return own
    return later(own, Moment(t=beat.t, m=beat.m, boot=beat.boot))


def _stop(tx: Write, desk: Desk, service: ServiceRow, day: str, reason: PauseReason, since: Moment) -> None:
    """The clock stands from ``since`` on; a pause that was open ends there."""
    if service.pause_boot:
        tx.record(resumed_fact(tx.database, service, service.window, desk.staff, day, since))
    tx.record(pause_fact(read_case(tx.database, desk, day), service, desk, reason, since))


def leave(desk: Desk, now: Moment) -> None:
    """The terminal ends (hang-up, quit) with a matter open: the clock stands still until the same clerk is back."""
    with desk.journal.write(desk.staff, now) as tx:
        day = ensure_day(tx)
        case = read_case(tx.database, desk, day)
        service = case.service
        if service is None or case.window.staff != desk.staff:
            return
        counting_pause = service.state is ServiceState.PAUSED and not service.pause_excluded
        if service.state is ServiceState.SERVING or counting_pause:
            _stop(tx, desk, service, day, PauseReason.APP_RESTART, now)
