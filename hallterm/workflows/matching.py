"""Who was served with his number while the number host was away is not called again."""

from __future__ import annotations

from storage import claims
from storage.facts import TicketEnded, TicketResult
from storage.journal import Write


def end_served(tx: Write, day: str) -> None:
    """The tickets of such people end; before each choice of a ticket, so that none of them is chosen."""
    for ticket in claims.served_without_call(tx.database, tx.identity.hall, day):
        tx.record(TicketEnded(ticket=ticket, result=TicketResult.DONE))
