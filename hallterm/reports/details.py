"""What stands behind a line that only its report can open: tickets of a group or hour, services of an hour, half-days."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from hallterm.half_days import HALF, Book, read_book
from hallterm.locale import N_, _
from hallterm.reports.asked import Asked
from hallterm.reports.beyond_hours import hours_and_calendar, time_beyond
from hallterm.reports.efficiency import SECONDS
from hallterm.reports.lists import matter_text
from hallterm.reports.model import By, Cell, Column, Drill, Kind, Row, Table
from hallterm.rules.attendance import HalfDayRecord, Presence
from hallterm.rules.leave import leave_rule
from hallterm.rules.numbers import window_number
from hallterm.rules.words import Reason
from storage.facts import Duty, Half
from storage.views.attendance import PlanRow
from storage.views.reporting_rows import (
    HOUR,
    MOST_LINES,
    PREFIX,
    ServiceTimes,
    TicketLine,
    services_in_hour,
    services_of,
    ticket_lines,
)

FIRST_ONLY = N_("only the first {count} are listed")
DAY = Column("day", N_("Day"), Kind.DAY)
TIME = Column("time", N_("Time"), Kind.TIME)
WINDOW = Column("window", N_("Win"), Kind.COUNT)
NAME = Column("staff_name", N_("Name"), Kind.TEXT, widest=8)
TICKET_COLUMNS = (
    *(DAY, Column("number", N_("Ticket"), Kind.TEXT, widest=8), TIME),
    Column("called", N_("Called at"), Kind.TIME),
    Column("wait", N_("Wait"), Kind.SECONDS, SECONDS),
    *(WINDOW, NAME),
    Column("ended", N_("Ended as"), Kind.TEXT, widest=12),
)
ENDS: Final[Mapping[str, str]] = {
    "done": N_("Served"),
    "no_show": N_("No-show"),
    "cancelled": N_("Cancelled"),
    "abandoned": N_("Abandoned"),
    "rebooked": N_("Rebooked"),
}
SERVICE_COLUMNS = (
    *(DAY, TIME, Column("to", N_("Ended"), Kind.TIME), WINDOW, NAME),
    Column("matter", N_("Matter"), Kind.TEXT, widest=26),
)
BEYOND_COLUMNS = (*SERVICE_COLUMNS, Column("beyond", N_("Beyond the hours"), Kind.SECONDS, SECONDS))
HALF_COLUMNS = (
    DAY,
    Column("half", N_("Half-day"), Kind.TEXT, widest=8),
    Column("duty", N_("Duty"), Kind.TEXT, widest=12),
    Column("there", N_("There"), Kind.TEXT, widest=24),
    Column("late", N_("Late"), Kind.COUNT, N_("min")),
    Column("early", N_("Early"), Kind.COUNT, N_("min")),
    Column("off_post", N_("Off post"), Kind.COUNT, N_("min")),
    Column("leave", N_("Leave"), Kind.TEXT, widest=12),
    Column("absent", N_("Absent"), Kind.TEXT, widest=6),
)
DUTY_WORDS: Final[Mapping[Duty, str]] = {
    Duty.WINDOW: N_("at window"),
    Duty.GUIDE: N_("guide"),
    Duty.LEADER: N_("duty"),
    Duty.LUNCH: N_("lunch duty"),
    Duty.OFF: N_("day off"),
}
HALF_WORDS: Final[Mapping[Half, str]] = {Half.AM: N_("AM"), Half.PM: N_("PM")}


def tickets(asked: Asked, drill: Drill) -> Table:
    """The tickets of one group, or those taken in one hour, in the order they were taken."""
    found = ticket_lines(asked.db, asked.span, HOUR if asked.by is By.HOUR else PREFIX, drill.key)
    return Table(TICKET_COLUMNS, tuple(Row(_ticket(asked, one)) for one in found), None, _notes(len(found)))


def _notes(count: int) -> tuple[Reason, ...]:
    return (Reason(FIRST_ONLY, {"count": MOST_LINES}),) if count == MOST_LINES else ()


def _ticket(asked: Asked, one: TicketLine) -> tuple[Cell, ...]:
    ended = _(ENDS[one.result]) if one.state == "closed" and one.result in ENDS else _("Still open")
    called = one.first_called_t or None
    window = window_number(one.window) if one.window else None
    who = asked.name_of(By.CLERK, one.staff) if one.staff else None
    return (one.day, one.number, one.issued_t, called, one.wait_s if called else None, window, who, ended)


def hour_services(asked: Asked, drill: Drill) -> Table:
    """The services that were finished in one hour of the day."""
    found = services_in_hour(asked.db, asked.span, int(drill.key))
    rows = tuple(Row(_service(asked, one), Drill(service=one.id)) for one in found)
    return Table(SERVICE_COLUMNS, rows, None, _notes(len(found)))


def _service(asked: Asked, one: ServiceTimes) -> tuple[Cell, ...]:
    window = window_number(one.window) if one.window else None
    who, what = asked.name_of(By.CLERK, one.staff), matter_text(asked, one.code)
    return (one.day, one.start_t, one.end_t, window, who, what)


def beyond_services(asked: Asked, drill: Drill) -> Table:
    """The services of one person that went on beyond the hours, each with how long it did."""
    hours, calendar = hours_and_calendar(asked, asked.scope.halls[0])
    rows = []
    for one in services_of(asked.db, asked.span, drill.staff):
        parts = time_beyond(hours, calendar, one.day, one.start_t, one.end_t)
        if parts:
            seconds = sum(parts.values()) // 1000
            rows.append(Row((*_service(asked, one), seconds), Drill(service=one.id)))
    whole = sum(int(str(row.cells[-1])) for row in rows)
    blank = (None,) * len(SERVICE_COLUMNS)
    return Table(BEYOND_COLUMNS, tuple(rows), Row((*blank, whole)) if rows else None, (), "beyond", ("time",))


def half_days(asked: Asked, drill: Drill) -> Table:
    """The planned half-days of one person, each with what it came to."""
    hall = drill.hall or asked.scope.halls[0]
    book = read_book(asked.db, [hall], asked.period.first, asked.period.last, asked.now, staff=drill.staff)
    rows = [Row(_half(book, plan, record)) for plan in book.plans if (record := book.record(plan)) is not None]
    minutes = [sum(int(str(row.cells[place] or 0)) for row in rows) for place in (4, 5, 6)]
    total = Row((None, None, None, None, *minutes, None, None)) if rows else None
    return Table(HALF_COLUMNS, tuple(rows), total)


def _half(book: Book, plan: PlanRow, record: HalfDayRecord) -> tuple[Cell, ...]:
    half = HALF[plan.slot]
    times = book.hours[plan.hall][half]
    there = (one for one in book.there(plan.staff, plan.day) if _touches(one, times.start_min, times.end_min))
    leave = _(leave_rule(record.leave).label) if record.leave is not None else None
    return (
        *(plan.day, _(HALF_WORDS[half]), _(DUTY_WORDS[plan.duty]), " ".join(map(_presence, there)) or None),
        *(record.late_min, record.early_min, sum(record.off_post_min), leave, _("yes") if record.absent else None),
    )


def _touches(one: Presence, start: int, end: int) -> bool:
    return one.from_min < end and (one.to_min is None or one.to_min > start)


def _presence(one: Presence) -> str:
    left = "" if one.to_min is None else f"{one.to_min // 60:02d}:{one.to_min % 60:02d}"
    return f"{one.from_min // 60:02d}:{one.from_min % 60:02d}-{left}"
