"""What two PCs of a hall did twice while they were cut off from each other, in words of people: names, windows, times."""

from __future__ import annotations

from msgspec import Struct

from hallterm.rules.day import business_day
from hallterm.rules.numbers import window_number
from storage import nodes, views
from storage.access import upwards
from storage.database import Database
from storage.facts import DoubleKind, Moment
from storage.views.doubles import count_doubles, double_lines

DAY_MS = 86_400_000
TWICE_DAYS, TWICE_ROWS = 62, 200


class Twice(Struct, frozen=True):
    """What two cut-off PCs of a hall did twice; a service is its window's number, the clerk's name, from and to (ms)."""

    day: str
    place: str
    what: str
    subject: str
    first: tuple[str, str, int, int]
    second: tuple[str, str, int, int]


def twice_in(db: Database, halls: list[str], names: dict[str, str], scope: str, now: Moment) -> tuple[Twice, ...]:
    """What was done twice lately in the halls that the person sees."""
    parents = nodes.parents(db)
    wanted = [one for one in halls if not scope or scope in upwards(one, parents)]
    found = double_lines(db, wanted, business_day(now.t - TWICE_DAYS * DAY_MS), TWICE_ROWS)
    people: dict[str, str] = {}

    def name(number: str) -> str:
        if number not in people:
            row = views.staff(db, number)
            people[number] = row.name if row else number
        return people[number]

    return tuple(
        Twice(
            one.day,
            names.get(one.hall, one.hall),
            one.what,
            str(window_number(one.subject)) if one.what == DoubleKind.WINDOW else one.subject,
            (_painted(one.one_window), name(one.one_staff), one.one_start_t, one.one_end_t),
            (_painted(one.two_window), name(one.two_staff), one.two_start_t, one.two_end_t),
        )
        for one in found
    )


def _painted(window: str) -> str:
    return str(window_number(window)) if window else ""


def counted(db: Database, now: Moment) -> int:
    """How many of them are known in this file."""
    return count_doubles(db, business_day(now.t - TWICE_DAYS * DAY_MS))
