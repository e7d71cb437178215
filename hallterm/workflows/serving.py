"""Matters at a counter: start, walk-up, next matter, change, quantity, pause, resume, blocked keys, finish."""

from __future__ import annotations

from hallterm.locale import N_
from hallterm.rules.counter import (
    ONE_AT_A_TIME,
    QUANTITY_FIRST,
)
from hallterm.rules.day import clock_text, day_clock_text
from hallterm.rules.timers import (
    SUSPICIOUS_S,
    elapsed_ms,
    is_suspicious,
    limit_s,
    pause_choices,
    pause_rule,
    timing,
)
from hallterm.rules.words import Reason
from hallterm.workflows.calling import held_leg, taken_back, ticket_of, undoable
from hallterm.workflows.case import Case, legs, read_case, require, since_s, visit_of
from hallterm.workflows.clocks import last_change, later, resumed_fact, stopped, to_confirm
from hallterm.workflows.crediting import credited
from hallterm.workflows.day import ensure_day
from hallterm.workflows.desk import Desk, Done, Refused
from hallterm.workflows.look import health
from hallterm.workflows.pads import pad_ready
from hallterm.workflows.rating import missing_fact
from hallterm.workflows.visit_rating import carry, joined, joined_at_once, visit_is_rated
from hallterm.workflows.workdays import confirm_until_t
from storage import views
from storage.facts import (
    CounterAction,
    EntryMode,
    Moment,
    PauseReason,
    RatingJoined,
    ServiceBlocked,
    ServiceChanged,
    ServiceFinished,
    ServicePaused,
    ServiceStarted,
    ServiceState,
    UnratedReason,
    WindowState,
)
from storage.journal import Write
from storage.views import Matter, ServiceRow, TicketRow

STARTED = N_("{time} {subject} started: {code}. Backspace takes it back within 10 s")
CHANGED = N_("{code} now; the clock goes on. Backspace takes it back within 10 s")
QUANTITY = N_("quantity {quantity}, limit {limit}. Backspace takes it back within 10 s")
PAUSED = N_("paused: {reason}. Backspace takes it back within 10 s")
RESUMED = N_("the clock runs again. Backspace takes it back within 10 s")
FINISHED = N_("{time} {code} finished in {used}. Until the rating Backspace takes it back")
FINISHED_SHORT = N_("{time} {code} finished in {used}: under {least} s, credited once verified")
FINISHED_RATED = N_("{time} {code} finished in {used}. The visit has its rating already")
SAME_VISIT = N_("{subject} goes on: {code}; one rating at the end. Backspace takes it back")
CONFIRM = N_("the clock runs again; the duty leader confirms this pause until {time}")
NOT_CHOSEN = N_("{reason}: not now, {why}")
FINISHED_NO_PAD = N_("{time} {code} finished in {used}. Unrated: the pad is out of order, exempt")
NO_MATTER = N_("there is no code {code} here")
NO_TICKET_MATTER = Reason(N_("the ticket names no matter: choose one"))
NOTE_NEEDED = Reason(N_("say in a few words what it is"))
NOTHING_OPEN = Reason(N_("no matter is open at this window"))
BY_PROGRAM = Reason(N_("only the program itself sets this reason"))


def service_of(case: Case) -> ServiceRow:
    """The service of the case; the rules have allowed an action that needs one."""
    if case.service is None:
        raise Refused(NOTHING_OPEN)
    return case.service


def matter_of(tx: Write, desk: Desk, code: str, day: str = "") -> Matter:
    """A matter that may be started here, as it holds on a day (else the one that is open); raises Refused for an unknown
    or hidden code.
    """
    matter = views.matter(tx.database, desk.hall, code, day=day or views.last_day(tx.database, desk.hall))
    if matter is None or matter.hidden:
        raise Refused(Reason(NO_MATTER, {"code": code}))
    return matter


def pieces(matter: Matter, quantity: int) -> int:
    """How many pieces may be done at once; raises Refused."""
    if quantity < 1:
        raise Refused(QUANTITY_FIRST)
    if quantity > 1 and not matter.batchable:
        raise Refused(ONE_AT_A_TIME)
    return quantity


