"""How often what is kept of a hall's month changed: a mark by which it is known whether it still holds, never a figure."""

from __future__ import annotations

from enum import StrEnum

from storage.statements import Step, Values, adding


class Keeps(StrEnum):
    """What is kept of months: half-days judged and added up; the longest services."""

    HALF_DAYS = "half_days"
    LONGEST = "longest"


def _of_month(values: Values) -> tuple[Values, ...]:
    what, hall, day, *rest = values
    return ((what, hall, day[:7], *rest),)


COUNTED = adding("change_count", ("what", "hall", "period", "staff"), ("times",), also=_of_month)


def counted_change(what: Keeps, hall: str, day: str, staff: str = "") -> Step:
    """Of this day, and so of its month, something is otherwise than it was."""
    return Step(COUNTED, (what.value, hall, day, staff, 1))
