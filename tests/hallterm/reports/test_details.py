"""Every line of every report opens, and what it opens is what it counted."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

import pytest

from hallterm.report_desk import ReportRequest
from hallterm.reports.make import make, make_detail
from hallterm.reports.model import Report
from hallterm.reports.registry import REPORTS
from hallterm.screens.report_drill import Inside, Opened, Services, Whole, opened
from storage.database import Database
from storage.facts import HallSet
from storage.views.behind import services_behind, worth_behind
from tests.hallterm.reports.test_headers import now_running
from tests.hallterm.reports.test_month_half_days import CITY as PLANNED_CITY
from tests.hallterm.reports.test_month_half_days import DAYS as PLANNED_DAYS
from tests.hallterm.reports.test_month_half_days import Planned
from tests.hallterm.reports.test_month_half_days import planned as planned
from tests.hallterm.reports.test_reports import CITY, CLERK, HALL, NOW

DAY = "2026-10-08"


def behind(report: Report) -> list[Opened]:
    """What each line opens."""
    request = ReportRequest(report.id, report.period.code, report.scope.staff or report.scope.node)
    return [opened(report, row, request) for row in report.rows]


@pytest.mark.parametrize("id", REPORTS)
def test_every_line_of_every_report_opens(city: Database, id: str) -> None:
    spec = REPORTS[id]
    scopes = [CLERK] if spec.own else [HALL] if spec.one_hall else [CITY, HALL]
    for scope in scopes:
        for by in spec.rows or ("",):
            report = make(city, id, now_running(spec), scope, NOW, by=by)
            for one in behind(report):
                assert isinstance(one, (ReportRequest, Inside, Services, Whole))
                if isinstance(one, ReportRequest):
                    made = make(city, one.id, one.period or report.period.code, one.scope, NOW, by=one.by)
                    assert made.scope.halls


@pytest.mark.parametrize("id", ["R01", "R02", "R03", "R04", "R07", "R08", "R11", "R29", "R30"])
def test_figures_open_to_something_narrower_than_themselves(city: Database, id: str) -> None:
    spec = REPORTS[id]
    report = make(city, id, now_running(spec), CLERK if spec.own else HALL, NOW)
    assert report.rows
    assert not any(isinstance(one, Whole) for one in behind(report))


@pytest.mark.parametrize("by", ["group", "hour"])
def test_the_tickets_of_a_line_of_the_queue(city: Database, by: str) -> None:
    report = make(city, "R05", DAY, HALL, NOW, by=by)
    assert report.rows
    for row in report.rows:
        found = make_detail(city, "R05", DAY, HALL, NOW, row.drill, by=by)
        cells = dict(zip((one.key for one in report.columns), row.cells, strict=True))
        ends = Counter(found.values("ended"))
        assert len(found.rows) == cells["tickets"]
        assert (ends["Served"], ends["No-show"], ends["Cancelled"]) == (
            *(cells["handled"], cells["no_show"]),
            cells["cancelled"],
        )
        assert found.of == row.drill.key
        assert all(isinstance(one, Whole) for one in behind(found))


def test_the_services_of_an_hour(city: Database) -> None:
    report = make(city, "R06", DAY, HALL, NOW)
    handled = 0
    for row in report.rows:
        found = make_detail(city, "R06", DAY, HALL, NOW, row.drill)
        assert len(found.rows) == row.cells[report.column("handled")]
        assert all(isinstance(one, Services) for one in behind(found))
        handled += len(found.rows)
    assert handled == report.sum_of("handled")


def test_the_pauses_of_a_clerk_for_one_reason(city: Database) -> None:
    report = make(city, "R11", "2026-10", HALL, NOW)
    assert len({row.drill.key for row in report.rows}) > 2
    for row, cells in (
        (row, dict(zip((one.key for one in report.columns), row.cells, strict=True))) for row in report.rows
    ):
        found = make_detail(city, "R11", "2026-10", HALL, NOW, row.drill)
        assert all(isinstance(one, Services) and one.drill.service for one in behind(found))
        assert (len(found.rows), found.sum_of("seconds")) == (cells["count"], cells["seconds"])
        assert found.sum_of("unconfirmed") == cells["unconfirmed"]
        assert found.of == f"{cells['staff_name']} {cells['reason']}"


def test_services_behind_a_line_are_counted_however_many_are_listed(
    city: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    of = ([HALL], "2026-10-01", "2026-10-31")
    every = services_behind(city, *of)
    worth = worth_behind(city, *of)
    assert sum(one.services for one in worth) == len(every) > 20
    assert sum(one.std_milliminutes for one in worth) == sum(one.std_milliminutes for one in every)
    assert {one.suspicious: one.services for one in worth} == dict(Counter(one.suspicious for one in every))
    monkeypatch.setattr("storage.views.behind.MOST_SERVICES", 20)
    assert len(services_behind(city, *of)) == 20
    assert worth_behind(city, *of) == worth


def test_the_services_beyond_the_hours(planned: Planned) -> None:
    planned.add(HallSet(HALL, "market", opening_am="08:00", closing_am="08:31", opening_pm="08:35", closing_pm="08:40"))
    report = make(planned.db, "R19", "2026-09", HALL, NOW)
    assert report.rows
    for row in report.rows:
        found = make_detail(planned.db, "R19", "2026-09", HALL, NOW, row.drill)
        assert len(found.rows) == row.cells[report.column("services")]
        assert int(str(found.sum_of("beyond"))) // 60 in range(*_about(row.cells[report.column("minutes")]))


def test_a_hall_that_is_always_open_has_nothing_beyond_its_hours(planned: Planned) -> None:
    planned.add(HallSet(HALL, "market", open_always=True))
    report = make(planned.db, "R19", "2026-09", HALL, NOW)
    assert (report.rows, [note.text() for note in report.notes]) == (
        (),
        ["this hall is open at all hours: nothing lies beyond them"],
    )


def _about(minutes: object) -> tuple[int, int]:
    """Whole seconds of each service, or of all together."""
    return int(str(minutes)) - 2, int(str(minutes)) + 1


def test_the_half_days_of_a_person(planned: Planned) -> None:
    report = make(planned.db, "R10", "2026-09", PLANNED_CITY, NOW, by="clerk")
    assert report.rows
    for row in report.rows:
        found = make_detail(planned.db, "R10", "2026-09", PLANNED_CITY, NOW, row.drill, by="clerk")
        cells = dict(zip((one.key for one in report.columns), row.cells, strict=True))
        assert Decimal(len(found.rows)) / 2 == cells["scheduled"]
        assert set(found.values("day")) == set(PLANNED_DAYS)
        assert sum(int(str(late)) > 0 for late in found.values("late")) == cells["late"]
        assert all(one is not None for one in found.values("there"))