def minutes_text(seconds: int) -> str:
    """``M:SS``."""
    return f"{seconds // 60}:{seconds % 60:02d}"


def start(desk: Desk, now: Moment, code: str = "", quantity: int = 1) -> Done:
    """T6: the ticket's matter, or another one, is begun."""
    with desk.journal.write(desk.staff, now) as tx:
        case = read_case(tx.database, desk, ensure_day(tx))
        require(case, desk, now, CounterAction.START)
        row = ticket_of(case)
        if not (code or row.service_code):
            raise Refused(NO_TICKET_MATTER)
        matter = matter_of(tx, desk, code or row.service_code)
        pieces(matter, quantity)
        held = held_leg(tx, row.id)
        goes_on = held is not None and (held.staff, held.code, held.quantity) == (desk.staff, matter.code, quantity)
        own = held if goes_on else None
        begun = taken_back(own, desk, now) if own else started_fact(tx, case, row, matter, quantity)
        fact = tx.record(begun)
    words = Reason(STARTED, {"time": clock_text(now.t), "subject": row.number, "code": matter.code})
    return Done(words, undoable(case, CounterAction.START, fact, begun, now, service=own), number=row.number)


def started_fact(tx: Write, case: Case, row: TicketRow, matter: Matter, quantity: int) -> ServiceStarted:
    """The next leg of a called ticket."""
    return ServiceStarted(
        window=case.window.code,
        staff=case.window.staff,
        day=case.day,
        code=matter.code,
        number=matter.number,
        limit_s=limit_s(matter.limit_min, quantity, matter.batchable),
        quantity=quantity,
        leg=len(legs(tx.database, row.id)) + 1,
        ticket=row.id,
        visit=visit_of(tx.database, row.id),
        move_s=since_s(row.last_called_t, row.last_called_m, row.last_called_boot, tx.now),
    )


def next_service(desk: Desk, now: Moment, code: str, quantity: int = 1) -> Done:
    """T21: another matter of the same visit, without a new call."""
    with desk.journal.write(desk.staff, now) as tx:
        case = read_case(tx.database, desk, ensure_day(tx))
        require(case, desk, now, CounterAction.NEXT_SERVICE)
        matter = matter_of(tx, desk, code)
        pieces(matter, quantity)
        put_off = _put_off(tx, case)
        visit = case.visit
        begun = views.services_of_visit(tx.database, visit.id) if visit else []
        earlier = [one for one in begun if one.state is not ServiceState.CANCELLED]
        started = ServiceStarted(
            window=desk.window,
            staff=desk.staff,
            day=case.day,
            code=matter.code,
            number=matter.number,
            limit_s=limit_s(matter.limit_min, quantity, matter.batchable),
            quantity=quantity,
            leg=len(earlier) + 1,
            ticket=visit.ticket if visit else "",
            visit=visit.id if visit else "",
            entry_mode=EntryMode(earlier[-1].entry_mode) if earlier else EntryMode.LIVE,
            walk_up_reason=earlier[-1].walk_up_reason if earlier else "",
        )
        fact = tx.record(started)
    values = {"time": clock_text(now.t), "subject": case.ticket.number if case.ticket else matter.code}
    words = Reason(SAME_VISIT if put_off else STARTED, {**values, "code": matter.code})
    return Done(words, undoable(case, CounterAction.NEXT_SERVICE, fact, started, now, joined=put_off))


def _put_off(tx: Write, case: Case) -> RatingJoined | None:
    """One rating is for the whole visit: the prompt that runs is cancelled, the last finish asks again."""
    if case.window.state is not WindowState.AWAITING_RATING or case.service is None:
        return None
    fact = joined(case.service, case.ask)
    tx.record(fact)
    return fact


def change_service(desk: Desk, now: Moment, code: str, quantity: int = 0) -> Done:
    """T14: another matter while serving; a new limit, the clock is not reset. ``quantity`` 0 keeps it where it may."""
    with desk.journal.write(desk.staff, now) as tx:
        case = read_case(tx.database, desk, ensure_day(tx))
        require(case, desk, now, CounterAction.CHANGE_SERVICE)
        service, matter = service_of(case), matter_of(tx, desk, code)
        count = quantity or (service.quantity if matter.batchable else 1)
        changed = _changed(service, matter, pieces(matter, count))
        fact = tx.record(changed)
    undo = undoable(case, CounterAction.CHANGE_SERVICE, fact, changed, now)
    return Done(Reason(CHANGED, {"code": matter.code}), undo)


