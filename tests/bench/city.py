"""A city of 40 halls over years, by a seed: one hall's month is drawn fact by fact and then placed at every hall and month.

A month has 22 days of 300 visits (6,600 services). Sums of months are there for all halls and years; sums of days
and one row a service for some halls of the first year.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from storage.database import Database
from storage.facts import HallSet, StaffSet
from storage.projections import project
from storage.views.figures import SUMMED
from tests.hallterm.reports.city import HallDays, Log, fill, hall_code, opens_t, staff_number

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
SERVICE_COLUMNS: Final = (
    *("visit", "ticket", "leg", "entry_mode", "start_t", "code", "version", "quantity", "limit_s", "state"),
    *("end_t", "wall_s", "excluded_s", "counted_s", "overtime", "std_milliminutes", "suspicious", "rating", "ord"),
)


def make_city(database: Database, halls: int = HALLS, visits: int = VISITS, *, services: bool = True) -> None:
    """The whole city in tables that were empty."""
    template = HallDays(TEMPLATE, SEED, CLERKS, MATTERS)
    for day in DAYS:
        template.day(day, visits)
    fill(database, [template])
    database.execute("BEGIN")
    project(database, people(halls).placed)
    with without_indexes(database, "service"):
        for year in YEARS:
            for month, hall in places(year, halls):
                place_sums(database, month, hall, days=year == YEARS[0] and hall < SERVED)
                if services and year == YEARS[0] and hall < SERVED:
                    place_services(database, month, hall)
    database.execute("COMMIT")
    database.execute("ANALYZE")


@contextmanager
def without_indexes(database: Database, table: str) -> Iterator[None]:
    """Millions of rows are placed sooner, and their indexes made at once afterwards."""
    if database.sqlite:
        sql = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = ? AND sql IS NOT NULL"
    else:
        sql = "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = ? AND indexname NOT LIKE '%%pkey'"
    found = database.rows(sql, (table,))
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


def place_sums(database: Database, month: str, hall: int, *, days: bool) -> None:
    """The sums of the drawn month, of another hall and month; ``days``: those of its days too."""
    names = ", ".join(f'"{name}"' for name in SUMMED)
    database.execute(
        f'INSERT INTO figure ("period", "hall", "staff", "code", {names}) '
        'SELECT CAST(? AS TEXT) || substr("period", 8), CAST(? AS TEXT), '
        'CASE WHEN "staff" = \'\' THEN \'\' ELSE CAST(? AS TEXT) || substr("staff", length("staff") - 1) END, '
        f'"code", {names} FROM figure WHERE "hall" = ? AND length("period") <= ?',
        (month, hall_code(hall), f"{hall + 1:02d}", hall_code(TEMPLATE), len(DAYS[0]) if days else len(MONTH)),
    )


def place_services(database: Database, month: str, hall: int) -> None:
    """Its services, one row each."""
    names = ", ".join(f'"{name}"' for name in SERVICE_COLUMNS)
    database.execute(
        f'INSERT INTO service ("id", "hall", "day", "window", "staff", {names}) '
        'SELECT CAST(? AS TEXT) || "id", CAST(? AS TEXT), CAST(? AS TEXT) || substr("day", 8), "window", '
        f'CAST(? AS TEXT) || substr("staff", length("staff") - 1), {names} FROM service WHERE "hall" = ?',
        (f"{month}/{hall}/", hall_code(hall), month, f"{hall + 1:02d}", hall_code(TEMPLATE)),
    )
