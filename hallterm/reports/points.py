"""R20: is a service point used? By point and week, and how long it has been silent. Business rule 16.7."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from msgspec import Struct

from hallterm.locale import N_
from hallterm.point_use import PointUse, point_use
from hallterm.reports.asked import Asked, drill, named_columns
from hallterm.reports.model import ATTENTION, By, Cell, Column, Kind, Row, Table
from hallterm.rules.calendar import days
from hallterm.rules.day import local
from hallterm.rules.exact import percent
from hallterm.rules.points import RED_AFTER_DAYS, is_silent
from hallterm.rules.words import Reason
from storage.contacts import packages
from storage.facts import HallKind
from storage.views import HallRow, reporting
from storage.views.figures import Sums, added, sums
from storage.views.places import all_halls

COLUMNS = (
    *named_columns(By.HALL),
    Column("week", N_("Week no."), Kind.TEXT, widest=8),
    Column("days", N_("Days open"), Kind.COUNT),
    Column("half_days", N_("Half-days"), Kind.COUNT),
    Column("services", N_("Services"), Kind.COUNT),
    Column("evaluation_rate", N_("Evaluated"), Kind.SHARE, "%"),
    Column("last_sync", N_("Synced"), Kind.DAY),
    Column("last_package", N_("Package"), Kind.DAY),
    Column("silent", N_("Silent"), Kind.COUNT, N_("days")),
)
WANTED = ("services", "rated", "unrated", "exempt")
SILENT = N_("! {count} points without a sign-on for {days} working days or more")


class Week(Struct, frozen=True):
    """The days of one ISO week that lie in the period and have begun."""

    name: str
    days: tuple[str, ...]


class Line(Struct, frozen=True):
    """One point in one week."""

    row: Row
    work: Sums
    opened: int
    half_days: int


def build(asked: Asked) -> Table:
    """Points alone: a hall is used every day."""
    points = [one for one in all_halls(asked.db) if one.code in asked.scope.halls and one.hall_kind == HallKind.POINT]
    if not points:
        return Table(COLUMNS, (), None, (), "services", ("hall_name", "week"))
    weeks = weeks_of(asked.period.first, min(asked.period.last, asked.today))
    lines = [line for point in points for line in _point(asked, point, weeks)]
    silent = sum(bool(line.row.mark) for line in lines)
    notes = (Reason(SILENT, {"count": silent, "days": RED_AFTER_DAYS}),) if silent else ()
    whole = added(line.work for line in lines) if lines else Sums()
    opened, half_days = sum(line.opened for line in lines), sum(line.half_days for line in lines)
    total = Row((None, None, None, opened, half_days, whole.services, _rate(whole), None, None, None))
    return Table(COLUMNS, tuple(line.row for line in lines), total, notes, "services", ("hall_name", "week"))


def weeks_of(first: str, last: str) -> Sequence[Week]:
    """The ISO weeks from a day to a day, the first and the last cut to them."""
    by_week: dict[str, list[str]] = {}
    for day in days(first, last):
        year, number, _weekday = date.fromisoformat(day).isocalendar()
        by_week.setdefault(f"{year}-W{number:02d}", []).append(day)
    return [Week(name, tuple(found)) for name, found in by_week.items()]


def _point(asked: Asked, point: HallRow, weeks: Sequence[Week]) -> Iterator[Line]:
    """Its weeks; what holds now (last sync, package, silence) stands at the last one."""
    use = point_use(asked.db, point, asked.period.first, asked.period.last, asked.today, asked.now)
    contact_t = reporting.reaches(asked.db, (point.code,))[point.code].contact_t
    now: tuple[Cell, ...] = (_day(contact_t), _day(packages(asked.db).get(point.code, 0)), use.silent)
    for week in weeks:
        is_last = week is weeks[-1]
        mark = ATTENTION if is_last and is_silent(use.silent) else ""
        yield _line(asked, point, week, use, now if is_last else (None, None, None), mark)


def _line(asked: Asked, point: HallRow, week: Week, use: PointUse, now: tuple[Cell, ...], mark: str) -> Line:
    found = sums(asked.db, week.days, (point.code,), ("hall",), wanted=WANTED)
    work = added(found) if found else Sums()
    half_days, opened = sum(use.signed.get(day, 0) for day in week.days), len(use.opened & set(week.days))
    names = (point.code, asked.name_of(By.HALL, point.code), week.name)
    row = Row((*names, opened, half_days, work.services, _rate(work), *now), drill(By.HALL, point.code), mark)
    return Line(row, work, opened, half_days)


def _rate(work: Sums) -> Cell:
    return percent(work.rated, work.rated + work.unrated - work.exempt)


def _day(t: int) -> str | None:
    return local(t).date().isoformat() if t else None
