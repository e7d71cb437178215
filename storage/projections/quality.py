"""Projections of what a node says about itself that reports count: jumps of its wall clock."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Final, NamedTuple

from storage import facts as f
from storage.figures import figure
from storage.projections.register import Placed, projects
from storage.statements import Step

ZONE: Final = timezone(timedelta(hours=8))
FIRST_T, LAST_T = 0, 32_503_651_200_000
"""A clock that jumps may show any year; from here on (the year 3000) it is the last one that a day can be told of."""


class OfDay(NamedTuple):
    """The keys of sums that belong to a hall's day and to nobody in it."""

    day: str
    staff: str = ""
    code: str = ""


@projects(f.ClockJumped)
def clock_jumped(p: Placed) -> Iterator[Step]:
    at = datetime.fromtimestamp(min(max(p.t, FIRST_T), LAST_T) // 1000, ZONE)
    yield from figure(p, of=OfDay(at.date().isoformat()), clock_jumps=1)
