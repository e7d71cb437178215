"""The words for an action that the window's state does not allow: a table of state and action, said under the keys.

Together with :data:`hallterm.rules.transitions.ROWS` it covers every pair, so that no key is dead without a reason.
"""

from __future__ import annotations

from collections.abc import Mapping

from hallterm.locale import N_
from hallterm.rules.slots import Slot
from hallterm.rules.words import Reason
from storage.facts import CounterAction, WindowState

_A = CounterAction

SIGN_ON_FIRST = Reason(N_("sign on first"))
IS_OPEN = Reason(N_("this window is open already"))
NO_TICKET_CALLED = Reason(N_("no ticket is called"))
NOTHING_SERVED = Reason(N_("nothing is being served"))
NOTHING_TO_MOVE = Reason(N_("no ticket to move"))
NOT_ON_BREAK = Reason(N_("not on a break"))
START_OR_NO_SHOW = N_("first serve {number}, or no-show")
NOT_STARTED = Reason(N_("not started yet"))
FINISH_THIS_FIRST = Reason(N_("finish this one first"))
FINISH_SUBJECT_FIRST = N_("finish {subject} first")
ALREADY_STARTED = Reason(N_("already started"))
AFTER_FINISH = Reason(N_("after {key}"), {"key": Slot.FINISH})
NOT_PAUSED = Reason(N_("no pause is running"))
IS_PAUSED = Reason(N_("paused already"))
RESUME_FIRST = Reason(N_("first {key} to go on"), {"key": Slot.PAUSE})
RATING_UNTIL = N_("the rating runs until {time}")
ALREADY_FINISHED = Reason(N_("already finished"))
BACK_FIRST = Reason(N_("first {key}, back from the break"), {"key": Slot.PAUSE})
ON_BREAK = Reason(N_("on a break already"))
STOOD_IN = Reason(N_("somebody stands in here; {key} takes the window back"), {"key": Slot.PAUSE})

Words = Reason | str
"""Words with values of the moment (``number``, ``subject``, ``time``) stand as source strings."""

_CALLED_NOTHING: Mapping[CounterAction, Words] = dict.fromkeys((_A.RECALL, _A.NO_SHOW), NO_TICKET_CALLED)
_SERVED_NOTHING: Mapping[CounterAction, Words] = {
    **dict.fromkeys((_A.FINISH, _A.PAUSE, _A.HOLD, _A.CHANGE_SERVICE, _A.QUANTITY, _A.WALK_UP_REASON), NOTHING_SERVED),
    **dict.fromkeys((_A.IDENTIFY, _A.SHOW_ENTRY), NOTHING_SERVED),
    _A.TRANSFER: NOTHING_TO_MOVE,
    _A.RESUME: NOT_PAUSED,
}
_IN_SERVICE: Mapping[CounterAction, Words] = {
    **dict.fromkeys((_A.RECALL, _A.NO_SHOW, _A.START), ALREADY_STARTED),
    **dict.fromkeys(
        (_A.CALL, _A.WALK_UP, _A.NEXT_SERVICE, _A.BREAK, _A.TAKE_BACK, _A.RETURN, _A.LOCK), FINISH_THIS_FIRST
    ),
    **dict.fromkeys((_A.UNRATED, _A.ASK_AGAIN), AFTER_FINISH),
    _A.OPEN: IS_OPEN,
    _A.BACK: NOT_ON_BREAK,
    _A.SIGN_OFF: FINISH_SUBJECT_FIRST,
}

NOT_FROM: Mapping[WindowState, Mapping[CounterAction, Words]] = {
    WindowState.CLOSED: {action: SIGN_ON_FIRST for action in _A if action is not _A.OPEN},
    WindowState.IDLE: {
        **_CALLED_NOTHING,
        **_SERVED_NOTHING,
        _A.START: NO_TICKET_CALLED,
        _A.ASK_AGAIN: NOTHING_SERVED,
        _A.OPEN: IS_OPEN,
        _A.BACK: NOT_ON_BREAK,
    },
    WindowState.CALLED: {
        **dict.fromkeys(
            (_A.CALL, _A.WALK_UP, _A.PAUSE, _A.BREAK, _A.TAKE_BACK, _A.RETURN, _A.NEXT_SERVICE, _A.SIGN_OFF, _A.LOCK),
            START_OR_NO_SHOW,
        ),
        **dict.fromkeys(
            (_A.FINISH, _A.HOLD, _A.CHANGE_SERVICE, _A.QUANTITY, _A.WALK_UP_REASON, _A.SHOW_ENTRY), NOT_STARTED
        ),
        **dict.fromkeys((_A.UNRATED, _A.ASK_AGAIN), AFTER_FINISH),
        _A.RESUME: NOT_PAUSED,
        _A.OPEN: IS_OPEN,
        _A.BACK: NOT_ON_BREAK,
    },
    WindowState.SERVING: {**_IN_SERVICE, _A.RESUME: NOT_PAUSED},
    WindowState.PAUSED: {
        **{action: words for action, words in _IN_SERVICE.items() if action is not _A.LOCK},
        **dict.fromkeys((_A.CHANGE_SERVICE, _A.QUANTITY), RESUME_FIRST),
        _A.PAUSE: IS_PAUSED,
    },
    WindowState.AWAITING_RATING: {
        **dict.fromkeys((_A.CALL, _A.WALK_UP, _A.TAKE_BACK, _A.RETURN, _A.SIGN_OFF, _A.LOCK), RATING_UNTIL),
        **dict.fromkeys(
            (_A.PAUSE, _A.BREAK, _A.RESUME, _A.START, _A.CHANGE_SERVICE, _A.QUANTITY, _A.RECALL, _A.FINISH),
            ALREADY_FINISHED,
        ),
        **dict.fromkeys(
            (_A.NO_SHOW, _A.TRANSFER, _A.HOLD, _A.WALK_UP_REASON, _A.IDENTIFY, _A.SHOW_ENTRY), ALREADY_FINISHED
        ),
        _A.OPEN: IS_OPEN,
        _A.BACK: NOT_ON_BREAK,
    },
    WindowState.BREAK: {
        **_CALLED_NOTHING,
        **_SERVED_NOTHING,
        **dict.fromkeys(
            (_A.CALL, _A.START, _A.NEXT_SERVICE, _A.WALK_UP, _A.UNRATED, _A.ASK_AGAIN),
            BACK_FIRST,
        ),
        _A.BREAK: ON_BREAK,
        _A.OPEN: IS_OPEN,
    },
    WindowState.SUBSTITUTED: {
        action: STOOD_IN for action in _A if action not in (_A.BACK, _A.LOCK, _A.ISSUE, _A.CANCEL, _A.UNDO)
    },
}
