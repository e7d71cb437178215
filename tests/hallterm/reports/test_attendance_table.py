"""R10 and R19 of a hall whose people were planned, late, away and on leave, on real files."""

from __future__ import annotations

from decimal import Decimal

import pytest

from hallterm.reports.beyond_hours import When, beyond
from hallterm.reports.csv_file import encode
from hallterm.reports.make import make
from hallterm.reports.model import Report
from hallterm.rules.attendance import Times
from hallterm.rules.leave import Span
from hallterm.workflows import counter
from hallterm.workflows.leave import LeaveDraft, ask_leave
from hallterm.workflows.leave_deciding import approve_leaves
from storage.facts import DaySlot, Half, LeaveType
from tests.hallterm.workflows.crew import DAY, DIRECTOR, crew, planned, punched
from tests.hallterm.workflows.founded import HALL, at
from tests.hallterm.workflows.shift import FANG, MEI, WEI, Shift

WED = "2026-11-25"
HOURS = {Half.AM: Times(510, 720), Half.PM: Times(840, 1080)}


@pytest.fixture
def hall(shift: Shift) -> Shift:
    """Half a day of personal leave, a late morning, an absence."""
    crew(shift.stores)
    for staff in (MEI, WEI, FANG):
        planned(shift.stores, staff, DAY)
    planned(shift.stores, MEI, DAY, slots=[DaySlot.NOON])
    draft = LeaveDraft(LeaveType.PERSONAL, Span((DAY, Half.PM), (DAY, Half.PM)))
    approve_leaves(shift.desk(0, DIRECTOR), [ask_leave(shift.desk(0, WEI), draft, at("08:15")).leave], at("08:16"))
    punched(shift.stores, MEI, "08:20", "18:00")
    punched(shift.stores, WEI, "08:35", "12:00", window=2)
    return shift


def row(report: Report, staff: str) -> dict[str, object]:
    found = next(one for one in report.rows if one.cells[0] == staff)
    return dict(zip((one.key for one in report.columns), found.cells, strict=True))


def test_r10_counts_in_half_days(hall: Shift) -> None:
    report = make(hall.db, "R10", "2026-11", HALL, at("19:00", WED))
    mei, wei, fang = (row(report, one) for one in (MEI, WEI, FANG))
    assert (mei["scheduled"], mei["attended"], mei["lunches"], mei["attendance"]) == (1, 1, 1, 100)
    assert (wei["attended"], wei["late"], wei["personal"], wei["deducted"]) == (Decimal("0.5"), 1, Decimal("0.5"), 8)
    assert (fang["absences"], fang["attended"], fang["attendance"]) == (1, 0, 80)
    assert report.sum_of("scheduled") == 3
    assert report.sum_of("personal") == Decimal("0.5")
    assert report.sum_of("attendance") == Decimal("90.67")
    assert ",1.0,0.5," in encode(report).decode("utf-8-sig") or ",1,0.5," in encode(report).decode("utf-8-sig")


def test_r10_of_a_month_without_a_plan_has_no_row(hall: Shift) -> None:
    report = make(hall.db, "R10", "2026-10", HALL, at("19:00", WED))
    assert (report.rows, report.total) == ((), None)


def test_r10_by_hall_is_the_sum_of_its_people(hall: Shift) -> None:
    people = make(hall.db, "R10", "2026-11", HALL, at("19:00", WED))
    halls = make(hall.db, "R10", "2026-11", HALL, at("19:00", WED), by="hall")
    assert [one.cells[2:] for one in halls.rows] == [people.total.cells[2:] if people.total else ()]


@pytest.mark.parametrize(
    ("start", "end", "wanted"),
    [
        (515, 600, {}),
        (700, 730, {When.NOON: 10}),
        (700, 850, {When.NOON: 120}),
        (1070, 1095, {When.EDGE: 15}),
        (500, 515, {When.EDGE: 10}),
        (710, 1090, {When.EDGE: 10, When.NOON: 120}),
        (600, 600, {}),
    ],
)
def test_time_beyond_the_hours(start: int, end: int, wanted: dict[When, int]) -> None:
    minute = 60_000
    assert beyond(HOURS, start * minute, end * minute) == {when: n * minute for when, n in wanted.items()}
    assert beyond(None, start * minute, end * minute) == ({When.REST: (end - start) * minute} if end > start else {})


def test_r19_lists_who_served_beyond_the_hours(hall: Shift) -> None:
    desk = hall.open(1, MEI)
    hall.clock.after(at("11:55").t / 1000 - hall.clock.t / 1000)
    hall.serve(desk)
    hall.do(counter.finish, desk, after_s=600)
    report = make(hall.db, "R19", DAY, HALL, at("19:00"))
    mei = row(report, MEI)
    assert (mei["noon_min"], mei["minutes"], mei["services"]) == (5, 5, 1)
    assert report.sum_of("minutes") == 5
