"""R20 from the facts of points: one that works, one that fell silent, one that never opened."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from hallterm.reports.make import make
from hallterm.reports.model import ATTENTION, Report
from hallterm.reports.nothing import why_nothing
from storage import facts as f
from storage import schema
from storage.database import Database, open_sqlite
from storage.facts import DaySlot, Duty, HallKind, Moment
from storage.projections import project
from tests.hallterm.reports.city import Log, opens_t

CITY, WORKS, SILENT, NEVER, HALL = "360600", "360681101", "360681102", "360681103", "360681001"
WEEK = ("2026-11-23", "2026-11-24", "2026-11-25", "2026-11-26", "2026-11-27")
HOUR = 3_600_000
NOW = Moment(opens_t("2026-11-28"), 0, "b")


def point(code: str, name: str, days: tuple[str, ...], planned: tuple[str, ...] = ()) -> Log:
    """A point whose one person signs on from nine to half past five, and serves once a day."""
    log = Log(f"n-{code}", code)
    start, staff = opens_t("2026-11-01"), f"9{code[-3:]}"
    hours = ("08:30", "12:00", "14:00", "17:30")
    log.add(f.HallSet(code, name, HallKind.POINT, HALL, *hours), start)
    log.add(f.StaffSet(staff, "某某", code), start)
    for day in planned:
        log.add(f.ScheduleSet(staff, day, DaySlot.AM, Duty.WINDOW), start)
    for day in days:
        at = opens_t(day)
        log.add(f.DayOpened(day), at)
        log.add(f.SignOnDone(staff, day, f"{code}-01", punch=True), at, staff)
        done = f.ServiceFinished(
            *(f"s{day}{code}", f"v{day}{code}", f"{code}-01", staff, day, "B01", 1, 1, 60, 0, 60, 120, False, 600),
            end_t=at + HOUR,
        )
        log.add(done, at + HOUR, staff)
        log.add(f.SignOffDone(staff, day, f"{code}-01"), at + 3 * HOUR, staff)
    return log


@pytest.fixture
def points(tmp_path: Path) -> Iterator[Database]:
    with closing(open_sqlite(tmp_path / "c.db", synchronous="OFF")) as database:
        schema.migrate(database)
        logs = (
            point(WORKS, "锦北点", WEEK),
            point(SILENT, "金屯点", ("2026-11-19", *WEEK[:2]), planned=WEEK),
            point(NEVER, "龙虎山景区点", ()),
        )
        database.execute("BEGIN")
        for log in logs:
            project(database, log.placed)
        database.execute("COMMIT")
        yield database


def lines(report: Report) -> dict[tuple[object, object], dict[str, object]]:
    keys = [column.key for column in report.columns]
    return {(row.cells[0], row.cells[2]): dict(zip(keys, row.cells, strict=True)) for row in report.rows}


def test_a_week_of_the_points(points: Database) -> None:
    report = make(points, "R20", "2026-W48", CITY, NOW)
    rows = lines(report)
    week = "2026-W48"
    works, silent, never = (rows[code, week] for code in (WORKS, SILENT, NEVER))
    assert (works["days"], works["half_days"], works["services"], works["silent"]) == (5, 5, 5, 0)
    assert (silent["days"], silent["half_days"], silent["services"], silent["silent"]) == (2, 2, 2, 3)
    assert (never["days"], never["half_days"], never["services"], never["silent"]) == (0, 0, 0, 0)
    assert [row.cells[0] for row in report.rows if row.mark == ATTENTION] == [SILENT]
    assert (report.sum_of("days"), report.sum_of("half_days"), report.sum_of("services")) == (7, 7, 7)
    assert "1 points without a sign-on for 3 working days" in report.notes[0].text()


def test_a_month_has_a_line_a_week_and_the_present_at_the_last(points: Database) -> None:
    report = make(points, "R20", "2026-11", CITY, NOW)
    rows = lines(report)
    assert [week for code, week in rows if code == SILENT] == [f"2026-W{n}" for n in range(44, 49)]
    assert rows[SILENT, "2026-W47"]["days"] == 1
    assert rows[SILENT, "2026-W47"]["silent"] is None
    assert report.sum_of("services") == 8


def test_a_city_without_points_says_so(city: Database) -> None:
    report = make(city, "R20", "2026-10", CITY, NOW)
    assert report.rows == ()
    assert "no hall of" in why_nothing(report).text()
