"""Projections of tickets, visits and services."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from storage import facts as f
from storage.changes import Keeps, counted_change
from storage.facts import IntervalKind, ServiceNow, ServiceState, TicketState, WindowState
from storage.figures import figure, sums_of
from storage.projections.register import Placed, projects, window_now
from storage.statements import Step, latest, opening

TICKET = opening(
    "ticket", ("id",), ("hall", "day", "number", "prefix", "ticket_kind", "service_code", "issued_t", "issued_by")
)
TICKET_NOW = latest("ticket", ("id",), ("state", "window", "staff", "hold_reason", "held_t", "target", "result"))
TICKET_CALLS = latest(
    "ticket",
    ("id",),
    ("calls", "last_called_t", "last_called_m", "last_called_boot", "called_window"),
    order="call_ord",
)
TICKET_PLACE = latest("ticket", ("id",), ("cls", "waiting_since_t"), order="queue_ord")
TICKET_FIRST_CALL = latest("ticket", ("id",), ("first_called_t", "wait_s"), order="first_call_ord")
TICKET_PRINTED = opening("ticket", ("id",), ("printed",))
TICKET_REINSTATED = opening("ticket", ("id",), ("reinstated",))
VISIT = opening("visit", ("id",), ("hall", "day", "ticket", "window", "first_inquiry_staff", "opened_t"))
VISIT_CLOSED = latest("visit", ("id",), ("closed_t",))
IDENTIFICATION = latest("identification", ("subject",), ("hall", "window", "ref", "hash"))
SERVICE = opening(
    "service",
    ("id",),
    (
        *("hall", "day", "visit", "ticket", "leg", "entry_mode", "move_s"),
        *("start_t", "start_m", "start_boot"),
    ),
)
CLOCK = (
    *("state", "window", "staff", "counted_ms", "excluded_ms", "run_t", "run_m", "run_boot"),
    *("pause_id", "pause_reason", "pause_excluded", "pause_t", "pause_m", "pause_boot"),
)
SERVICE_CLOCK = latest("service", ("id",), CLOCK)
SERVICE_WALK_UP = latest("service", ("id",), ("walk_up_reason",), order="walk_up_ord")
SERVICE_MATTER = latest("service", ("id",), ("code", "version", "quantity", "limit_s"), order="matter_ord")
SERVICE_END = latest("service", ("id",), ("end_t", "wall_s", "std_milliminutes", "suspicious"), order="end_ord")
SERVICE_COUNTED = latest("service", ("id",), ("excluded_s", "counted_s", "overtime"), order="counted_ord")
INTERVAL_OPENED = opening(
    "service_interval", ("id",), ("hall", "service", "staff", "kind", "reason", "excluded", "from_t")
)
INTERVAL_LENGTH = latest("service_interval", ("id",), ("length_ms", "needs_confirmation"), order="length_ord")
INTERVAL_UNDONE = opening("service_interval", ("id",), ("undone",))
INTERVAL_OUTAGE = opening("service_interval", ("id",), ("outage",))
INTERVAL_RECOUNTED = opening("service_interval", ("id",), ("recounted",))
FINISHED = sums_of(
    *("services", "quantity", "timed", "suspicious", "std_milliminutes"),
    *("wall_s", "counted_s", "excluded_s", "overtime"),
    *("timed_wall_s", "timed_counted_s", "timed_limit_s", "timed_std_milliminutes", "back_entries"),
)
OWN_NUMBER = opening("own_number", ("ticket",), ("node",))
CLAIM_USED = opening("claim", ("id",), ("used",))
LAN_DOWN = opening("lan_down", ("service",), ("hall", "day", "number", "window", "visit"))
ASK_STATE = latest("rating_ask", ("id",), ("state",))
SERVICE_RATING = latest("service", ("id",), ("rating",), order="rating_ord")


BACK_ENTRY: Final = f.EntryMode.BACK_ENTRY


def ticket_now(
    p: Placed,
    ticket: str,
    state: TicketState,
    *,
    window: str = "",
    staff: str = "",
    hold_reason: str = "",
    held_t: int = 0,
    target: str = "",
    result: str = "",
) -> tuple[Step, ...]:
    """The ticket's state, with everything not named cleared; nothing for a walk-up."""
    if not ticket:
        return ()
    return (Step(TICKET_NOW, (ticket, state._value_, window, staff, hold_reason, held_t, target, result, p.ord)),)


