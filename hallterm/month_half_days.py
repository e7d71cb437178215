"""Months of half-days added up, for scores and reports: of days that have passed once, for as long as nothing changes.

The mark of a hall's month tells how many plans, punches, corrections and notes changed it and the days of its people, the
hours of the hall, and the papers of leave as they stand now.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import msgspec
from msgspec import Struct

from hallterm.half_days import MonthAttendance, hours_of, months_of, papers, read_books, today_at
from hallterm.kept_months import Ends, Keeping, counted_periods, kept_until, last_of, mark_of, read_kept
from hallterm.reading_progress import told
from hallterm.rules.attendance import AttendanceSums, added
from hallterm.rules.leave import cover
from storage.changes import Keeps
from storage.database import Database
from storage.facts import Moment
from storage.views import attendance as rows
from storage.views.attendance import LeaveRow
from storage.views.kept_months import HallMonth, changes_at, changes_of

RULES: Final = 2
"""To be raised when half-days are judged otherwise than before."""
People = Mapping[str, AttendanceSums]
_decode = msgspec.json.Decoder(dict[str, AttendanceSums]).decode


def attendance_months(
    db: Database, halls: Sequence[str], months: Sequence[str], now: Moment, *, staff: str = ""
) -> MonthAttendance:
    """Scheduled and attended half-days, lateness, absence and leave of everybody planned in these halls, by month.

    ``months`` are ``YYYY-MM``. Who has no plan in a month has no entry there: his attendance is absent, not 0.
    """
    if not months or not halls:
        return {}
    parts: list[Mapping[HallMonth, People]]
    if staff:
        parts = [_judged(db, halls, f"{min(months)}-01", last_of(max(months)), now, staff=staff)]
    else:
        today = today_at(db, halls, now)
        ends = kept_until(months, today)
        parts = [read_kept(db, keeping(db, halls, ends, now), halls, ends)]
        parts += [_judged(db, halls, today, today, now)] if today[:7] in months else []
    found: dict[str, dict[str, list[AttendanceSums]]] = defaultdict(lambda: defaultdict(list))
    for part in parts:
        for (_hall, month), people in part.items():
            for number, sums in people.items() if month in months else ():
                found[number][month].append(sums)
    return {
        number: {month: many[0] if len(many) == 1 else added(many) for month, many in sorted(by_month.items())}
        for number, by_month in sorted(found.items())
    }


def keeping(db: Database, halls: Sequence[str], ends: Ends, now: Moment) -> Keeping[People]:
    """How half-days are kept: all that is known of these halls and months is read once."""

    def made(some: Sequence[str], months: Ends) -> Mapping[HallMonth, People]:
        there = _judged(db, some, f"{min(months)}-01", months[max(months)], now)
        return {(hall, month): there.get((hall, month), {}) for hall in some for month in months}

    return Keeping(Keeps.HALF_DAYS, _decode, made, _Marks(db, halls, ends, now).of_all)


def _judged(
    db: Database, halls: Sequence[str], first: str, last: str, now: Moment, *, staff: str = ""
) -> dict[HallMonth, dict[str, AttendanceSums]]:
    """Read and judged now."""
    found: dict[HallMonth, dict[str, AttendanceSums]] = defaultdict(dict)
    books = read_books(db, halls, first, last, now, staff=staff)
    for hall, book in told(books.items()):
        for number, by_month in months_of(book).items():
            for month, sums in by_month.items():
                found[hall, month][number] = sums
    return found


class _Paper(Struct, frozen=True):
    """A leave as far as half-days hang on it."""

    id: str
    leave_type: str
    first: tuple[str, str]
    last: tuple[str, str]
    state: str
    cover: str


class _Marks:
    """What the sums of each hall and month hang on."""

    def __init__(self, db: Database, halls: Sequence[str], ends: Ends, now: Moment) -> None:
        self.db, self.now, self.ends = db, now, ends
        self.first, self.last = (f"{min(ends)}-01", ends[max(ends)]) if ends else ("", "")
        self.periods = counted_periods(ends)
        self.at_hall = changes_at(db, Keeps.HALF_DAYS, halls, self.periods)
        self.of_person: dict[tuple[str, str], int] = {}
        self.hours = {hall: repr(sorted(times.items())) for hall, times in hours_of(db, halls)}
        self.own = rows.own_people(db, halls) if ends else set()
        self.leaves: dict[str, list[LeaveRow]] = defaultdict(list)
        for one in rows.leaves(db, halls, self.first, self.last) if ends else ():
            self.leaves[one.staff].append(one)
        self.asked: set[str] = set()

    def of_all(self, found: Mapping[HallMonth, People]) -> dict[HallMonth, str]:
        """The marks of months with these people in them."""
        self._ask({staff for people in found.values() for staff in people} - self.asked)
        return {key: self._of(key, people) for key, people in found.items()}

    def _of(self, key: HallMonth, people: Iterable[str]) -> str:
        hall, month = key
        there = sorted(people)
        leaves = [paper for staff in there for paper in self._papers(staff, month)]
        changes = [self.of_person.get((staff, month), 0) for staff in there]
        return mark_of(RULES, self.ends[month], self.at_hall.get(key, 0), changes, self.hours.get(hall, ""), leaves)

    def _ask(self, people: set[str]) -> None:
        """What changed of people, wherever they were planned, and the leave of those whose hall is another."""
        self.asked |= people
        self.of_person |= changes_of(self.db, Keeps.HALF_DAYS, sorted(people), self.periods)
        for one in rows.leaves_of(self.db, sorted(people - self.own), self.first, self.last):
            if one.id not in {known.id for known in self.leaves[one.staff]}:
                self.leaves[one.staff].append(one)

    def _papers(self, staff: str, month: str) -> list[_Paper]:
        found = (one for one in self.leaves.get(staff, ()) if one.from_day <= last_of(month) and month <= one.to_day)
        return sorted((self._paper(one) for one in found), key=lambda one: one.id)

    def _paper(self, one: LeaveRow) -> _Paper:
        holds = cover(papers(one), self.now.t)
        when = ((one.from_day, one.from_half.value), (one.to_day, one.to_half.value))
        return _Paper(one.id, one.leave_type.value, *when, one.state.value, holds.value)