def set_quantity(desk: Desk, now: Moment, quantity: int) -> Done:
    """The number of pieces of a batchable matter; the limit follows."""
    with desk.journal.write(desk.staff, now) as tx:
        case = read_case(tx.database, desk, ensure_day(tx))
        require(case, desk, now, CounterAction.QUANTITY)
        service, matter = service_of(case), case.matter
        if matter is None:
            raise Refused(NOTHING_OPEN)
        changed = _changed(service, matter, pieces(matter, quantity))
        fact = tx.record(changed)
    undo = undoable(case, CounterAction.QUANTITY, fact, changed, now)
    return Done(Reason(QUANTITY, {"quantity": quantity, "limit": minutes_text(changed.limit_s)}), undo)


def _changed(service: ServiceRow, matter: Matter, quantity: int) -> ServiceChanged:
    return ServiceChanged(
        service=service.id,
        code=matter.code,
        number=matter.number,
        limit_s=limit_s(matter.limit_min, quantity, matter.batchable),
        quantity=quantity,
    )


def pause(desk: Desk, now: Moment, reason: PauseReason, note: str = "") -> Done:
    """T8: from the press on; only an excluded reason stops the limit."""
    with desk.journal.write(desk.staff, now) as tx:
        case = read_case(tx.database, desk, ensure_day(tx))
        require(case, desk, now, CounterAction.PAUSE)
        rule = pause_rule(reason)
        if rule.by_program:
            raise Refused(BY_PROGRAM)
        _may_pause(desk, reason, now)
        if rule.note_required and not note.strip():
            raise Refused(NOTE_NEEDED)
        paused = pause_fact(case, service_of(case), desk, reason, now, note)
        fact = tx.record(paused)
    undo = undoable(case, CounterAction.PAUSE, fact, paused, now)
    return Done(Reason(PAUSED, {"reason": Reason(rule.label)}), undo)


def _may_pause(desk: Desk, reason: PauseReason, now: Moment) -> None:
    """A fault that the program itself does not see is none; raises Refused."""
    seen = health(desk, now, desk.window)
    choices = pause_choices(network_ok=seen.online, devices_ok=seen.devices_well)
    rule, why = next(choice for choice in choices if choice[0].reason is reason)
    if why is not None:
        raise Refused(Reason(NOT_CHOSEN, {"reason": Reason(rule.label), "why": why}))


def pause_fact(
    case: Case, service: ServiceRow, desk: Desk, reason: PauseReason, since: Moment, note: str = ""
) -> ServicePaused:
    """A pause that begins at ``since``."""
    totals = stopped(service, since)
    return ServicePaused(
        service=service.id,
        window=desk.window,
        staff=desk.staff,
        reason=reason,
        excluded=pause_rule(reason).excluded,
        counted_ms=totals.counted_ms,
        excluded_ms=totals.excluded_ms,
        from_t=since.t,
        from_m=since.m,
        boot=since.boot,
        visit=service.visit,
        ticket=service.ticket,
        note=note.strip()[:200],
    )


def resume(desk: Desk, now: Moment) -> Done:
    """T9: the pause ends."""
    with desk.journal.write(desk.staff, now) as tx:
        case = read_case(tx.database, desk, ensure_day(tx))
        require(case, desk, now, CounterAction.RESUME)
        resumed = resumed_fact(tx.database, service_of(case), desk.window, desk.staff, case.day, now)
        fact = tx.record(resumed)
        until_t = confirm_until_t(tx.database, case.hall, case.day)
    confirm = Reason(CONFIRM, {"time": day_clock_text(until_t)})
    words = confirm if resumed.needs_confirmation else Reason(RESUMED)
    return Done(words, undoable(case, CounterAction.RESUME, fact, resumed, now))


