"""Hypothesis settings of the room: few examples, no deadline, and nothing written into the tree."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

MODEST = settings(
    max_examples=80, deadline=None, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
FEW = settings(MODEST, max_examples=30)
"""For values that are dear to draw."""
