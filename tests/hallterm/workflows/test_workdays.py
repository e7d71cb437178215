"""Tickets are handed out on working days, by one calendar for the kiosk and the counter (rules T1, 11.1)."""

from __future__ import annotations

import subprocess
import sys
from contextlib import suppress

import pytest

from hallterm.workflows.case import read_case, situation
from hallterm.workflows.desk import Refused
from hallterm.workflows.look import look
from hallterm.workflows.ticketing import issue, kiosk_view
from hallterm.workflows.workdays import in_calendar, is_workday, next_workday
from storage import views
from storage.facts import CounterAction, HallKind, HallSet, Moment, SettingSet
from tests.hallterm.workflows.founded import HALL, at
from tests.hallterm.workflows.shift import Shift

SATURDAY, MAKE_UP_SATURDAY, HOLIDAY, TUESDAY = "2026-11-28", "2026-02-14", "2026-10-01", "2026-11-24"


def on(shift: Shift, day: str) -> Moment:
    """Ten in the morning of a day."""
    now = at("10:00", day)
    shift.clock.t, shift.clock.m = now.t, now.m
    return now


def everywhere(shift: Shift, now: Moment) -> set[bool]:
    """What the kiosk's page, the issuing itself and the counter say."""
    desk = shift.desk()
    before = shift.figure("tickets")
    with suppress(Refused):
        issue(shift.stores.desk(), now, "B")
    issued = shift.figure("tickets") > before
    shown = look(desk, now).refusals[CounterAction.ISSUE] is None
    return {issued, shown, kiosk_view(shift.stores.desk(), now).opening.may_issue}


@pytest.mark.parametrize(
    ("day", "works"), [(TUESDAY, True), (SATURDAY, False), (HOLIDAY, False), (MAKE_UP_SATURDAY, True)]
)
def test_the_calendar_knows_holidays_and_make_up_days(day: str, works: bool) -> None:
    assert in_calendar(day) is works


def test_kiosk_and_counter_ask_the_same_calendar(shift: Shift) -> None:
    shift.open()
    assert everywhere(shift, on(shift, TUESDAY)) == {True}
    assert everywhere(shift, on(shift, SATURDAY)) == {False}


def test_a_hall_that_works_every_day_issues_on_rest_days_from_the_day_of_the_setting(shift: Shift) -> None:
    shift.open()
    with shift.stores.journal.write("0001", shift.clock()) as tx:
        tx.record(SettingSet("works_every_day", "true", HALL, "2026-11-29"))
    assert everywhere(shift, on(shift, SATURDAY)) == {False}
    assert everywhere(shift, on(shift, "2026-11-29")) == {True}


def test_a_demonstration_hall_works_every_day(shift: Shift) -> None:
    shift.open()
    with shift.stores.journal.write("0001", shift.clock()) as tx:
        tx.record(HallSet(HALL, "厅", HallKind.HALL, open_always=True))
    assert everywhere(shift, on(shift, SATURDAY)) == {True}


def test_the_next_working_day_passes_over_a_holiday(shift: Shift) -> None:
    hall = views.hall(shift.db, HALL)
    assert hall is not None
    assert next_workday(shift.db, hall, "2026-09-30") == "2026-10-08"
    assert next_workday(shift.db, hall, "2026-11-27") == "2026-11-30"


def test_beyond_the_published_years_the_week_decides() -> None:
    assert [in_calendar(day) for day in ("2031-01-06", "2031-01-11", "2031-01-12")] == [True, False, False]


def test_the_situation_of_a_counter_names_the_rest_day(shift: Shift) -> None:
    desk = shift.open()
    now = on(shift, SATURDAY)
    assert not situation(read_case(shift.db, desk, SATURDAY), now).may_issue
    assert not is_workday(shift.db, read_case(shift.db, desk, SATURDAY).hall, SATURDAY)


def test_the_calendar_is_loaded_when_it_is_first_asked() -> None:
    code = (
        "import sys, hallterm.workflows.counter, hallterm.workflows.ticketing; print('chinese_calendar' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
