"""Words for the closed sets that a clerk picks from or reads: states, hold and break reasons."""

from __future__ import annotations

from collections.abc import Mapping

from hallterm.locale import N_
from storage.facts import BreakReason, HoldReason, WindowState

WINDOW_STATES: Mapping[WindowState, str] = {
    WindowState.CLOSED: N_("Closed"),
    WindowState.IDLE: N_("Idle"),
    WindowState.CALLED: N_("Called"),
    WindowState.SERVING: N_("Serving"),
    WindowState.PAUSED: N_("Paused"),
    WindowState.AWAITING_RATING: N_("Awaiting rating"),
    WindowState.BREAK: N_("On a break"),
    WindowState.SUBSTITUTED: N_("Stood in for"),
}

HOLD_REASONS: Mapping[HoldReason, str] = {
    HoldReason.PAPERS: N_("Wait for the taxpayer's papers"),
    HoldReason.PAYMENT: N_("Wait for the taxpayer's payment"),
    HoldReason.INNER_STEP: N_("Wait for an inner step"),
}
"""In the order of the list, digits 1-3."""

HOLD_WORDS: Mapping[HoldReason, str] = {
    HoldReason.PAPERS: N_("papers"),
    HoldReason.PAYMENT: N_("payment"),
    HoldReason.INNER_STEP: N_("inner step"),
}
"""The same, short, for the list of held tickets."""

BREAK_REASONS: Mapping[BreakReason, str] = {
    BreakReason.ROTATE: N_("Rotation break"),
    BreakReason.LUNCH: N_("Lunch"),
    BreakReason.MEETING: N_("Meeting"),
    BreakReason.TRAINING: N_("Training"),
}
"""In the order of the list, digits 1-4."""
