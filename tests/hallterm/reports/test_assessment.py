"""The vectors of the assessment through facts, sums and half-days to the scores of R02, and what pools and means must be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hallterm.assessing import assess
from hallterm.reports.make import make
from hallterm.rules.exact import half_up
from hallterm.rules.periods import months_period
from hallterm.rules.timers import std_milliminutes
from hallterm.workflows.months import frozen_facts
from storage import facts as f
from storage import schema
from storage.database import Database, open_sqlite
from storage.facts import FrozenScore, LeaveType, Moment, Part
from storage.projections import project
from tests.hallterm.reports.city import Log, opens_t
from tests.hallterm.reports.scored import HALL, MONTH, STAFF, Facts, leave
from tests.rules.vectors import vectors

NOW = Moment(opens_t("2026-12-31"), 0, "b")


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    database = open_sqlite(tmp_path_factory.mktemp("scores") / "hall.db", synchronous="OFF")
    schema.migrate(database)
    yield database
    database.close()


@contextmanager
def tables(database: Database, facts: Log) -> Iterator[Database]:
    """The tables after these facts, taken back afterwards."""
    database.execute("BEGIN")
    try:
        project(database, facts.placed)
        yield database
    finally:
        database.execute("ROLLBACK")


def parts(database: Database, facts: Log, period: str = MONTH) -> Mapping[Part, Fraction | None]:
    with tables(database, facts) as db:
        first, _dots, last = period.partition("..")
        (one,) = assess(db, [HALL], months_period(first, last or first), NOW).people
        return one.score.parts


def rounded(points: Fraction | None) -> Decimal | None:
    return None if points is None else half_up(points)


def test_the_rating_part_from_ratings(empty: Database) -> None:
    (vector,) = vectors("assessment.rating")
    facts = Facts()
    facts.ratings(vector.inputs["counts"], vector.inputs["unrated"])
    assert rounded(parts(empty, facts)[Part.RATING]) == vector.expected["part"]


def test_the_business_part_from_services_half_days_and_an_error(empty: Database) -> None:
    (vector,) = vectors("assessment.business")
    facts = Facts()
    for row in vector.inputs["services"]:
        credit = std_milliminutes(row["limit_min"], row["quantity_each"], row["quantity_each"] > 1)
        facts.services(row["count"], credit, 30)
    facts.half_days(vector.inputs["attended_half_days"] // 2)
    for _n in range(vector.inputs["verified_errors"]):
        facts.error()
    assert rounded(parts(empty, facts)[Part.BUSINESS]) == vector.expected["part"]


def test_the_efficiency_part_from_timed_services(empty: Database) -> None:
    (vector,) = vectors("assessment.efficiency")
    timed, over = vector.inputs["timed_services"], vector.inputs["overtime"]
    counted_s = vector.inputs["counted_minutes"] * 60 // timed
    facts = Facts()
    credit = 1000 * vector.inputs["std_minutes"] // timed
    facts.services(timed - over, credit, counted_s)
    facts.services(over, credit + 1, counted_s, limit_s=counted_s - 1)
    found = parts(empty, facts)[Part.EFFICIENCY]
    assert rounded(found) == vector.expected["part"]


def test_the_attendance_part_from_punches_and_leave(empty: Database) -> None:
    (vector,) = vectors("assessment.attendance")
    wanted, facts = vector.inputs, Facts()
    facts.day(f"{MONTH}-08", on=5)
    facts.day(f"{MONTH}-09", off=570 - 20)
    leaves = ((LeaveType.PERSONAL, wanted["personal_half"]), (LeaveType.SICK, wanted["sick_half"]))
    day = 12
    for leave_type, halves in (*leaves, (LeaveType.ANNUAL, wanted["annual_half"])):
        for _n in range(halves):
            leave(facts, leave_type, f"{MONTH}-{day:02d}")
            day += 1
    assert rounded(parts(empty, facts)[Part.ATTENDANCE]) == vector.expected["part"]


def test_a_quarter_pools_counts_and_takes_the_mean_of_attendance(empty: Database) -> None:
    (vector,) = vectors("assessment.quarter")
    facts = Facts()
    for month, row in zip(("2026-04", "2026-05", "2026-06"), vector.inputs["months"], strict=True):
        facts.ratings(row["counts"], row["unrated"], f"{month}-10")
    late = {98: 1, 100: 0, 88: 6}
    for month, points in zip(("2026-04", "2026-05", "2026-06"), vector.inputs["attendance_by_month"], strict=True):
        for n in range(6):
            facts.day(f"{month}-{n + 10}", on=5 if n < late[points] else -10)
    with tables(empty, facts) as db:
        (one,) = assess(db, [HALL], months_period("2026-04", "2026-06"), NOW).people
        assert (one.work.ratings.rated, one.work.ratings.due) == (
            vector.expected["pooled_rated"],
            vector.expected["pooled_due"],
        )
        assert rounded(one.score.parts[Part.RATING]) == vector.expected["rating_part"]
        assert rounded(one.score.parts[Part.ATTENDANCE]) == vector.expected["attendance_part"]


def test_the_mean_of_the_city_is_over_clerks(empty: Database) -> None:
    """Frozen totals are given; the report adds them up."""
    (vector,) = vectors("averages")
    log = Log("n1", "")
    halls = {name: f"36060{n + 1}001" for n, name in enumerate(vector.inputs["totals_by_hall"])}
    for name, totals in vector.inputs["totals_by_hall"].items():
        log.add(f.HallSet(halls[name], name), opens_t("2026-01-01"))
        scores = tuple(
            FrozenScore(f"{halls[name][4:6]}{n}", total_centi=int(total * 100)) for n, total in enumerate(totals)
        )
        log.add(f.MonthFrozen(halls[name], MONTH, (), scores), opens_t("2026-11-05"))
    with tables(empty, log) as db:
        made = make(db, "R02", MONTH, "360600", NOW, by="hall")
    total = made.column("total")
    names = made.column("hall_name")
    assert {row.cells[names]: row.cells[total] for row in made.rows} == vector.expected["by_hall"]
    assert made.sum_of("total") == vector.expected["city"]
    assert made.sum_of("people") == vector.expected["clerks"]


def test_absent_parts_are_left_out_and_nothing_at_all_is_no_record(empty: Database) -> None:
    facts = Facts()
    facts.add(f.GrantSet(STAFF, f.Role.CLERK, HALL), opens_t("2026-01-01"))
    with tables(empty, facts) as db:
        (one,) = assess(db, [HALL], months_period(MONTH, MONTH), NOW).people
        assert one.score.total is None
        made = make(db, "R02", MONTH, HALL, NOW)
        assert made.rows[0].cells[made.column("marks")] == "no record"
        assert made.sum_of("total") is None
    facts.services(10, 6000, 300)
    with tables(empty, facts) as db:
        (one,) = assess(db, [HALL], months_period(MONTH, MONTH), NOW).people
        assert one.score.missing == (Part.RATING, Part.BUSINESS, Part.ATTENDANCE)
        assert one.score.total == one.score.parts[Part.EFFICIENCY]


@settings(max_examples=15, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 4), st.booleans()), min_size=1, max_size=4))
def test_a_period_is_the_pool_of_its_months_whichever_of_them_are_frozen(
    empty: Database, months: list[tuple[int, int, bool]]
) -> None:
    names = [f"2026-{n + 1:02d}" for n in range(len(months))]
    facts = Facts()
    for name, (rated, services, _frozen) in zip(names, months, strict=True):
        facts.ratings({"5": rated, "3": 1}, rated % 2, f"{name}-05")
        facts.services(services, 6000, 500, day=f"{name}-05")
        facts.day(f"{name}-05", on=5 if services == 2 else -5)
    with tables(empty, facts) as db:
        whole = months_period(names[0], names[-1])
        (live,) = assess(db, [HALL], whole, NOW).people
        frozen = Log("n2", HALL)
        for name, (_rated, _services, is_frozen) in zip(names, months, strict=True):
            if is_frozen:
                one = months_period(name, name)
                for fact in frozen_facts(db, HALL, one, assess(db, [HALL], one, NOW)):
                    frozen.add(fact, opens_t("2026-12-01"))
        project(db, frozen.placed)
        (again,) = assess(db, [HALL], whole, NOW).people
        if len(names) > 1:
            assert again.score == live.score
        shown = {part: rounded(points) for part, points in live.score.parts.items()}
        assert {part: rounded(points) for part, points in again.score.parts.items()} == shown