def clock(p: Placed, service: str, now: ServiceNow) -> Step:
    """The service's state and clock."""
    ran = (now.counted_ms, now.excluded_ms, now.run_t, now.run_m, now.run_boot)
    pause = (now.pause_id, now.pause_reason, int(now.pause_excluded), now.pause_t, now.pause_m, now.pause_boot)
    return Step(SERVICE_CLOCK, (service, now.state._value_, now.window, now.staff, *ran, *pause, p.ord))


def running(p: Placed, service: str, counted_ms: int = 0, excluded_ms: int = 0) -> Step:
    """The service's clock runs from this fact on."""
    d = p.fact
    now = ServiceNow(
        ServiceState.SERVING,
        window=d.window,
        staff=d.staff,
        counted_ms=counted_ms,
        excluded_ms=excluded_ms,
        run_t=p.t,
        run_m=p.m,
        run_boot=p.boot,
    )
    return clock(p, service, now)


@projects(f.TicketIssued)
def issued(p: Placed) -> Iterator[Step]:
    d = p.fact
    yield Step(TICKET, (p.id, p.hall, d.day, d.number, d.prefix, d.ticket_kind._value_, d.service_code, p.t, p.actor))
    yield Step(TICKET_PLACE, (p.id, d.cls._value_, p.t, p.ord))
    yield from ticket_now(p, p.id, TicketState.WAITING)
    yield from figure(p, staff="", code=d.prefix, tickets=1)
    if "-" in d.number:  # its own number: this node was cut off from the number host
        yield Step(OWN_NUMBER, (p.id, p.node))


@projects(f.TicketPrinted)
def printed(p: Placed) -> Iterator[Step]:
    yield Step(TICKET_PRINTED, (p.fact.ticket, 1))


@projects(f.TicketCalled)
def called(p: Placed) -> Iterator[Step]:
    d = p.fact
    yield Step(TICKET_CALLS, (d.ticket, d.nth, p.t, p.m, p.boot, d.window, p.ord))
    yield from ticket_now(p, d.ticket, TicketState.CALLED, window=d.window, staff=d.staff)
    yield window_now(p, WindowState.CALLED, ticket=d.ticket)
    if d.wait_s is not None:
        yield Step(TICKET_FIRST_CALL, (d.ticket, p.t, d.wait_s, p.ord))
        yield from figure(p, code=d.prefix, called=1, wait_s=d.wait_s)
    if d.claim:
        yield Step(CLAIM_USED, (d.claim, 1))


@projects(f.TicketNoShow)
def no_show(p: Placed) -> Iterator[Step]:
    d = p.fact
    yield from ticket_now(p, d.ticket, TicketState.CLOSED, staff=d.staff, result=f.TicketResult.NO_SHOW)
    yield window_now(p, WindowState.IDLE)
    yield from figure(p, code=d.prefix, no_shows=1)


@projects(f.TicketCancelled)
def cancelled(p: Placed) -> Iterator[Step]:
    yield from ticket_now(p, p.fact.ticket, TicketState.CLOSED, result=f.TicketResult.CANCELLED)


@projects(f.TicketEnded)
def ended(p: Placed) -> Iterator[Step]:
    yield from ticket_now(p, p.fact.ticket, TicketState.CLOSED, result=p.fact.result)


