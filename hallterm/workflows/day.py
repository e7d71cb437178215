"""The business day of a hall: opened once by the first transaction that needs it, closed by the station."""

from __future__ import annotations

from hallterm.rules.day import business_day
from storage import claims, views
from storage.facts import DayClosed, DayOpened
from storage.journal import Write

TICKETS_A_FACT = 300
"""A line of the journal has room for more, but not for all the tickets of a bad day."""


def ensure_day(tx: Write) -> str:
    """The business day of this transaction; a new one is opened, and what still waited or was held yesterday is closed.

    Tickets that are being called or served stay open. The day never goes back, whatever the wall clock does.
    """
    hall = tx.identity.hall
    last = views.last_day(tx.database, hall)
    day = business_day(tx.now.t, last)
    if day != last:
        left = _ours(tx, [ticket.id for ticket in views.open_tickets(tx.database, hall, day)])
        for part in _parts(left):
            tx.record(DayOpened(day=day, abandoned=part))
    return day


def _ours(tx: Write, tickets: list[str]) -> list[str]:
    """Those of these tickets that this node may close: its own numbers, and the hall's if it is the number host."""
    keepers, host = claims.keepers(tx.database), claims.number_host(tx.database, tx.identity.hall)
    return [ticket for ticket in tickets if keepers.get(ticket, host or tx.identity.node) == tx.identity.node]


def _parts(tickets: list[str]) -> list[tuple[str, ...]]:
    """At least one part, empty or not."""
    starts = range(0, max(1, len(tickets)), TICKETS_A_FACT)
    return [tuple(tickets[at : at + TICKETS_A_FACT]) for at in starts]


def close_day(tx: Write, day: str) -> None:
    """Day end: what still waits or is held is abandoned, by the number host. Nothing is recorded twice."""
    if views.day_closed(tx.database, tx.identity.hall, day) or claims.number_host(tx.database, tx.identity.hall):
        return
    hall = tx.identity.hall
    left = [ticket.id for ticket in views.waiting(tx.database, hall, day)]
    left += [ticket.id for ticket in views.held_in_hall(tx.database, hall, day)]
    for part in _parts(_ours(tx, left)):
        tx.record(DayClosed(day=day, abandoned=part))
