"""The counter's table: every pair of state and action is answered, in the words under the keys."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from hallterm.rules import counter
from hallterm.rules.counter import GUARDS, Situation, refusal, refusals
from hallterm.rules.day import ZONE
from hallterm.rules.key_bar import key_bar, meaning, shared_reasons
from hallterm.rules.refusal_words import NOT_FROM
from hallterm.rules.slots import DEFAULT_KEYS, Slot
from hallterm.rules.transitions import ROWS, TRANSITIONS, Guard, next_state
from storage.facts import CounterAction, WalkUpReason, WindowState

PAIRS = [(state, action) for state in WindowState for action in CounterAction]
CALLED_T = int(datetime(2026, 11, 24, 10, 42, 10, tzinfo=ZONE).timestamp()) * 1000
ASKED_T = int(datetime(2026, 11, 24, 10, 49, 23, tzinfo=ZONE).timestamp()) * 1000

IDLE = Situation(window_state=WindowState.IDLE, waiting_count=3, held_count=2, can_next=True, unrated_today=1)
EMPTY = Situation(window_state=WindowState.IDLE)
CALLED = Situation(
    window_state=WindowState.CALLED, number="B047", calls=1, s_since_last_call=12, last_called_t=CALLED_T
)
CALLED_TWICE = Situation(
    window_state=WindowState.CALLED, number="B047", calls=2, s_since_last_call=25, last_called_t=CALLED_T
)
SERVING = Situation(window_state=WindowState.SERVING, number="B047", code="B07")
PAUSED = Situation(window_state=WindowState.PAUSED, number="B047", code="B07")
AWAITING = Situation(
    window_state=WindowState.AWAITING_RATING, number="B047", code="B07", asked_t=ASKED_T, rating_s_so_far=8
)
BREAK = Situation(window_state=WindowState.BREAK, held_count=1)


@pytest.mark.parametrize(("state", "action"), PAIRS)
def test_every_pair_is_either_a_transition_or_refused_in_words(state: WindowState, action: CounterAction) -> None:
    assert ((state, action) in ROWS) is not (action in NOT_FROM[state])


def test_rules_stand_in_their_order_and_none_is_missing() -> None:
    numbers = [row.rule for row in TRANSITIONS if row.rule.startswith("T")]
    assert list(dict.fromkeys(n for n in numbers if n != "T12a")) == [f"T{n}" for n in range(29)]


def test_no_pair_has_two_rows() -> None:
    assert len(ROWS) == sum(len(row.sources) for row in TRANSITIONS if row.action)
    assert {row.action for row in TRANSITIONS if row.action} == set(CounterAction)
    assert set(GUARDS) == set(Guard)


@pytest.mark.parametrize(
    ("path", "states"),
    [
        ("open call start finish", "idle called serving awaiting_rating"),
        ("open walk_up pause resume finish unrated", "idle serving paused serving awaiting_rating idle"),
        ("open call recall recall no_show break back sign_off", "idle called called called idle break idle closed"),
        ("open call start hold take_back transfer", "idle called serving idle serving idle"),
        ("open call start change_service quantity pause finish", "idle called serving serving serving paused "
         "awaiting_rating"),
    ],
)  # fmt: skip
def test_ways_through_a_day(path: str, states: str) -> None:
    state = WindowState.CLOSED
    passed = []
    for name in path.split():
        state = next_state(state, CounterAction(name))
        passed.append(state.value)
    assert passed == states.split()


@pytest.mark.parametrize(
    ("state", "action"),
    [(WindowState.SERVING, CounterAction.CALL), (WindowState.IDLE, CounterAction.UNDO)],
)
def test_no_state_follows_what_is_not_allowed(state: WindowState, action: CounterAction) -> None:
    with pytest.raises(ValueError, match=action.value):
        next_state(state, action)


def _live(now: Situation) -> str:
    return " ".join(DEFAULT_KEYS[key.slot] for key in key_bar(now) if key.refused is None)


def _row_23(now: Situation) -> str:
    groups = ((" ".join(DEFAULT_KEYS[slot] for slot in one.slots), one.reason.text()) for one in shared_reasons(now))
    return "  ".join(f"{keys} {text}" for keys, text in groups)


@pytest.mark.parametrize(
    ("now", "live", "row"),
    [
        (IDLE, "F4 F5 F6 Ins ^O ^R", "F7 F9 没有叫着的号  F8 没有在办的件  ^Y 没有可转的号"),
        (
            EMPTY,
            "F4 Ins",
            "F5 没有人等候  F6 没有可以再办的人  F7 F9 没有叫着的号  F8 没有在办的件  ^Y 没有可转的号  "
            "^O 没有挂起的号  ^R 今天没有未评价的",
        ),
        (
            CALLED,
            "F6 ^Y",
            "F4 F5 Ins 先办 B047 或过号  F7 10:42:30 起  F8 ^O 还没开始  F9 再呼 2 次、再等 20 秒  ^R 办结后可用",
        ),
        (
            CALLED_TWICE,
            "F6 F7 ^Y",
            "F4 F5 Ins 先办 B047 或过号  F8 ^O 还没开始  F9 再呼 1 次、再等 20 秒  ^R 办结后可用",
        ),
        (SERVING, "F4 F6 F8 ^Y ^O", "F5 Ins 先办结本件  F7 F9 已开始办理  ^R 办结后可用"),
        (PAUSED, "F4 F8 ^Y ^O", "F5 Ins 先办结本件  F6 先按 F4 继续  F7 F9 已开始办理  ^R 办结后可用"),
        (AWAITING, "", "F4 F6 F7 F8 F9 ^Y ^O 已办结  F5 Ins 等评价,10:49:53 止  ^R 10:49:33 起"),
        (
            BREAK,
            "F4 ^O",
            "F5 F6 Ins ^R 先按 F4 回岗  F7 F9 没有叫着的号  F8 没有在办的件  ^Y 没有可转的号",
        ),
    ],
    ids=["idle", "empty", "called", "called twice", "serving", "paused", "awaiting", "break"],
)
def test_live_keys_and_the_row_of_reasons(now: Situation, live: str, row: str, speak: Callable[[str], None]) -> None:
    assert _live(now) == live
    speak("zh_CN")
    assert _row_23(now) == row


def test_the_row_of_reasons_in_english() -> None:
    assert _row_23(SERVING) == "F5 Ins finish this one first  F7 F9 already started  ^R after F8"


@pytest.mark.parametrize(
    ("calls", "since", "recall", "no_show"),
    [
        (1, 19, "from 10:42:30", "call 2 more, then wait 20 s"),
        (2, 20, None, "call 1 more, then wait 20 s"),
        (3, 19, "called 3 times already", "from 10:42:30"),
        (3, 20, "called 3 times already", None),
    ],
)
def test_recall_and_no_show_in_time(calls: int, since: int, recall: str | None, no_show: str | None) -> None:
    now = Situation(
        window_state=WindowState.CALLED, number="B047", calls=calls, s_since_last_call=since, last_called_t=CALLED_T
    )
    for action, expected in ((CounterAction.RECALL, recall), (CounterAction.NO_SHOW, no_show)):
        why = refusal(now, action)
        assert (why and why.text()) == expected


@pytest.mark.parametrize(
    ("now", "action", "allowed"),
    [
        (Situation(window_state=WindowState.AWAITING_RATING, rating_s_so_far=9), CounterAction.UNRATED, False),
        (Situation(window_state=WindowState.AWAITING_RATING, rating_s_so_far=10), CounterAction.UNRATED, True),
        (Situation(window_state=WindowState.AWAITING_RATING, rating_s_so_far=10), CounterAction.ASK_AGAIN, True),
        (Situation(window_state=WindowState.AWAITING_RATING), CounterAction.NEXT_SERVICE, False),
        (Situation(window_state=WindowState.AWAITING_RATING, per_visit=True), CounterAction.NEXT_SERVICE, True),
        (Situation(window_state=WindowState.IDLE, waiting_count=9), CounterAction.CALL, True),
        (Situation(window_state=WindowState.IDLE, held_count=1), CounterAction.SIGN_OFF, False),
        (Situation(window_state=WindowState.IDLE), CounterAction.SIGN_OFF, True),
        (Situation(window_state=WindowState.SERVING, has_ticket=False), CounterAction.HOLD, False),
        (Situation(window_state=WindowState.SERVING, has_ticket=False), CounterAction.TRANSFER, False),
        (Situation(window_state=WindowState.SERVING, has_ticket=False), CounterAction.FINISH, True),
        (Situation(window_state=WindowState.SERVING), CounterAction.QUANTITY, False),
        (Situation(window_state=WindowState.SERVING, batchable=True), CounterAction.QUANTITY, True),
        (Situation(window_state=WindowState.SERVING, quantity=0), CounterAction.FINISH, False),
        (Situation(window_state=WindowState.SERVING), CounterAction.LOCK, False),
        (Situation(window_state=WindowState.PAUSED), CounterAction.LOCK, True),
        (Situation(window_state=WindowState.IDLE, may_issue=False), CounterAction.ISSUE, False),
        (Situation(window_state=WindowState.IDLE, undo_available=True), CounterAction.UNDO, True),
        (Situation(window_state=WindowState.SUBSTITUTED), CounterAction.BACK, True),
    ],
)
def test_guards(now: Situation, action: CounterAction, allowed: bool) -> None:
    assert (refusal(now, action) is None) is allowed


def test_cut_off_from_the_hub_the_empty_queue_says_so() -> None:
    why = refusal(Situation(window_state=WindowState.IDLE, hub_down=True), CounterAction.CALL)
    assert why == counter.NO_OWN_NUMBER_WAITS


def test_a_walk_up_is_named_by_its_matter() -> None:
    now = Situation(window_state=WindowState.SERVING, code="L05", has_ticket=False)
    why = refusal(now, CounterAction.SIGN_OFF)
    assert why is not None
    assert why.text() == "finish L05 first"


def test_a_break_with_more_than_three_waiting_asks_the_leader() -> None:
    three = Situation(window_state=WindowState.IDLE, waiting_count=3)
    four = Situation(window_state=WindowState.IDLE, waiting_count=4)
    assert counter.needs_leader(three, CounterAction.BREAK) is None
    assert counter.needs_leader(four, CounterAction.BREAK) is not None
    assert refusal(four, CounterAction.BREAK) is None
    assert counter.needs_leader(four, CounterAction.CALL) is None


@pytest.mark.parametrize(
    ("now", "reason", "prefixes"),
    [
        (Situation(window_state=WindowState.IDLE, is_point=True, hub_down=True), WalkUpReason.POINT, None),
        (Situation(window_state=WindowState.IDLE, hub_down=True, waiting_count=2), WalkUpReason.LAN_DOWN, None),
        (Situation(window_state=WindowState.IDLE), WalkUpReason.NO_QUEUE, None),
        (Situation(window_state=WindowState.IDLE, waiting_count=1), WalkUpReason.CONSULT, ("L",)),
    ],
)
def test_why_somebody_is_served_without_a_number(
    now: Situation, reason: WalkUpReason, prefixes: tuple[str, ...] | None
) -> None:
    assert counter.walk_up_reason(now) is reason
    assert counter.walk_up_prefixes(reason) == prefixes


def test_slots_change_their_meaning_with_the_state() -> None:
    f4 = [meaning(state, Slot.PAUSE).action.value for state in WindowState]
    assert f4 == ["pause", "break", "pause", "pause", "resume", "pause", "back", "back"]
    f6 = [meaning(state, Slot.TAKE_UP).action.value for state in WindowState]
    next_, change = "next_service", "change_service"
    assert f6 == ["start", next_, "start", change, change, next_, next_, "start"]


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_every_refusal_in_every_state_has_words(language: str, speak: Callable[[str], None]) -> None:
    for state in WindowState:
        now = Situation(window_state=state, number="B047", code="B07", held_count=1, may_issue=False, quantity=0)
        speak("en")
        english = {action: why.text() for action, why in refusals(now).items() if why}
        speak(language)
        for action, why in refusals(now).items():
            if why:
                text = why.text()
                assert text
                assert "{" not in text
                assert (text == english[action]) is (language == "en")
