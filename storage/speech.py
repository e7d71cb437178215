"""What a node may speak of: its own place in the scope tree and what stands below it.

A signature proves which node wrote a fact, not that the fact is its business. A counter PC that was taken over must not
grant itself a city, nor close another hall's tickets.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from storage import facts as f
from storage.access import upwards
from storage.projections import Placed

PLACES: dict[str, Callable[[Any], str]] = {
    f.HallSet.kind: lambda d: d.code,
    f.StaffSet.kind: lambda d: d.hall,
    f.GrantSet.kind: lambda d: d.node,
    f.GrantEnded.kind: lambda d: d.node,
    f.SettingSet.kind: lambda d: d.scope,
    f.ServiceTypeSet.kind: lambda d: d.scope,
    f.WindowSet.kind: lambda d: d.code,
    f.FiguresAdded.kind: lambda d: d.hall,
}
"""The place a fact of reference data is about, where that is not the hall of the line."""
UPSTREAM_ONLY = frozenset({f.NodeEnrolled.kind, f.NodeRevoked.kind})
"""Whom a node takes in is recorded where it enrolled, never by itself; the first node of a hall is its number host, and
takes in the others of that hall.
"""
FIRST_NODE = "01"


def places_of(placed: Placed) -> tuple[str, ...] | None:
    """The places a fact speaks of; None where more than its places decides whether its node may."""
    fact = placed.fact
    if fact.kind in UPSTREAM_ONLY or (fact.kind == f.SettingSet.kind and not fact.scope):
        return None
    place = PLACES.get(fact.kind)
    about = place(fact) if place else getattr(fact, "window", "")
    return tuple(one for one in (placed.hall, about) if one)


class Speech:
    """``scope`` "" may speak of everything (the own feed); ``parents`` names halls whose code does not tell."""

    def __init__(self, scope: str, parents: Mapping[str, str]) -> None:
        self.scope = scope
        self._parents = parents
        self._known: dict[str, bool] = {}

    def allows(self, placed: Placed) -> bool:
        """Whether the node that wrote this fact may have."""
        if not self.scope:
            return True
        if placed.fact.kind in UPSTREAM_ONLY:
            return self._is_of_the_number_host(placed)
        if placed.fact.kind == f.SettingSet.kind and not placed.fact.scope:  # it would hold everywhere
            return False
        place = PLACES.get(placed.fact.kind)
        about = place(placed.fact) if place else getattr(placed.fact, "window", "")
        return (not placed.hall or self.below(placed.hall)) and (not about or self.below(about))

    def below(self, place: str) -> bool:
        """Whether a place is its own or stands below it."""
        known = self._known.get(place)
        if known is None:
            is_here = self.scope in (place, place.rpartition("-")[0])
            known = self._known[place] = is_here or self.scope in upwards(place, self._parents)
        return known

    def _is_of_the_number_host(self, placed: Placed) -> bool:
        fact, host = placed.fact, f"{self.scope}-{FIRST_NODE}"
        others = fact.node.startswith(f"{self.scope}-") and fact.node != host
        return placed.node == host and others and getattr(fact, "scope", self.scope) == self.scope
