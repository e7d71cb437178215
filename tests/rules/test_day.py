"""Business days and opening hours."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hallterm.rules.day import ZONE, business_day, clock_text, opening
from storage.facts import HallSet
from tests.rules.modest import MODEST

HALL = HallSet("360600001", "市办税厅")


def _t(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=ZONE).timestamp()) * 1000


def test_the_day_turns_at_midnight_of_the_fixed_zone() -> None:
    assert business_day(_t("2026-03-02T23:59:59") + 999) == "2026-03-02"
    assert business_day(_t("2026-03-03T00:00:00")) == "2026-03-03"
    utc = int(datetime(2026, 3, 2, 16, tzinfo=UTC).timestamp()) * 1000
    assert business_day(utc) == "2026-03-03"


def test_the_day_never_goes_back() -> None:
    assert business_day(_t("2020-01-01T09:00"), "2026-03-02") == "2026-03-02"
    assert business_day(_t("2026-03-03T09:00"), "2026-03-02") == "2026-03-03"


@MODEST
@given(st.lists(st.integers(0, 2_000_000_000_000), min_size=1, max_size=20))
def test_days_never_go_back_whatever_the_clock_does(readings: list[int]) -> None:
    day, days = "", []
    for t in readings:
        day = business_day(t, day)
        days.append(day)
    assert days == sorted(days)


@pytest.mark.parametrize(
    ("time", "is_open", "may_issue", "words"),
    [
        ("08:14", False, False, "opens this morning at 08:30"),
        ("08:15", False, True, "opens this morning at 08:30"),
        ("08:30", True, True, "open until 12:00"),
        ("11:59", True, True, "open until 12:00"),
        ("12:00", False, False, "opens this afternoon at 14:00"),
        ("13:45", False, True, "opens this afternoon at 14:00"),
        ("17:59", True, True, "open until 18:00"),
        ("18:00", False, False, "closed for today"),
    ],
)
def test_opening_hours(time: str, is_open: bool, may_issue: bool, words: str) -> None:
    result = opening(HALL, _t(f"2026-03-02T{time}"))
    assert (result.open, result.may_issue, result.words.text()) == (is_open, may_issue, words)


def test_a_rest_day_a_demonstration_hall_and_a_half_day_hall() -> None:
    at = _t("2026-03-01T10:00")
    assert not opening(HALL, at, workday=False).may_issue
    assert opening(HallSet("1", "x", open_always=True), at, workday=False).open
    morning_only = HallSet("1", "x", opening_pm="", closing_pm="")
    assert opening(morning_only, _t("2026-03-02T13:50")).words.text() == "closed for today"


def test_words_in_chinese(speak: Callable[[str], None]) -> None:
    speak("zh_CN")
    assert opening(HALL, _t("2026-03-02T12:30")).words.text() == "今天下午 14:00 开"


def test_times_of_day_are_shown_in_the_fixed_zone() -> None:
    assert clock_text(_t("2026-03-02T10:42:30") + 999) == "10:42:30"