@projects(f.TicketHeld)
def held(p: Placed) -> Iterator[Step]:
    d = p.fact
    yield from ticket_now(
        p, d.ticket, TicketState.HELD, window=d.window, staff=d.staff, hold_reason=d.reason, held_t=p.t
    )
    now = ServiceNow(
        ServiceState.HELD,
        window=d.window,
        staff=d.staff,
        counted_ms=d.counted_ms,
        excluded_ms=d.excluded_ms,
        pause_excluded=True,
        pause_t=p.t,
        pause_m=p.m,
        pause_boot=p.boot,
    )
    yield clock(p, d.service, now)
    yield window_now(p, WindowState.IDLE)


@projects(f.TicketTakenBack)
def taken_back(p: Placed) -> Iterator[Step]:
    d = p.fact
    yield from ticket_now(p, d.ticket, TicketState.SERVING, window=d.window, staff=d.staff)
    yield running(p, d.service, d.counted_ms, d.excluded_ms)
    yield window_now(p, WindowState.SERVING, ticket=d.ticket, visit=d.visit, service=d.service)
    yield Step(INTERVAL_OPENED, (p.id, p.hall, d.service, d.staff, IntervalKind.HELD, "", 1, p.t - d.held_ms))
    yield Step(INTERVAL_LENGTH, (p.id, d.held_ms, 0, p.ord))


@projects(f.TicketReturned)
def returned(p: Placed) -> Iterator[Step]:
    d = p.fact
    yield from ticket_now(p, d.ticket, TicketState.WAITING)
    yield Step(TICKET_PLACE, (d.ticket, f.TicketClass.RETURNED, p.t, p.ord))
    yield Step(TICKET_CALLS, (d.ticket, 0, 0, 0, "", "", p.ord))


