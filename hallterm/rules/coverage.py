"""Which halls' data is not in yet: figures over several halls name them, and say since when."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from msgspec import Struct


class Days(Struct, frozen=True):
    """How far a hall's days are in: the newest one closed and the first one opened ("": none), and when a PC of it was
    last heard of (wall ms, 0 never).
    """

    hall: str
    name: str
    closed: str
    opened: str
    contact_t: int


class Gap(Struct, frozen=True):
    """A hall whose days are not all in: ``since`` is the first working day that is missing ("": none was ever in)."""

    hall: str
    name: str
    since: str
    contact_t: int


Workday = Callable[[str, str], bool]
"""Whether a hall (its code) works on a day."""
MOST_DAYS = 400
"""Nobody looks further back for the first missing day than figures are kept by day."""


def gaps(halls: Iterable[Days], upto: str, workday: Workday, following: Callable[[str], str]) -> tuple[Gap, ...]:
    """The halls that have not closed every working day up to ``upto`` (``YYYY-MM-DD``, included), the longest missing first.

    A day that was closed late counts as in: only the newest closed day matters, as a log arrives without gaps.
    ``following`` is the calendar day after a day.
    """
    found = [gap for hall in halls if (gap := _gap(hall, upto, workday, following)) is not None]
    return tuple(sorted(found, key=lambda gap: (gap.since, gap.hall)))


def _gap(hall: Days, upto: str, workday: Workday, following: Callable[[str], str]) -> Gap | None:
    if not hall.closed:
        if hall.opened > upto:
            return None
        return Gap(hall.hall, hall.name, hall.opened, hall.contact_t)
    day = hall.closed
    for _day in range(MOST_DAYS):
        day = following(day)
        if day > upto:
            return None
        if workday(hall.hall, day):
            return Gap(hall.hall, hall.name, day, hall.contact_t)
    return Gap(hall.hall, hall.name, following(hall.closed), hall.contact_t)