def blocked(desk: Desk, since: Moment, now: Moment) -> bool:
    """T10: ``finish`` could not be taken from ``since`` to ``now``: that stretch is excluded. False if no clock ran.

    A pause that counts against the limit is cut in two by it.
    """
    with desk.journal.write(desk.staff, now) as tx:
        case = read_case(tx.database, desk, ensure_day(tx))
        service = case.service
        if service is None or case.window.staff != desk.staff:
            return False
        counting_pause = bool(service.pause_boot) and not service.pause_excluded
        if not (service.run_boot or counting_pause):
            return False
        begin = later(since, last_change(service))
        if counting_pause:
            tx.record(resumed_fact(tx.database, service, desk.window, desk.staff, case.day, begin))
        tx.record(_blocked_fact(service, desk, begin, now))
        again = views.service(tx.database, service.id)
        if counting_pause and again is not None:
            tx.record(pause_fact(case, again, desk, PauseReason(service.pause_reason), now))
        return True


def _blocked_fact(service: ServiceRow, desk: Desk, begin: Moment, now: Moment) -> ServiceBlocked:
    totals = stopped(service, begin)
    blocked_ms = elapsed_ms(begin.t, begin.m, begin.boot, now)
    return ServiceBlocked(
        service=service.id,
        window=desk.window,
        staff=desk.staff,
        from_t=begin.t,
        blocked_ms=blocked_ms,
        counted_ms=totals.counted_ms,
        excluded_ms=totals.excluded_ms + blocked_ms,
        at_t=now.t,
        at_m=now.m,
        boot=now.boot,
    )


def finish(desk: Desk, now: Moment) -> Done:
    """T15: all timers stop at the press; the pad is asked by itself, or the service is unrated when there is no pad."""
    with desk.journal.write(desk.staff, now) as tx:
        case = read_case(tx.database, desk, ensure_day(tx))
        require(case, desk, now, CounterAction.FINISH)
        service = service_of(case)
        finished = finish_fact(tx, case, service, now)
        fact = tx.record(finished)
        values = {"time": clock_text(now.t), "code": service.code, "used": minutes_text(finished.counted_s)}
        if visit_is_rated(tx.database, service):
            tx.record(joined_at_once(finished))
            return Done(Reason(FINISHED_RATED, values))
        rated = case.matter is None or case.matter.rating_required
        ready = rated and pad_ready(desk, now)
        if not ready:
            tx.record(missing_fact(finished, UnratedReason.DEVICE_FAULT, exempt=True))
            carry(tx, service.id)
    if not ready:
        return Done(Reason(FINISHED_NO_PAD, values))
    if finished.suspicious:
        values["least"] = str(SUSPICIOUS_S)
    said = Reason(FINISHED_SHORT if finished.suspicious else FINISHED, values)
    return Done(said, undoable(case, CounterAction.FINISH, fact, finished, now))


def finish_fact(tx: Write, case: Case, service: ServiceRow, now: Moment) -> ServiceFinished:
    """The outcome of the rules for a service that ends now; it counts on the day on which it began."""
    totals = stopped(service, now)
    outcome = timing(totals.counted_ms, totals.excluded_ms, service.limit_s)
    matter = case.matter
    credit = credited(tx.database, case.hall.code, service.day, matter, service.quantity) if matter else 0
    return ServiceFinished(
        service=service.id,
        visit=service.visit,
        window=case.window.code,
        staff=case.window.staff,
        day=service.day,
        code=service.code,
        number=service.version,
        quantity=service.quantity,
        wall_s=outcome.wall_s,
        excluded_s=outcome.excluded_s,
        counted_s=outcome.counted_s,
        limit_s=service.limit_s,
        overtime=outcome.overtime,
        std_milliminutes=credit,
        ticket=service.ticket,
        entry_mode=EntryMode(service.entry_mode),
        suspicious=is_suspicious(outcome.counted_s),
        excluded_ms=totals.excluded_ms,
        counted_ms=totals.counted_ms,
        end_t=now.t,
        pause=service.pause_id if service.pause_boot else "",
        pause_ms=totals.pause_ms,
        pause_needs_confirmation=to_confirm(tx.database, service, case.day, now),
    )
