"""The lamp of a running service."""

from __future__ import annotations

import pytest

from hallterm.rules.lamp import LABELS, Lamp, lamp
from tests.rules.vectors import Vector, vectors


@pytest.mark.parametrize("vector", vectors("lamp"), ids=repr)
def test_lamps(vector: Vector) -> None:
    limit_s = vector.inputs["limit_s"]
    lamps = [lamp(counted_s, limit_s).name.lower() for counted_s in vector.inputs["counted_s"]]
    assert {"lamps": lamps} == vector.expected


def test_letters_and_labels() -> None:
    assert [one.value for one in Lamp] == ["G", "Y", "R", "E"]
    assert set(LABELS) == set(Lamp)


def test_lamps_only_get_worse() -> None:
    shown = [list(Lamp).index(lamp(counted_s, 121)) for counted_s in range(300)]
    assert shown == sorted(shown)
    assert set(shown) == {0, 1, 2, 3}
