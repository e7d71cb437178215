"""Tickets at a counter: call, recall, no-show, transfer, hold, take back, return."""

from __future__ import annotations

from msgspec.structs import replace

from hallterm.locale import N_
from hallterm.rules.counter import NOBODY_WAITS
from hallterm.rules.day import clock_text
from hallterm.rules.queue import recall_allowed, wait_s
from hallterm.rules.timers import elapsed_ms
from hallterm.rules.words import Reason
from hallterm.workflows.case import Case, groups_of, legs, queue_of, queued, read_case, require, since_s
from hallterm.workflows.clocks import resumed_fact, stopped
from hallterm.workflows.day import ensure_day
from hallterm.workflows.desk import Desk, Done, Refused, Undoable
from hallterm.workflows.matching import end_served
from hallterm.workflows.number_host import TOO_LATE, Answer, ask, has_host
from storage import claims, views
from storage.facts import (
    CounterAction,
    Fact,
    Got,
    HoldReason,
    Moment,
    RatingJoined,
    ServiceState,
    TicketCalled,
    TicketHeld,
    TicketNoShow,
    TicketReturned,
    TicketState,
    TicketTakenBack,
    TicketTransferred,
    VisitClosed,
    Want,
    WindowState,
)
from storage.journal import Journal, Write
from storage.views import ServiceRow, TicketRow, WindowRow

CALLED = N_("{time} {number} called. Backspace takes it back within 10 s")
CALLED_AGAIN = N_("{time} {number} called again, call {nth}")
NO_SHOW = N_("{number} did not come. Backspace takes it back within 10 s")
MOVED = N_("{number} moved to {to}. Backspace takes it back within 10 s")
HELD = N_("{number} held. Backspace takes it back within 10 s")
TAKEN_BACK = N_("{number} goes on, the clock runs again. Backspace takes it back within 10 s")
RETURNED = N_("{number} waits again, first in its group")
NOT_HELD = Reason(N_("this ticket is not held by you any more"))
NOWHERE = Reason(N_("this window or group cannot take it"))
NOT_OPEN = Reason(N_("not open"))


def ticket_of(case: Case) -> TicketRow:
    """The ticket of the case; the rules have allowed an action that needs one."""
    if case.ticket is None:
        raise Refused(NOT_HELD)
    return case.ticket


def undoable(
    case: Case,
    action: CounterAction,
    fact: str,
    body: Fact,
    now: Moment,
    *,
    ticket: TicketRow | None = None,
    service: ServiceRow | None = None,
    joined: RatingJoined | None = None,
) -> Undoable:
    """What the action changed, as it was before; ``ticket`` and ``service`` where they are not those of the case."""
    ticket, service = ticket or case.ticket, service or case.service
    before = views.window_now(case.window)
    if case.visit is not None and case.visit.closed_t:
        before = replace(before, visit="")
    return Undoable(
        action=action,
        fact=fact,
        at_t=now.t,
        at_m=now.m,
        boot=now.boot,
        window_before=before,
        ticket=ticket.id if ticket else "",
        ticket_before=views.ticket_now(ticket) if ticket else None,
        service=service.id if service else "",
        service_before=views.service_now(service) if service else None,
        number=ticket.number if ticket else "",
        body=body,
        joined=joined,
    )


def close_visit(tx: Write, case: Case) -> None:
    """The visit that was kept open for a next matter ends."""
    if case.visit is not None and not case.visit.closed_t:
        tx.record(VisitClosed(visit=case.visit.id, window=case.window.code, ticket=case.visit.ticket))


def call(desk: Desk, now: Moment) -> Done:
    """T2: the first ticket of this window's order is called; its waiting time is frozen.

    Where another PC is the number host, it chooses; without an answer of it only own numbers are called.
    """
    given = _asked_ticket(desk, now) if has_host(desk) else None
    with desk.journal.write(desk.staff, now) as tx:
        day = ensure_day(tx)
        if given is None:
            end_served(tx, day)
        case = read_case(tx.database, desk, day, alone=given is not None and given.got is Got.AWAY)
        row = _given(tx, case, desk, given) if given and given.got is Got.GIVEN else _first(case, desk, now)
        close_visit(tx, case)
        called = TicketCalled(
            ticket=row.id,
            number=row.number,
            window=desk.window,
            staff=desk.staff,
            nth=1,
            day=row.day,
            prefix=row.prefix,
            wait_s=wait_s(queued(row, case.window), now.t) if row.first_called_t == 0 else None,
            claim=given.claim if given else "",
        )
        fact = tx.record(called)
    before = undoable(case, CounterAction.CALL, fact, called, now, ticket=row)
    words = Reason(CALLED, {"time": clock_text(now.t), "number": row.number})
    return Done(words, before, ticket=row.id, number=row.number)


