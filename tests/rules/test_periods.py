"""Periods as people write them."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hallterm.rules.periods import (
    NO_PERIOD,
    Period,
    PeriodKind,
    before,
    month_before,
    months_period,
    period,
    run,
    week_of,
)
from hallterm.rules.words import Reason
from tests.rules.modest import MODEST

MONTHS = st.integers(2001 * 12, 2090 * 12).map(lambda n: f"{n // 12}-{n % 12 + 1:02d}")
DAYS = st.dates(date(2001, 1, 1), date(2090, 12, 31)).map(date.isoformat)


def read(text: str) -> Period:
    found = period(text)
    assert isinstance(found, Period), found
    return found


@pytest.mark.parametrize(
    ("text", "kind", "first", "last", "months"),
    [
        ("2026-10-08", PeriodKind.DAY, "2026-10-08", "2026-10-08", 0),
        ("2026-W41", PeriodKind.WEEK, "2026-10-05", "2026-10-11", 0),
        ("2026-W53", PeriodKind.WEEK, "2026-12-28", "2027-01-03", 0),
        ("2026-02", PeriodKind.MONTH, "2026-02-01", "2026-02-28", 1),
        ("2026-Q4", PeriodKind.QUARTER, "2026-10-01", "2026-12-31", 3),
        ("2026-h1", PeriodKind.HALF_YEAR, "2026-01-01", "2026-06-30", 6),
        ("2024", PeriodKind.YEAR, "2024-01-01", "2024-12-31", 12),
        ("2026-03..2026-07", PeriodKind.FREE, "2026-03-01", "2026-07-31", 5),
        ("2025-11..2026-02", PeriodKind.FREE, "2025-11-01", "2026-02-28", 4),
        ("2026-02..2026-04", PeriodKind.FREE, "2026-02-01", "2026-04-30", 3),
        ("2026-04..2026-06", PeriodKind.QUARTER, "2026-04-01", "2026-06-30", 3),
        ("2026-10..2026-10", PeriodKind.MONTH, "2026-10-01", "2026-10-31", 1),
    ],
)
def test_each_way_to_write_a_period(text: str, kind: PeriodKind, first: str, last: str, months: int) -> None:
    found = read(f" {text} ")
    assert found == Period(kind, first, last)
    assert len(found.months) == months
    assert read(found.code) == found


@pytest.mark.parametrize(
    "text",
    [
        *("", "2026-13", "2026-00", "2026-Q5", "2026-H3", "2026-W54", "2025-W53", "2026-02-30", "26-10"),
        *("2026-07..2026-03", "1999", "2100", "2000-01..2020-01", "2026-10;", "２０２６", "2026-1"),
    ],
)
def test_what_is_no_period_is_refused_with_an_example(text: str) -> None:
    assert period(text) == Reason(NO_PERIOD, {"text": text})


@pytest.mark.parametrize(
    ("text", "earlier"),
    [
        ("2026-01", "2025-12"),
        ("2026-Q1", "2025-Q4"),
        ("2026-H1", "2025-H2"),
        ("2026", "2025"),
        ("2026-03..2026-07", "2025-10..2026-02"),
        ("2026-03-01", "2026-02-28"),
        ("2026-W01", "2025-W52"),
    ],
)
def test_the_period_before(text: str, earlier: str) -> None:
    assert before(read(text)).code == earlier


@MODEST
@given(MONTHS, st.integers(0, 30))
def test_a_run_of_months_is_read_as_it_is_written(first: str, length: int) -> None:
    last = month_before(first, -length)
    one = months_period(first, last)
    assert read(one.code) == one
    assert one.months == run(first, last)
    assert len(one.months) == length + 1
    assert one.holds(f"{last}-28")
    assert before(one).months == run(month_before(first, length + 1), month_before(first))


@MODEST
@given(DAYS)
def test_each_day_lies_in_its_week(day: str) -> None:
    week = week_of(day)
    assert week.holds(day)
    assert read(week.code) == week
    assert not before(week).holds(day)
