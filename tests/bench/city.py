"""A city of 40 halls over years, by a seed: one hall's month is drawn fact by fact and then placed at every hall and month.

A month has 22 days of 300 visits (6,600 services). Sums of months are there for all halls and years, of the year before
too, so that each year has one to be compared with, and so are plans and punches; sums of days and one row a service for some
halls of the first year.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from typing import Final

from storage.backfill import backfill_years
from storage.database import Database
from storage.facts import DaySlot, Duty, HallSet, ScheduleSet, SignOffDone, SignOnDone, StaffSet
from storage.projections import project
from storage.views.figures import SUMMED
from tests.hallterm.reports.city import MINUTE, HallDays, Log, fill, hall_code, opens_t, staff_number

HALLS: Final = 40
SERVED: Final = 4
"""So many halls have the sums of their days, and their services as rows: a report of the city looks at neither."""
CLERKS: Final = 8
VISITS: Final = 300
SEED: Final = 20261122
TEMPLATE: Final = 99
MONTH: Final = "2025-12"
DAYS: Final = tuple(f"{MONTH}-{day:02d}" for day in range(1, 23))
MATTERS: Final = {
    f"{prefix}{n:02d}": (prefix, 2 + (n * 7 + ord(prefix)) % 18) for prefix in "ABCDE" for n in range(1, 9)
}
YEARS: Final = ("2026", "2027")
YEAR_BEFORE: Final = "2025"
NOON_MIN, BACK_MIN, LATE_IN = 215, 325, 25
"""Minutes after the hall opens at which people go to lunch and are back; one of so many is ten minutes late."""
PLACED: Final = ("service", "schedule_slot", "punch")
SERVICE_COLUMNS: Final = (
    *("visit", "ticket", "leg", "entry_mode", "start_t", "code", "version", "quantity", "limit_s", "state"),
    *("end_t", "wall_s", "excluded_s", "counted_s", "overtime", "std_milliminutes", "suspicious", "rating", "ord"),
)


def make_city(database: Database, halls: int = HALLS, visits: int = VISITS, *, services: bool = True) -> None:
    """The whole city in tables that were empty."""
    template = HallDays(TEMPLATE, SEED, CLERKS, MATTERS)
    for day in DAYS:
        template.day(day, visits)
        planned(template, day)
    fill(database, [template])
    database.execute("BEGIN")
    project(database, people(halls).placed)
    with drawn_once(database, "figure", *PLACED, "change_count"), without_indexes(database, *PLACED):
        for year in (YEAR_BEFORE, *YEARS):
            for month, hall in places(year, halls):
                served = year == YEARS[0] and hall < SERVED
                place_sums(database, month, hall, days=served)
                place_attendance(database, month, hall)
                place_changes(database, month, hall)
                if services and served:
                    place_services(database, month, hall)
        backfill_years(database)
    database.execute("COMMIT")
    database.execute("ANALYZE")


def planned(hall: HallDays, day: str) -> None:
    """Everybody is planned for both halves and comes: for lunch they sign off and on again, now and then somebody is late."""
    start = opens_t(day)
    for n, (staff, slot) in enumerate(product(hall.staff, (DaySlot.AM, DaySlot.PM))):
        hall.log.add(ScheduleSet(staff, day, slot, Duty.WINDOW), start - 1)
        if slot is DaySlot.PM:
            late_min = 10 if hall.random.randrange(LATE_IN) == 0 else 0
            window = hall.window(n // 2)
            hall.log.add(SignOffDone(staff, day, window), start + NOON_MIN * MINUTE, staff)
            back = SignOnDone(staff, day, window, punch=True)
            hall.log.add(back, start + (BACK_MIN + late_min) * MINUTE, staff)


@contextmanager
def drawn_once(database: Database, *tables: str) -> Iterator[None]:
    """The rows of the drawn hall apart, so that nobody looks for them among those that were placed already."""
    for table in tables:
        database.execute(
            f"CREATE TEMP TABLE drawn_{table} AS SELECT * FROM {table} WHERE \"hall\" = '{hall_code(TEMPLATE)}'"
        )
    yield
    for table in tables:
        database.execute(f"DROP TABLE drawn_{table}")


@contextmanager
def without_indexes(database: Database, *tables: str) -> Iterator[None]:
    """Millions of rows are placed sooner, and their indexes made at once afterwards."""
    if database.sqlite:
        sql = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = ? AND sql IS NOT NULL"
    else:
        sql = "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = ? AND indexname NOT LIKE '%%pkey'"
    found = [row for table in tables for row in database.rows(sql, (table,))]
    for name, _made_by in found:
        database.execute(f'DROP INDEX "{name}"')
    yield
    for _name, made_by in found:
        database.execute(made_by)


def places(year: str, halls: int) -> Iterator[tuple[str, int]]:
    return ((f"{year}-{month:02d}", hall) for month in range(1, 13) for hall in range(halls))


def people(halls: int) -> Log:
    """The halls of the city and who works there."""
    log = Log("office", "")
    start = opens_t(DAYS[0])
    for hall in range(halls):
        log.add(HallSet(hall_code(hall), f"厅{hall + 1}"), start)
        for clerk in range(CLERKS):
            log.add(StaffSet(staff_number(hall, clerk), f"人{hall}{clerk}", hall_code(hall)), start)
    return log


STAFF: Final = 'CAST(? AS TEXT) || substr("staff", length("staff") - 1)'
"""A clerk of another hall with the same place in it."""


def place_sums(database: Database, month: str, hall: int, *, days: bool) -> None:
    """The sums of the drawn month, of another hall and month; ``days``: those of its days too."""
    names = ", ".join(f'"{name}"' for name in SUMMED)
    database.execute(
        f'INSERT INTO figure ("period", "hall", "staff", "code", {names}) '
        'SELECT CAST(? AS TEXT) || substr("period", 8), CAST(? AS TEXT), '
        f"CASE WHEN \"staff\" = '' THEN '' ELSE {STAFF} END, "
        f'"code", {names} FROM drawn_figure WHERE length("period") BETWEEN ? AND ?',
        (month, hall_code(hall), f"{hall + 1:02d}", len(MONTH), len(DAYS[0]) if days else len(MONTH)),
    )


def place_changes(database: Database, month: str, hall: int) -> None:
    """How often its half-days and services changed."""
    database.execute(
        'INSERT INTO change_count ("what", "hall", "period", "staff", "times") '
        'SELECT "what", CAST(? AS TEXT), CAST(? AS TEXT) || substr("period", 8), '
        f"CASE WHEN \"staff\" = '' THEN '' ELSE {STAFF} END, \"times\" FROM drawn_change_count",
        (hall_code(hall), month, f"{hall + 1:02d}"),
    )


def place_services(database: Database, month: str, hall: int) -> None:
    """Its services, one row each."""
    names = ", ".join(f'"{name}"' for name in SERVICE_COLUMNS)
    database.execute(
        f'INSERT INTO service ("id", "hall", "day", "window", "staff", {names}) '
        'SELECT CAST(? AS TEXT) || "id", CAST(? AS TEXT), CAST(? AS TEXT) || substr("day", 8), "window", '
        f"{STAFF}, {names} FROM drawn_service",
        (f"{month}/{hall}/", hall_code(hall), month, f"{hall + 1:02d}"),
    )


def place_attendance(database: Database, month: str, hall: int) -> None:
    """Its plans and punches: what half-days are judged by."""
    code, prefix = hall_code(hall), f"{hall + 1:02d}"
    plan = ", ".join(f'"{name}"' for name in ("slot", "duty", "window", "duty_rota", "by", "at_t", "ord"))
    database.execute(
        f'INSERT INTO schedule_slot ("hall", "day", "staff", {plan}) '
        f'SELECT CAST(? AS TEXT), CAST(? AS TEXT) || substr("day", 8), {STAFF}, {plan} FROM drawn_schedule_slot',
        (code, month, prefix),
    )
    later_ms = opens_t(f"{month}-01") - opens_t(f"{MONTH}-01")
    database.execute(
        'INSERT INTO punch ("id", "hall", "day", "staff", "at_t", "window", "kind", "punch") '
        'SELECT CAST(? AS TEXT) || "id", CAST(? AS TEXT), CAST(? AS TEXT) || substr("day", 8), '
        f'{STAFF}, "at_t" + CAST(? AS BIGINT), "window", "kind", "punch" FROM drawn_punch',
        (f"{month}/{hall}/", code, month, prefix, later_ms),
    )
