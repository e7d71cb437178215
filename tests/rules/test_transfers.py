"""Where a ticket may be moved to."""

from __future__ import annotations

from hallterm.rules.transfers import group_refusal, window_refusal
from storage.facts import WindowState


def test_a_window_that_works_takes_a_ticket_and_one_that_does_not_says_why() -> None:
    taking = {state for state in WindowState if window_refusal("1-01", "1-02", state) is None}
    assert taking == {
        WindowState.IDLE,
        WindowState.CALLED,
        WindowState.SERVING,
        WindowState.PAUSED,
        WindowState.AWAITING_RATING,
    }
    assert window_refusal("1-01", "1-01", WindowState.SERVING) is not None


def test_a_group_without_a_window_today_takes_none() -> None:
    assert group_refusal(0) is not None
    assert group_refusal(1) is None
