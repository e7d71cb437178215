"""A year of a city from facts: five halls, three clerks each, twelve months. It adds up in every direction."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from decimal import Decimal
from fractions import Fraction
from itertools import product

import msgspec
import pytest

from hallterm.reports import checks
from hallterm.reports.make import make
from hallterm.reports.model import Report
from hallterm.rules.calendar import PUBLISHED, days
from hallterm.rules.consistency import sums_fit
from storage import facts as f
from storage import schema
from storage.database import Database, open_sqlite
from storage.facts import DaySlot, Duty, Moment
from tests.hallterm.reports.city import HallDays, fill, hall_code, opens_t
from tests.hallterm.reports.test_checks import changed, maker

HALLS, CLERKS, VISITS, SEED = 5, 3, 9, 2025
DAYS_A_MONTH = 3
CITY = "360600"
DISTRICTS = ("360600", "360601", "360602")
MONTHS = [f"2025-{month:02d}" for month in range(1, 13)]
QUARTERS = {f"2025-Q{n + 1}": MONTHS[3 * n : 3 * n + 3] for n in range(4)}
HALF_YEARS = {"2025-H1": MONTHS[:6], "2025-H2": MONTHS[6:]}
NOW = Moment(opens_t("2026-02-02"), 0, "b")
COUNTS = {
    "R01": checks.SUMMED["R01"],
    "R03": (*checks.SUMMED["R03"], "std_minutes"),
    "R04": checks.SUMMED["R04"],
    "R10": checks.SUMMED["R10"],
    "R30": checks.SUMMED["R30"],
}
OF_A_HALL = {
    "R05": checks.SUMMED["R05"],
    "R07": ("quantity",),
    "R11": checks.SUMMED["R11"],
}
"""Made for one hall, of days up to a month."""


def working_days(month: str) -> list[str]:
    """The first working days of a month."""
    return [day for day in days(f"{month}-01", f"{month}-28") if PUBLISHED.is_workday(day)][:DAYS_A_MONTH]


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """Drawn fact by fact; everybody is planned on every day, one clerk of the last hall came on none."""
    with closing(open_sqlite(tmp_path_factory.mktemp("year") / "c.db", synchronous="OFF")) as database:
        schema.migrate(database)
        logs = [hall_year(number) for number in range(HALLS)]
        fill(database, logs)
        yield database


def hall_year(number: int) -> HallDays:
    made = HallDays(number, SEED, CLERKS)
    made.found(opens_t("2025-01-01"))
    for day in (day for month in MONTHS for day in working_days(month)):
        for staff, slot in product(made.staff, (DaySlot.AM, DaySlot.PM)):
            made.log.add(f.ScheduleSet(staff, day, slot, Duty.WINDOW), opens_t(day) - 1)
        made.day(day, VISITS)
    return made


def report(db: Database, id: str, period: str, scope: str = CITY, by: str = "") -> Report:
    return make(db, id, period, scope, NOW, by=by)


def exact(report: Report, key: str) -> Fraction:
    cell = report.sum_of(key)
    return Fraction(cell) if isinstance(cell, (int, Decimal)) else Fraction()


@pytest.mark.parametrize("scope", [CITY, "360601", hall_code(0)])
@pytest.mark.parametrize("period", ["2025-07", "2025-Q2", "2025-H2", "2025", "2025-03..2025-07"])
def test_the_reports_agree_with_each_other(year: Database, scope: str, period: str) -> None:
    assert checks.check_place(maker(year, scope, period, NOW)) == []


@pytest.mark.parametrize("hall", [hall_code(number) for number in range(HALLS)])
def test_the_queue_of_each_hall_adds_up(year: Database, hall: str) -> None:
    assert checks.check_hall(maker(year, hall, "2025-07", NOW)) == []


@pytest.mark.parametrize("id", COUNTS)
def test_months_are_quarters_are_half_years_are_the_year(year: Database, id: str) -> None:
    by_month = {month: report(year, id, month) for month in MONTHS}
    whole = report(year, id, "2025")
    assert exact(whole, COUNTS[id][0]) > 0
    for period, months in (*QUARTERS.items(), *HALF_YEARS.items(), ("2025", MONTHS)):
        made = report(year, id, period)
        for key in COUNTS[id]:
            assert exact(made, key) == sum(exact(by_month[month], key) for month in months), (id, period, key)


@pytest.mark.parametrize("id", COUNTS)
def test_halls_are_districts_are_the_city(year: Database, id: str) -> None:
    whole = report(year, id, "2025")
    halls = [report(year, id, "2025", hall_code(number)) for number in range(HALLS)]
    for key in COUNTS[id]:
        assert exact(whole, key) == sum(exact(one, key) for one in halls), (id, key)


@pytest.mark.parametrize("id", ["R01", "R03", "R04", "R10"])
def test_clerks_are_halls_are_matters(year: Database, id: str) -> None:
    by_hall, by_clerk = (report(year, id, "2025", by=by) for by in ("hall", "clerk"))
    for key in COUNTS[id]:
        assert exact(by_hall, key) == exact(by_clerk, key), (id, key)
    if id == "R10":
        return
    if id == "R01":
        assert list(sums_fit(checks.whole_line(by_hall), checks.rated_lines(by_clerk))) == []
        return
    by_matter = report(year, id, "2025", by="matter")
    for key in COUNTS[id]:
        assert exact(by_hall, key) == exact(by_matter, key), (id, key)


def test_days_are_their_month(year: Database) -> None:
    month = report(year, "R03", "2025-07")
    single = [report(year, "R03", day) for day in working_days("2025-07")]
    for key in COUNTS["R03"]:
        assert exact(month, key) == sum(exact(one, key) for one in single)


@pytest.mark.parametrize("hall", [hall_code(number) for number in range(HALLS)])
def test_the_lists_and_tables_of_days_are_those_of_their_month(year: Database, hall: str) -> None:
    for id, keys in OF_A_HALL.items():
        month = report(year, id, "2025-07", hall)
        single = [report(year, id, day, hall) for day in working_days("2025-07")]
        for key in keys:
            assert exact(month, key) == sum(exact(one, key) for one in single), (id, key)
        if id != "R11":  # a clerk and reason is one line of the month, whatever the days
            lines = sum(len(one.rows) for one in single)
            assert len(month.rows) == lines or id == "R05"
    assert list(checks.days_fit(year, hall, "2025-07")) == []
    unrated = sum(len(report(year, "R08", day, hall).rows) for day in working_days("2025-07"))
    assert unrated == exact(report(year, "R01", "2025-07", hall), "unrated") > 0
    hours = sum(exact(report(year, "R06", day, hall), "handled") for day in working_days("2025-07"))
    assert hours == exact(report(year, "R03", "2025-07", hall), "services") > 0


def test_clerks_alone_are_their_hall(year: Database) -> None:
    hall = hall_code(1)
    for id in ("R01", "R03", "R04", "R10"):
        whole = report(year, id, "2025", hall)
        alone = [report(year, id, "2025", staff) for staff in HallDays(1, SEED, CLERKS).staff]
        for key in COUNTS[id]:
            assert exact(whole, key) == sum(exact(one, key) for one in alone), (id, key)


ONE = "WHERE hall = '{hall}' AND period = '{period}' AND staff <> '' AND rated > 0 AND timed > 1"
FIRST = "WHERE {key} = (SELECT min({key}) FROM {table} WHERE hall = '{hall}' AND substr(day, 1, 7) = '2025-07' {more})"
TAMPERED = {
    "a service too many": ("UPDATE figure SET services = services + 1 {one}", "2025-07"),
    "a rating that moved": ("UPDATE figure SET level_5 = level_5 + 1, rated = rated {one}", "2025-07"),
    "a rating too many": ("UPDATE figure SET rated = rated + 1 {one}", "2025-07"),
    "an unrated one less": ("UPDATE figure SET unrated = unrated - 1 {one}", "2025-07"),
    "an overtime too many": ("UPDATE figure SET overtime = overtime + 1 {one}", "2025-07"),
    "a timed one less": ("UPDATE figure SET timed = timed - 1 {one}", "2025-07"),
    "a day that is not its month": ("UPDATE figure SET quantity = quantity + 1 {one}", "2025-07-01"),
    "a day that is gone": ("DELETE FROM figure {one}", "2025-07-01"),
}
ROWS = {
    "a service that was quick after all": (
        "service",
        "overtime = 0",
        "AND overtime = 1 AND entry_mode <> 'back_entry'",
    ),
    "an unrated one taken away": ("unrated", "undone = 1", "AND undone = 0"),
    "a ticket without an end": ("ticket", "result = 'lost'", "AND result = 'done'"),
    "a ticket that was moved to another year": ("ticket", "day = '2024-07-01'", ""),
}


def found_in(year: Database, tampering: str) -> list[str]:
    """What the checks say of a hall after a change that no fact made; it is taken back."""
    hall = hall_code(0)
    year.execute("BEGIN")
    try:
        cursor = year.execute(tampering)
        assert cursor.rowcount > 0, tampering
        wrong = [*checks.check_hall(maker(year, hall, "2025-07", NOW)), *checks.days_fit(year, hall, "2025-07")]
        return [checks.words(one) for one in wrong]
    finally:
        year.execute("ROLLBACK")


@pytest.mark.parametrize("what", TAMPERED)
def test_a_sum_that_was_tampered_with_is_found(year: Database, what: str) -> None:
    statement, period = TAMPERED[what]
    where = ONE.format(hall=hall_code(0), period=period)
    row = year.rows(f"SELECT staff, code FROM figure {where} LIMIT 1")[0]
    only = f"WHERE hall = '{hall_code(0)}' AND period = '{period}' AND staff = '{row[0]}' AND code = '{row[1]}'"
    assert found_in(year, statement.format(one=only)), what


@pytest.mark.parametrize("what", ROWS)
def test_a_row_that_was_tampered_with_is_found(year: Database, what: str) -> None:
    table, change, more = ROWS[what]
    where = FIRST.format(key="service" if table == "unrated" else "id", table=table, hall=hall_code(0), more=more)
    assert found_in(year, f"UPDATE {table} SET {change} {where}"), what


def test_the_assessment_of_a_year_has_everybody_with_all_four_parts(year: Database) -> None:
    made = report(year, "R02", "2025", by="clerk")
    assert len(made.rows) == HALLS * CLERKS
    for part in ("rating", "business", "efficiency", "attendance", "total"):
        assert all(isinstance(cell, Decimal) for cell in made.values(part))
    in_city = made.values("city_rank")
    assert in_city == list(range(1, HALLS * CLERKS + 1))
    assert report(year, "R02", "2025").sum_of("people") == HALLS * CLERKS
    shown = made.sum_of("total")
    mean = sum((Fraction(str(cell)) for cell in made.values("total")), Fraction()) / len(made.rows)
    assert isinstance(shown, Decimal)
    assert abs(Fraction(shown) - mean) <= checks.ROUNDED


def test_a_mean_that_is_not_of_the_clerks_is_found(year: Database) -> None:
    by_hall, by_clerk = report(year, "R02", "2025"), report(year, "R02", "2025", by="clerk")
    assert list(checks.means_fit(by_hall, by_clerk)) == []
    assert list(checks.means_fit(changed(by_hall, "people"), by_clerk))
    place, first = by_clerk.column("total"), by_clerk.rows[0]
    cells = (*first.cells[:place], Decimal(0), *first.cells[place + 1 :])
    rows = (msgspec.structs.replace(first, cells=cells), *by_clerk.rows[1:])
    assert list(checks.means_fit(by_hall, msgspec.structs.replace(by_clerk, rows=rows)))
