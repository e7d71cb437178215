"""Credit levels."""

from __future__ import annotations

from decimal import Decimal

import pytest

from hallterm.rules.credit import CreditLevel, credit_level
from tests.rules.vectors import Vector, vectors


@pytest.mark.parametrize("vector", vectors("credit"), ids=repr)
def test_levels(vector: Vector) -> None:
    given_ = vector.inputs
    shown = {
        "levels": [credit_level(Decimal(score)) for score in given_["scores"]],
        "no_income_levels": [credit_level(Decimal(score), no_income=True) for score in given_["no_income_scores"]],
        "newly_established": credit_level(None, newly_established=given_["newly_established"]),
        "direct_d": credit_level(Decimal(100), direct_d=given_["direct_d"]),
    }
    assert shown == vector.expected


def test_grave_violations_come_before_everything() -> None:
    assert credit_level(None, newly_established=True, direct_d=True) is CreditLevel.D


def test_no_score_is_no_level() -> None:
    assert credit_level(None) is None
    assert credit_level(None, no_income=True) is None
    assert credit_level(Decimal(-3)) is CreditLevel.D
