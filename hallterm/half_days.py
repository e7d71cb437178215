"""The half-days of people, read: plans, punches, corrections, notes and leave of the tables, judged by the rules.

One place for workflows and reports. It is computed whenever somebody looks; of past months the sums are kept beside it
(:mod:`hallterm.month_half_days`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TypeVar

from msgspec import Struct
from msgspec.structs import replace

from hallterm.rules.attendance import (
    AttendanceSums,
    Covered,
    HalfDayRecord,
    Planned,
    Presence,
    Punch,
    Times,
    attendance_sums,
    away,
    half_day,
    half_times,
    minute,
    presences,
    worked_noon,
)
from hallterm.rules.day import business_day
from hallterm.rules.leave import STANDS, Cover, Papers, cover
from storage import views
from storage.database import Database
from storage.facts import DaySlot, Duty, Half, HallSet, Moment
from storage.views import attendance as rows
from storage.views.attendance import CorrectionRow, LeaveRow, OffPostRow, PlanRow, PunchRow
from storage.views.places import all_halls

MonthAttendance = Mapping[str, Mapping[str, AttendanceSums]]
"""By staff number, by month ``YYYY-MM``: only months with a plan whose half-days have begun."""
HALF: Mapping[DaySlot, Half] = {DaySlot.AM: Half.AM, DaySlot.PM: Half.PM}
R = TypeVar("R", PunchRow, CorrectionRow, OffPostRow)
H = TypeVar("H", PlanRow, PunchRow, CorrectionRow, OffPostRow)


class Book(Struct, frozen=True, dict=True):
    """All that is known of the half-days of some halls from ``first`` to ``last``; ``hours`` by hall."""

    first: str
    last: str
    now: Moment
    today: str
    hours: Mapping[str, Mapping[Half, Times]]
    plans: Sequence[PlanRow]
    punches: Mapping[tuple[str, str], Sequence[PunchRow]]
    corrections: Mapping[tuple[str, str], Sequence[CorrectionRow]]
    off_posts: Mapping[tuple[str, str], Sequence[OffPostRow]]
    leaves: Mapping[str, Sequence[LeaveRow]]

    @cached_property
    def presences(self) -> dict[tuple[str, str], tuple[Presence, ...]]:
        """Filled as they are asked for, by staff and day."""
        return {}

    def there(self, staff: str, day: str) -> tuple[Presence, ...]:
        """When somebody was there on a day."""
        key = (staff, day)
        if key not in self.presences:
            self.presences[key] = self._there(key)
        return self.presences[key]

    def _there(self, key: tuple[str, str]) -> tuple[Presence, ...]:
        corrections = self.corrections.get(key, ())
        if not corrections and key not in self.off_posts:
            return presences([Punch(minute(one.at_t), one.kind) for one in self.punches.get(key, ())])
        gone = {one.of for one in corrections if one.of}
        punched = [Punch(minute(one.at_t), one.kind) for one in self.punches.get(key, ()) if one.id not in gone]
        said = [Punch(minute(one.at_t), one.what) for one in corrections if not one.withdrawn and one.id not in gone]
        found = presences([*punched, *said])
        for note in self.off_posts.get(key, ()):
            if note.id not in gone:
                found = away(found, minute(note.from_t), minute(note.to_t))
        return found

    def leave_on(self, staff: str, day: str, half: Half) -> tuple[LeaveRow, Covered] | None:
        """The leave that covers a half-day best, and whether it holds."""
        of_person = self.leaves.get(staff)
        if not of_person:
            return None
        found = [
            (row, Covered(row.leave_type, cover(papers(row), self.now.t)))
            for row in of_person
            if row.state in STANDS and (row.from_day, row.from_half) <= (day, half) <= (row.to_day, row.to_half)
        ]
        return min(found, key=lambda one: ORDER[one[1].cover], default=None)

    def record(self, plan: PlanRow) -> HalfDayRecord | None:
        """One plan as it turned out; None where it asks for nothing, or has not begun."""
        half = HALF.get(plan.slot)
        times = self.hours.get(plan.hall, {}).get(half) if half else None
        if half is None or times is None or plan.day > self.today:
            return None
        leave = self.leave_on(plan.staff, plan.day, half)
        planned = Planned(plan.staff, plan.day, half, plan.duty, plan.duty_rota)
        now_min = minute(self.now.t) if plan.day == self.today else None
        return half_day(planned, times, self.there(plan.staff, plan.day), leave[1] if leave else None, now_min)

    def is_lunch(self, plan: PlanRow) -> bool:
        """Lunch duty that was done: a credit for compensatory leave."""
        at_noon = plan.slot is DaySlot.NOON and plan.duty is Duty.LUNCH and plan.day <= self.today
        return at_noon and worked_noon(self.hours.get(plan.hall, {}), self.there(plan.staff, plan.day))


ORDER: Mapping[Cover, int] = {Cover.COVERED: 0, Cover.PENDING: 1, Cover.ABSENCE: 2}


def papers(row: LeaveRow) -> Papers:
    """A request as the rule about its papers takes it."""
    return Papers(
        leave_type=row.leave_type,
        state=row.state,
        afterwards=row.afterwards,
        explained=row.explained_in_time,
        explain_by_t=row.explain_by_t,
        certified=row.certified_t > 0,
        certify_by_t=row.certify_by_t,
    )


def read_book(db: Database, halls: Sequence[str], first: str, last: str, now: Moment, *, staff: str = "") -> Book:
    """Read one hall, or some together; ``staff`` only one person."""
    return _book(_read(db, halls, first, last, staff), dict(hours_of(db, halls)), today_at(db, halls, now), now)


def read_books(
    db: Database, halls: Sequence[str], first: str, last: str, now: Moment, *, staff: str = ""
) -> dict[str, Book]:
    """Each hall by itself: people are there where they are planned. Their leave holds wherever they asked for it."""
    read, hours, today = _read(db, halls, first, last, staff), dict(hours_of(db, halls)), today_at(db, halls, now)
    plans, punches = _by_hall(read.plans), _by_hall(read.punches)
    corrections, off_posts = _by_hall(read.corrections), _by_hall(read.off_posts)
    parts = {
        hall: replace(
            read,
            plans=plans.get(hall, []),
            punches=punches.get(hall, []),
            corrections=corrections.get(hall, []),
            off_posts=off_posts.get(hall, []),
        )
        for hall in halls
    }
    return {hall: _book(part, hours, today, now) for hall, part in parts.items()}


class _Rows(Struct, frozen=True):
    """What a book is made of."""

    first: str
    last: str
    plans: Sequence[PlanRow]
    punches: Sequence[PunchRow]
    corrections: Sequence[CorrectionRow]
    off_posts: Sequence[OffPostRow]
    leaves: Mapping[str, Sequence[LeaveRow]]


def _read(db: Database, halls: Sequence[str], first: str, last: str, staff: str) -> _Rows:
    span = (db, halls, first, last, staff)
    plans = rows.plans(*span)
    guests = sorted({one.staff for one in plans} - rows.own_people(db, halls))
    by_staff: dict[str, list[LeaveRow]] = defaultdict(list)
    for leave in {one.id: one for one in (*rows.leaves(*span), *rows.leaves_of(db, guests, first, last))}.values():
        by_staff[leave.staff].append(leave)
    return _Rows(
        first, last, plans, rows.punches(*span), rows.corrections(*span), rows.off_posts(*span), dict(by_staff)
    )


def today_at(db: Database, halls: Sequence[str], now: Moment) -> str:
    """The business day; that of one hall never goes back."""
    return business_day(now.t, views.last_day(db, halls[0]) if len(halls) == 1 else "")


def _book(read: _Rows, hours: Mapping[str, Mapping[Half, Times]], today: str, now: Moment) -> Book:
    return Book(
        first=read.first,
        last=read.last,
        now=now,
        today=today,
        hours=hours,
        plans=sorted(read.plans, key=lambda one: (one.staff, one.day, one.slot != DaySlot.AM, one.slot == DaySlot.PM)),
        punches=_by_day(read.punches),
        corrections=_by_day(read.corrections),
        off_posts=_by_day(read.off_posts),
        leaves=read.leaves,
    )


def _by_hall(found: Iterable[H]) -> dict[str, list[H]]:
    by_hall: dict[str, list[H]] = defaultdict(list)
    for one in found:
        by_hall[one.hall].append(one)
    return by_hall


def _by_day(found: Iterable[R]) -> dict[tuple[str, str], list[R]]:
    by_day: dict[tuple[str, str], list[R]] = defaultdict(list)
    for one in found:
        by_day[one.staff, one.day].append(one)
    return by_day


def hours_of(db: Database, halls: Iterable[str]) -> Iterator[tuple[str, Mapping[Half, Times]]]:
    """The hours of some halls."""
    wanted = set(halls)
    for hall in all_halls(db):
        if hall.code in wanted:
            pairs = (hall.opening_am, hall.closing_am, hall.opening_pm, hall.closing_pm)
            yield hall.code, half_times(HallSet(hall.code, hall.name, hall.hall_kind, "", *pairs))


def months_of(book: Book) -> MonthAttendance:
    """The half-days of a book added up."""
    records: dict[tuple[str, str], list[HalfDayRecord]] = defaultdict(list)
    lunches: dict[tuple[str, str], int] = defaultdict(int)
    for plan in book.plans:
        key = (plan.staff, plan.day[:7])
        record = book.record(plan)
        if record is not None:
            records[key].append(record)
        elif book.is_lunch(plan):
            lunches[key] += 1
    found: dict[str, dict[str, AttendanceSums]] = defaultdict(dict)
    for key in sorted(records.keys() | lunches.keys()):
        found[key[0]][key[1]] = attendance_sums(records.get(key, ()), lunches.get(key, 0))
    return found


def planned_months(sums: Mapping[str, AttendanceSums]) -> list[AttendanceSums]:
    """The months of one person that the attendance part is a mean of: those with a planned half-day."""
    return [sums[month] for month in sorted(sums) if sums[month].scheduled]
