"""The warnings of a hall, their levels, samples and repetitions, and empty posts."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hallterm.rules.exact import half_up
from hallterm.rules.warnings import (
    RISING,
    WARNINGS,
    HallLoad,
    LastRaised,
    Post,
    PostState,
    Share,
    Thresholds,
    Warned,
    WindowLoad,
    hall_warnings,
    judged,
    judged_share,
    level_of,
    may_raise,
    percentage,
    post_state,
)
from storage.facts import WarningKind, WarningLevel
from tests.rules.modest import MODEST
from tests.rules.vectors import Vector, vectors

MIN = 60_000
REPEAT_MS = 15 * MIN
YELLOW, ORANGE, RED = RISING
TABLE = {
    WarningKind.SINGLE_WAIT: (20, 30, 45),
    WarningKind.WAITING_OVERTIME: (10, 20, 30),
    WarningKind.WINDOW_SATURATION: (5, 8, 12),
    WarningKind.HALL_SATURATION: (80, 100, 120),
    WarningKind.OVERTIME_SHARE: (5, 10, 20),
    WarningKind.OVERTIME_COUNT: (3, 5, 8),
    WarningKind.ABANDON_SHARE: (5, 10, 15),
    WarningKind.BAD_RATINGS: (0, 1, 2),
    WarningKind.NO_BREAK: (90, 120, 150),
    WarningKind.NO_OPEN_WINDOW: None,
    WarningKind.EMPTY_POST: None,
}
VALUES = st.integers(0, 1400).map(lambda n: Fraction(n, 7))
QUIET = HallLoad(windows=(WindowLoad("01", "0301"), WindowLoad("02", "0303")), people=4, seats=40)


def waits(*minutes: int) -> dict[str, int]:
    return {f"B{n:03d}": m * MIN for n, m in enumerate(minutes, 1)}


@pytest.mark.parametrize("vector", vectors("warning"), ids=repr)
def test_a_value_greater_than_its_limit_has_the_level(vector: Vector) -> None:
    given_in = vector.inputs
    if "open_windows" in given_in:
        kind, value = WarningKind.WINDOW_SATURATION, Fraction(given_in["waiting"], given_in["open_windows"])
        name, limits = "value", given_in["thresholds"]
        found = judged(kind, value, {kind: tuple(limits)})
    else:
        kind, share = WarningKind.OVERTIME_SHARE, Share(given_in["overtime"], given_in["accepted"])
        name, limits = "value_pct", given_in["thresholds_pct"]
        found = judged_share(kind, share, Thresholds({kind: tuple(limits)}))
    assert found is not None
    assert found.value is not None
    assert {name: half_up(found.value), "level": found.level.value} == vector.expected
    assert tuple(limits) == WARNINGS[kind].limits


def test_the_table_is_the_one_of_the_rule() -> None:
    assert {kind: row.limits for kind, row in WARNINGS.items()} == TABLE
    assert {kind for kind, row in WARNINGS.items() if row.share} == {
        WarningKind.WAITING_OVERTIME,
        WarningKind.OVERTIME_SHARE,
        WarningKind.ABANDON_SHARE,
    }


def test_a_quiet_hall_has_no_warning() -> None:
    assert hall_warnings(QUIET) == ()
    assert hall_warnings(HallLoad()) == ()


def test_each_of_the_nine_is_raised_by_its_own_figure() -> None:
    loud = HallLoad(
        waits_ms=waits(31, *[1] * 12),
        windows=(WindowLoad("01", "0301", overtime=4, without_break_ms=100 * MIN), WindowLoad("02", "0303")),
        people=41,
        seats=40,
        long_waits=Share(4, 10),
        overtime=Share(9, 80),
        no_shows=Share(2, 10),
        bad_ratings={"0301": 1},
    )
    assert {(one.kind, one.level, one.about) for one in hall_warnings(loud)} == {
        (WarningKind.SINGLE_WAIT, ORANGE, "B001"),
        (WarningKind.WINDOW_SATURATION, YELLOW, ""),
        (WarningKind.HALL_SATURATION, ORANGE, ""),
        (WarningKind.WAITING_OVERTIME, RED, ""),
        (WarningKind.OVERTIME_SHARE, ORANGE, ""),
        (WarningKind.ABANDON_SHARE, RED, ""),
        (WarningKind.OVERTIME_COUNT, YELLOW, "01"),
        (WarningKind.NO_BREAK, YELLOW, "0301"),
        (WarningKind.BAD_RATINGS, YELLOW, "0301"),
    }


def test_a_share_of_nine_is_no_share() -> None:
    assert judged_share(WarningKind.OVERTIME_SHARE, Share(9, 9)) is None
    assert judged_share(WarningKind.OVERTIME_SHARE, Share(9, 10)) is not None
    assert percentage(Share(0, 0)) is None


def test_people_waiting_and_no_open_window_is_red() -> None:
    shut = HallLoad(waits_ms=waits(1))
    assert hall_warnings(shut) == (Warned(WarningKind.NO_OPEN_WINDOW, RED),)


def test_empty_posts_stand_before_all_then_red_before_yellow() -> None:
    hall = HallLoad(waits_ms=waits(50), windows=(WindowLoad("01", "0301", 4),), empty_posts=("08",))
    assert [one.kind for one in hall_warnings(hall)] == [
        WarningKind.EMPTY_POST,
        WarningKind.SINGLE_WAIT,
        WarningKind.OVERTIME_COUNT,
    ]


def test_the_limit_itself_is_no_warning() -> None:
    exactly = HallLoad(waits_ms=waits(20), windows=QUIET.windows)
    assert hall_warnings(exactly) == ()
    over = HallLoad(waits_ms={"B001": 20 * MIN + 1}, windows=QUIET.windows)
    assert [(one.level, one.above) for one in hall_warnings(over)] == [(YELLOW, 20)]


def test_a_hall_sets_its_own_limits() -> None:
    hall = HallLoad(waits_ms=waits(16), windows=QUIET.windows)
    assert [one.level for one in hall_warnings(hall, Thresholds({WarningKind.SINGLE_WAIT: (5, 10, 15)}))] == [RED]


def test_a_warning_comes_again_after_a_quarter_of_an_hour_unless_somebody_answered() -> None:
    last = LastRaised(t=0)
    assert may_raise(None, 0)
    assert not may_raise(last, REPEAT_MS - 1)
    assert may_raise(last, REPEAT_MS)
    assert not may_raise(LastRaised(0, acknowledged=True), 10 * REPEAT_MS)
    assert may_raise(LastRaised(0, acknowledged=True, ended=True), REPEAT_MS)
    assert not may_raise(LastRaised(0, acknowledged=True, ended=True), REPEAT_MS - 1)


@pytest.mark.parametrize(
    ("post", "open_since_min", "state"),
    [
        (Post("08", "0308", "0309", a_here=True), 60, PostState.STAFFED),
        (Post("08", "0308", "0309"), 14, PostState.STAFFED),
        (Post("08", "0308", "0309", b_here=True), 15, PostState.SUBSTITUTED),
        (Post("08", "0308", "0309"), 15, PostState.EMPTY),
        (Post("08", "0308"), 15, PostState.EMPTY),
        (Post("08", "0308", "0309", a_on_leave=True, b_here=True), 0, PostState.SUBSTITUTED),
        (Post("08", "0308", "0309", a_on_leave=True), 0, PostState.EMPTY),
    ],
)
def test_when_a_post_is_empty(post: Post, open_since_min: int, state: PostState) -> None:
    assert post_state(post, open_since_min) is state


@MODEST
@given(st.sampled_from([row.limits for row in WARNINGS.values() if row.limits]), VALUES, VALUES)
def test_a_greater_value_never_has_a_lower_level(limits: tuple[int, int, int], value: Fraction, more: Fraction) -> None:
    def height(level: WarningLevel | None) -> int:
        return 0 if level is None else 1 + RISING.index(level)

    assert height(level_of(value, limits)) <= height(level_of(value + more, limits))
