"""What is worked out of the days of a hall's month once, and read for as long as nothing it hangs on changes.

A month that has passed is kept whole, the running one up to yesterday; today is read from its own rows. A mark tells what
a kept month was made of; another mark, and it is made anew.
"""

from __future__ import annotations

from calendar import monthrange
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from functools import partial
from hashlib import sha256
from typing import Generic, TypeVar

import msgspec
from msgspec import Struct

from hallterm.rules.calendar import days
from storage.changes import Keeps
from storage.database import Database
from storage.errors import StorageError
from storage.views.kept_months import HallMonth, KeptMonth, keep_months, kept_months

T = TypeVar("T")
Ends = Mapping[str, str]
"""By month, the last day that is kept of it."""


def last_of(month: str) -> str:
    """Its last day."""
    return f"{month}-{monthrange(int(month[:4]), int(month[5:7]))[1]:02d}"


def kept_until(months: Iterable[str], today: str) -> dict[str, str]:
    """The months of which days have passed, with the last day of each that has."""
    yesterday = (date.fromisoformat(today) - timedelta(days=1)).isoformat()
    return {month: min(last_of(month), yesterday) for month in sorted(months) if f"{month}-01" < today}


def counted_periods(ends: Ends) -> tuple[str, ...]:
    """The months and days whose changes make the marks: of the running month only the days that have passed."""
    found: list[str] = []
    for month, end in ends.items():
        found += [month] if end == last_of(month) else days(f"{month}-01", end)
    return tuple(found)


def mark_of(*parts: object) -> str:
    """A mark of all that is given."""
    return sha256(msgspec.json.encode(parts)).hexdigest()


class Keeping(Struct, Generic[T], frozen=True):
    """One thing that is kept of months: ``made`` works months of halls out (all of it is there, also what is empty),
    ``marks`` tells the mark of each, knowing what is in it.
    """

    what: Keeps
    decode: Callable[[str], T]
    made: Callable[[Sequence[str], Ends], Mapping[HallMonth, T]]
    marks: Callable[[Mapping[HallMonth, T]], Mapping[HallMonth, str]]


def read_kept(
    db: Database, keeping: Keeping[T], halls: Sequence[str], ends: Ends, most: int | None = None
) -> dict[HallMonth, T]:
    """What was kept and still holds; the rest is made now and kept when the reading is over.

    ``most``: so many at most are made now; the others are missing in what is returned.
    """
    if not halls or not ends:
        return {}
    found = {key: (one.mark, keeping.decode(one.body)) for key, one in _kept(db, keeping, halls, ends).items()}
    marks = keeping.marks({key: there for key, (_mark, there) in found.items()})
    held = {key: there for key, (mark, there) in found.items() if marks[key] == mark}
    missing = [(hall, month) for hall in halls for month in ends if (hall, month) not in held]
    made: dict[HallMonth, T] = {}
    for group, together in _together(missing[:most], ends):
        made |= keeping.made(group, together)
    if made:
        new_marks = keeping.marks(made)
        new = [(key, KeptMonth(new_marks[key], msgspec.json.encode(one).decode())) for key, one in made.items()]
        db.afterwards(partial(_keep, db, keeping.what, new))
    return {**held, **made}


def stale(db: Database, keeping: Keeping[T], halls: Sequence[str], ends: Ends) -> list[HallMonth]:
    """What is not kept, or does not hold."""
    found = {key: (one.mark, keeping.decode(one.body)) for key, one in _kept(db, keeping, halls, ends).items()}
    marks = keeping.marks({key: there for key, (_mark, there) in found.items()})
    holds = {key for key, (mark, _there) in found.items() if marks[key] == mark}
    return [(hall, month) for hall in halls for month in ends if (hall, month) not in holds]


def _kept(db: Database, keeping: Keeping[T], halls: Sequence[str], ends: Ends) -> dict[HallMonth, KeptMonth]:
    return kept_months(db, keeping.what, halls, tuple(ends))


def _together(missing: Sequence[HallMonth], ends: Ends) -> Iterable[tuple[list[str], Ends]]:
    """Halls that miss the same months are worked out together."""
    months: dict[str, list[str]] = defaultdict(list)
    for hall, month in missing:
        months[hall].append(month)
    together: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for hall, many in months.items():
        together[tuple(many)].append(hall)
    return [(halls, {month: ends[month] for month in many}) for many, halls in together.items()]


def _keep(db: Database, what: Keeps, new: Sequence[tuple[HallMonth, KeptMonth]]) -> None:
    """Whoever cannot write (somebody else does, the disk is full) has read all the same."""
    try:
        keep_months(db, what, new)
    except StorageError:
        return
