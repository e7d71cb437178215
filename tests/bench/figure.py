"""One measured figure, and the few sums that benchmarks need."""

from __future__ import annotations

import math
from collections.abc import Sequence

from msgspec import Struct


class Figure(Struct, frozen=True):
    """``value`` None: it could not be measured, ``note`` says why. ``budget`` is what it may be at most (or at least)."""

    name: str
    value: float | None
    unit: str
    budget: str = ""
    note: str = ""


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest measured value that ``share`` of them do not exceed."""
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def spread(name: str, unit: str, values: Sequence[float], budget: str = "") -> list[Figure]:
    """Median and 95th percentile of repeated measurements; the budget belongs to the latter."""
    note = f"{len(values)} times"
    return [
        Figure(f"{name} p50", round(percentile(values, 0.5), 2), unit, note=note),
        Figure(f"{name} p95", round(percentile(values, 0.95), 2), unit, budget, note),
    ]
