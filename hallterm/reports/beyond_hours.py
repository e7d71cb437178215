"""R19: services before and after the hours, over noon, and on days when nobody has to work. Business rule 10.

Minutes are those in which a service went on outside the hours of the hall, whole minutes of the sum; a service counts where
most of its such time lies.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from enum import StrEnum
from itertools import pairwise

from hallterm.locale import N_, _
from hallterm.reports.asked import Asked, drill, named_columns
from hallterm.reports.model import By, Cell, Column, Kind, Row, Table
from hallterm.rules.attendance import Times, half_times
from hallterm.rules.calendar import WorkCalendar, work_calendar
from hallterm.rules.day import midnight_t
from hallterm.rules.settings_table import SettingName, understood
from hallterm.rules.words import Reason
from storage import views
from storage.facts import Half, HallSet
from storage.views.attendance import service_times
from storage.views.calendars import announced_years, closing_days

MINUTE_MS = 60_000
DAY_MIN = 24 * 60
ALL_DAY = Times(0, DAY_MIN)


class When(StrEnum):
    """Where time beyond the hours lies."""

    EDGE = "edge"
    NOON = "noon"
    REST = "rest"


COLUMNS = (
    Column("edge_min", N_("Before, after"), Kind.COUNT, N_("min")),
    Column("edge_services", N_("Services"), Kind.COUNT),
    Column("noon_min", N_("Noon"), Kind.COUNT, N_("min")),
    Column("noon_services", N_("Services"), Kind.COUNT),
    Column("rest_min", N_("Rest days"), Kind.COUNT, N_("min")),
    Column("rest_services", N_("Services"), Kind.COUNT),
    Column("minutes", N_("In all"), Kind.COUNT, N_("min")),
    Column("services", N_("Services"), Kind.COUNT),
)
ALWAYS_OPEN = Reason(N_("this hall is open at all hours: nothing lies beyond them"))
Sums = dict[When, list[int]]
"""Milliseconds and services."""


def build(asked: Asked) -> Table:
    """A row a person who served beyond the hours; none for others."""
    hall, first, last = asked.span
    hours, calendar = hours_and_calendar(asked, hall)
    found: dict[str, Sums] = defaultdict(lambda: {when: [0, 0] for when in When})
    for staff, day, start_t, end_t in service_times(asked.db, hall, first, last, asked.scope.staff):
        parts = time_beyond(hours, calendar, day, start_t, end_t)
        if not parts:
            continue
        for when, ms in parts.items():
            found[staff][when][0] += ms
        found[staff][max(parts, key=lambda when: parts[when])][1] += 1
    rows = tuple(
        Row((staff, asked.name_of(By.CLERK, staff), *_cells(found[staff])), drill(By.CLERK, staff, hall))
        for staff in sorted(found)
    )
    whole: Sums = {when: [sum(one[when][n] for one in found.values()) for n in (0, 1)] for when in When}
    total = Row((None, _("{count} people").format(count=len(found)), *_cells(whole))) if found else None
    notes = (ALWAYS_OPEN,) if is_always_open(hours) else ()
    return Table((*named_columns(By.CLERK), *COLUMNS), rows, total, notes, "minutes", ("staff_name",))


def is_always_open(hours: Mapping[Half, Times]) -> bool:
    """Whether its hours are the whole day."""
    return [*hours.values()] == [ALL_DAY]


def hours_and_calendar(asked: Asked, code: str) -> tuple[Mapping[Half, Times], WorkCalendar]:
    """When a hall is open, and on which days."""
    hall = views.hall(asked.db, code)
    if hall is None or hall.open_always:
        return {Half.AM: ALL_DAY}, WorkCalendar(every_day=True)
    value = views.setting(asked.db, SettingName.WORKS_EVERY_DAY, code, asked.period.last)
    every_day = understood(SettingName.WORKS_EVERY_DAY, value) is True
    closed = {one.day: one.name for one in closing_days(asked.db, code)}
    pairs = (hall.opening_am, hall.closing_am, hall.opening_pm, hall.closing_pm)
    calendar = work_calendar(announced_years(asked.db, code), closed, every_day=every_day)
    return half_times(HallSet(code, hall.name, hall.hall_kind, "", *pairs)), calendar


def time_beyond(
    hours: Mapping[Half, Times], calendar: WorkCalendar, day: str, start_t: int, end_t: int
) -> dict[When, int]:
    """The milliseconds of a service outside the hours of its day, by where they lie."""
    there = hours if calendar.is_workday(day) else None
    return beyond(there, start_t - midnight_t(day), end_t - midnight_t(day))


def beyond(hours: Mapping[Half, Times] | None, start_ms: int, end_ms: int) -> dict[When, int]:
    """The milliseconds of a stretch (since midnight) outside the hours, by where they lie; ``hours`` None: a rest day."""
    if end_ms <= start_ms:
        return {}
    if not hours:
        return {When.REST: end_ms - start_ms}
    shifts = sorted((one.start_min * MINUTE_MS, one.end_min * MINUTE_MS) for one in hours.values())
    first, last = shifts[0][0], shifts[-1][1]
    noon = sum(_shared(start_ms, end_ms, one[1], other[0]) for one, other in pairwise(shifts))
    edge = _shared(start_ms, end_ms, 0, first) + _shared(start_ms, end_ms, last, max(end_ms, last))
    return {when: ms for when, ms in ((When.EDGE, edge), (When.NOON, noon)) if ms}


def _shared(start: int, end: int, low: int, high: int) -> int:
    return max(0, min(end, high) - max(start, low))


def _cells(sums: Sums) -> tuple[Cell, ...]:
    each = [value for when in When for value in (sums[when][0] // MINUTE_MS, sums[when][1])]
    whole = (sum(sums[when][0] for when in When) // MINUTE_MS, sum(sums[when][1] for when in When))
    return (*each, *whole)