@projects(f.TicketTransferred)
def transferred(p: Placed) -> Iterator[Step]:
    d = p.fact
    yield from ticket_now(p, d.ticket, TicketState.WAITING, target=d.to)
    yield Step(TICKET_CALLS, (d.ticket, 0, 0, 0, "", "", p.ord))
    yield window_now(p, WindowState.IDLE)
    if d.service:
        now = ServiceNow(
            ServiceState.TRANSFERRED,
            window=d.window,
            staff=d.staff,
            counted_ms=d.counted_ms,
            excluded_ms=d.excluded_ms,
        )
        yield clock(p, d.service, now)
        yield from figure(p, code=d.code, transferred=1, transferred_s=d.counted_ms // 1000)


@projects(f.VisitIdentified)
def identified(p: Placed) -> Iterator[Step]:
    yield from identification(p, p.fact, p.fact.ref, p.fact.hash)


def identification(p: Placed, d: f.VisitIdentified, ref: str, keyed: str) -> Iterator[Step]:
    """A ticket carries its holder from leg to leg; only who has no ticket is known by the visit."""
    subject = d.ticket or d.visit
    if subject:
        yield Step(IDENTIFICATION, (subject, p.hall, d.window, ref, keyed, p.ord))


@projects(f.VisitClosed)
def visit_closed(p: Placed) -> Iterator[Step]:
    yield Step(VISIT_CLOSED, (p.fact.visit, p.t, p.ord))


@projects(f.ServiceStarted)
def started(p: Placed) -> Iterator[Step]:
    d = p.fact
    visit = d.visit or p.id
    if not d.visit:
        yield Step(VISIT, (visit, p.hall, d.day, d.ticket, d.window, d.staff, p.t))
    opening_row = (d.leg, d.entry_mode.value, d.move_s, p.t, p.m, p.boot)
    yield Step(SERVICE, (p.id, p.hall, d.day, visit, d.ticket, *opening_row))
    if d.walk_up_reason:
        yield Step(SERVICE_WALK_UP, (p.id, d.walk_up_reason, p.ord))
    if d.shown_number:
        yield Step(LAN_DOWN, (p.id, p.hall, d.day, d.shown_number, d.window, visit))
    yield Step(SERVICE_MATTER, (p.id, d.code, d.number, d.quantity, d.limit_s, p.ord))
    yield running(p, p.id)
    yield from ticket_now(p, d.ticket, TicketState.SERVING, window=d.window, staff=d.staff)
    yield window_now(p, WindowState.SERVING, ticket=d.ticket, visit=visit, service=p.id)


@projects(f.ServiceChanged)
def changed(p: Placed) -> Iterator[Step]:
    d = p.fact
    yield Step(SERVICE_MATTER, (d.service, d.code, d.number, d.quantity, d.limit_s, p.ord))


@projects(f.ServiceWalkUpChanged)
def walk_up_changed(p: Placed) -> Iterator[Step]:
    yield Step(SERVICE_WALK_UP, (p.fact.service, p.fact.reason, p.ord))


@projects(f.ServicePaused)
def paused(p: Placed) -> Iterator[Step]:
    d = p.fact
    now = ServiceNow(
        ServiceState.PAUSED,
        window=d.window,
        staff=d.staff,
        counted_ms=d.counted_ms,
        excluded_ms=d.excluded_ms,
        pause_id=p.id,
        pause_reason=d.reason,
        pause_excluded=d.excluded,
        pause_t=d.from_t,
        pause_m=d.from_m,
        pause_boot=d.boot,
    )
    yield clock(p, d.service, now)
    yield from ticket_now(p, d.ticket, TicketState.PAUSED, window=d.window, staff=d.staff)
    yield window_now(p, WindowState.PAUSED, ticket=d.ticket, visit=d.visit, service=d.service, reason=d.reason)
    row = (p.hall, d.service, d.staff, IntervalKind.PAUSED, d.reason, int(d.excluded), d.from_t)
    yield Step(INTERVAL_OPENED, (p.id, *row))
    if d.outage:
        yield Step(INTERVAL_OUTAGE, (p.id, d.outage))


@projects(f.ServiceResumed)
def resumed(p: Placed) -> Iterator[Step]:
    d = p.fact
    yield running(p, d.service, d.counted_ms, d.excluded_ms)
    yield from ticket_now(p, d.ticket, TicketState.SERVING, window=d.window, staff=d.staff)
    yield window_now(p, WindowState.SERVING, ticket=d.ticket, visit=d.visit, service=d.service)
    yield Step(INTERVAL_LENGTH, (d.pause, d.pause_ms, int(d.needs_confirmation), p.ord))


@projects(f.ServiceBlocked)
def blocked(p: Placed) -> Iterator[Step]:
    d = p.fact
    now = ServiceNow(
        ServiceState.SERVING,
        window=d.window,
        staff=d.staff,
        counted_ms=d.counted_ms,
        excluded_ms=d.excluded_ms,
        run_t=d.at_t,
        run_m=d.at_m,
        run_boot=d.boot,
    )
    yield clock(p, d.service, now)
    row = (p.hall, d.service, d.staff, IntervalKind.UI_BLOCKED, "ui_blocked", 1, d.from_t)
    yield Step(INTERVAL_OPENED, (p.id, *row))
    yield Step(INTERVAL_LENGTH, (p.id, d.blocked_ms, 0, p.ord))


@projects(f.ServiceFinished)
def finished(p: Placed) -> Iterator[Step]:
    d = p.fact
    now = ServiceNow(
        ServiceState.FINISHED, window=d.window, staff=d.staff, counted_ms=d.counted_ms, excluded_ms=d.excluded_ms
    )
    yield clock(p, d.service, now)
    yield Step(SERVICE_END, (d.service, d.end_t, d.wall_s, d.std_milliminutes, int(d.suspicious), p.ord))
    yield Step(SERVICE_COUNTED, (d.service, d.excluded_s, d.counted_s, int(d.overtime), p.ord))
    yield from ticket_now(p, d.ticket, TicketState.AWAITING_RATING, window=d.window, staff=d.staff)
    yield window_now(p, WindowState.AWAITING_RATING, ticket=d.ticket, visit=d.visit, service=d.service)
    if d.pause:
        yield Step(INTERVAL_LENGTH, (d.pause, d.pause_ms, int(d.pause_needs_confirmation), p.ord))
    yield from finish_figures(p, d, 1)


def finish_figures(p: Placed, d: f.ServiceFinished, sign: int) -> Iterator[Step]:
    """What one finished service adds to the sums, or what its undo takes away."""
    back_entry, suspicious = d.entry_mode is BACK_ENTRY, d.suspicious
    counts = 0 if suspicious else sign
    timed = 0 if back_entry else counts
    key = (d.day, p.hall, d.staff, d.code)
    work = (sign, sign * d.quantity, timed, sign - counts, counts * d.std_milliminutes)
    times = (sign * d.wall_s, sign * d.counted_s, sign * d.excluded_s, timed * d.overtime)
    of_timed = (timed * d.wall_s, timed * d.counted_s, timed * d.limit_s, timed * d.std_milliminutes)
    yield Step(FINISHED, (*key, *work, *times, *of_timed, counts - timed))
    if timed:
        yield counted_change(Keeps.LONGEST, p.hall, d.day)


@projects(f.ServiceEnded)
def service_ended(p: Placed) -> Iterator[Step]:
    d = p.fact
    yield clock(p, d.service, ServiceNow(d.state, staff=d.staff, window=d.window))


@projects(f.ActionUndone)
def undone(p: Placed) -> Iterator[Step]:
    d = p.fact
    w = d.window_now
    where = {"staff": w.staff, "ticket": w.ticket, "visit": w.visit, "service": w.service}
    yield window_now(p, w.state, since_t=w.since_t, reason=w.reason, **where)
    if w.visit:
        yield Step(VISIT_CLOSED, (w.visit, 0, p.ord))
    if d.ticket_now is not None:
        t = d.ticket_now
        place = {"window": t.window, "staff": t.staff, "hold_reason": t.hold_reason, "held_t": t.held_t}
        yield from ticket_now(p, d.ticket, t.state, target=t.target, result=t.result, **place)
        calls = (t.calls, t.last_called_t, t.last_called_m, t.last_called_boot, t.called_window)
        yield Step(TICKET_CALLS, (d.ticket, *calls, p.ord))
        yield Step(TICKET_PLACE, (d.ticket, t.cls, t.waiting_since_t, p.ord))
    if d.service_now is not None:
        s = d.service_now
        yield clock(p, d.service, s)
        yield Step(SERVICE_MATTER, (d.service, s.code, s.version, s.quantity, s.limit_s, p.ord))
        if s.pause_id:
            yield Step(INTERVAL_LENGTH, (s.pause_id, 0, 0, p.ord))
    if d.pause:
        yield Step(INTERVAL_UNDONE, (d.pause, 1))
    if d.joined is not None:
        yield Step(SERVICE_RATING, (d.joined.service, "", p.ord))
    if d.walk_up is not None:
        yield Step(SERVICE_WALK_UP, (d.walk_up.service, d.walk_up.before, p.ord))
    if d.identified is not None:
        yield from identification(p, d.identified, d.identified.ref_before, d.identified.hash_before)
    yield from withdrawn_figures(p)


def withdrawn_figures(p: Placed) -> Iterator[Step]:
    """Sums that the undone fact had added."""
    d = p.fact
    if d.finished is not None:
        yield Step(SERVICE_END, (d.service, 0, 0, 0, 0, p.ord))
        yield Step(SERVICE_COUNTED, (d.service, 0, 0, 0, p.ord))
        yield from finish_figures(p, d.finished, -1)
    if d.ask:
        yield Step(ASK_STATE, (d.ask, "cancelled", p.ord))
    if d.no_show is not None:
        yield from figure(p, of=d.no_show, code=d.no_show.prefix, no_shows=-1)
    if d.first_call is not None:
        yield Step(TICKET_FIRST_CALL, (d.ticket, 0, 0, p.ord))
        yield from figure(p, of=d.first_call, code=d.first_call.prefix, called=-1, wait_s=-(d.first_call.wait_s or 0))
    if d.transferred is not None and d.transferred.service:
        moved = d.transferred
        yield from figure(p, of=moved, code=moved.code, transferred=-1, transferred_s=-(moved.counted_ms // 1000))
