"""Projections of a hall with several PCs: claims, own numbers, numbers served without their ticket, doubles."""

from __future__ import annotations

from collections.abc import Iterator

from storage import facts as f
from storage.facts import TicketState
from storage.projections.counter import ticket_now
from storage.projections.register import Placed, projects
from storage.statements import Step, latest, opening

CLAIM = latest("claim", ("id",), ("hall", "node", "ticket", "target", "window", "day", "number", "claimed_t"))
CLAIM_DROPPED = opening("claim", ("id",), ("dropped",))
OWN_HANDED = opening("own_number", ("ticket",), ("handed",))
DOUBLE = opening("double", ("id",), ("hall", "day", "what", "subject", "first", "second", "found_t"))


@projects(f.TicketClaimed)
def ticket_claimed(p: Placed) -> Iterator[Step]:
    """The ticket waits no more for anybody else; the call itself is the claiming node's own fact."""
    d = p.fact
    yield Step(CLAIM, (d.claim, p.hall, d.node, d.ticket, d.target, d.window, "", "", p.t, p.ord))
    yield from ticket_now(p, d.ticket, TicketState.CALLED, window=d.window, staff=d.staff, target=d.target)


@projects(f.NumberClaimed)
def number_claimed(p: Placed) -> Iterator[Step]:
    d = p.fact
    yield Step(CLAIM, (d.claim, p.hall, d.node, "", "", "", d.day, d.number, p.t, p.ord))


@projects(f.ClaimDropped)
def claim_dropped(p: Placed) -> Iterator[Step]:
    d = p.fact
    yield Step(CLAIM_DROPPED, (d.claim, 1))
    yield from ticket_now(p, d.ticket, TicketState.WAITING, target=d.target)


@projects(f.TicketsHandedOver)
def handed_over(p: Placed) -> Iterator[Step]:
    for ticket in p.fact.tickets:
        yield Step(OWN_HANDED, (ticket, 1))


@projects(f.DoubleFound)
def double_found(p: Placed) -> Iterator[Step]:
    d = p.fact
    yield Step(DOUBLE, (p.id, p.hall, d.day, d.what, d.subject, d.first, d.second, p.t))
