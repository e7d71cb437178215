"""Facts of a hall with several PCs: one of them, the number host, gives out tickets and numbers; the others claim them.

Only one node at a time may call a ticket: the number host, or, for a number that a cut-off PC gave itself, that PC until
it hands the ticket over. The right passes by a fact in the log of whoever had it.
"""

from __future__ import annotations

from enum import StrEnum

from storage.facts.base import Fact, kind


class DoubleKind(StrEnum):
    """What two cut-off nodes did twice: a ticket served in two visits, a number served twice without its ticket, a clerk
    or a window with two matters open at once.
    """

    TICKET = "ticket"
    NUMBER = "number"
    CLERK = "clerk"
    WINDOW = "window"


class Want(StrEnum):
    """What a node asks the number host for: the next ticket of a window, the next number of a group, a ticket taken out."""

    CALL = "call"
    NUMBER = "number"
    CANCEL = "cancel"


class Got(StrEnum):
    """What came of it; ``nobody``: no ticket waits for this window, ``not_now``: the number host gives nothing yet, ``no``:
    not any more, ``away``: it did not answer.
    """

    GIVEN = "given"
    NOBODY = "nobody"
    NOT_NOW = "not_now"
    NO = "no"
    AWAY = "away"


@kind("ticket.claimed")
class TicketClaimed(Fact, frozen=True):
    """The number host keeps a ticket for the window of another ``node``, which alone may call it from now on; ``claim`` is
    the random id under which that node asked, ``target`` where the ticket had been transferred to.
    """

    claim: str
    ticket: str
    node: str
    window: str
    staff: str
    target: str = ""


@kind("number.claimed")
class NumberClaimed(Fact, frozen=True):
    """The number host gives a number away to another node, which issues it; a number that is never issued is a gap."""

    claim: str
    node: str
    day: str
    number: str


@kind("claim.dropped")
class ClaimDropped(Fact, frozen=True):
    """The node that claimed a ticket never called it (the answer was lost, or the window had moved on): it waits again."""

    claim: str
    ticket: str
    target: str = ""


@kind("tickets.handed_over")
class TicketsHandedOver(Fact, frozen=True):
    """Numbers that this node gave itself while it was cut off belong to the number host from now on."""

    tickets: tuple[str, ...]


@kind("double.found")
class DoubleFound(Fact, frozen=True):
    """Business rule 7.5.3 across nodes that were cut off: ``first`` and ``second`` are services, ``subject`` the ticket's
    number, the clerk's or the window's.
    """

    what: DoubleKind
    day: str
    subject: str
    first: str
    second: str
