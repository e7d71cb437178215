"""The counter's state machine as data: one row a transition of business rule 7.2, T0-T28, in its order.

States are those of the window. A row with an action is something a person does at the counter; a row with an event only
is done by the station, the kiosk or a leader and stands here so that the table can be checked line by line. A target of
None leaves the window as it is. Guards are named here and tested in :mod:`hallterm.rules.counter`.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from msgspec import Struct

from storage.facts import CounterAction, WindowState

_CLOSED = WindowState.CLOSED
_IDLE = WindowState.IDLE
_CALLED = WindowState.CALLED
_SERVING = WindowState.SERVING
_PAUSED = WindowState.PAUSED
_AWAITING = WindowState.AWAITING_RATING
_BREAK = WindowState.BREAK
_AWAY = WindowState.SUBSTITUTED
_ON_DUTY = (_IDLE, _CALLED, _SERVING, _PAUSED, _AWAITING, _BREAK, _AWAY)


class Guard(StrEnum):
    """What must hold besides the state of the window."""

    NONE = ""
    HALL_OPEN = "hall_open"
    SOMEBODY_WAITS = "somebody_waits"
    RECALL_DUE = "recall_due"
    NO_SHOW_DUE = "no_show_due"
    HAS_TICKET = "has_ticket"
    SOMETHING_HELD = "something_held"
    NOTHING_HELD = "nothing_held"
    BATCHABLE = "batchable"
    QUANTITY = "quantity"
    WHY_DUE = "why_due"
    UNRATED_TODAY = "unrated_today"
    VISIT_OPEN = "visit_open"
    PER_VISIT = "per_visit"
    IS_WALK_UP = "is_walk_up"
    UNDO_OFFERED = "undo_offered"
    MIRROR_THERE = "mirror_there"


class Transition(Struct, frozen=True):
    """One row: its number in the rules, what happens, from which states of the window to which."""

    rule: str
    event: str
    sources: tuple[WindowState, ...]
    target: WindowState | None
    guard: Guard = Guard.NONE
    action: CounterAction | None = None


def _act(
    rule: str,
    action: CounterAction,
    sources: tuple[WindowState, ...],
    target: WindowState | None,
    guard: Guard = Guard.NONE,
) -> Transition:
    return Transition(rule, action.value, sources, target, guard, action)


_A = CounterAction

TRANSITIONS: tuple[Transition, ...] = (
    _act("T0", _A.OPEN, (_CLOSED,), _IDLE),
    _act("T1", _A.ISSUE, _ON_DUTY, None, Guard.HALL_OPEN),
    _act("T2", _A.CALL, (_IDLE,), _CALLED, Guard.SOMEBODY_WAITS),
    _act("T3", _A.RECALL, (_CALLED,), _CALLED, Guard.RECALL_DUE),
    _act("T4", _A.NO_SHOW, (_CALLED,), _IDLE, Guard.NO_SHOW_DUE),
    Transition("T5", "reinstate", _ON_DUTY, None),
    _act("T6", _A.START, (_CALLED,), _SERVING),
    _act("T7", _A.WALK_UP, (_IDLE,), _SERVING),
    _act("T7", _A.WALK_UP_REASON, (_SERVING, _PAUSED), None, Guard.IS_WALK_UP),
    _act("T8", _A.PAUSE, (_SERVING,), _PAUSED),
    _act("T9", _A.RESUME, (_PAUSED,), _SERVING),
    Transition("T10", "ui_blocked", (_SERVING, _PAUSED), None),
    _act("T11", _A.HOLD, (_SERVING, _PAUSED), _IDLE, Guard.HAS_TICKET),
    _act("T12a", _A.TAKE_BACK, (_IDLE, _BREAK), _SERVING, Guard.SOMETHING_HELD),
    _act("T12", _A.RETURN, (_IDLE, _BREAK), None, Guard.SOMETHING_HELD),
    _act("T13", _A.TRANSFER, (_CALLED, _SERVING, _PAUSED), _IDLE, Guard.HAS_TICKET),
    _act("T14", _A.CHANGE_SERVICE, (_SERVING,), _SERVING),
    _act("T14", _A.QUANTITY, (_SERVING,), _SERVING, Guard.BATCHABLE),
    _act("T15", _A.FINISH, (_SERVING, _PAUSED), _AWAITING, Guard.QUANTITY),
    Transition("T16", "rate", (_AWAITING,), _IDLE),
    Transition("T17", "timeout", (_AWAITING,), _IDLE),
    _act("T18", _A.UNRATED, (_AWAITING,), _IDLE, Guard.WHY_DUE),
    _act("T18", _A.ASK_AGAIN, (_AWAITING,), _AWAITING, Guard.WHY_DUE),
    _act("T19", _A.UNRATED, (_IDLE,), _IDLE, Guard.UNRATED_TODAY),
    Transition("T20", "late_rate", _ON_DUTY, None),
    _act("T21", _A.NEXT_SERVICE, (_IDLE,), _SERVING, Guard.VISIT_OPEN),
    _act("T21", _A.NEXT_SERVICE, (_AWAITING,), _SERVING, Guard.PER_VISIT),
    Transition("T22", "close_visit", _ON_DUTY, None),
    _act("T23", _A.CANCEL, _ON_DUTY, None),
    _act("T24", _A.BREAK, (_IDLE,), _BREAK),
    _act("T24", _A.BACK, (_BREAK, _AWAY), _IDLE),
    _act("T25", _A.SIGN_OFF, (_IDLE, _BREAK), _CLOSED, Guard.NOTHING_HELD),
    Transition("T26", "day_end", (_IDLE, _BREAK, _AWAY), _CLOSED),
    Transition("T27", "crash_resume", (_SERVING, _PAUSED), _PAUSED),
    Transition("T28", "back_entry", _ON_DUTY, None),
    _act("undo", _A.UNDO, _ON_DUTY, None, Guard.UNDO_OFFERED),
    _act("identify", _A.IDENTIFY, (_CALLED, _SERVING, _PAUSED), None),
    _act("show_entry", _A.SHOW_ENTRY, (_SERVING, _PAUSED), None, Guard.MIRROR_THERE),
    _act("lock", _A.LOCK, (_IDLE, _BREAK, _AWAY, _PAUSED), None),
)

ROWS: Mapping[tuple[WindowState, CounterAction], Transition] = {
    (state, row.action): row for row in TRANSITIONS if row.action for state in row.sources
}
"""The same rows by state and action; a pair that is missing is refused by the words of :mod:`hallterm.rules.refusal_words`.
"""


def next_state(window_state: WindowState, action: CounterAction) -> WindowState:
    """The state after an action that is allowed there. ValueError for another one, and for ``undo``.

    Where an undo leads is :func:`hallterm.rules.undo.undone_state`.
    """
    row = ROWS.get((window_state, action))
    if row is None or action is CounterAction.UNDO:
        raise ValueError((window_state, action))
    return window_state if row.target is None else row.target
