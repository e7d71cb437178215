"""Deciding at a centre about one of its halls: which halls wait for whom, and the desk at which it is done.

What is recorded there is of that hall, and goes down to it with the feed. At a hall's own PC everything is as it was.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from hallterm.locale import N_
from hallterm.rules.day import business_day
from hallterm.rules.words import Reason
from hallterm.workflows.day import ensure_day
from hallterm.workflows.desk import Desk, Refused
from hallterm.workflows.rights import is_allowed
from storage import nodes, views
from storage.access import Action, Level, level
from storage.database import Database
from storage.facts import Moment
from storage.journal import Write
from storage.views import attendance, cases, reporting

AT_THE_CENTRE = Reason(N_("this was recorded elsewhere: it is decided there"))
APPEALS_ABOVE = Reason(N_("this hall has a centre: appeals are decided there, so that nothing is decided twice"))


class HallToDecide(Struct, frozen=True):
    """A hall, and how much of each thing waits there. ``contact_t``: as old as this (0: never), ``last_day`` of business."""

    code: str
    name: str
    waits: tuple[int, ...]
    contact_t: int
    last_day: str


class HallsToDecide(Struct, frozen=True):
    """The halls where somebody may open a page, and who looks."""

    halls: tuple[HallToDecide, ...]
    viewer: str


Counted = Callable[[Database, str, Moment], int]
"""How much waits in a hall."""


def leaves_waiting(db: Database, hall: str, _now: Moment) -> int:
    return len(attendance.leaves_waiting(db, hall))


def cases_open(db: Database, hall: str, _now: Moment) -> int:
    return len(cases.open_cases(db, hall))


LEAVES_AND_CASES: Final[tuple[Counted, ...]] = (leaves_waiting, cases_open)


def in_hall(desk: Desk, hall: str) -> Desk:
    """The desk of who decides about a hall; at a hall's own PC it is the desk itself."""
    if desk.hall or not hall:
        return desk
    return replace(desk, journal=desk.journal.speaking_of(hall), hall=hall, window="")


def halls_to_decide(
    desk: Desk, now: Moment, actions: Collection[Action], counted: Collection[Counted] = LEAVES_AND_CASES
) -> HallsToDecide:
    """Every hall where this person may do one of these, the ones with most to do first."""
    db = desk.journal.database
    halls = [one for one in reporting.places(db) if one.name and level(one.code) is Level.HALL]
    mine = [one for one in halls if any(is_allowed(db, desk.staff, action, one.code) for action in actions)]
    reach = reporting.reaches(db, [one.code for one in mine]) if mine else {}
    lines = [
        HallToDecide(
            one.code,
            one.name,
            tuple(count(db, one.code, now) for count in counted),
            reach[one.code].contact_t,
            reach[one.code].last_day,
        )
        for one in mine
    ]
    person = views.staff(db, desk.staff)
    ordered = sorted(lines, key=lambda one: (-sum(one.waits), one.code))
    return HallsToDecide(tuple(ordered), person.name if person else desk.staff)


def refuse_elsewhere(desk: Desk, id: str) -> None:
    """What undoes a recorded thing is said by those who recorded it: a hall, or its centre. Raises Refused.

    Otherwise the two could do it at once, and it would count twice.
    """
    node, own = id.split("/", 1)[0], desk.journal.identity.node
    if node.startswith(f"{desk.hall}-") is not own.startswith(f"{desk.hall}-"):
        raise Refused(AT_THE_CENTRE)


def is_of_hall(desk: Desk) -> bool:
    """Whether this is a PC of the hall itself, where its days are opened and its windows stand; else it is a centre."""
    return desk.journal.identity.node.startswith(f"{desk.hall}-")


def day_at(tx: Write, desk: Desk) -> str:
    """The business day of what is decided about a hall; a hall's own PC opens it, a centre only names it."""
    return ensure_day(tx) if is_of_hall(desk) else business_day(tx.now.t, views.last_day(tx.database, desk.hall))


def appeals_above(db: Database, desk: Desk) -> Reason | None:
    """Why an appeal is not decided at this PC: one node decides, and that is the centre where there is one."""
    return APPEALS_ABOVE if is_of_hall(desk) and nodes.upstream(db) is not None else None
