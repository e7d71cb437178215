"""T26: the hall closes with people waiting. A leader decides for each ticket; what he leaves is abandoned at the day's end.

Business rules 7.2 (T26) and 7.5.10.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hallterm.locale import N_
from hallterm.rules.day import closing_t, local
from hallterm.rules.words import Reason, Value
from hallterm.workflows.day import ensure_day
from hallterm.workflows.desk import Desk, Refused
from hallterm.workflows.dispatch import SAY_WHY, Dispatched
from hallterm.workflows.dispatch_rights import leads
from hallterm.workflows.dispatch_words import WHY
from hallterm.workflows.number_host import has_host
from hallterm.workflows.outage_cards import HOST_ONLY
from hallterm.workflows.workdays import hall_hours
from storage import views
from storage.database import Database
from storage.facts import (
    DispatchDone,
    DispatchKind,
    DispatchReason,
    Moment,
    Reopened,
    TicketEnded,
    TicketResult,
    TicketState,
)
from storage.journal import Write
from storage.views import HallRow, TicketRow

DECIDED = N_("{time} {count} tickets: {result}")
RESULTS: Mapping[TicketResult, str] = {
    TicketResult.REBOOKED: N_("booked for another day"),
    TicketResult.ABANDONED: N_("given up"),
}
"""In the order of the digits."""
NOT_OPEN = N_("{number} neither waits nor is held")
NO_TICKET = Reason(N_("this ticket is not known here"))
NO_DECISION = Reason(N_("a ticket is booked for another day or given up"))
LONGEST_NOTE = 200


def undecided(db: Database, hall: str, day: str) -> list[TicketRow]:
    """What still waits or is held."""
    return [*views.waiting(db, hall, day), *views.held_in_hall(db, hall, day)]


def is_over(hall: HallRow, day: str, now: Moment) -> bool:
    """The hours of the day are over; never in a hall that is always open."""
    return not hall.open_always and now.t >= closing_t(hall_hours(hall), day)


def settle_tickets(
    desk: Desk, now: Moment, tickets: Sequence[str], result: TicketResult, reason: DispatchReason, note: str = ""
) -> Dispatched:
    """Book them for another day or give them up, with the reason; all or none. Raises Refused."""
    if result not in RESULTS:
        raise Refused(NO_DECISION)
    if reason is DispatchReason.OTHER and not note.strip():
        raise Refused(SAY_WHY)
    if has_host(desk):
        raise Refused(HOST_ONLY)
    note = " ".join(note.split())[:LONGEST_NOTE]
    with desk.journal.write(desk.staff, now) as tx:
        leads(desk, tx.database)
        day = ensure_day(tx)
        before = tuple(_end(tx, desk, id, result, note or WHY[reason]) for id in tickets)
        if not before:
            raise Refused(NO_TICKET)
        single = tickets[0] if len(tickets) == 1 else ""
        step = tx.record(
            DispatchDone(
                dispatch=DispatchKind.DAY_END, day=day, reason=reason, note=note, ticket=single, to=result.value
            )
        )
    values: dict[str, Value] = {
        "time": f"{local(now.t):%H:%M}",
        "count": len(before),
        "result": Reason(RESULTS[result]),
    }
    return Dispatched(Reason(DECIDED, values), step, now, before)


def _end(tx: Write, desk: Desk, id: str, result: TicketResult, reason: str) -> Reopened:
    """End one; what it was, for an undo."""
    row = views.ticket(tx.database, id)
    if row is None or row.hall != desk.hall:
        raise Refused(NO_TICKET)
    if row.state not in (TicketState.WAITING, TicketState.HELD):
        raise Refused(Reason(NOT_OPEN, {"number": row.number}))
    tx.record(TicketEnded(id, result, reason))
    return Reopened(id, views.ticket_now(row))
