"""The case at a window as it is now: what every counter workflow reads inside its transaction before it decides."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from hallterm.locale import N_
from hallterm.rules.counter import NEXT_SERVICE_WITHIN_S, Situation, refusal
from hallterm.rules.day import opening
from hallterm.rules.queue import QueuedTicket, WindowGroups, order
from hallterm.rules.settings_table import SettingName
from hallterm.rules.timers import elapsed_ms
from hallterm.rules.words import Reason
from hallterm.workflows.desk import Desk, Refused
from hallterm.workflows.hall_settings import per_visit, setting
from hallterm.workflows.number_host import host_state
from hallterm.workflows.pads import mirror_there
from hallterm.workflows.workdays import hall_hours, is_workday
from storage import claims, views
from storage.database import Database
from storage.facts import CounterAction, HallKind, Moment, ServiceState, WindowState
from storage.views import AskRow, HallRow, Matter, ServiceRow, TicketRow, VisitRow, WindowRow

NOT_YOURS = Reason(N_("this window is not open under your number; sign on again"))
NO_WINDOW = Reason(N_("this window is not known; ask the administrator"))


class Case(Struct, frozen=True):
    """Rows of one window and of what it is doing. ``waiting`` is what may be called here; ``hub_down``: the number host is
    another PC, and away.
    """

    day: str
    hall: HallRow
    window: WindowRow
    ticket: TicketRow | None
    service: ServiceRow | None
    visit: VisitRow | None
    ask: AskRow | None
    matter: Matter | None
    waiting: tuple[TicketRow, ...]
    held: tuple[TicketRow, ...]
    unrated: int
    rating_timeout_s: int
    per_visit: bool
    workday: bool
    hub_down: bool = False


def read_case(db: Database, desk: Desk, day: str, *, alone: bool = False) -> Case:
    """Read the case; raises Refused when the window is unknown. ``alone``: the number host has just given no answer."""
    window, hall = views.window(db, desk.window), views.hall(db, desk.hall)
    if window is None or hall is None:
        raise Refused(NO_WINDOW)
    host = host_state(desk)
    hub_down = host is not None and (alone or not host.online)
    keeper = desk.journal.identity.node if hub_down else ""
    service = views.service(db, window.service) if window.service else None
    ticket = views.ticket(db, window.ticket) if window.ticket else None
    code = service.code if service else ticket.service_code if ticket else ""
    number = service.version if service else None
    return Case(
        day=day,
        hall=hall,
        window=window,
        ticket=ticket,
        service=service,
        visit=views.visit(db, window.visit) if window.visit else None,
        ask=views.ask_of_service(db, service.id) if service else None,
        matter=views.matter(db, desk.hall, code, number, day) if code else None,
        waiting=tuple(claims.waiting(db, desk.hall, day, keeper)),
        held=tuple(views.held(db, desk.hall, desk.staff)),
        unrated=len(views.unrated_today(db, desk.hall, desk.staff, day)),
        rating_timeout_s=setting(db, SettingName.RATING_TIMEOUT_S, desk.hall, day),
        per_visit=per_visit(db, desk.hall, service.day if service else day),
        workday=is_workday(db, hall, day),
        hub_down=hub_down,
    )


def legs(db: Database, ticket: str) -> list[ServiceRow]:
    """What was done for a ticket so far, in order; a start that was taken back is no leg."""
    return [one for one in _begun(db, ticket) if one.state is not ServiceState.CANCELLED]


def visit_of(db: Database, ticket: str) -> str:
    """The visit that a ticket opened, also by a start that was taken back; empty before."""
    begun = _begun(db, ticket)
    return begun[0].visit if begun else ""


def _begun(db: Database, ticket: str) -> list[ServiceRow]:
    one = views.service_of_ticket(db, ticket)
    return views.services_of_visit(db, one.visit) if one else []


def groups_of(window: WindowRow) -> WindowGroups:
    """The groups a window calls."""
    return WindowGroups(window.primary_groups, window.secondary_groups)


def group_of(ticket: TicketRow, window: WindowRow | None = None) -> str:
    """The group a ticket waits in: its own prefix, or where it was transferred; '' if it waits for another window."""
    if not ticket.target:
        return ticket.prefix
    if len(ticket.target) == 1:
        return ticket.target
    if window is not None and ticket.target == window.code:
        return window.primary_groups[0] if window.primary_groups else ticket.prefix
    return ""


def queue_of(window: WindowRow, waiting: tuple[TicketRow, ...], now_t: int) -> list[QueuedTicket]:
    """The tickets this window may call, in the order in which it calls them."""
    return order((queued(row, window) for row in waiting if group_of(row, window)), groups_of(window), now_t)


def queued(row: TicketRow, window: WindowRow) -> QueuedTicket:
    """A ticket as the rules of the queue read it, at this window."""
    return QueuedTicket(row.id, row.number, group_of(row, window), row.cls, row.issued_t, row.waiting_since_t)


def since_s(t: int, m: int, boot: str, now: Moment) -> int:
    """Whole seconds since a past reading of the clocks."""
    return elapsed_ms(t, m, boot, now) // 1000


def can_add_matter(case: Case, now: Moment) -> bool:
    """The last visit is open, at this idle window, for less than five minutes."""
    visit = case.visit
    if visit is None or visit.closed_t or case.window.state is not WindowState.IDLE:
        return False
    return 0 <= now.t - case.window.since_t < NEXT_SERVICE_WITHIN_S * 1000


def asked_at(case: Case) -> tuple[int, int, str]:
    """When the rating was asked for: by the pad's window, else by the finish."""
    if case.ask is not None and case.ask.state == "open":
        return case.ask.asked_t, case.ask.asked_m, case.ask.asked_boot
    return case.window.since_t, 0, ""


