"""The schedule is planned: single slots, everybody's usual days, last week again, lunch duty by turns. Business rule 10.

A slot is a half-day or noon. What is over is changed only by who may correct attendance.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date

from msgspec import Struct

from hallterm.locale import N_
from hallterm.rules.calendar import WorkCalendar, days, later
from hallterm.rules.day import business_day
from hallterm.rules.words import Reason
from hallterm.workflows.desk import Desk, Refused
from hallterm.workflows.rights import is_allowed, refuse_unless_allowed
from hallterm.workflows.workdays import hall_calendar
from storage import views
from storage.access import Action
from storage.database import Database
from storage.facts import DaySlot, Duty, Moment, ScheduleSet
from storage.journal import Write
from storage.views import attendance as rows
from storage.views.attendance import PlanRow

MOST_DAYS = 62
PLANNED = N_("{count} slots are planned, {first} to {last}")
NOTHING_NEW = Reason(N_("everything is planned so already: nothing was recorded"))
NO_STAFF = N_("{staff} does not belong to this hall")
NO_WINDOW = N_("window {window} is not one of this hall")
LUNCH_AT_NOON = Reason(N_("lunch duty is at noon, and noon takes lunch duty only"))
IS_OVER = N_("{day} is over: only the hall director and the assessor change it, with a reason, as a correction")
TOO_LONG = N_("at most {days} days at once")
NO_WORKDAY = Reason(N_("there is no working day in it"))
NOBODY = Reason(N_("say who takes turns"))
NO_HALL = Reason(N_("a schedule is planned at the hall's own PC"))


class Slot(Struct, frozen=True):
    """One slot of somebody."""

    staff: str
    day: str
    slot: DaySlot
    duty: Duty
    window: str = ""
    duty_rota: bool = False


class Planned(Struct, frozen=True):
    """How many slots were recorded, in words."""

    words: Reason
    count: int


def plan_slots(desk: Desk, slots: Iterable[Slot], now: Moment) -> Planned:
    """Plan these slots, all or none; raises Refused."""
    return _record(desk, now, lambda db: list(slots))


def plan_usual(desk: Desk, first: str, last: str, now: Moment) -> Planned:
    """Window duty on every working half-day for everybody who serves here and has no plan on it yet; raises Refused."""

    def usual(db: Database) -> Iterator[Slot]:
        calendar = calendar_of(db, desk, first)
        taken = {(one.staff, one.day, one.slot) for one in rows.plans(db, [desk.hall], first, last)}
        for staff in serving_staff(db, desk.hall):
            for day in _workdays(calendar, first, last):
                for slot in (DaySlot.AM, DaySlot.PM):
                    if (staff, day, slot) not in taken:
                        yield Slot(staff, day, slot, Duty.WINDOW)

    return _record(desk, now, usual)


def copy_week(desk: Desk, day: str, now: Moment) -> Planned:
    """The week of ``day`` as the week before it; a make-up day takes the last planned day of that week. Raises Refused."""
    monday = later(day, -(date.fromisoformat(day).isoweekday() - 1))

    def copied(db: Database) -> Iterator[Slot]:
        calendar, today = calendar_of(db, desk, monday), today_of(db, desk, now)
        before = rows.plans(db, [desk.hall], later(monday, -7), later(monday, -1))
        by_day: dict[str, list[PlanRow]] = {}
        for one in before:
            by_day.setdefault(one.day, []).append(one)
        for at in _workdays(calendar, max(monday, today), later(monday, 6)):
            source = by_day.get(later(at, -7)) or by_day.get(max(by_day, default=""), [])
            for one in source:
                yield Slot(one.staff, at, one.slot, one.duty, one.window, one.duty_rota)

    return _record(desk, now, copied)


def rota_lunch(desk: Desk, first: str, last: str, people: Sequence[str], now: Moment) -> Planned:
    """Lunch duty by turns, one a working day, going on after who had it last; raises Refused."""
    if not people:
        raise Refused(NOBODY)

    def turns(db: Database) -> Iterator[Slot]:
        earlier = [
            one
            for one in rows.plans(db, [desk.hall], later(first, -MOST_DAYS), later(first, -1))
            if one.duty is Duty.LUNCH and one.staff in people
        ]
        last_one = max(earlier, key=lambda one: one.day, default=None)
        start = people.index(last_one.staff) + 1 if last_one else 0
        calendar = calendar_of(db, desk, first)
        for turn, day in enumerate(_workdays(calendar, first, last), start):
            yield Slot(people[turn % len(people)], day, DaySlot.NOON, Duty.LUNCH)

    return _record(desk, now, turns)


def _record(desk: Desk, now: Moment, wanted: Callable[[Database], Iterable[Slot]]) -> Planned:
    with desk.journal.write(desk.staff, now) as tx:
        db = tx.database
        refuse_unless_allowed(db, desk, Action.SCHEDULE)
        slots = list(wanted(db))
        if not slots:
            return Planned(NOTHING_NEW, 0)
        first, last = min(one.day for one in slots), max(one.day for one in slots)
        _refuse_days(db, desk, first, last, now)
        known = {(one.staff, one.day, one.slot): one for one in rows.plans(db, [desk.hall], first, last)}
        _refuse_wrong(db, desk, slots)
        count = _put(tx, slots, known)
    words = Reason(PLANNED, {"count": count, "first": first[5:], "last": last[5:]}) if count else NOTHING_NEW
    return Planned(words, count)


def _put(tx: Write, slots: Iterable[Slot], known: Mapping[tuple[str, str, DaySlot], PlanRow]) -> int:
    count = 0
    for one in slots:
        before = known.get((one.staff, one.day, one.slot))
        if before and (before.duty, before.window, before.duty_rota) == (one.duty, one.window, one.duty_rota):
            continue
        if before is None and one.duty is Duty.OFF:
            continue
        tx.record(ScheduleSet(one.staff, one.day, one.slot, one.duty, one.window, one.duty_rota))
        count += 1
    return count


def _refuse_days(db: Database, desk: Desk, first: str, last: str, now: Moment) -> None:
    if last > later(first, MOST_DAYS):
        raise Refused(Reason(TOO_LONG, {"days": MOST_DAYS}))
    if first < today_of(db, desk, now) and not is_allowed(db, desk.staff, Action.CORRECT_ATTENDANCE, desk.hall):
        raise Refused(Reason(IS_OVER, {"day": first}))


def _refuse_wrong(db: Database, desk: Desk, slots: Iterable[Slot]) -> None:
    here = {one.number for one in views.all_staff(db) if one.hall == desk.hall and one.active}
    windows = {one.code for one in views.windows(db, desk.hall)}
    for one in slots:
        if one.staff not in here:
            raise Refused(Reason(NO_STAFF, {"staff": one.staff[:12]}))
        if one.window and one.window not in windows:
            raise Refused(Reason(NO_WINDOW, {"window": one.window[:16]}))
        if one.duty is not Duty.OFF and (one.slot is DaySlot.NOON) != (one.duty is Duty.LUNCH):
            raise Refused(LUNCH_AT_NOON)


def calendar_of(db: Database, desk: Desk, day: str) -> WorkCalendar:
    """The calendar of the desk's hall; raises Refused at a centre."""
    hall = views.hall(db, desk.hall)
    if hall is None:
        raise Refused(NO_HALL)
    return hall_calendar(db, hall, day)


def today_of(db: Database, desk: Desk, now: Moment) -> str:
    """The business day of the desk's hall."""
    return business_day(now.t, views.last_day(db, desk.hall))


def _workdays(calendar: WorkCalendar, first: str, last: str) -> list[str]:
    found = [day for day in days(first, last) if calendar.is_workday(day)]
    if not found:
        raise Refused(NO_WORKDAY)
    return found


def serving_staff(db: Database, hall: str) -> list[str]:
    """Active people of a hall who may serve at a window, by number."""
    return [
        one.number
        for one in views.all_staff(db)
        if one.hall == hall and one.active and is_allowed(db, one.number, Action.SERVE, hall, own=True)
    ]
