"""What reports must agree on: their rows, as :mod:`hallterm.rules.consistency` takes them. Business rule 17."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from fractions import Fraction

from msgspec import Struct

from hallterm.locale import N_, _
from hallterm.reports.model import By, Cell, Report
from hallterm.rules.averages import city_mean
from hallterm.rules.calendar import days
from hallterm.rules.consistency import (
    CITY_MEAN,
    QUEUE,
    SUMS,
    WORK,
    Misfit,
    city_mean_fits,
    levels_fit,
    queue_fits,
    sums_fit,
    work_fits,
)
from hallterm.rules.consistency import (
    LEVELS as LEVELS_CHECK,
)
from hallterm.rules.periods import months_period
from storage.database import Database
from storage.views.figures import SUMMED as FIGURES
from storage.views.figures import sums
from storage.views.reporting_rows import groups

LEVELS = ("level_5", "level_4", "level_3", "level_2", "level_1")
ENDS = ("handled", "no_show", "cancelled", "abandoned", "rebooked", "open")
ROWS_AND_SUM = N_("the lines add up to the line of sums")
LISTS = N_("lists and tables have as many lines as the figures say")
DAYS_FIT = N_("the days of a month add up to the month")
CHECKS = (ROWS_AND_SUM, LEVELS_CHECK, SUMS, WORK, QUEUE, LISTS, DAYS_FIT, CITY_MEAN)
"""All that is checked in a hall, in the order in which it is told."""
ROUNDED = Fraction(1, 100)
"""Totals are shown with two places: their mean may differ by so much from the mean of what is shown."""
SUMMED: Mapping[str, tuple[str, ...]] = {
    "R01": ("due", "rated", *LEVELS, "unrated", "exempt", "bad"),
    "R03": ("services", "quantity", "errors"),
    "R04": ("timed", "overtime"),
    "R05": ("tickets", "called", *ENDS),
    "R10": ("scheduled", "attended", "late", "early", "off_post", "absences", "lunches"),
    "R11": ("count", "unconfirmed"),
    "R19": ("services",),
    "R20": ("days", "half_days", "services"),
    "R30": ("services", "suspicious", "back_entries", "clock_jumps"),
}


class RatedLine(Struct, frozen=True):
    """A line of R01."""

    unit: str
    due: int
    levels: tuple[int, ...]
    unrated: int
    exempt: int


class WorkLine(Struct, frozen=True):
    """A place in R03, R04 and R30."""

    unit: str
    services: int
    timed: int
    suspicious: int
    back_entries: int


class QueueLine(Struct, frozen=True):
    """A line of R05."""

    unit: str
    tickets: int
    handled: int
    no_shows: int
    cancelled: int
    abandoned: int
    rebooked: int
    still_open: int


def count(cell: Cell) -> int:
    """A figure; absent counts nothing."""
    return int(cell) if isinstance(cell, (int, Decimal)) else 0


def _named(report: Report, cells: Iterable[Cell]) -> Callable[[str], int]:
    by_key = dict(zip((column.key for column in report.columns), cells, strict=True))
    return lambda key: count(by_key[key])


def rated_line(r01: Report, cells: tuple[Cell, ...], unit: str) -> RatedLine:
    at = _named(r01, cells)
    levels = tuple(at(one.key) for one in r01.columns if one.key in LEVELS)
    return RatedLine(unit, at("due"), levels, at("unrated"), at("exempt"))


def rated_lines(r01: Report) -> list[RatedLine]:
    return [rated_line(r01, row.cells, str(row.cells[0])) for row in r01.rows]


def whole_line(r01: Report) -> RatedLine:
    """The line of sums of R01."""
    return rated_line(r01, r01.total.cells if r01.total else (None,) * len(r01.columns), r01.scope.node)


def queue_lines(r05: Report) -> Iterator[QueueLine]:
    for row in r05.rows:
        at = _named(r05, row.cells)
        yield QueueLine(str(row.cells[0]), at("tickets"), *(at(key) for key in ENDS))


def work_line(r03: Report, r04: Report, r30: Report) -> WorkLine:
    """The three reports of one place and time, by their lines of sums."""
    suspicious, back_entries = count(r30.sum_of("suspicious")), count(r30.sum_of("back_entries"))
    return WorkLine(r03.scope.node, count(r03.sum_of("services")), count(r04.sum_of("timed")), suspicious, back_entries)


def rows_add_up(report: Report) -> Iterator[Misfit]:
    """The line of sums is the sum of the lines, in every column that is one."""
    there = {column.key for column in report.columns}
    for key in (one for one in SUMMED.get(report.id, ()) if one in there):
        expected, found = amount(report.sum_of(key)), sum(map(amount, report.values(key)))
        if expected != found:
            yield Misfit(ROWS_AND_SUM, f"{report.id} {key}", expected, found)


def amount(cell: Cell) -> Fraction:
    """A figure, half-days too; absent counts nothing."""
    return Fraction(cell) if isinstance(cell, (int, Decimal)) else Fraction()


def same_amount(unit: str, expected: Cell, found: Cell) -> Iterator[Misfit]:
    """What two reports say of the same thing."""
    if amount(expected) != amount(found):
        yield Misfit(LISTS, unit, amount(expected), amount(found))


def lists_fit(make: Make) -> Iterator[Misfit]:
    """Each overtime and each unrated service is a line of its list, and a queue has as many tickets by hour as by group."""
    yield from same_amount("R07 R04", make("R04", By.HALL).sum_of("overtime"), len(make("R07", None).rows))
    yield from same_amount("R08 R01", make("R01", By.HALL).sum_of("unrated"), len(make("R08", None).rows))
    by_group, by_hour = make("R05", By.GROUP), make("R05", By.HOUR)
    for key in SUMMED["R05"]:
        yield from same_amount(f"R05 {key}", by_group.sum_of(key), by_hour.sum_of(key))
    yield from rows_add_up(by_hour)


def means_fit(by_hall: Report, by_clerk: Report) -> Iterator[Misfit]:
    """R02: the city's mean is that of its clerks with a total, as far as two places tell; on both pages the same."""
    totals: dict[str, list[Fraction | None]] = {}
    for row in by_clerk.rows:
        cell = row.cells[by_clerk.column("total")]
        totals.setdefault(row.drill.hall, []).append(Fraction(cell) if isinstance(cell, Decimal) else None)
    for report in (by_hall, by_clerk):
        shown = report.sum_of("total")
        found = Fraction(shown) if isinstance(shown, Decimal) else None
        expected = city_mean(totals)
        if expected is None or found is None or abs(expected - found) > ROUNDED:
            yield from city_mean_fits(report.scope.node, found, totals)
    people = sum(count(cell) for cell in by_hall.values("people"))
    if people != count(by_hall.sum_of("people")):
        yield Misfit(ROWS_AND_SUM, "R02 people", count(by_hall.sum_of("people")), people)