def situation(case: Case, now: Moment, *, undo_available: bool = False, mirror: bool = False) -> Situation:
    """What the rules look at; ``mirror``: the second screen of the window takes keys."""
    ticket, service, matter = case.ticket, case.service, case.matter
    asked_t, asked_m, asked_boot = asked_at(case)
    called = ticket is not None and bool(ticket.calls)
    return Situation(
        window_state=case.window.state,
        waiting_count=len(queue_of(case.window, case.waiting, now.t)),
        calls=ticket.calls if ticket else 0,
        s_since_last_call=since_s(ticket.last_called_t, ticket.last_called_m, ticket.last_called_boot, now)
        if ticket and called
        else 0,
        last_called_t=ticket.last_called_t if ticket else 0,
        held_count=len(case.held),
        can_next=can_add_matter(case, now),
        unrated_today=case.unrated,
        number=ticket.number if ticket else "",
        code=service.code if service else ticket.service_code if ticket else "",
        has_ticket=ticket is not None,
        quantity=service.quantity if service else 1,
        batchable=matter.batchable if matter else False,
        asked_t=asked_t,
        rating_s_so_far=since_s(asked_t, asked_m, asked_boot, now),
        rating_timeout_s=case.rating_timeout_s,
        per_visit=case.per_visit,
        may_issue=opening(hall_hours(case.hall), now.t, workday=case.workday).may_issue,
        undo_available=undo_available,
        hub_down=case.hub_down,
        is_point=case.hall.hall_kind is HallKind.POINT,
        mirror=mirror,
    )


def require(case: Case, desk: Desk, now: Moment, action: CounterAction, *, somebody_waits: bool = False) -> Situation:
    """Raise Refused unless the rules allow the action at this window for this person; answers the situation.

    ``somebody_waits``: the number host knows who does.
    """
    if case.window.staff != desk.staff:
        raise Refused(NOT_YOURS)
    there = action is CounterAction.SHOW_ENTRY and mirror_there(desk.board, desk.window, now)
    looked_at = situation(case, now, mirror=there)
    if somebody_waits:
        looked_at = replace(looked_at, waiting_count=max(1, looked_at.waiting_count))
    reason = refusal(looked_at, action)
    if reason is not None:
        raise Refused(reason)
    return looked_at