def _first(case: Case, desk: Desk, now: Moment) -> TicketRow:
    """The first of those this PC may call itself."""
    require(case, desk, now, CounterAction.CALL)
    first = queue_of(case.window, case.waiting, now.t)[0]
    return next(row for row in case.waiting if row.id == first.ticket)


def _asked_ticket(desk: Desk, now: Moment) -> Answer:
    """What the number host gives this window; raises Refused when nothing may be called here, or nobody waits."""
    db = desk.journal.database
    case = read_case(db, desk, views.last_day(db, desk.hall))
    require(case, desk, now, CounterAction.CALL, somebody_waits=True)
    answer = ask(desk, Want.CALL)
    if answer.got in (Got.NOBODY, Got.NO):
        raise Refused(NOBODY_WAITS)
    return answer if answer.got is Got.GIVEN else Answer(Got.AWAY)


def _given(tx: Write, case: Case, desk: Desk, given: Answer) -> TicketRow:
    """The ticket under this claim, as it waited; raises Refused if the claim was given up meanwhile."""
    require(case, desk, tx.now, CounterAction.CALL, somebody_waits=True)
    row, claim = views.ticket(tx.database, given.ticket), claims.claim(tx.database, given.claim)
    if row is None or not row.number or (claim is not None and claim.dropped):
        raise Refused(TOO_LATE)
    tx.follow(given.order)
    return replace(row, state=TicketState.WAITING, window="", staff="")


def recall(desk: Desk, now: Moment) -> Done:
    """T3: the same ticket once more, at least 20 s after the last call, at most three calls."""
    with desk.journal.write(desk.staff, now) as tx:
        case = read_case(tx.database, desk, ensure_day(tx))
        require(case, desk, now, CounterAction.RECALL)
        row = ticket_of(case)
        again = _called_again(row, desk.window, desk.staff)
        tx.record(again)
    words = Reason(CALLED_AGAIN, {"time": clock_text(now.t), "number": row.number, "nth": again.nth})
    return Done(words, ticket=row.id, number=row.number)


def _called_again(row: TicketRow, window: str, staff: str) -> TicketCalled:
    return TicketCalled(
        ticket=row.id,
        number=row.number,
        window=window,
        staff=staff,
        nth=row.calls + 1,
        day=row.day,
        prefix=row.prefix,
    )


def recall_by_time(journal: Journal, code: str, now: Moment) -> bool:
    """The same call by the station, where the hall lets it; False if somebody came or it was called meanwhile."""
    with journal.write("-", now) as tx:
        window = views.window(tx.database, code)
        row = views.ticket(tx.database, window.ticket) if window is not None and window.ticket else None
        if window is None or row is None or window.state is not WindowState.CALLED:
            return False
        if not recall_allowed(row.calls, since_s(row.last_called_t, row.last_called_m, row.last_called_boot, now)):
            return False
        tx.record(_called_again(row, code, window.staff))
    return True


def no_show(desk: Desk, now: Moment) -> Done:
    """T4: nobody came after three calls."""
    with desk.journal.write(desk.staff, now) as tx:
        case = read_case(tx.database, desk, ensure_day(tx))
        require(case, desk, now, CounterAction.NO_SHOW)
        row = ticket_of(case)
        gone = TicketNoShow(ticket=row.id, window=desk.window, staff=desk.staff, day=row.day, prefix=row.prefix)
        fact = tx.record(gone)
    undo = undoable(case, CounterAction.NO_SHOW, fact, gone, now)
    return Done(Reason(NO_SHOW, {"number": row.number}), undo, number=row.number)


