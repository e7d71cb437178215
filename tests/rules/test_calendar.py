"""Working days: published, announced by an import, closed by the hall, and years nobody has announced."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hallterm.rules.calendar import EVERY_DAY, PUBLISHED, WorkCalendar, days, later, published, work_calendar
from storage.facts import CalendarDay, CalendarImported, DayKind
from tests.rules.modest import MODEST

DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31)).map(date.isoformat)
CALENDARS = st.builds(
    lambda closed, every_day, announced: work_calendar(
        [CalendarImported(2027, tuple(CalendarDay(day, kind) for day, kind in announced.items()))],
        dict.fromkeys(closed, "x"),
        every_day=every_day,
    ),
    st.lists(DAYS, max_size=3),
    st.booleans(),
    st.dictionaries(DAYS, st.sampled_from(DayKind), max_size=5),
)
HOLIDAYS_2026 = (
    *days("2026-01-01", "2026-01-03"),
    *days("2026-02-15", "2026-02-23"),
    *days("2026-04-04", "2026-04-06"),
    *days("2026-05-01", "2026-05-05"),
    *days("2026-06-19", "2026-06-21"),
    *days("2026-09-25", "2026-09-27"),
    *days("2026-10-01", "2026-10-07"),
)
MAKEUPS_2026 = ("2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10")


def test_the_year_2026_is_the_announced_one() -> None:
    kinds = {day: published(day).kind for day in days("2026-01-01", "2026-12-31")}
    assert {day for day, kind in kinds.items() if kind is DayKind.MAKEUP} == set(MAKEUPS_2026)
    assert {day for day, kind in kinds.items() if kind is DayKind.HOLIDAY} == set(HOLIDAYS_2026)
    for day, kind in kinds.items():
        if kind in (DayKind.WORKDAY, DayKind.REST):
            assert (date.fromisoformat(day).isoweekday() <= 5) is (kind is DayKind.WORKDAY)
    assert published("2026-10-01").name == "国庆节"
    assert not any(published(day).provisional for day in kinds)


def test_a_year_not_announced_is_provisional_with_its_fixed_holidays() -> None:
    assert published("2027-01-01") == published("2027-10-03").__class__(DayKind.HOLIDAY, provisional=True)
    assert [PUBLISHED.is_workday(f"2027-05-0{n}") for n in (1, 2, 3, 4)] == [False, False, True, True]
    assert [PUBLISHED.is_workday(f"2027-10-0{n}") for n in (1, 2, 3, 4)] == [False, False, False, True]
    assert PUBLISHED.is_provisional("2026-12-31", "2027-01-01")
    assert not PUBLISHED.is_provisional("2026-12-01", "2026-12-31")


def test_an_import_announces_a_year_whole() -> None:
    notice = (CalendarDay("2027-02-13", DayKind.MAKEUP), CalendarDay("2027-02-10", DayKind.HOLIDAY, "春节"))
    calendar = work_calendar([CalendarImported(2027, notice)])
    assert not calendar.is_provisional("2027-01-01", "2027-12-31")
    assert calendar.is_workday("2027-02-13")
    assert not calendar.is_workday("2027-02-10")
    assert calendar.on("2027-02-10").name == "春节"
    assert calendar.is_workday("2027-01-01"), "what a notice does not name is as its weekday"
    assert calendar.is_provisional("2028-01-01", "2028-01-01")


def test_a_later_import_replaces_the_year_and_names_days_of_the_year_before() -> None:
    first = CalendarImported(2027, (CalendarDay("2027-02-13", DayKind.MAKEUP),))
    second = CalendarImported(2027, (CalendarDay("2026-12-31", DayKind.HOLIDAY, "元旦"),))
    calendar = work_calendar([first, second])
    assert not calendar.is_workday("2027-02-13")
    assert not calendar.is_workday("2026-12-31")
    assert calendar.is_workday("2026-12-30")


def test_a_hall_closes_on_days_of_its_own() -> None:
    calendar = work_calendar(closed={"2026-03-04": "迁址"})
    assert not calendar.is_workday("2026-03-04")
    assert calendar.on("2026-03-04").name == "迁址"
    assert calendar.nth_workday("2026-03-03", 1) == "2026-03-05"
    assert not work_calendar(closed={"2026-03-04": ""}, every_day=True).is_workday("2026-03-04")


def test_a_place_that_works_every_day_asks_no_calendar() -> None:
    assert EVERY_DAY.is_workday("2026-10-01")
    assert EVERY_DAY.is_workday("2029-10-01")
    assert not EVERY_DAY.is_provisional("2029-01-01", "2029-12-31")


def test_counting_ends_where_nobody_works() -> None:
    shut = WorkCalendar(closed=dict.fromkeys(days("2026-03-01", "2026-12-31"), ""))
    assert list(shut.workdays_after("2026-02-28")) == []
    with pytest.raises(ValueError, match="2026-02-28"):
        shut.nth_workday("2026-02-28", 1)
    with pytest.raises(ValueError, match="2026-02-28"):
        PUBLISHED.nth_workday("2026-02-28", 0)


@MODEST
@given(CALENDARS, DAYS, st.integers(1, 12))
def test_a_counted_day_is_a_working_day_and_exactly_so_many_lie_between(
    calendar: WorkCalendar, day: str, n: int
) -> None:
    end = calendar.nth_workday(day, n)
    assert calendar.is_workday(end)
    assert sum(calendar.is_workday(one) for one in days(later(day, 1), end)) == n


@MODEST
@given(CALENDARS, DAYS)
def test_rolling_never_goes_back_and_stays_where_people_work(calendar: WorkCalendar, day: str) -> None:
    rolled = calendar.rolled(day)
    assert rolled >= day
    assert calendar.is_workday(rolled)
    assert calendar.rolled(rolled) == rolled
