"""Scales, reasons for no rating, and the figures of a period."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hallterm.rules import ratings
from hallterm.rules.exact import half_up, percent
from storage.facts import Scale, UnratedReason
from tests.rules.modest import MODEST
from tests.rules.vectors import Vector, vectors

NAMES = {"very_satisfied_share_pct": "best_share_pct"}


def _counts(levels: dict[str, int]) -> dict[int, int]:
    return {int(level): n for level, n in levels.items()}


@pytest.mark.parametrize("vector", vectors("satisfaction"), ids=repr)
def test_figures_of_a_period(vector: Vector) -> None:
    given_ = vector.inputs
    figures = ratings.satisfaction(Scale(given_["scale"]), _counts(given_["counts"]), given_["unrated"])
    shown: dict[str, Any] = {name: getattr(figures, NAMES.get(name, name)) for name in vector.expected}
    assert shown == vector.expected


@pytest.mark.parametrize("vector", vectors("bad_rating.revoke"), ids=repr)
def test_a_revoked_rating_leaves_both_sides(vector: Vector) -> None:
    given_ = vector.inputs
    counts = _counts(given_["counts"])
    after = {level: n - given_["revoke"].get(str(level), 0) for level, n in counts.items()}
    for moment, levels in (("before", counts), ("after", after)):
        figures = ratings.satisfaction(Scale(given_["scale"]), levels, given_["unrated"])
        expected = vector.expected[moment]
        assert {name: getattr(figures, name) for name in expected} == expected


@pytest.mark.parametrize("vector", vectors("evaluation_rate"), ids=repr)
def test_the_duty_is_tested_on_the_exact_rate(vector: Vector) -> None:
    rated, due = vector.inputs["rated"], vector.inputs["due"]
    shown = {"pct": ratings.evaluation_rate(rated, due), "ok": ratings.evaluation_ok(rated, due)}
    assert shown == vector.expected


def test_exempt_services_leave_the_denominator() -> None:
    figures = ratings.satisfaction(Scale.FIVE_SEED, {5: 19}, unrated=3, exempt=2)
    assert (figures.due, figures.evaluation_rate_pct, figures.evaluation_ok) == (20, Decimal("95.00"), True)


def test_nothing_due_is_absent_and_nothing_rated_is_zero() -> None:
    absent = ratings.satisfaction(Scale.THREE, {}, unrated=2, exempt=2)
    assert (absent.evaluation_rate_pct, absent.evaluation_ok, absent.satisfaction_score) == (None, None, None)
    unrated = ratings.satisfaction(Scale.THREE, {}, unrated=2)
    assert unrated.evaluation_rate_pct == 0
    assert unrated.evaluation_ok is False
    assert unrated.satisfaction_rate_pct is None


def test_a_level_that_the_scale_has_not_is_refused() -> None:
    with pytest.raises(ValueError, match="4"):
        ratings.satisfaction(Scale.THREE, {4: 1}, unrated=0)


@pytest.mark.parametrize(
    ("scale", "levels", "positive", "bad", "weights"),
    [
        (Scale.FIVE_SEED, (5, 4, 3, 2, 1), {5, 4}, {2, 1}, (100, 80, 60, 30, 0)),
        (Scale.FIVE_NATIONAL, (5, 4, 3, 2, 1), {5, 4, 3}, {2, 1}, (100, 80, 60, 30, 0)),
        (Scale.FOUR, (4, 3, 2, 1), {4, 3}, {1}, (100, 80, 60, 0)),
        (Scale.THREE, (3, 2, 1), {3, 2}, {1}, (100, 80, 0)),
    ],
)
def test_the_table_of_scales(
    scale: Scale, levels: tuple[int, ...], positive: set[int], bad: set[int], weights: tuple[int, ...]
) -> None:
    rows = ratings.SCALES[scale]
    assert tuple(row.level for row in rows) == levels
    assert {row.level for row in rows if row.positive} == positive
    assert {row.level for row in rows if row.bad} == bad
    assert tuple(row.weight for row in rows) == weights


def test_a_hall_may_weigh_levels_otherwise() -> None:
    score = ratings.satisfaction_score(Scale.THREE, {3: 1, 1: 1}, {3: 100, 2: 50, 1: 20})
    assert score is not None
    assert half_up(score) == 60


def test_which_reasons_are_exempt() -> None:
    assert {rule.reason for rule in ratings.UNRATED_RULES} == set(UnratedReason)
    assert {rule.reason for rule in ratings.UNRATED_RULES if rule.exempt} == {
        UnratedReason.DEVICE_FAULT,
        UnratedReason.POWER_FAILURE,
        UnratedReason.BACK_ENTRY,
    }
    assert [rule.reason for rule in ratings.UNRATED_RULES if rule.note_required] == [UnratedReason.OTHER]


def test_a_clerk_chooses_an_exempt_reason_only_while_the_fault_is_seen() -> None:
    rows = ratings.unrated_choices(pad_fault_seen=False, power_failure_seen=False)
    assert {rule.reason for rule, why in rows if why} == {UnratedReason.DEVICE_FAULT, UnratedReason.POWER_FAILURE}
    rows = ratings.unrated_choices(pad_fault_seen=True, power_failure_seen=True)
    assert not any(why for _, why in rows)
    assert UnratedReason.BACK_ENTRY not in {rule.reason for rule, _ in rows}


def test_nobody_rates_himself() -> None:
    assert ratings.own_service("0317", "0317")
    assert ratings.own_service("0317", "", "hash", "hash")
    assert not ratings.own_service("0317", "0318", "hash", "other")
    assert not ratings.own_service("0317", "", "", "")
    assert not ratings.own_service("", "")


def test_halves_are_rounded_up_once() -> None:
    assert half_up(Decimal("87.825")) == Decimal("87.83")
    assert half_up(Decimal("-0.005")) == Decimal("-0.01")
    assert percent(1, 3) == Decimal("33.33")
    assert percent(1, 0) is None


@MODEST
@given(st.sampled_from(Scale), st.lists(st.integers(0, 500), min_size=5, max_size=5), st.integers(0, 500), st.data())
def test_figures_stay_between_0_and_100(scale: Scale, numbers: list[int], unrated: int, data: st.DataObject) -> None:
    exempt = data.draw(st.integers(0, unrated))
    counts = dict(zip((row.level for row in ratings.SCALES[scale]), numbers, strict=False))
    figures = ratings.satisfaction(scale, counts, unrated, exempt)
    assert (figures.evaluation_rate_pct is None) is (figures.due == 0)
    for share in (figures.evaluation_rate_pct, figures.satisfaction_rate_pct, figures.satisfaction_score):
        assert share is None or 0 <= share <= 100
    if figures.evaluation_ok:
        assert figures.evaluation_rate_pct is not None
        assert figures.evaluation_rate_pct >= 95
