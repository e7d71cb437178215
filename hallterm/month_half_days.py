"""Months of half-days added up, for scores and reports: of past months once, for as long as nothing they hang on changes.

A mark tells what the sums of a hall's month were made of: how many plans, punches, corrections and notes, when the plans
were made, the hours of the hall, and the papers of leave as they stand now. Another mark, and they are made anew.
"""

from __future__ import annotations

from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from hashlib import sha256
from typing import Final

import msgspec
from msgspec import Struct

from hallterm.half_days import MonthAttendance, hours_of, months_of, papers, read_books
from hallterm.rules.attendance import AttendanceSums, added
from hallterm.rules.day import business_day
from hallterm.rules.leave import cover
from storage.database import Database
from storage.errors import StorageError
from storage.facts import Moment
from storage.views import attendance as rows
from storage.views.attendance import LeaveRow
from storage.views.half_day_sums import HallMonth, KeptMonth, keep_months, kept_months, row_counts

RULES: Final = 1
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
    found: dict[str, dict[str, list[AttendanceSums]]] = defaultdict(lambda: defaultdict(list))
    past = [] if staff else [month for month in months if last_of(month) < business_day(now.t)]
    for (_hall, month), people in [*_past(db, halls, past, now), *_live(db, halls, set(months) - {*past}, now, staff)]:
        for number, sums in people.items():
            found[number][month].append(sums)
    return {
        number: {month: many[0] if len(many) == 1 else added(many) for month, many in sorted(by_month.items())}
        for number, by_month in sorted(found.items())
    }


def last_of(month: str) -> str:
    """Its last day."""
    return f"{month}-{monthrange(int(month[:4]), int(month[5:7]))[1]:02d}"


Found = list[tuple[HallMonth, People]]


def _live(db: Database, halls: Sequence[str], months: Iterable[str], now: Moment, staff: str = "") -> Found:
    """Read and judged now."""
    wanted = frozenset(months)
    if not wanted:
        return []
    books = read_books(db, halls, f"{min(wanted)}-01", last_of(max(wanted)), now, staff=staff)
    found: dict[HallMonth, dict[str, AttendanceSums]] = defaultdict(dict)
    for hall, book in books.items():
        for number, by_month in months_of(book, wanted).items():
            for month, sums in by_month.items():
                found[hall, month][number] = sums
    return list(found.items())


def _past(db: Database, halls: Sequence[str], months: Sequence[str], now: Moment) -> Found:
    """What was kept and still holds; the rest is made now and kept when the reading is over."""
    if not months:
        return []
    first, last = min(months), max(months)
    kept = kept_months(db, halls, first, last)
    marks = _Marks(db, halls, first, last, now)
    held: Found = []
    missing: dict[str, set[str]] = defaultdict(set)
    for hall, month in marks.counts:
        one = kept.get((hall, month))
        sums = _decode(one.sums) if one else {}
        if month not in months:
            continue
        if one is not None and one.mark == marks.of((hall, month), sums):
            held.append(((hall, month), sums))
        else:
            missing[hall].add(month)
    made = _made(db, missing, now)
    if made:
        new = [(key, KeptMonth(marks.of(key, people), _text(people))) for key, people in made]
        db.afterwards(partial(_keep, db, new))
    return [*held, *made]


def _made(db: Database, missing: Mapping[str, set[str]], now: Moment) -> Found:
    """Halls that miss the same months are read together."""
    together: dict[frozenset[str], list[str]] = defaultdict(list)
    for hall, months in missing.items():
        together[frozenset(months)].append(hall)
    found: Found = []
    for wanted, halls in together.items():
        there = dict(_live(db, halls, wanted, now))
        found += [((hall, month), there.get((hall, month), {})) for hall in halls for month in sorted(wanted)]
    return found


def _text(people: People) -> str:
    return msgspec.json.encode(people).decode()


def _keep(db: Database, new: Sequence[tuple[HallMonth, KeptMonth]]) -> None:
    """Whoever cannot write (somebody else does, the disk is full) has read all the same."""
    try:
        keep_months(db, new)
    except StorageError:
        return


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

    def __init__(self, db: Database, halls: Sequence[str], first: str, last: str, now: Moment) -> None:
        self.db, self.now, self.first, self.last = db, now, f"{first}-01", last_of(last)
        self.counts = row_counts(db, halls, self.first, self.last)
        self.hours = {hall: repr(sorted(times.items())) for hall, times in hours_of(db, halls)}
        self.own = rows.own_people(db, halls)
        self.leaves: dict[str, list[LeaveRow]] = defaultdict(list)
        for one in rows.leaves(db, halls, self.first, self.last):
            self.leaves[one.staff].append(one)
        self.asked = {*self.own}

    def of(self, key: HallMonth, people: Iterable[str]) -> str:
        """The mark of a month with these people in it."""
        hall, month = key
        self._ask({*people} - self.asked)
        papers = [paper for staff in sorted(people) for paper in self._papers(staff, month)]
        parts = (RULES, self.counts[key], self.hours.get(hall, ""), papers)
        return sha256(msgspec.json.encode(parts)).hexdigest()

    def _ask(self, guests: set[str]) -> None:
        """The leave of people whose hall is another."""
        self.asked |= guests
        for one in rows.leaves_of(self.db, sorted(guests), self.first, self.last):
            if one.id not in {known.id for known in self.leaves[one.staff]}:
                self.leaves[one.staff].append(one)

    def _papers(self, staff: str, month: str) -> list[_Paper]:
        found = (one for one in self.leaves.get(staff, ()) if one.from_day <= last_of(month) and month <= one.to_day)
        return sorted((self._paper(one) for one in found), key=lambda one: one.id)

    def _paper(self, one: LeaveRow) -> _Paper:
        holds = cover(papers(one), self.now.t)
        when = ((one.from_day, one.from_half.value), (one.to_day, one.to_half.value))
        return _Paper(one.id, one.leave_type.value, *when, one.state.value, holds.value)
