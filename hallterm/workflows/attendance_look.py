"""What the attendance pages show: a month of a hall, the half-days of one person, a week's plan. Read in one go. Rule 10."""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from fractions import Fraction

from msgspec import Struct

from hallterm.assessing import rules_of
from hallterm.half_days import HALF, Book, months_of, read_book
from hallterm.rules import masks
from hallterm.rules.attendance import (
    AttendanceSums,
    Deductions,
    HalfDayRecord,
    Presence,
    added,
    attendance_sums,
    deducted,
)
from hallterm.rules.calendar import WorkCalendar, days, later
from hallterm.rules.day import business_day, closing_time
from hallterm.rules.deadlines import Hours
from hallterm.rules.leave import explain_due
from hallterm.rules.settings_table import SettingName
from hallterm.workflows.desk import Desk, Refused
from hallterm.workflows.hall_settings import setting
from hallterm.workflows.leave import NO_HALL
from hallterm.workflows.leave_deciding import Waiting, decides, waiting
from hallterm.workflows.look import health
from hallterm.workflows.months import month_of
from hallterm.workflows.own_serving import Serving, own_serving
from hallterm.workflows.rights import is_allowed, refuse_unless_allowed
from hallterm.workflows.seen import Health
from hallterm.workflows.sign_on import grants_of
from hallterm.workflows.workdays import hall_calendar, hall_hours
from storage import nodes, views
from storage.access import Action, Sight, sight
from storage.database import Database
from storage.facts import DaySlot, Half, LeaveType, Moment
from storage.views import HallRow
from storage.views.attendance import CorrectionRow, LeaveRow, OffPostRow, PlanRow
from storage.views.dispatch import warnings

NONE = AttendanceSums()


class HalfLine(Struct, frozen=True):
    """One half-day of somebody: what was planned, when he was there, what it came to, and what was said about it.

    ``deducted_milli`` is what it takes off the attendance part, in thousandths of a point.
    """

    day: str
    half: Half
    plan: PlanRow | None
    record: HalfDayRecord | None
    there: tuple[Presence, ...]
    leave: LeaveRow | None
    corrections: tuple[CorrectionRow, ...] = ()
    notes: tuple[OffPostRow, ...] = ()
    deducted_milli: int = 0


class StaffLine(Struct, frozen=True):
    """One person of the hall in a month, and today's two half-days; ``points_milli`` is the attendance part so far in
    thousandths, None without a plan.
    """

    staff: str
    name: str
    today: tuple[HalfLine, ...]
    sums: AttendanceSums
    deducted_milli: int
    points_milli: int | None


class TodayCounts(Struct, frozen=True):
    """People with a plan for today, those who came, those on leave; late arrivals and half-days absent."""

    expected: int
    here: int
    on_leave: int
    late: int
    absent_halves: int


def counts_of_today(lines: tuple[StaffLine, ...]) -> TodayCounts:
    """What row 2 says of today."""
    people = [line.today for line in lines if any(half.plan for half in line.today)]
    records = [half.record for halves in people for half in halves if half.record is not None]
    return TodayCounts(
        expected=len(people),
        here=sum(any(half.record is not None and half.record.attended for half in halves) for halves in people),
        on_leave=sum(any(half.leave is not None for half in halves) for halves in people),
        late=sum(one.late_min > 0 for one in records),
        absent_halves=sum(one.absent for one in records),
    )


class Rights(Struct, frozen=True):
    """What the person at the desk may do on these pages."""

    approve: bool
    correct: bool
    schedule: bool
    request: bool


class MonthLook(Struct, frozen=True):
    """A month of a hall; ``running``: it is not over. ``staff`` and ``viewer``: number and name of who looks.

    ``deducted_milli`` of all people, ``points_milli`` their mean; ``explain_by_t``: until when an absence of today is
    explained; ``warnings`` of the hall that nobody has answered for.
    """

    hall_name: str
    staff: str
    viewer: str
    month: str
    today: str
    running: bool
    lines: tuple[StaffLine, ...]
    total: AttendanceSums
    counts: TodayCounts
    waiting: tuple[Waiting, ...]
    rights: Rights
    provisional: bool
    health: Health
    warnings: int = 0
    deducted_milli: int = 0
    points_milli: int | None = None
    explain_by_t: int = 0
    masked: bool = False

    @property
    def leave_types(self) -> frozenset[LeaveType]:
        """The kinds of leave somebody took."""
        return frozenset(self.total.leave)


