"""Windows needed, appointments of a slot, and sums of points."""

from __future__ import annotations

import pytest

from hallterm.rules.assessment import WEIGHTS
from hallterm.rules.capacity import bookable, points_sum, windows_needed
from tests.rules.vectors import Vector, vectors


@pytest.mark.parametrize("vector", vectors("check.seed_figures"), ids=repr)
def test_the_figures_of_the_seeds_fit_together(vector: Vector) -> None:
    if "calls_per_day" in vector.inputs:
        found = {
            "implied_windows": windows_needed(vector.inputs["calls_per_day"], vector.inputs["services_per_window_day"])
        }
    else:
        found = {"sum": points_sum(vector.inputs["target_items"])}
    assert found == vector.expected


def test_a_part_of_a_window_is_a_window() -> None:
    assert windows_needed(301, 50) == 7
    assert windows_needed(0, 50) == 0
    assert windows_needed(300, 0) is None


def test_half_of_a_slot_is_booked_at_most() -> None:
    assert bookable(2, [10, 5, 15]) == 3
    assert bookable(1, [40]) == 0
    assert bookable(3, []) == 0


def test_the_weights_add_to_a_hundred() -> None:
    assert points_sum(WEIGHTS.values()) == 100