def transfer(desk: Desk, now: Moment, to: str) -> Done:
    """T13: to a window (its code) or a group (its letter); the taxpayer keeps his place in time, the clerk his seconds."""
    with desk.journal.write(desk.staff, now) as tx:
        case = read_case(tx.database, desk, ensure_day(tx))
        require(case, desk, now, CounterAction.TRANSFER)
        row = ticket_of(case)
        target = target_of(tx, desk, to)
        service = case.service
        totals = stopped(service, now) if service else None
        end_pause(tx, case, now)
        moved = TicketTransferred(
            ticket=row.id,
            to=to,
            prefix=row.prefix,
            window=desk.window,
            staff=desk.staff,
            day=service.day if service else case.day,
            service=service.id if service else "",
            visit=service.visit if service else "",
            code=service.code if service else "",
            counted_ms=totals.counted_ms if totals else 0,
            excluded_ms=totals.excluded_ms if totals else 0,
        )
        fact = tx.record(moved)
    undo = undoable(case, CounterAction.TRANSFER, fact, moved, now)
    words = Reason(MOVED, {"number": row.number, "to": target.name if target else to})
    return Done(words, undo, number=row.number)


def target_of(tx: Write, desk: Desk, to: str) -> WindowRow | None:
    """The window a ticket moves to, None for a group; raises Refused where nobody of this hall would call it."""
    windows = views.windows(tx.database, desk.hall)
    target = next((one for one in windows if one.code == to and to != desk.window), None)
    if target is None and not any(groups_of(one).serves(to) for one in windows):
        raise Refused(NOWHERE)
    if target is not None and target.state is WindowState.CLOSED:
        raise Refused(NOT_OPEN)
    return target


def end_pause(tx: Write, case: Case, now: Moment) -> None:
    """A pause ends with what interrupts it, so that its length is known."""
    service = case.service
    if service is not None and service.pause_boot:
        tx.record(resumed_fact(tx.database, service, case.window.code, case.window.staff, case.day, now))


def hold(desk: Desk, now: Moment, reason: HoldReason) -> Done:
    """T11: the leg stops, the window is free; many tickets may be held."""
    with desk.journal.write(desk.staff, now) as tx:
        case = read_case(tx.database, desk, ensure_day(tx))
        require(case, desk, now, CounterAction.HOLD)
        row, service = ticket_of(case), case.service
        if service is None:
            raise Refused(NOT_HELD)
        totals = stopped(service, now)
        end_pause(tx, case, now)
        held = TicketHeld(
            ticket=row.id,
            service=service.id,
            window=desk.window,
            staff=desk.staff,
            reason=reason,
            counted_ms=totals.counted_ms,
            excluded_ms=totals.excluded_ms,
        )
        fact = tx.record(held)
    undo = undoable(case, CounterAction.HOLD, fact, held, now)
    return Done(Reason(HELD, {"number": row.number}), undo, number=row.number)


def take_back(desk: Desk, now: Moment, ticket: str) -> Done:
    """T12a: an own held ticket is served again; the same clock goes on, held time is excluded."""
    with desk.journal.write(desk.staff, now) as tx:
        case = read_case(tx.database, desk, ensure_day(tx))
        require(case, desk, now, CounterAction.TAKE_BACK)
        row = next((one for one in case.held if one.id == ticket), None)
        service = held_leg(tx, ticket)
        if row is None or service is None:
            raise Refused(NOT_HELD)
        close_visit(tx, case)
        back = taken_back(service, desk, now)
        fact = tx.record(back)
    undo = undoable(case, CounterAction.TAKE_BACK, fact, back, now, ticket=row, service=service)
    return Done(Reason(TAKEN_BACK, {"number": row.number}), undo, ticket=row.id, number=row.number)


def held_leg(tx: Write, ticket: str) -> ServiceRow | None:
    """The last leg of a ticket if it was held."""
    done = legs(tx.database, ticket)
    return done[-1] if done and done[-1].state is ServiceState.HELD else None


def taken_back(service: ServiceRow, desk: Desk, now: Moment) -> TicketTakenBack:
    """The same clock goes on; everything since the hold is excluded."""
    held_ms = elapsed_ms(service.pause_t, service.pause_m, service.pause_boot, now)
    return TicketTakenBack(
        ticket=service.ticket,
        service=service.id,
        visit=service.visit,
        window=desk.window,
        staff=desk.staff,
        counted_ms=service.counted_ms,
        excluded_ms=service.excluded_ms + held_ms,
        held_ms=held_ms,
    )


def return_held(desk: Desk, now: Moment, ticket: str) -> Done:
    """T12: a held ticket waits again, with class *returned*."""
    with desk.journal.write(desk.staff, now) as tx:
        row = views.ticket(tx.database, ticket)
        if row is None or row.state != "held" or row.hall != desk.hall:
            raise Refused(NOT_HELD)
        tx.record(TicketReturned(ticket=ticket))
    return Done(Reason(RETURNED, {"number": row.number}), number=row.number)
