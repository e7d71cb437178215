"""T26: the hall closes with people waiting. A leader decides for each ticket; what he leaves is abandoned at the day's end.

Business rules 7.2 (T26) and 7.5.10.
"""

from __future__ import annotations

from collections.abc import Sequence

from hallterm.locale import N_
from hallterm.rules.words import Reason
from hallterm.workflows.day import ensure_day
from hallterm.workflows.desk import Desk, Done, Refused
from hallterm.workflows.number_host import has_host
from hallterm.workflows.outage_cards import HOST_ONLY
from hallterm.workflows.rights import refuse_unless_allowed
from storage import views
from storage.access import Action
from storage.database import Database
from storage.facts import Moment, TicketEnded, TicketResult, TicketState
from storage.views import TicketRow

DECIDED = N_("{count} tickets: {result}")
RESULTS = {TicketResult.REBOOKED: N_("booked for another day"), TicketResult.ABANDONED: N_("given up")}
NOT_OPEN = N_("{number} neither waits nor is held")
SAY_WHY = Reason(N_("say in a few words why"))
NO_TICKET = Reason(N_("this ticket is not known here"))
NO_DECISION = Reason(N_("a ticket is booked for another day or given up"))


def undecided(db: Database, hall: str, day: str) -> list[TicketRow]:
    """What still waits or is held."""
    return [*views.waiting(db, hall, day), *views.held_in_hall(db, hall, day)]


def settle_tickets(desk: Desk, now: Moment, tickets: Sequence[str], result: TicketResult, reason: str) -> Done:
    """Book them for another day or give them up, with the reason; all or none. Raises Refused."""
    if result not in RESULTS:
        raise Refused(NO_DECISION)
    if not reason.strip():
        raise Refused(SAY_WHY)
    if has_host(desk):
        raise Refused(HOST_ONLY)
    with desk.journal.write(desk.staff, now) as tx:
        ensure_day(tx)
        refuse_unless_allowed(tx.database, desk, Action.DISPATCH)
        for id in tickets:
            row = views.ticket(tx.database, id)
            if row is None or row.hall != desk.hall:
                raise Refused(NO_TICKET)
            if row.state not in (TicketState.WAITING, TicketState.HELD):
                raise Refused(Reason(NOT_OPEN, {"number": row.number}))
            tx.record(TicketEnded(id, result, reason.strip()[:200]))
    return Done(Reason(DECIDED, {"count": len(tickets), "result": Reason(RESULTS[result])}))
