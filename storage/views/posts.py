"""Posts with two people (A at the window, B stands in), and who stands in now."""

from __future__ import annotations

from msgspec import Struct

from storage.database import Database
from storage.facts import SubstitutionReason
from storage.views.reading import columns, structs


class PostRow(Struct, frozen=True):
    """The two people of a window; ``from_day`` is the first day it holds."""

    window: str
    from_day: str
    staff_a: str
    staff_b: str


class StandIn(Struct, frozen=True):
    """``staff`` stands in for ``staff_a``, since ``began_t``; ``ended_t`` 0: for the rest of the day (ms UTC)."""

    id: str
    window: str
    staff_a: str
    staff: str
    day: str
    reason: SubstitutionReason
    note: str
    leave: str
    began_t: int
    ended_t: int


def posts(db: Database, hall: str, day: str) -> list[PostRow]:
    """The post of each window that has one on a day, by window."""
    sql = f'SELECT {columns(PostRow)} FROM post WHERE "hall" = ? AND "from_day" <= ? ORDER BY "from_day"'
    newest = {row.window: row for row in structs(db, PostRow, sql, (hall, day))}
    return [newest[window] for window in sorted(newest) if newest[window].staff_a or newest[window].staff_b]


def stand_ins(db: Database, hall: str, day: str) -> list[StandIn]:
    """Everybody who stood in on a day, in the order it began."""
    sql = f'SELECT {columns(StandIn)} FROM substitution WHERE "hall" = ? AND "day" = ? ORDER BY "began_t", "id"'
    return structs(db, StandIn, sql, (hall, day))
