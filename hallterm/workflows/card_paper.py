"""The paper of an outage card, as a printer gets it."""

from __future__ import annotations

from devices.ticket import Align, TicketDoc, TicketLine
from hallterm.locale import _
from hallterm.workflows.ticketing import group_name
from storage import views
from storage.database import Database
from storage.views.outages import CardRow
from storage.views.reading import columns, one


def card_slip(db: Database, card: str) -> TicketDoc | None:
    """None: there is no such card."""
    row = one(db, CardRow, f'SELECT {columns(CardRow)} FROM outage_card WHERE "id" = ? AND "issued_t" > 0', (card,))
    if row is None:
        return None
    hall = views.hall(db, row.hall)
    lines = [
        TicketLine(hall.name if hall else row.hall, align=Align.CENTER),
        TicketLine(row.number, size=2, bold=True, align=Align.CENTER),
        TicketLine(group_name(row.prefix), size=2, align=Align.CENTER),
        TicketLine(_("Good until {day}, once: you go first").format(day=row.last_day)),
        TicketLine(_("Show this card at the guide's desk for a number.")),
        TicketLine(row.signature, align=Align.CENTER),
    ]
    return TicketDoc(tuple(line for line in lines if line.text))
