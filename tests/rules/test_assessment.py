"""The assessment: each part, the total, weights, pooling over months."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hallterm.locale import _
from hallterm.rules import assessment as rules
from hallterm.rules.assessment import (
    HallWork,
    Ratings,
    Rule,
    WeightsError,
    Work,
    attendance_part,
    business_part,
    efficiency,
    pooled,
    rating_part,
    score,
    total,
    weights_error,
)
from hallterm.rules.attendance import AttendanceSums
from hallterm.rules.exact import half_up
from hallterm.rules.ratings import SCALES
from hallterm.rules.timers import std_milliminutes
from storage.facts import BusinessMode, LeaveType, Part, Scale
from tests.rules.modest import FEW
from tests.rules.vectors import Vector, vectors

BATCHABLE = {"D01"}
COUNTS = st.integers(0, 300)
RATINGS = st.sampled_from(Scale).flatmap(
    lambda scale: st.builds(
        lambda counts, unrated, exempt: Ratings({scale: counts}, unrated + exempt, exempt),
        st.dictionaries(st.sampled_from([row.level for row in SCALES[scale]]), COUNTS),
        COUNTS,
        COUNTS,
    )
)
ATTENDANCE = st.builds(
    AttendanceSums,
    scheduled=st.integers(0, 44),
    late=st.integers(0, 9),
    early=st.integers(0, 9),
    off_post=st.integers(0, 9),
    absences=st.integers(0, 3),
    leave=st.dictionaries(st.sampled_from(LeaveType), st.integers(0, 9), max_size=3),
)
WORKS = st.builds(
    Work,
    ratings=RATINGS,
    std_milliminutes=st.integers(0, 10**7),
    window_halves=st.integers(0, 44),
    errors=st.integers(0, 60),
    timed=st.integers(1, 900),
    overtime=st.integers(0, 900),
    timed_std_milliminutes=st.integers(0, 10**7),
    timed_counted_s=st.integers(0, 10**6),
    attendance=st.lists(ATTENDANCE, max_size=2).map(tuple),
    complaints=st.integers(0, 3),
)
WEIGHTS = st.permutations([30, 25, 20, 25]).map(lambda four: dict(zip(Part, four, strict=True))) | st.just(
    dict(zip(Part, (100, 0, 0, 0), strict=True))
)


def ratings(inputs: dict[str, Any]) -> Ratings:
    counts = {int(level): n for level, n in inputs["counts"].items()}
    return Ratings({Scale(inputs.get("scale", "five_seed")): counts}, inputs["unrated"])


def parts(given_in: dict[str, Any]) -> dict[Part, Fraction | None]:
    return {Part(name): None if points is None else Fraction(points) for name, points in given_in.items()}


def weights(given_in: dict[str, int]) -> dict[Part, int]:
    return {Part(name): weight for name, weight in given_in.items()}


def shown(points: Fraction | None) -> Decimal | None:
    return None if points is None else half_up(points)


def only(topic: str, id: str) -> Vector:
    (found,) = [one for one in vectors(topic) if one.id == id]
    return found


def part_of(vector: Vector) -> Fraction | None:
    """The unrounded part of one of the first four vectors."""
    return {
        "assessment.rating": lambda: rating_part(ratings(vector.inputs)),
        "assessment.business": lambda: business_part(business(vector.inputs)),
        "assessment.efficiency": lambda: efficiency_points(timed(vector.inputs)),
        "assessment.attendance": lambda: attendance_part([attendance(vector.inputs)]),
    }[vector.topic]()


def efficiency_points(work: Work) -> Fraction | None:
    found = efficiency(work)
    return None if found is None else found.part


def business(inputs: dict[str, Any]) -> Work:
    credit = sum(
        one["count"]
        * std_milliminutes(
            one["limit_min"],
            one["quantity_each"],
            one["code"] in BATCHABLE,
            inputs["batch_factor"],
            inputs["std_factor"],
        )
        for one in inputs["services"]
    )
    return Work(std_milliminutes=credit, window_halves=inputs["attended_half_days"], errors=inputs["verified_errors"])


def timed(inputs: dict[str, Any]) -> Work:
    return Work(
        timed=inputs["timed_services"],
        overtime=inputs["overtime"],
        timed_std_milliminutes=inputs["std_minutes"] * 1000,
        timed_counted_s=inputs["counted_minutes"] * 60,
    )


def attendance(inputs: dict[str, int]) -> AttendanceSums:
    leave = {LeaveType(name.removesuffix("_half")): n for name, n in inputs.items() if name.endswith("_half")}
    return AttendanceSums(scheduled=44, late=inputs["late"], early=inputs["early"], leave=leave)


@pytest.mark.parametrize("vector", vectors("assessment.rating"), ids=repr)
def test_the_rating_part(vector: Vector) -> None:
    assert {"part": shown(part_of(vector))} == vector.expected


@pytest.mark.parametrize("vector", vectors("assessment.business"), ids=repr)
def test_the_business_part(vector: Vector) -> None:
    rule = Rule(target_std_min=vector.inputs["target_std_min_per_half_day"])
    work = business(vector.inputs)
    found = {"std_minutes": Fraction(work.std_milliminutes, 1000), "part": shown(business_part(work, 1, rule))}
    assert found == {name: Fraction(value) for name, value in vector.expected.items()}


@pytest.mark.parametrize("vector", vectors("assessment.efficiency"), ids=repr)
def test_the_efficiency_part(vector: Vector) -> None:
    rule = Rule(
        free_pct=Fraction(vector.inputs["free_pct"]),
        points_per_pct=Fraction(vector.inputs["points_per_pct"]),
        on_time_weight=Fraction(vector.inputs["on_time_weight"]),
    )
    found = efficiency(timed(vector.inputs), rule)
    assert found is not None
    assert {
        "overtime_rate_pct": shown(found.overtime_pct),
        "on_time": shown(found.on_time),
        "speed": shown(found.speed),
        "part": shown(found.part),
    } == vector.expected


@pytest.mark.parametrize("vector", vectors("assessment.attendance"), ids=repr)
def test_the_attendance_part(vector: Vector) -> None:
    assert {"part": shown(part_of(vector))} == vector.expected


@pytest.mark.parametrize("vector", vectors("assessment.total"), ids=repr)
def test_the_total(vector: Vector, speak_hall: None) -> None:
    if "parts" in vector.inputs:
        exact = parts(vector.inputs["parts"])
    else:
        topics = ("assessment.rating", "assessment.business", "assessment.efficiency", "assessment.attendance")
        named = zip(Part, topics, vector.inputs["parts_exact_from"], strict=True)
        exact = {part: part_of(only(topic, id)) for part, topic, id in named}
    whole = total(exact, weights(vector.inputs["weights"]))
    found = {
        "total": shown(whole.total),
        "renormalised": whole.renormalised,
        "missing": [part.value for part in whole.missing],
        "label": _(rules.NO_RECORD) if whole.total is None else "",
    }
    assert {name: found[name] for name in vector.expected} == vector.expected


@pytest.mark.parametrize("vector", vectors("assessment.weights"), ids=repr)
def test_weights_must_add_to_a_hundred(vector: Vector) -> None:
    given_in = weights(vector.inputs["weights"])
    error = weights_error(given_in)
    assert error is not None
    assert {"error": error.value} == vector.expected
    with pytest.raises(ValueError, match=error.value):
        total({}, given_in)
    with pytest.raises(ValueError, match=error.value):
        Rule(weights=given_in)


@pytest.mark.parametrize("vector", vectors("assessment.quarter"), ids=repr)
def test_a_quarter_pools_raw_counts_and_averages_attendance(vector: Vector) -> None:
    months = [
        Work(
            ratings=ratings(month),
            attendance=(AttendanceSums(scheduled=44, late=(100 - points) // 2),),
        )
        for month, points in zip(vector.inputs["months"], vector.inputs["attendance_by_month"], strict=True)
    ]
    whole = pooled(months)
    assert {
        "pooled_rated": whole.ratings.rated,
        "pooled_due": whole.ratings.due,
        "rating_part": shown(rating_part(whole.ratings)),
        "attendance_part": shown(attendance_part(whole.attendance)),
    } == vector.expected


def test_nothing_due_is_absent_and_nothing_rated_is_nought() -> None:
    assert rating_part(Ratings()) is None
    assert rating_part(Ratings(unrated=3, exempt=3)) is None
    assert rating_part(Ratings(unrated=3)) == 0


def test_the_penalty_for_few_ratings_can_be_switched_off() -> None:
    few = Ratings({Scale.FIVE_SEED: {5: 1}}, unrated=9)
    assert rating_part(few) == 100 * Fraction(1, 10) / Fraction(95, 100)
    assert rating_part(few, Rule(coverage_penalty=False)) == 100


def test_weights_of_levels_can_be_set() -> None:
    fair = Ratings({Scale.FIVE_SEED: {3: 4}})
    assert rating_part(fair) == 60
    assert rating_part(fair, Rule(level_weights={Scale.FIVE_SEED: {5: 100, 4: 90, 3: 70, 2: 20, 1: 0}})) == 70


def test_errors_come_off_after_the_ceiling_and_by_month() -> None:
    busy = Work(std_milliminutes=150_000, window_halves=1, errors=3)
    assert business_part(busy) == 94
    assert business_part(busy, months=3) == 98
    assert business_part(Work(std_milliminutes=75_000, window_halves=1, errors=60)) == 0


def test_without_attended_half_days_there_is_no_business_part() -> None:
    assert business_part(Work(std_milliminutes=75_000)) is None


def test_against_the_halls_own_average() -> None:
    rule = Rule(mode=BusinessMode.HALL_AVERAGE)
    work = Work(std_milliminutes=60_000, window_halves=1, errors=1)
    assert business_part(work, 1, rule, HallWork(600_000, 10)) == 78
    assert business_part(work, 1, rule, HallWork(1_200_000, 10)) == 38
    assert business_part(work, 1, rule, HallWork(0, 10)) is None
    assert business_part(work, 1, rule) is None


def test_nothing_timed_is_absent() -> None:
    assert efficiency(Work()) is None
    uncounted = efficiency(Work(timed=1))
    assert uncounted is not None
    assert uncounted.speed is None
    assert uncounted.part == 100


def test_attendance_leaves_out_months_without_a_schedule() -> None:
    assert attendance_part([]) is None
    assert attendance_part([AttendanceSums()]) is None
    assert attendance_part([AttendanceSums(), AttendanceSums(scheduled=2, late=5)]) == 90
    assert attendance_part([AttendanceSums(scheduled=2, absences=6)]) == 0


def test_founded_complaints_leave_the_total_as_a_line_of_their_own() -> None:
    work = Work(attendance=(AttendanceSums(scheduled=2),), complaints=2)
    assert score(work).total == 100
    off = score(work, rule=Rule(complaint_points=Fraction(5)))
    assert (off.total, off.deducted) == (Fraction(90), Fraction(10))
    floored = score(work, rule=Rule(complaint_points=Fraction(60)))
    assert (floored.total, floored.deducted) == (Fraction(0), Fraction(100))
    absent = score(Work(complaints=2), rule=Rule(complaint_points=Fraction(5)))
    assert absent.total is None
    assert absent.deducted == 0


@pytest.mark.parametrize(
    ("four", "error"),
    [
        ((30, 25, 20, 25), None),
        ((100, 0, 0, 0), None),
        ((30, 25, 20, 26), WeightsError.SUM_NOT_100),
        ((130, -30, 0, 0), WeightsError.NEGATIVE),
    ],
)
def test_which_weights_can_be_taken(four: tuple[int, ...], error: WeightsError | None) -> None:
    assert weights_error(dict(zip(Part, four, strict=True))) is error


def test_each_part_needs_its_weight() -> None:
    assert weights_error({Part.RATING: 100}) is WeightsError.MISSING


def test_parts_that_weigh_nothing_make_no_total() -> None:
    whole = total({Part.BUSINESS: Fraction(80)}, dict(zip(Part, (100, 0, 0, 0), strict=True)))
    assert whole.total is None
    assert not whole.renormalised


@FEW
@given(WORKS, st.integers(1, 12), WEIGHTS, st.booleans(), st.sampled_from(BusinessMode), st.integers(0, 60))
def test_points_are_always_between_0_and_100_or_absent(
    work: Work, months: int, four: dict[Part, int], penalty: bool, mode: BusinessMode, off: int
) -> None:
    rule = Rule(weights=four, coverage_penalty=penalty, mode=mode, complaint_points=Fraction(off))
    hall = HallWork(work.std_milliminutes * 3, work.window_halves * 4)
    found = score(work, months, rule, hall)
    for points in (*found.parts.values(), found.total):
        assert points is None or 0 <= points <= 100
    assert set(found.missing) == {part for part, points in found.parts.items() if points is None}


@FEW
@given(st.lists(WORKS, min_size=1, max_size=3).flatmap(lambda works: st.tuples(st.just(works), st.permutations(works))))
def test_months_are_pooled_in_any_order(both: tuple[list[Work], list[Work]]) -> None:
    works, shuffled = both
    assert score(pooled(works)) == score(pooled(shuffled))
    assert score(pooled([pooled(works[:1]), pooled(works[1:])])) == score(pooled(works))


@FEW
@given(WORKS)
def test_a_total_lies_between_its_parts(work: Work) -> None:
    found = score(work)
    there = [points for points in found.parts.values() if points is not None]
    assert (found.total is None) is (not there)
    assert found.total is None or min(there) <= found.total <= max(there)
