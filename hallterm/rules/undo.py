"""Taking back one's own last action: within 10 s, as a new fact. Business rule 7.2 (undo).

Never a rating, a ticket issue, a sign-on or a print.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from hallterm.locale import N_
from hallterm.rules.counter import NOTHING_TO_UNDO
from hallterm.rules.words import Reason
from storage.facts import CounterAction, WindowState

UNDO_WITHIN_MS = 10_000

UNDOABLE: frozenset[CounterAction] = frozenset(
    {
        CounterAction.CALL,
        CounterAction.START,
        CounterAction.WALK_UP,
        CounterAction.WALK_UP_REASON,
        CounterAction.IDENTIFY,
        CounterAction.NEXT_SERVICE,
        CounterAction.CHANGE_SERVICE,
        CounterAction.QUANTITY,
        CounterAction.PAUSE,
        CounterAction.RESUME,
        CounterAction.HOLD,
        CounterAction.TAKE_BACK,
        CounterAction.TRANSFER,
        CounterAction.NO_SHOW,
        CounterAction.FINISH,
    }
)

NOT_UNDOABLE = Reason(N_("this cannot be taken back"))
TOO_LATE = Reason(N_("more than 10 seconds ago: it stays"))
RATING_CLOSED = Reason(N_("the rating has ended: the finish stays"))
CALLED_ELSEWHERE = N_("{number} was already called by window {window} ({time}): the move stays")

_FIXED_TARGETS: Mapping[CounterAction, WindowState] = {CounterAction.FINISH: WindowState.SERVING}


class LastAction(Struct, frozen=True, kw_only=True):
    """The last action at this window by this person, and what has become of it since.

    ``rating_open``: the pad's window is open and nothing was pressed. ``called_*`` are set when another window has
    called the ticket that was moved; ``called_time`` is ``HH:MM:SS``.
    """

    action: CounterAction
    ms_ago: int
    rating_open: bool = False
    number: str = ""
    called_window: str = ""
    called_time: str = ""


def undo_refusal(last: LastAction | None) -> Reason | None:
    """Why the last action cannot be taken back; None when it can."""
    if last is None:
        return NOTHING_TO_UNDO
    if last.action not in UNDOABLE:
        return NOT_UNDOABLE
    if last.ms_ago > UNDO_WITHIN_MS:
        return TOO_LATE
    if last.action is CounterAction.FINISH and not last.rating_open:
        return RATING_CLOSED
    if last.action is CounterAction.TRANSFER and last.called_window:
        values = {"number": last.number, "window": last.called_window, "time": last.called_time}
        return Reason(CALLED_ELSEWHERE, {**values})
    return None


def undone_state(action: CounterAction, before: WindowState) -> WindowState:
    """The window's state once ``action`` is taken back; ``before`` is the state it was taken from.

    A finish goes back to serving even from a pause (the gap is counted); a next matter started over an open rating
    goes back to awaiting it: the pad asks anew.
    """
    return _FIXED_TARGETS.get(action, before)