Make = Callable[[str, By | None], Report]
"""A report by its id, with rows by ...; of the place and time that are checked."""


def check_place(make: Make) -> list[Misfit]:
    """What must hold at any place: the lines, the levels, the halls of the city and the clerks of the halls."""
    by_hall, by_clerk = make("R01", By.HALL), make("R01", By.CLERK)
    r03, r04, r30 = make("R03", By.HALL), make("R04", By.HALL), make("R30", None)
    found = [one for report in (by_hall, by_clerk, r03, r04, r30) for one in rows_add_up(report)]
    found += levels_fit([*rated_lines(by_hall), *rated_lines(by_clerk), whole_line(by_hall)])
    found += sums_fit(whole_line(by_hall), rated_lines(by_clerk))
    found += means_fit(make("R02", By.HALL), make("R02", By.CLERK))
    r10, r10_by_clerk = make("R10", By.HALL), make("R10", By.CLERK)
    found += [*rows_add_up(r10), *rows_add_up(r10_by_clerk)]
    for key in SUMMED["R10"]:
        found += same_amount(f"R10 {key}", r10.sum_of(key), r10_by_clerk.sum_of(key))
    return [*found, *work_fits([work_line(r03, r04, r30)])]


def check_hall(make: Make) -> list[Misfit]:
    """The same within one hall, and its queue."""
    r05, r11 = make("R05", None), make("R11", None)
    found = [*check_place(make), *rows_add_up(r05), *rows_add_up(r11), *queue_fits(queue_lines(r05))]
    return [*found, *lists_fit(make)]


def days_fit(db: Database, hall: str, month: str) -> Iterator[Misfit]:
    """Each sum of a hall's month is that of its days, and it has as many tickets as there are rows of them."""
    period = months_period(month, month)
    of_month, of_days = (sums(db, keys, [hall], ()) for keys in ([month], list(days(period.first, period.last))))
    for name in FIGURES:
        expected, found = (sum(getattr(one, name) for one in many) for many in (of_month, of_days))
        if expected != found:
            yield Misfit(DAYS_FIT, f"{hall} {name}", expected, found)
    rows = sum(one.tickets for one in groups(db, (hall, period.first, period.last), 0))
    yield from same_amount(f"{hall} tickets", sum(one.tickets for one in of_month), rows)


def words(misfit: Misfit) -> str:
    """What does not fit, for people."""
    return f"{_(misfit.check)}: {misfit.unit} {_shown(misfit.expected)} <> {_shown(misfit.found)}"


def _shown(value: Fraction | int | None) -> str:
    return "--" if value is None else f"{float(value):.10g}"
