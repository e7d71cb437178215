"""How many windows a hall needs, and how many appointments a slot takes. Business rules 12 and 22."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from math import ceil, floor

SLOT_MIN = 30
BOOKED_SHARE = Fraction(1, 2)
"""At most half of a slot's capacity is given away beforehand."""


def windows_needed(calls_per_day: int, services_per_window_day: int) -> int | None:
    """Windows for so many calls a day at so many services a window; None when a window serves nobody."""
    return ceil(Fraction(calls_per_day, services_per_window_day)) if services_per_window_day > 0 else None


def bookable(windows: int, limits_min: Iterable[int]) -> int:
    """Appointments of one slot of 30 minutes: half of windows x 30 / mean limit of the group's matters."""
    limits = list(limits_min)
    if not limits or sum(limits) <= 0:
        return 0
    return floor(BOOKED_SHARE * windows * SLOT_MIN * len(limits) / sum(limits))


def points_sum(points: Iterable[int]) -> int:
    """What the points of a form add to; a form is right when it is 100."""
    return sum(points)
