"""Facts of a centre that is itself a node of a higher one: its sums, on their way up."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from storage.facts.base import Fact, kind

SUMS = (
    *("tickets", "called", "no_shows", "wait_s", "services", "quantity", "timed", "suspicious", "std_milliminutes"),
    *("wall_s", "counted_s", "excluded_s", "overtime", "transferred", "transferred_s"),
    *("level_5", "level_4", "level_3", "level_2", "level_1", "rated", "unrated", "exempt"),
    *("timed_wall_s", "timed_counted_s", "timed_limit_s", "timed_std_milliminutes", "back_entries", "clock_jumps"),
    *("verified_yes", "verified_no", "verified_outside", "errors"),
)
"""The names of all sums that figures hold."""
Sum = Annotated[int, Meta(ge=-(2**53), le=2**53)]


class SumsOfMatter(Struct, frozen=True, omit_defaults=True):
    """What was added to the sums of one matter (or ticket prefix), by name; only what is not 0."""

    code: str
    sums: dict[str, Sum]


@kind("figures.added")
class FiguresAdded(Fact, frozen=True):
    """What a hall's sums of one day gained since this node told them last; clerks are not told apart. Sums may shrink."""

    day: str
    hall: str
    matters: tuple[SumsOfMatter, ...]
