"""Reports say what the rows of the tables say: each figure is recomputed from single services, ratings and tickets."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from fractions import Fraction

import pytest

from hallterm.reports.make import Unfit, make
from hallterm.reports.model import ABSENT, Missing, Report
from hallterm.reports.registry import REPORTS
from hallterm.reports.trend import monthly
from hallterm.rules.exact import half_up
from hallterm.rules.ratings import SCALES
from storage.access import Action
from storage.database import Database
from storage.facts import Moment, Scale
from tests.hallterm.reports.city import HallDays, hall_code, opens_t, staff_number
from tests.hallterm.reports.conftest import DAYS, HALLS

NOW = Moment(opens_t("2026-11-02"), 0, "b")
LEVELS = SCALES[Scale.FIVE_SEED]
CITY, HALL, SILENT = "360600", hall_code(0), hall_code(HALLS)
CLERK = staff_number(0, 0)


def report(db: Database, id: str, period: str = "2026-10", scope: str = HALL, by: str = "") -> Report:
    return make(db, id, period, scope, NOW, by=by)


def by_first(made: Report) -> dict[object, dict[str, object]]:
    """Rows by their first cell, cells by the key of their column."""
    keys = [column.key for column in made.columns]
    return {row.cells[0]: dict(zip(keys, row.cells, strict=True)) for row in made.rows}


def test_ratings_are_those_that_were_given(city: Database) -> None:
    rows = by_first(report(city, "R01", scope=CITY))
    given = Counter(city.rows("SELECT hall, level FROM rating WHERE substr(day, 1, 7) = '2026-10'"))
    missing = city.rows("SELECT hall, exempt FROM unrated WHERE substr(day, 1, 7) = '2026-10' AND undone = 0")
    for hall in map(hall_code, range(HALLS)):
        row, exempt = rows[hall], sum(flag for place, flag in missing if place == hall)
        levels = {one.level: given[hall, one.level] for one in LEVELS}
        rated, unrated = sum(levels.values()), sum(place == hall for place, _flag in missing)
        assert [row[f"level_{one.level}"] for one in LEVELS] == list(levels.values())
        assert (row["rated"], row["unrated"], row["exempt"]) == (rated, unrated, exempt)
        assert row["due"] == rated + unrated - exempt
        assert row["evaluation_rate"] == half_up(Fraction(100 * rated, rated + unrated - exempt))
        score = Fraction(sum(one.weight * levels[one.level] for one in LEVELS), rated)
        assert row["score"] == half_up(score)
        assert row["bad"] == levels[1] + levels[2]


def test_the_change_is_against_the_month_before(city: Database) -> None:
    now, then = report(city, "R01", scope=CITY), report(city, "R01", "2026-09", CITY)
    assert then.total is not None
    assert then.sum_of("change") is None, "nothing was there in August"
    change = now.sum_of("change")
    score, before = now.sum_of("score"), then.sum_of("score")
    assert isinstance(change, Decimal)
    assert isinstance(score, Decimal)
    assert isinstance(before, Decimal)
    assert abs(change - (score - before)) <= Decimal("0.01"), "each is rounded by itself"


def test_a_hall_without_a_record_has_no_figure_at_all(city: Database) -> None:
    for id in ("R01", "R04", "R30", "R02"):
        row = by_first(report(city, id, scope=CITY))[SILENT]
        figures = [cell for key, cell in row.items() if key not in ("hall", "hall_name")]
        assert set(figures) == {None}


def test_halls_whose_data_are_not_in_are_named(city: Database) -> None:
    def coverage(_db: Database, scope: str, upto: str) -> list[Missing]:
        assert (scope, upto) == (CITY, "2026-10-31")
        return [Missing(SILENT, "锦北点", ""), Missing("999999999", "elsewhere", "")]

    made = make(city, "R01", "2026-10", CITY, NOW, coverage=coverage)
    assert made.missing == (Missing(SILENT, "锦北点", ""),)


def test_work_is_that_of_finished_services(city: Database) -> None:
    made = report(city, "R03", "2026", CITY, "clerk")
    rows = city.rows(
        "SELECT staff, code, count(*), sum(quantity), sum(CASE WHEN suspicious = 1 THEN 0 ELSE std_milliminutes END) "
        "FROM service WHERE state = 'finished' GROUP BY staff, code ORDER BY staff, code"
    )
    found = [(row.cells[0], row.cells[2], *row.cells[4:7]) for row in made.rows]
    assert found == [(staff, code, n, quantity, Decimal(milli) / 1000) for staff, code, n, quantity, milli in rows]
    assert made.sum_of("services") == sum(row[2] for row in rows)
    assert set(made.values("verified_share")) == {None}, "no day was compared with the tax software"


def test_times_are_those_of_timed_services(city: Database) -> None:
    made = by_first(report(city, "R04", "2026-10", HALL, "matter"))
    rows = city.rows(
        "SELECT code, count(*), sum(wall_s), sum(counted_s), sum(limit_s), sum(overtime), max(counted_s) FROM service "
        "WHERE state = 'finished' AND entry_mode <> 'back_entry' AND suspicious = 0 AND hall = ? "
        "AND substr(day, 1, 7) = '2026-10' GROUP BY code",
        (HALL,),
    )
    assert set(made) == {row[0] for row in rows}
    for code, timed, wall_s, counted_s, limit_s, overtime, longest in rows:
        row = made[code]
        assert (row["timed"], row["overtime"], row["longest"]) == (timed, overtime, longest)
        means = (row["mean_wall"], row["mean_counted"], row["mean_limit"])
        assert means == tuple(int(half_up(Fraction(one, timed), 0)) for one in (wall_s, counted_s, limit_s))
        assert row["overtime_share"] == half_up(Fraction(100 * overtime, timed))


@pytest.mark.parametrize(("by", "key"), [("hall", "hall"), ("clerk", "staff"), ("matter", "code")])
def test_the_longest_of_a_year_of_a_city_is_that_of_its_services(city: Database, by: str, key: str) -> None:
    rows = city.rows(
        f"SELECT {key}, max(counted_s) FROM service WHERE state = 'finished' AND entry_mode <> 'back_entry' "
        f"AND suspicious = 0 AND substr(day, 1, 4) = '2026' GROUP BY {key}"
    )
    for turn in ("made", "kept"):
        made = report(city, "R04", "2026", CITY, by)
        found = {row.cells[0]: row.cells[made.column("longest")] for row in made.rows}
        assert {code: most for code, most in found.items() if most is not None} == dict(rows), turn
        assert made.sum_of("longest") == max(most for _code, most in rows)


def test_the_queue_is_that_of_the_tickets(city: Database) -> None:
    made = by_first(report(city, "R05"))
    rows = city.rows(
        "SELECT prefix, state, result, first_called_t, wait_s FROM ticket WHERE hall = ? AND substr(day, 1, 7) = ?",
        (HALL, "2026-10"),
    )
    for prefix in {row[0] for row in rows}:
        mine = [row for row in rows if row[0] == prefix]
        waits = [wait_s for _p, _s, _r, called_t, wait_s in mine if called_t]
        ends = Counter(result if state == "closed" else "open" for _p, state, result, _t, _w in mine)
        row = made[prefix]
        assert (row["tickets"], row["called"]) == (len(mine), len(waits))
        assert (row["handled"], row["no_show"], row["cancelled"]) == (ends["done"], ends["no_show"], ends["cancelled"])
        assert row["open"] == ends["open"]
        assert row["mean_wait"] == int(half_up(Fraction(sum(waits), len(waits)), 0))
        assert (row["longest_wait"], row["long_waits"]) == (max(waits), sum(wait > 1200 for wait in waits))


def test_hours_add_up_to_the_services_of_the_day(city: Database) -> None:
    day = report(city, "R06", DAYS[2])
    done = city.value("SELECT count(*) FROM service WHERE hall = ? AND day = ? AND state = 'finished'", (HALL, DAYS[2]))
    assert sum(int(cell) for cell in day.values("handled") if isinstance(cell, int)) == done == day.sum_of("handled")
    month = report(city, "R06")
    both = city.value(
        "SELECT count(*) FROM service WHERE hall = ? AND substr(day, 1, 7) = '2026-10' AND state = 'finished'", (HALL,)
    )
    assert month.sum_of("handled") == half_up(Fraction(both, 2))


def test_people_wait_between_their_ticket_and_their_call(city: Database) -> None:
    """The most at one time, counted minute by minute."""
    made = by_first(report(city, "R06", DAYS[2]))
    waits = city.rows(
        "SELECT issued_t, first_called_t FROM ticket WHERE hall = ? AND day = ? AND first_called_t > 0", (HALL, DAYS[2])
    )
    for n in range(9, 17):
        start = opens_t(DAYS[2]) - 30 * 60_000 + (n - 8) * 3_600_000
        moments = [start, *(issued for issued, _called in waits if start <= issued < start + 3_600_000)]
        most = max(sum(issued <= at < called for issued, called in waits) for at in moments)
        row = made.get(f"{n:02d}:00")
        waiting = row["waiting"] if row else 0
        assert isinstance(waiting, int)
        assert most <= waiting <= most + 2, "besides those who were never called"


def test_every_overtime_service_is_one_line(city: Database) -> None:
    made = report(city, "R07")
    rows = city.rows(
        "SELECT id, counted_s - limit_s FROM service WHERE hall = ? AND substr(day, 1, 7) = '2026-10' AND overtime = 1 "
        "AND state = 'finished' AND suspicious = 0 AND entry_mode <> 'back_entry'",
        (HALL,),
    )
    assert {row.drill.service for row in made.rows} == {id for id, _over in rows}
    assert made.sum_of("over_by") == sum(over for _id, over in rows)
    assert made.values("over_by") == sorted(made.values("over_by"), key=lambda one: -int(one or 0))
    assert made.sum_of("over_by") != 0


def test_unrated_services_are_told_with_who_skipped(city: Database) -> None:
    made = report(city, "R08")
    rows = city.rows(
        "SELECT service, by, staff FROM unrated WHERE hall = ? AND substr(day, 1, 7) = '2026-10' AND undone = 0",
        (HALL,),
    )
    assert {row.drill.service for row in made.rows} == {row[0] for row in rows}
    skipped = [bool(by) and by == staff for _service, by, staff in rows]
    assert made.values("skipped").count("yes") == sum(skipped) > 0
    rated = city.value("SELECT sum(rated) FROM figure WHERE hall = ? AND period = '2026-10'", (HALL,))
    duty = made.notes[-1].values
    exempt = made.notes[0].values["exempt"]
    assert (duty["rated"], duty["due"], duty["duty"]) == (rated, rated + len(rows) - exempt, 95)


def test_excluded_time_is_marked_above_thirty_percent(city: Database) -> None:
    made = report(city, "R11")
    place = made.column("seconds")
    for staff in set(made.values("staff")):
        mine = [row for row in made.rows if row.cells[0] == staff]
        wall = city.value(
            "SELECT sum(wall_s) FROM service WHERE hall = ? AND staff = ? AND substr(day, 1, 7) = '2026-10' "
            "AND state = 'finished'",
            (HALL, staff),
        )
        ms = city.value(
            "SELECT sum(i.length_ms) FROM service_interval i JOIN service s ON s.id = i.service WHERE s.hall = ? "
            "AND i.staff = ? AND substr(s.day, 1, 7) = '2026-10' AND s.state = 'finished' AND i.excluded = 1",
            (HALL, staff),
        )
        assert sum(int(row.cells[place] or 0) for row in mine) == pytest.approx(ms / 1000, abs=len(mine))
        assert {row.mark for row in mine} == ({"!"} if ms > 300 * wall else {""})


def test_nobody_else_is_in_my_figures(city: Database) -> None:
    made = report(city, "R29", "2026-10", CLERK)
    done = city.value(
        "SELECT count(*) FROM service WHERE staff = ? AND substr(day, 1, 7) = '2026-10' AND state = 'finished'",
        (CLERK,),
    )
    assert made.sum_of("services") == done
    assert made.values("day") == list(DAYS[2:])
    assert set(made.values("score")) == {None}
    assert made.sum_of("score") is not None


def test_my_score_waits_until_nobody_can_be_told_from_it(city: Database) -> None:
    last = Moment(opens_t(DAYS[3]) + 30_000_000, 0, "b")
    today = make(city, "R29", DAYS[3], CLERK, last)
    assert today.sum_of("score") is None, "today's ratings do not count yet"
    assert today.provisional
    month = make(city, "R29", "2026-10", CLERK, last)
    only = make(city, "R29", DAYS[2], CLERK, last)
    assert month.sum_of("score") == only.sum_of("score"), "the month counts up to yesterday"


def test_names_are_hidden_from_those_who_see_figures_only(city: Database) -> None:
    shown = make(city, "R01", "2026-10", HALL, NOW).values("staff_name")
    hidden = make(city, "R01", "2026-10", HALL, NOW, masked=True).values("staff_name")
    assert shown[0] == "人员甲"
    assert hidden[0] == "人**"


@pytest.mark.parametrize(
    ("id", "period", "scope", "by", "words"),
    [
        ("R99", "2026-10", HALL, "", "there is no report R99; there are R01 R02"),
        ("R01", "2026-10-08", HALL, "", "R01 takes a month"),
        ("R03", "soon", HALL, "", "soon is no time"),
        ("R03", "2026-13", HALL, "", "2026-13 is no time"),
        (
            "R03",
            "2026-10",
            "110000",
            "",
            f"110000 is no place and no staff number here; there are 360000 {CITY} 360601",
        ),
        ("R05", "2026-10", CITY, "", f"R05 is made for one hall: name one of {HALL}"),
        ("R29", "2026-10", HALL, "", "R29 is made for one person"),
        ("R01", "2026-10", HALL, "matter", "R01 has no rows by matter; it has hall clerk"),
    ],
)
def test_what_cannot_be_made_is_told_with_what_can(
    city: Database, id: str, period: str, scope: str, by: str, words: str
) -> None:
    with pytest.raises(Unfit) as unfit:
        make(city, id, period, scope, NOW, by=by)
    assert words in unfit.value.reason.text()


def test_the_quality_of_the_data_is_told_by_hall(city: Database, city_logs: list[HallDays]) -> None:
    made = by_first(report(city, "R30", "2026", CITY))
    jumps = Counter(one.hall for log in city_logs for one in log.log.placed if one.fact.kind == "clock.jumped")
    assert sum(jumps.values()) > 0
    for hall in map(hall_code, range(HALLS)):
        row = made[hall]
        services, suspicious, entered = city.rows(
            "SELECT count(*), sum(suspicious), sum(CASE WHEN entry_mode = 'back_entry' AND suspicious = 0 THEN 1 ELSE 0 END) "
            "FROM service WHERE hall = ? AND state = 'finished'",
            (hall,),
        )[0]
        assert (row["services"], row["suspicious"], row["back_entries"]) == (services, suspicious, entered)
        assert (row["clock_jumps"], row["last_day"]) == (jumps[hall], DAYS[-1])
        assert (row["verified"], row["not_compared"]) == (0, services)
        assert row["backlog"] is None, "no node of it ever came"


def test_clerks_are_ranked_by_their_total(city: Database) -> None:
    made = report(city, "R02", scope=CITY, by="clerk")
    totals = [cell for cell in made.values("total") if isinstance(cell, Decimal)]
    assert totals == sorted(totals, reverse=True)
    assert made.values("city_rank") == list(range(1, len(totals) + 1))
    assert set(made.values("attendance")) == {None}, "nobody has a schedule"
    assert all(str(mark).startswith("*") for mark in made.values("marks"))
    mean = made.sum_of("total")
    assert isinstance(mean, Decimal)
    assert abs(mean - sum(totals, Decimal(0)) / len(totals)) < Decimal("0.01")
    halls = report(city, "R02", scope=CITY)
    assert halls.sum_of("total") == mean, "the city is the mean over its clerks"
    assert halls.sum_of("people") == len(totals)


def test_the_parts_of_a_clerk_are_those_of_his_own_services(city: Database) -> None:
    row = by_first(report(city, "R02", scope=HALL))[CLERK]
    levels = Counter(
        level
        for (level,) in city.rows(
            "SELECT level FROM rating WHERE staff = ? AND substr(day, 1, 7) = '2026-10'", (CLERK,)
        )
    )
    unrated, exempt = city.rows(
        "SELECT count(*), coalesce(sum(exempt), 0) FROM unrated WHERE staff = ? AND substr(day, 1, 7) = '2026-10' "
        "AND undone = 0",
        (CLERK,),
    )[0]
    rated = sum(levels.values())
    score = Fraction(sum(one.weight * levels[one.level] for one in LEVELS), rated)
    covered = min(Fraction(1), Fraction(rated, rated + unrated - exempt) / Fraction(95, 100))
    assert row["rating"] == half_up(score * covered)
    timed, overtime, counted_s, milli = city.rows(
        "SELECT count(*), sum(overtime), sum(counted_s), sum(std_milliminutes) FROM service WHERE staff = ? "
        "AND state = 'finished' AND suspicious = 0 AND entry_mode <> 'back_entry' AND substr(day, 1, 7) = '2026-10'",
        (CLERK,),
    )[0]
    on_time = min(Fraction(100), max(Fraction(0), 100 - 2 * max(Fraction(0), Fraction(100 * overtime, timed) - 5)))
    speed = min(Fraction(100), Fraction(100 * milli * 60, counted_s * 1000))
    assert row["efficiency"] == half_up(Fraction(3, 5) * on_time + Fraction(2, 5) * speed)


def test_a_trend_is_the_sums_of_its_months(city: Database) -> None:
    column, points = monthly(city, "R01", "", CITY, "2026-10", NOW, 3)
    assert column.key == "score"
    assert points == (
        ("2026-08", None),
        ("2026-09", report(city, "R01", "2026-09", CITY).sum_of("score")),
        ("2026-10", report(city, "R01", "2026-10", CITY).sum_of("score")),
    )
    assert points[1][1] is not None


@pytest.mark.parametrize("id", REPORTS)
def test_every_report_is_made_of_an_empty_time(city: Database, id: str) -> None:
    spec = REPORTS[id]
    made = report(city, id, "2025-03", CLERK if spec.own else HALL)
    assert not made.provisional
    assert made.id == id
    for row in [*made.rows, *([made.total] if made.total else [])]:
        assert len(row.cells) == len(made.columns)
        assert not [cell for cell in row.cells if isinstance(cell, int) and cell != 0], "nothing was recorded"
    assert spec.action in Action
    assert ABSENT == "--"
