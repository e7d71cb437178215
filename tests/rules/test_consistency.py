"""The checks between reports find what does not add up, and nothing else."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Struct
from msgspec.structs import replace

from hallterm.rules import consistency as rules
from hallterm.rules.consistency import (
    Misfit,
    categories_fit,
    city_mean_fits,
    levels_fit,
    queue_fits,
    sums_fit,
    work_fits,
)
from tests.rules.modest import MODEST


class Rated(Struct, frozen=True):
    unit: str
    due: int
    levels: tuple[int, ...]
    unrated: int
    exempt: int


class Worked(Struct, frozen=True):
    unit: str
    services: int
    timed: int
    suspicious: int
    back_entries: int


class Queued(Struct, frozen=True):
    unit: str
    tickets: int
    handled: int
    no_shows: int
    cancelled: int
    abandoned: int
    rebooked: int
    still_open: int


N = st.integers(0, 99)
RATED = st.builds(
    lambda levels, unrated, exempt: Rated("0301", sum(levels) + unrated, levels, unrated + exempt, exempt),
    st.tuples(N, N, N, N, N),
    N,
    N,
)


def whole(rows: list[Rated]) -> Rated:
    levels = [sum(column) for column in zip(*(row.levels for row in rows), strict=True)]
    return Rated(
        "360600001",
        sum(row.due for row in rows),
        tuple(levels),
        sum(row.unrated for row in rows),
        sum(row.exempt for row in rows),
    )


@MODEST
@given(st.lists(RATED, min_size=1, max_size=5), st.sampled_from(["due", "unrated", "exempt", "levels"]))
def test_satisfaction_adds_up_and_one_more_is_seen(rows: list[Rated], column: str) -> None:
    hall = whole(rows)
    assert list(levels_fit([*rows, hall])) == []
    assert list(sums_fit(hall, rows)) == []
    value = getattr(hall, column)
    wrong = replace(hall, **{column: (value[0] + 1, *value[1:]) if column == "levels" else value + 1})
    (misfit,) = sums_fit(wrong, rows)
    assert misfit.check == rules.SUMS
    assert misfit.expected == (misfit.found or 0) + 1
    assert [one.check for one in levels_fit([wrong])] == [rules.LEVELS]


def test_each_service_is_timed_suspicious_or_entered_afterwards() -> None:
    good = Worked("0301", 10, 7, 2, 1)
    assert list(work_fits([good])) == []
    assert list(work_fits([good, replace(good, services=11)])) == [Misfit(rules.WORK, "0301", 11, 10)]


@pytest.mark.parametrize("column", ["handled", "no_shows", "cancelled", "abandoned", "rebooked", "still_open"])
def test_each_ticket_has_one_end(column: str) -> None:
    good = Queued("B", 21, 1, 2, 3, 4, 5, 6)
    assert list(queue_fits([good])) == []
    lost = replace(good, **{column: getattr(good, column) - 1})
    assert list(queue_fits([lost])) == [Misfit(rules.QUEUE, "B", 21, 20)]


def test_a_city_is_the_mean_of_its_clerks() -> None:
    totals: dict[str, list[Fraction | None]] = {"a": [Fraction(90), None], "b": [Fraction(80), Fraction(70)]}
    assert list(city_mean_fits("360600", Fraction(80), totals)) == []
    of_halls = Fraction(165, 2)
    assert list(city_mean_fits("360600", of_halls, totals)) == [
        Misfit(rules.CITY_MEAN, "360600", Fraction(80), of_halls)
    ]
    assert list(city_mean_fits("360600", None, {"a": [None]})) == []


def test_categories_add_to_the_accepted() -> None:
    assert list(categories_fit("centre", 6, [1, 2, 3])) == []
    assert list(categories_fit("centre", 7, [1, 2, 3])) == [Misfit(rules.CATEGORIES, "centre", 7, 6)]
