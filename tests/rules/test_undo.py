"""Taking back the last action."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from hallterm.rules.undo import UNDOABLE, LastAction, undo_refusal, undone_state
from storage.facts import CounterAction, WindowState


@pytest.mark.parametrize("action", sorted(UNDOABLE))
def test_within_ten_seconds_it_can_be_taken_back(action: CounterAction) -> None:
    assert undo_refusal(LastAction(action=action, ms_ago=10_000, rating_open=True)) is None
    assert undo_refusal(LastAction(action=action, ms_ago=10_001, rating_open=True)) is not None


@pytest.mark.parametrize("action", sorted(set(CounterAction) - UNDOABLE))
def test_what_is_never_taken_back(action: CounterAction) -> None:
    assert undo_refusal(LastAction(action=action, ms_ago=0, rating_open=True)) is not None


def test_sign_on_issue_and_rating_are_among_the_never() -> None:
    assert not UNDOABLE & {
        CounterAction.OPEN,
        CounterAction.ISSUE,
        CounterAction.UNRATED,
        CounterAction.ASK_AGAIN,
        CounterAction.SIGN_OFF,
        CounterAction.UNDO,
    }


def test_nothing_done_is_nothing_to_take_back() -> None:
    assert undo_refusal(None) is not None


def test_a_finish_only_while_the_rating_is_open() -> None:
    assert undo_refusal(LastAction(action=CounterAction.FINISH, ms_ago=1)) is not None


def test_a_move_only_until_somebody_calls_it(speak: Callable[[str], None]) -> None:
    last = LastAction(action=CounterAction.TRANSFER, ms_ago=1, number="B047", called_window="5", called_time="10:46:02")
    refused = undo_refusal(last)
    assert refused is not None
    speak("zh_CN")
    assert refused.text() == "不能撤销转窗: B047 已被 5 号窗口叫走(10:46:02)"


@pytest.mark.parametrize(
    ("action", "before", "after"),
    [
        (CounterAction.CALL, WindowState.IDLE, WindowState.IDLE),
        (CounterAction.START, WindowState.CALLED, WindowState.CALLED),
        (CounterAction.HOLD, WindowState.PAUSED, WindowState.PAUSED),
        (CounterAction.FINISH, WindowState.SERVING, WindowState.SERVING),
        (CounterAction.FINISH, WindowState.PAUSED, WindowState.SERVING),
        (CounterAction.NEXT_SERVICE, WindowState.AWAITING_RATING, WindowState.AWAITING_RATING),
        (CounterAction.WALK_UP_REASON, WindowState.PAUSED, WindowState.PAUSED),
    ],
)
def test_where_an_undo_leads(action: CounterAction, before: WindowState, after: WindowState) -> None:
    assert undone_state(action, before) is after
