"""The longest services of months, for reports: of days that have passed worked out once, of the others from their rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import msgspec
from msgspec import Struct

from hallterm.kept_months import Ends, Keeping, counted_periods, kept_until, mark_of, read_kept
from storage.changes import Keeps
from storage.database import Database
from storage.views.kept_months import HallMonth, changes_at
from storage.views.longest import ByPerson, longest_of

MOST_MADE: Final = 60
"""So many months of halls are worked out while somebody waits; the others are kept when the store has time."""
_decode = msgspec.json.Decoder(ByPerson).decode


class Longest(Struct, frozen=True):
    """Of one hall, person and matter, seconds."""

    hall: str
    staff: str
    code: str
    counted_s: int


def longest_months(db: Database, halls: Sequence[str], months: Sequence[str], today: str) -> list[Longest] | None:
    """The longest timed services of these months; None where so many months are to be worked out that it would take long."""
    ends = kept_until(months, today)
    kept = read_kept(db, keeping(db, halls, ends), halls, ends, MOST_MADE)
    if len(kept) < len(halls) * len(ends):
        return None
    found = list(_flat(kept))
    return found + longest_days(db, halls, today, today) if today[:7] in months else found


def longest_days(db: Database, halls: Sequence[str], first: str, last: str) -> list[Longest]:
    """The same of some days, from the rows of their services."""
    return list(_flat(longest_of(db, halls, first, last)))


def _flat(found: Mapping[HallMonth, ByPerson]) -> Iterator[Longest]:
    for (hall, _month), people in found.items():
        for staff, matters in people.items():
            for code, counted_s in matters.items():
                yield Longest(hall, staff, code, counted_s)


def keeping(db: Database, halls: Sequence[str], ends: Ends) -> Keeping[ByPerson]:
    """How they are kept: a finished service, its undoing and its recount change a month."""
    changes = changes_at(db, Keeps.LONGEST, halls, counted_periods(ends)) if ends else {}

    def made(some: Sequence[str], months: Ends) -> Mapping[HallMonth, ByPerson]:
        there = longest_of(db, some, f"{min(months)}-01", months[max(months)])
        return {(hall, month): there.get((hall, month), {}) for hall in some for month in months}

    def marks(found: Mapping[HallMonth, ByPerson]) -> Mapping[HallMonth, str]:
        return {(hall, month): mark_of(ends[month], changes.get((hall, month), 0)) for hall, month in found}

    return Keeping(Keeps.LONGEST, _decode, made, marks)
