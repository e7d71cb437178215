"""What a projection is: a fact with its place, and the register of kind -> statements."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from msgspec import Struct

from storage.facts import Fact, WindowState
from storage.statements import Step, latest


class Placed(Struct, frozen=True, gc=False):
    """A fact with its place: id, causal order, origin, clocks, actor and hall."""

    fact: Any
    id: str
    ord: str
    node: str
    t: int
    m: int
    boot: str
    actor: str
    hall: str


Projection = Callable[[Placed], Iterator[Step]]
PROJECTIONS: dict[str, Projection] = {}


def projects(*kinds: type[Fact]) -> Callable[[Projection], Projection]:
    """Register the projection of one or several kinds."""

    def register(function: Projection) -> Projection:
        for one in kinds:
            PROJECTIONS[one.kind] = function
        return function

    return register


def wider_periods(day: str) -> tuple[str, str]:
    """The month and the year that a fact of a day adds to beside the day."""
    return day[:7], day[:4]


WINDOW_NOW = latest("window", ("code",), ("state", "staff", "ticket", "visit", "service", "since_t", "reason"))


def window_now(
    p: Placed,
    state: WindowState,
    *,
    staff: str | None = None,
    ticket: str = "",
    visit: str = "",
    service: str = "",
    since_t: int = 0,
    reason: str = "",
) -> Step:
    """The window's state, with everything not named cleared; the clerk of the fact, unless another is named."""
    f = p.fact
    who = f.staff if staff is None else staff
    return Step(WINDOW_NOW, (f.window, state._value_, who, ticket, visit, service, since_t or p.t, reason, p.ord))
