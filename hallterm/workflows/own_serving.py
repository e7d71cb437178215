"""What goes on at a clerk's own window while he looks at another page."""

from __future__ import annotations

from msgspec import Struct

from hallterm.workflows.desk import Desk
from storage import views
from storage.facts import WindowState

GOES_ON = (WindowState.SERVING, WindowState.PAUSED)


class Serving(Struct, frozen=True):
    """The number of the ticket (the code of the matter without one), and since when, ms UTC."""

    number: str
    start_t: int


def own_serving(desk: Desk) -> Serving | None:
    """The case at the desk's window; None when nobody is served there."""
    db = desk.journal.database
    window = views.window(db, desk.window) if desk.window else None
    if window is None or window.state not in GOES_ON or not window.service:
        return None
    service = views.service(db, window.service)
    if service is None:
        return None
    ticket = views.ticket(db, service.ticket) if service.ticket else None
    return Serving(ticket.number if ticket else service.code, service.start_t)
