"""Facts of tickets and visits."""

from __future__ import annotations

from storage.facts.base import Fact, kind
from storage.facts.sets import HoldReason, TicketClass, TicketKind, TicketResult

# tickets and visits


@kind("ticket.issued")
class TicketIssued(Fact, frozen=True):
    day: str
    number: str
    prefix: str
    cls: TicketClass = TicketClass.NORMAL
    ticket_kind: TicketKind = TicketKind.ONSITE
    service_code: str = ""


@kind("ticket.printed")
class TicketPrinted(Fact, frozen=True):
    ticket: str
    reprint: bool = False


@kind("ticket.called")
class TicketCalled(Fact, frozen=True):
    """The ``nth`` call; ``wait_s`` only with the first one (it is frozen there); ``claim`` under which the number host gave
    the ticket to this node.
    """

    ticket: str
    number: str
    window: str
    staff: str
    nth: int
    day: str
    prefix: str
    wait_s: int | None = None
    claim: str = ""


@kind("ticket.no_show")
class TicketNoShow(Fact, frozen=True):
    ticket: str
    window: str
    staff: str
    day: str
    prefix: str


@kind("ticket.reinstated")
class TicketReinstated(Fact, frozen=True):
    """Nobody had come; the holder is here after all and waits again, once. ``staff`` had called it."""

    ticket: str
    day: str
    prefix: str
    staff: str


@kind("ticket.cancelled")
class TicketCancelled(Fact, frozen=True):
    ticket: str


@kind("ticket.held")
class TicketHeld(Fact, frozen=True):
    """Serving stops, the window is idle; the leg's counted time so far is kept in the service."""

    ticket: str
    service: str
    window: str
    staff: str
    reason: HoldReason
    counted_ms: int
    excluded_ms: int


@kind("ticket.taken_back")
class TicketTakenBack(Fact, frozen=True):
    """The same window goes on with its own held ticket: the same clock runs again; held time is excluded."""

    ticket: str
    service: str
    visit: str
    window: str
    staff: str
    counted_ms: int
    excluded_ms: int
    held_ms: int


@kind("ticket.returned")
class TicketReturned(Fact, frozen=True):
    """A held ticket goes back to the queue with class ``returned``."""

    ticket: str


@kind("ticket.transferred")
class TicketTransferred(Fact, frozen=True):
    """``to`` is a window code or a ticket prefix; the first clerk keeps his counted seconds."""

    ticket: str
    to: str
    prefix: str
    window: str
    staff: str
    day: str
    service: str = ""
    visit: str = ""
    code: str = ""
    counted_ms: int = 0
    excluded_ms: int = 0


@kind("ticket.ended")
class TicketEnded(Fact, frozen=True):
    """``reason``: why a leader ended it, at the end of a day."""

    ticket: str
    result: TicketResult
    reason: str = ""


@kind("visit.identified")
class VisitIdentified(Fact, frozen=True):
    """Who is served, as a reference into the vault: ``ref`` names the sealed identity, ``hash`` is keyed.

    A called ticket has no visit yet, and a walk-up has no ticket; ``*_before`` is what was known until then.
    """

    visit: str
    window: str
    staff: str
    ref: str
    hash: str
    ticket: str = ""
    ref_before: str = ""
    hash_before: str = ""


@kind("visit.closed")
class VisitClosed(Fact, frozen=True):
    visit: str
    window: str
    ticket: str = ""