def month_look(desk: Desk, now: Moment, month: str = "") -> MonthLook:
    """Read a month of the desk's hall (empty: the running one); raises Refused."""
    db = desk.journal.database
    refuse_unless_allowed(db, desk, Action.SEE_ATTENDANCE)
    masked = sight(grants_of(db, desk.staff), Action.SEE_ATTENDANCE, desk.hall, parents=nodes.parents(db))
    hall, today = _hall(db, desk.hall), business_day(now.t, views.last_day(db, desk.hall))
    month = month or today[:7]
    first, last = span_of_month(month)
    book = read_book(db, [desk.hall], first, last, now)
    at_noon = _today_book(db, desk.hall, book, today, now)
    sums = months_of(book)
    people = sorted({plan.staff for plan in book.plans} | {plan.staff for plan in at_noon.plans})
    costs, calendar = _costs(db, desk.hall, month, now), hall_calendar(db, hall, today)
    within, raised = setting(db, SettingName.EXPLAIN_WITHIN_DAYS, desk.hall, today), warnings(db, desk.hall, today)
    lines = tuple(
        _line(at_noon, one, _name(db, one, masked), sums.get(one, {}).get(month, NONE), costs) for one in people
    )
    return MonthLook(
        hall_name=hall.name,
        staff=desk.staff,
        viewer=_name(db, desk.staff, Sight.CLEAR),
        month=month,
        today=today,
        running=month == today[:7],
        lines=lines,
        total=added([line.sums for line in lines]),
        counts=counts_of_today(lines),
        waiting=waiting(db, desk.hall, desk.staff, now) if masked is Sight.CLEAR else (),
        rights=rights_of(db, desk),
        provisional=calendar.is_provisional(first, last),
        health=health(desk, now, desk.window),
        warnings=len({(one.warning, one.about) for one in raised if not (one.ended_t or one.acknowledged_t)}),
        deducted_milli=sum(line.deducted_milli for line in lines),
        points_milli=_mean([line.points_milli for line in lines if line.points_milli is not None]),
        explain_by_t=explain_due(today, Hours(calendar, closing_time(hall_hours(hall))), within).t,
        masked=masked is Sight.MASKED,
    )


def _mean(milli: list[int]) -> int | None:
    return round(sum(milli) / len(milli)) if milli else None


def _today_book(db: Database, hall: str, book: Book, today: str, now: Moment) -> Book:
    return book if book.first <= today <= book.last else read_book(db, [hall], today, today, now)


def _costs(db: Database, hall: str, month: str, now: Moment) -> Deductions:
    """What is taken off in a month: by its settings, or those it was frozen with."""
    return rules_of(db, [hall], month_of(month), now)[hall].deductions


def _name(db: Database, staff: str, seen: Sight) -> str:
    person = views.staff(db, staff)
    name = person.name if person else staff
    return masks.name(name) if seen is Sight.MASKED else name


def _line(book: Book, staff: str, name: str, sums: AttendanceSums, costs: Deductions) -> StaffLine:
    off = deducted(sums, costs)
    points = max(Fraction(0), 100 - off) if sums.scheduled else None
    return StaffLine(
        staff=staff,
        name=name,
        today=tuple(half_line(book, staff, book.today, half, costs) for half in Half),
        sums=sums,
        deducted_milli=int(off * 1000),
        points_milli=None if points is None else int(points * 1000),
    )


def rights_of(db: Database, desk: Desk) -> Rights:
    """What the person at the desk may do here."""
    return Rights(
        approve=decides(db, desk),
        correct=is_allowed(db, desk.staff, Action.CORRECT_ATTENDANCE, desk.hall),
        schedule=is_allowed(db, desk.staff, Action.SCHEDULE, desk.hall),
        request=is_allowed(db, desk.staff, Action.REQUEST_LEAVE, desk.hall, own=True),
    )


def half_line(book: Book, staff: str, day: str, half: Half, costs: Deductions) -> HalfLine:
    """One half-day with all that is known of it."""
    plan = next((one for one in book.plans if (one.staff, one.day, HALF.get(one.slot)) == (staff, day, half)), None)
    leave, record = book.leave_on(staff, day, half), book.record(plan) if plan else None
    return HalfLine(
        day=day,
        half=half,
        plan=plan,
        record=record,
        there=book.there(staff, day) if day <= book.today else (),
        leave=leave[0] if leave else None,
        corrections=tuple(one for one in book.corrections.get((staff, day), ()) if one.half is half),
        notes=tuple(one for one in book.off_posts.get((staff, day), ()) if one.half is half),
        deducted_milli=int(deducted(attendance_sums([record]), costs) * 1000) if record else 0,
    )


