"""Reports agree with each other, whatever happened; and what does not agree is found."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hallterm.doctor_sums import misfits
from hallterm.reports import checks
from hallterm.reports.make import make
from hallterm.reports.model import Report
from hallterm.rules.consistency import levels_fit, queue_fits, sums_fit
from hallterm.workflows import counter
from storage import schema
from storage.database import Database, open_sqlite
from storage.facts import Moment
from tests.bench.city import make_city
from tests.hallterm.reports.city import drawn, hall_code, opens_t, put
from tests.hallterm.reports.conftest import HALLS
from tests.hallterm.reports.test_reports import CITY, HALL, NOW
from tests.hallterm.workflows.shift import FANG, MEI, Shift


def maker(db: Database, scope: str, period: str = "2026-10", now: Moment = NOW) -> checks.Make:
    return lambda id, by: make(db, id, period, scope, now, by=by.value if by else "")


@pytest.mark.parametrize("scope", [CITY, "360601", HALL])
@pytest.mark.parametrize("period", ["2026-10", "2026-Q3", "2026"])
def test_a_city_adds_up_in_every_direction(city: Database, scope: str, period: str) -> None:
    assert checks.check_place(maker(city, scope, period)) == []


def test_the_halls_are_the_city(city: Database) -> None:
    whole = make(city, "R01", "2026", CITY, NOW)
    halls = [make(city, "R01", "2026", hall_code(n), NOW, by="hall") for n in range(HALLS)]
    assert list(sums_fit(checks.whole_line(whole), map(checks.whole_line, halls))) == []
    assert checks.whole_line(whole).due > 0


def test_a_hall_and_its_queue_add_up(city: Database) -> None:
    assert checks.check_hall(maker(city, HALL)) == []


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**6), visits=st.integers(0, 25), clerks=st.integers(1, 4))
def test_whatever_a_day_brings_it_adds_up(empty: Database, seed: int, visits: int, clerks: int) -> None:
    empty.execute("BEGIN")
    try:
        put(empty, drawn([0, 1], ["2026-10-08"], visits, seed, clerks))
        assert checks.check_hall(maker(empty, HALL)) == []
        assert checks.check_place(maker(empty, CITY)) == []
    finally:
        empty.execute("ROLLBACK")


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """Tables without a row; each example takes its own back."""
    with closing(open_sqlite(tmp_path_factory.mktemp("empty") / "c.db", synchronous="OFF")) as database:
        schema.migrate(database)
        yield database


@pytest.mark.parametrize("period", ["2026", "2026-H1", "2027-Q2", "2026-03..2026-07"])
def test_a_seeded_year_of_a_city_adds_up(year: Database, period: str) -> None:
    now = Moment(opens_t("2028-01-10"), 0, "b")
    assert checks.check_place(maker(year, CITY, period, now)) == []
    whole = make(year, "R01", period, CITY, now)
    halls = [make(year, "R01", period, row.drill.hall, now, by="hall") for row in whole.rows]
    assert len(halls) == 4
    assert list(sums_fit(checks.whole_line(whole), map(checks.whole_line, halls))) == []
    months = len(whole.period.months)
    month = make(year, "R03", "2026-03", CITY, now)
    assert make(year, "R03", period, CITY, now).sum_of("services") == months * checks.count(month.sum_of("services"))


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """Four halls over two years, by a seed."""
    with closing(open_sqlite(tmp_path_factory.mktemp("year") / "c.db", synchronous="OFF")) as database:
        schema.migrate(database)
        make_city(database, 4, 8, services=False)
        yield database


def changed(report: Report, key: str, by: int = 1) -> Report:
    """The report with one figure of its first line another."""
    place, first = report.column(key), report.rows[0]
    cells = [*first.cells]
    cells[place] = checks.count(cells[place]) + by
    return msgspec.structs.replace(report, rows=(msgspec.structs.replace(first, cells=tuple(cells)), *report.rows[1:]))


def test_a_figure_that_was_changed_is_found(city: Database) -> None:
    r01, r05 = make(city, "R01", "2026-10", HALL, NOW), make(city, "R05", "2026-10", HALL, NOW)
    assert list(levels_fit(checks.rated_lines(changed(r01, "level_5"))))
    assert list(sums_fit(checks.whole_line(r01), checks.rated_lines(changed(r01, "unrated"))))
    assert list(queue_fits(checks.queue_lines(changed(r05, "no_show"))))
    assert list(checks.rows_add_up(changed(r05, "tickets")))
    found = next(iter(queue_fits(checks.queue_lines(changed(r05, "no_show")))))
    assert checks.words(found).startswith("R05: tickets are")


def test_a_shift_at_real_counters_adds_up(shift: Shift) -> None:
    """Through the workflows: served, rated and unrated, not come, held, moved, taken back."""
    desk, other = shift.open(), shift.open(2, FANG)
    shift.rate(shift.await_rating(desk, serving_s=700), level=2)
    shift.rate(shift.await_rating(desk))
    shift.await_rating(other, serving_s=5)
    shift.call(desk)
    shift.do(counter.recall, desk, after_s=25)
    shift.do(counter.recall, desk, after_s=25)
    shift.do(counter.no_show, desk, after_s=25)
    shift.serve(desk)
    done = shift.do(counter.finish, desk, after_s=50)
    shift.undo(desk, done)
    shift.issue()
    assert misfits(shift.db, shift.clock()) == ()
    r03 = make(shift.db, "R03", "", "", shift.clock())
    assert r03.sum_of("services") == 3
    assert make(shift.db, "R05", "", "", shift.clock()).sum_of("no_show") == 1
    assert {row.drill.staff for row in make(shift.db, "R01", "", "", shift.clock(), by="clerk").rows} <= {MEI, FANG}
