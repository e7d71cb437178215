"""Posts with two people: who is away, who stands in, and which post is empty. Business rule 10 (AB posts).

A is away when a leave covers the half-day, or 15 minutes after it began without A. Then whoever was put there stands in,
else B if B is there; without either the post is empty.
"""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from hallterm.locale import N_

ALERT_AFTER_MIN = 15
"""Minutes after the start of the half-day from which somebody who has not signed on is missed."""


class Whereabouts(StrEnum):
    """Where somebody of a post is: there, not yet expected, on leave, missed, or gone again."""

    THERE = "there"
    NOT_YET = "not_yet"
    ON_LEAVE = "on_leave"
    MISSED = "missed"
    LEFT = "left"


WORDS = {
    Whereabouts.THERE: N_("there"),
    Whereabouts.NOT_YET: N_("not yet due"),
    Whereabouts.ON_LEAVE: N_("on leave"),
    Whereabouts.MISSED: N_("not signed on"),
    Whereabouts.LEFT: N_("signed off"),
}
AWAY = frozenset({Whereabouts.ON_LEAVE, Whereabouts.MISSED, Whereabouts.LEFT})


class PostNow(Struct, frozen=True):
    """A post at this moment. ``stands_in`` is who takes A's place ("": nobody has to, or nobody can)."""

    window: str
    staff_a: str
    where_a: Whereabouts
    staff_b: str = ""
    where_b: Whereabouts | None = None
    stands_in: str = ""
    empty: bool = False


def whereabouts(now_min: int, start_min: int, *, on_leave: bool, there: bool, came: bool) -> Whereabouts:
    """Where somebody is; ``came``: there at some minute of this half-day."""
    if there:
        return Whereabouts.THERE
    if on_leave:
        return Whereabouts.ON_LEAVE
    if came:
        return Whereabouts.LEFT
    return Whereabouts.MISSED if now_min >= start_min + ALERT_AFTER_MIN else Whereabouts.NOT_YET


def post_now(
    window: str,
    a: tuple[str, Whereabouts],
    b: tuple[str, Whereabouts] | None = None,
    put_there: tuple[str, Whereabouts] | None = None,
) -> PostNow:
    """One post; ``put_there`` is who was told to stand in by a substitution that goes on."""
    (staff_a, where_a), (staff_b, where_b) = a, b or ("", None)
    if where_a not in AWAY:
        return PostNow(window, staff_a, where_a, staff_b, where_b)
    chosen = [one for one in (put_there, b) if one and one[0] != staff_a and one[1] is Whereabouts.THERE]
    stands_in = chosen[0][0] if chosen else ""
    return PostNow(window, staff_a, where_a, staff_b, where_b, stands_in, empty=not stands_in)
