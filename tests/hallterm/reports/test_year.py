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
    "R30": checks.SUMMED["R30"],
}


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


@pytest.mark.parametrize("id", ["R01", "R03", "R04"])
def test_clerks_are_halls_are_matters(year: Database, id: str) -> None:
    by_hall, by_clerk = (report(year, id, "2025", by=by) for by in ("hall", "clerk"))
    for key in COUNTS[id]:
        assert exact(by_hall, key) == exact(by_clerk, key), (id, key)
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
