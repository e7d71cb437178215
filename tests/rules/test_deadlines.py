"""Deadlines: the table K01 to K26, and each way of counting."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hallterm.rules.calendar import EVERY_DAY, WorkCalendar, later
from hallterm.rules.day import clock_t
from hallterm.rules.deadlines import (
    DEADLINES,
    Count,
    DeadlineId,
    Hours,
    due,
    end_of_week_due,
    is_overdue,
    next_month_due,
    same_day_due,
    superior_due,
    transfer_due,
    workdays_due,
)
from tests.rules.modest import MODEST
from tests.rules.moments import HOURS, t, text
from tests.rules.test_calendar import CALENDARS
from tests.rules.vectors import Vector, vectors

MOMENTS = st.integers(t("2024-01-01T00:00"), t("2028-12-31T23:59"))

TABLE = """
K01 workdays 1 | K02 workdays 3 | K03 same_day 0 | K04 workdays 2 | K05 same_day 0 | K06 workdays 1 | K07 minutes 30
K08 end_of_week 0 | K09 next_month 5 | K10 next_month 6 | K11 next_month 10 | K12 workdays 1 | K13.conduct workdays 10
K13.rights workdays 20 | K13.relief workdays 3 | K14 workdays 10 | K15 workdays 1 | K16 workdays 5
K16.complex workdays 15 | K17.appeal workdays 3 | K17.decision workdays 5 | K18.dispatch same_day 0
K18.answer workdays 3 | K19 workdays 1 | K20 same_day 0 | K21 workdays 5 | K22 next_month 5 | K23 next_month 10
K24 given 0 | K25 workdays 1 | K26 next_month 10
"""


@pytest.mark.parametrize("vector", vectors("deadline.workdays"), ids=repr)
def test_working_days_are_counted_from_the_day_after_receipt(vector: Vector) -> None:
    found = workdays_due(t(vector.inputs["received"]), vector.inputs["workdays"], HOURS)
    assert {"due": text(found.t), "provisional": found.provisional} == vector.expected


@pytest.mark.parametrize("vector", vectors("deadline.same_day"), ids=repr)
def test_the_same_day_is_the_next_one_after_closing_and_on_rest_days(vector: Vector) -> None:
    found = same_day_due(t(vector.inputs["received"]), Hours(HOURS.calendar, vector.inputs["close"]))
    assert {"due": text(found.t), "provisional": found.provisional} == vector.expected


@pytest.mark.parametrize("vector", vectors("deadline.monthly"), ids=repr)
def test_a_day_of_the_next_month_rolls_past_rest_days(vector: Vector) -> None:
    found = next_month_due(vector.inputs["for_month"], vector.inputs["day"], HOURS)
    assert {"due": found.day, "provisional": found.provisional} == vector.expected


def test_the_table_is_the_one_of_the_rule() -> None:
    written = {tuple(row.split()) for row in TABLE.replace("\n", "|").split("|") if row.strip()}
    assert {(row.id.value, row.count.value, str(row.n)) for row in DEADLINES.values()} == written
    assert set(DEADLINES) == set(DeadlineId)


def test_complaints_are_extended_once_by_at_most_fifteen_days_but_not_those_of_small_firms() -> None:
    extended = {row.id: row.extension for row in DEADLINES.values() if row.extension}
    assert extended == {DeadlineId.K13_CONDUCT: 15, DeadlineId.K13_RIGHTS: 15}
    received = t("2026-03-02T09:00")
    plain = due(DeadlineId.K13_CONDUCT, received, HOURS)
    assert due(DeadlineId.K13_CONDUCT, received, HOURS, extension=15) == workdays_due(received, 25, HOURS)
    assert plain == workdays_due(received, 10, HOURS)
    for which, extension in ((DeadlineId.K13_CONDUCT, 16), (DeadlineId.K13_RELIEF, 1), (DeadlineId.K14, -1)):
        with pytest.raises(ValueError, match=which.value):
            due(which, received, HOURS, extension=extension)


def test_the_closing_minute_itself_is_still_the_same_day() -> None:
    assert text(same_day_due(t("2026-03-04T18:00"), HOURS).t) == "2026-03-04T18:00"
    assert text(same_day_due(t("2026-03-04T18:01"), HOURS).t) == "2026-03-05T18:00"


def test_a_hall_that_closes_earlier_has_its_own_due_time() -> None:
    early = Hours(HOURS.calendar, "17:00")
    assert text(workdays_due(t("2026-03-04T09:00"), 1, early).t) == "2026-03-05T17:00"
    assert text(same_day_due(t("2026-03-04T17:30"), early).t) == "2026-03-05T17:00"


def test_half_an_hour_is_half_an_hour_on_any_day() -> None:
    assert text(due(DeadlineId.K07, t("2026-10-01T17:45"), HOURS).t) == "2026-10-01T18:15"


def test_the_week_ends_with_its_last_working_day() -> None:
    assert text(end_of_week_due(t("2026-03-02T09:00"), HOURS).t) == "2026-03-06T18:00"
    assert text(end_of_week_due(t("2026-05-06T09:00"), HOURS).t) == "2026-05-09T18:00", "a make-up Saturday"
    assert text(end_of_week_due(t("2026-10-01T09:00"), HOURS).t) == "2026-10-10T18:00", (
        "nobody works this week any more"
    )
    assert text(end_of_week_due(t("2026-03-06T18:01"), HOURS).t) == "2026-03-13T18:00"


def test_december_runs_into_the_next_year() -> None:
    found = next_month_due("2026-12", 5, HOURS)
    assert (found.day, found.provisional) == ("2027-01-05", True)


def test_the_term_of_a_deferred_matter_is_its_own() -> None:
    received = t("2026-03-02T09:00")
    assert due(DeadlineId.K24, received, HOURS, n=20) == workdays_due(received, 20, HOURS)
    with pytest.raises(ValueError, match="2026-03-02"):
        due(DeadlineId.K24, received, HOURS)


def test_a_department_is_never_later_than_the_caller_was_promised() -> None:
    called = t("2026-03-02T09:00")
    assert text(transfer_due(t("2026-03-02T10:00"), called, HOURS, difficult=False).t) == "2026-03-03T18:00"
    assert text(transfer_due(t("2026-03-02T10:00"), called, HOURS, difficult=True).t) == "2026-03-04T18:00"
    assert text(transfer_due(t("2026-03-04T10:00"), called, HOURS, difficult=True).t) == "2026-03-05T18:00"


def test_a_superior_has_three_days_three_times() -> None:
    now = t("2026-03-04T09:00")
    given_terms = [superior_due(now, n, HOURS) for n in range(4)]
    assert given_terms[:3] == [workdays_due(now, 3, HOURS)] * 3
    assert given_terms[3] is None


def test_overdue_is_after_the_due_moment() -> None:
    at = t("2026-03-04T18:00")
    assert [is_overdue(at, now) for now in (at - 1, at, at + 1)] == [False, False, True]
    assert not is_overdue(at, at + 1, done=True)


@MODEST
@given(st.sampled_from(DeadlineId), MOMENTS, CALENDARS)
def test_a_deadline_is_never_on_a_rest_day_and_never_before_the_receipt(
    which: DeadlineId, received: int, calendar: WorkCalendar
) -> None:
    found = due(which, received, Hours(calendar), n=3 if which is DeadlineId.K24 else 0)
    if DEADLINES[which].count is not Count.MINUTES:
        assert calendar.is_workday(found.day)
        assert found.t == clock_t(found.day, "18:00")
    assert found.t >= received


@MODEST
@given(MOMENTS, st.integers(1, 20))
def test_more_days_are_never_due_earlier(received: int, n: int) -> None:
    assert workdays_due(received, n, HOURS).t < workdays_due(received, n + 1, HOURS).t


def test_where_every_day_is_a_working_day_days_are_days() -> None:
    every_day = Hours(EVERY_DAY)
    found = workdays_due(t("2026-09-30T10:00"), 3, every_day)
    assert found.day == later("2026-09-30", 3) == date(2026, 10, 3).isoformat()