class PersonLook(Struct, frozen=True):
    """The half-days of one person in a month, the newest first; ``leaves`` are the requests that touch it."""

    hall_name: str
    staff: str
    name: str
    month: str
    today: str
    lines: tuple[HalfLine, ...]
    sums: AttendanceSums
    points_milli: int | None
    deducted_milli: int
    leaves: tuple[LeaveRow, ...]
    rights: Rights
    serving: Serving | None = None
    own: bool = False


def person_look(desk: Desk, now: Moment, staff: str = "", month: str = "") -> PersonLook:
    """Read one person of the hall: oneself, or anybody for who sees the attendance of the hall. Raises Refused."""
    db, staff = desk.journal.database, staff or desk.staff
    refuse_unless_allowed(db, desk, Action.SEE_ATTENDANCE, own=staff == desk.staff)
    hall, today = _hall(db, desk.hall), business_day(now.t, views.last_day(db, desk.hall))
    month = month or today[:7]
    first, last = span_of_month(month)
    book = read_book(db, [desk.hall], first, last, now, staff=staff)
    touched = {one.day for one in book.plans} | {day for _one, day in (*book.punches, *book.corrections)}
    costs = _costs(db, desk.hall, month, now)
    latest = [(day, half) for day in sorted(touched, reverse=True) for half in (Half.PM, Half.AM)]
    lines = [half_line(book, staff, day, half, costs) for day, half in latest]
    seen = sight(grants_of(db, desk.staff), Action.SEE_ATTENDANCE, desk.hall, own=True, parents=nodes.parents(db))
    mine = _line(book, staff, _name(db, staff, seen), months_of(book).get(staff, {}).get(month, NONE), costs)
    return PersonLook(
        hall_name=hall.name,
        staff=staff,
        name=mine.name,
        month=month,
        today=today,
        lines=tuple(one for one in lines if one.plan or one.there or one.corrections),
        sums=mine.sums,
        points_milli=mine.points_milli,
        deducted_milli=mine.deducted_milli,
        leaves=tuple(reversed(book.leaves.get(staff, ()))),
        rights=rights_of(db, desk),
        serving=own_serving(desk),
        own=staff == desk.staff,
    )


class WeekLook(Struct, frozen=True):
    """The plan of a week: by staff number and day its slots; ``closed`` are days on which nobody works."""

    hall_name: str
    staff: str
    days: tuple[str, ...]
    today: str
    people: tuple[tuple[str, str], ...]
    plans: dict[tuple[str, str, DaySlot], PlanRow]
    leaves: dict[tuple[str, str, Half], LeaveRow]
    closed: frozenset[str]
    provisional: bool
    rights: Rights


def week_look(desk: Desk, now: Moment, day: str = "") -> WeekLook:
    """Read the week of a day (empty: this one); raises Refused."""
    db = desk.journal.database
    refuse_unless_allowed(db, desk, Action.SEE_ATTENDANCE)
    hall, today = _hall(db, desk.hall), business_day(now.t, views.last_day(db, desk.hall))
    monday = monday_of(day or today)
    week = tuple(days(monday, later(monday, 6)))
    book = read_book(db, [desk.hall], week[0], week[-1], now)
    calendar: WorkCalendar = hall_calendar(db, hall, today)
    people = [
        one
        for one in views.all_staff(db)
        if one.hall == desk.hall
        and one.active
        and is_allowed(db, one.number, Action.REQUEST_LEAVE, desk.hall, own=True)
    ]
    on_leave = {
        (one.number, at, half): found[0]
        for one in people
        for at in week
        for half in Half
        if (found := book.leave_on(one.number, at, half)) is not None
    }
    return WeekLook(
        hall_name=hall.name,
        staff=desk.staff,
        days=week,
        today=today,
        people=tuple((one.number, one.name) for one in people),
        plans={(one.staff, one.day, one.slot): one for one in book.plans},
        leaves=on_leave,
        closed=frozenset(at for at in week if not calendar.is_workday(at)),
        provisional=calendar.is_provisional(week[0], week[-1]),
        rights=rights_of(db, desk),
    )


def monday_of(day: str) -> str:
    """The Monday of a day's week."""
    return later(day, 1 - date.fromisoformat(day).isoweekday())


def span_of_month(month: str) -> tuple[str, str]:
    """The first and the last day of ``YYYY-MM``."""
    return f"{month}-01", f"{month}-{monthrange(int(month[:4]), int(month[5:7]))[1]:02d}"


def _hall(db: Database, code: str) -> HallRow:
    hall = views.hall(db, code)
    if hall is None:
        raise Refused(NO_HALL)
    return hall
