"""Where a ticket may be moved to. Business rule 7.2 (T13): the target is open, or its group still has a window today."""

from __future__ import annotations

from collections.abc import Mapping

from hallterm.locale import N_
from hallterm.rules.words import Reason
from storage.facts import WindowState

ON_A_BREAK = Reason(N_("on a break"))
NOT_STAFFED = Reason(N_("not staffed"))
NO_WINDOW_TODAY = Reason(N_("no window for this group today"))
OWN_WINDOW = Reason(N_("this is your own window"))

_REFUSED: Mapping[WindowState, Reason] = {
    WindowState.BREAK: ON_A_BREAK,
    WindowState.SUBSTITUTED: ON_A_BREAK,
    WindowState.CLOSED: NOT_STAFFED,
}


def window_refusal(own_window: str, target: str, target_state: WindowState) -> Reason | None:
    """Why a window cannot take the ticket; None when it can."""
    return OWN_WINDOW if target == own_window else _REFUSED.get(target_state)


def group_refusal(windows_today: int) -> Reason | None:
    """Why a group cannot take the ticket; ``windows_today`` are open, or will open today, and call it."""
    return None if windows_today > 0 else NO_WINDOW_TODAY
