"""Figures name the halls whose days are not in yet, and since when."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from hallterm.rules.coverage import Days, gaps

TUESDAY, MONDAY, FRIDAY = "2026-11-24", "2026-11-23", "2026-11-20"


def following(day: str) -> str:
    return (date.fromisoformat(day) + timedelta(days=1)).isoformat()


def weekday(_hall: str, day: str) -> bool:
    return date.fromisoformat(day).isoweekday() <= 5


def missing(upto: str, *halls: tuple[str, str]) -> list[tuple[str, str]]:
    days = [Days(hall, hall, closed, closed, 0) for hall, closed in halls]
    return [(gap.hall, gap.since) for gap in gaps(days, upto, weekday, following)]


@pytest.mark.parametrize(
    ("closed", "upto", "since"),
    [
        (TUESDAY, TUESDAY, None),
        (MONDAY, TUESDAY, TUESDAY),
        (FRIDAY, "2026-11-22", None),
        (FRIDAY, MONDAY, MONDAY),
        ("2026-09-28", TUESDAY, "2026-09-29"),
        ("2026-12-01", TUESDAY, None),
        ("2024-01-02", TUESDAY, "2024-01-03"),
    ],
)
def test_a_hall_is_missing_from_its_first_working_day_that_did_not_come(
    closed: str, upto: str, since: str | None
) -> None:
    assert missing(upto, ("1", closed)) == ([] if since is None else [("1", since)])


def test_a_hall_that_never_closed_a_day_is_named_first() -> None:
    found = missing(TUESDAY, ("2", MONDAY), ("3", ""), ("1", "2026-11-02"), ("4", TUESDAY))
    assert found == [("3", ""), ("1", "2026-11-03"), ("2", TUESDAY)]


def test_a_hall_without_working_days_is_told_after_all_days_were_looked_at() -> None:
    days = [Days("1", "one", "2020-01-01", "", 0)]
    assert [gap.since for gap in gaps(days, TUESDAY, lambda _hall, _day: False, following)] == ["2020-01-02"]
