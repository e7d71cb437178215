"""The business day of a hall: opened once by the first transaction that needs it, closed by the station."""

from __future__ import annotations

from hallterm.rules.day import business_day
from storage import views
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
        left = [ticket.id for ticket in views.open_tickets(tx.database, hall, day)]
        for part in _parts(left):
            tx.record(DayOpened(day=day, abandoned=part))
    return day


def _parts(tickets: list[str]) -> list[tuple[str, ...]]:
    """At least one part, empty or not."""
    starts = range(0, max(1, len(tickets)), TICKETS_A_FACT)
    return [tuple(tickets[at : at + TICKETS_A_FACT]) for at in starts]


def close_day(tx: Write, day: str) -> None:
    """Day end: what still waits or is held is abandoned. Nothing is recorded twice."""
    if views.day_closed(tx.database, tx.identity.hall, day):
        return
    hall = tx.identity.hall
    left = [ticket.id for ticket in views.waiting(tx.database, hall, day)]
    left += [ticket.id for ticket in views.held_in_hall(tx.database, hall, day)]
    for part in _parts(left):
        tx.record(DayClosed(day=day, abandoned=part))
