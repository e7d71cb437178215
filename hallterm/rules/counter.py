"""What may be done at a window now, and why not: :func:`refusals` answers for every action. Business rules 7.2, 7.5.2.

The states are walked by :mod:`hallterm.rules.transitions`, the words by :mod:`hallterm.rules.refusal_words`; here are the
guards, which look at more than the state.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from msgspec import Struct

from hallterm.locale import N_
from hallterm.rules.day import clock_text
from hallterm.rules.queue import CALL_GAP_S, MAX_CALLS, no_show_allowed, recall_allowed
from hallterm.rules.ratings import ASK_WHY_AFTER_S, TIMEOUT_S
from hallterm.rules.refusal_words import AFTER_FINISH, ALREADY_FINISHED, NOT_FROM
from hallterm.rules.transitions import ROWS, Guard
from hallterm.rules.words import Reason
from storage.facts import CounterAction, WalkUpReason, WindowState

BREAK_NEEDS_LEADER_ABOVE = 3
NEXT_SERVICE_WITHIN_S = 5 * 60
CONSULT_PREFIXES = ("L",)

NOBODY_WAITS = Reason(N_("nobody is waiting"))
NO_OWN_NUMBER_WAITS = Reason(N_("no number of this window is waiting, and the number host is away"))
FROM_TIME = N_("from {time}")
CALLED_OFTEN = N_("called {calls} times already")
CALL_MORE = N_("call {calls} more, then wait {seconds} s")
WALK_UP_HAS_NO_NUMBER = Reason(N_("a walk-up has no number for that"))
NOTHING_HELD = Reason(N_("nothing is held"))
HELD_FIRST = N_("{count} held: take back or hand over first")
ONE_AT_A_TIME = Reason(N_("this matter is done one at a time"))
QUANTITY_FIRST = Reason(N_("the quantity is at least 1"))
NOTHING_UNRATED = Reason(N_("nothing unrated today"))
NO_OPEN_VISIT = Reason(N_("no open visit to add to"))
NO_MIRROR = Reason(N_("no second screen"))
NOTHING_TO_UNDO = Reason(N_("nothing of the last 10 seconds to take back"))
HALL_CLOSED = Reason(N_("the hall is closed; tickets from 15 minutes before it opens"))
ASK_LEADER = N_("{count} are waiting: the duty leader is asked, go on calling until he agrees")


class Situation(Struct, frozen=True, kw_only=True):
    """All that the counter's rules look at. Times ``*_t`` in ms UTC are only shown; decisions use the ``*_s``.

    ``waiting_count`` counts the tickets this window may call (cut off from the hub: its own). ``can_next``: the last
    visit is open, for less than 5 minutes. ``undo_available``: :func:`hallterm.rules.undo.undo_refusal` said None.
    ``mirror``: a second screen takes the keys of the person at the window.
    """

    window_state: WindowState
    waiting_count: int = 0
    calls: int = 0
    s_since_last_call: int = 0
    last_called_t: int = 0
    held_count: int = 0
    can_next: bool = False
    unrated_today: int = 0
    number: str = ""
    code: str = ""
    has_ticket: bool = True
    quantity: int = 1
    batchable: bool = False
    asked_t: int = 0
    rating_s_so_far: int = 0
    rating_timeout_s: int = TIMEOUT_S
    per_visit: bool = False
    may_issue: bool = True
    undo_available: bool = False
    hub_down: bool = False
    is_point: bool = False
    mirror: bool = False


def _recall_due(now: Situation) -> Reason | None:
    if recall_allowed(now.calls, now.s_since_last_call):
        return None
    if now.calls >= MAX_CALLS:
        return Reason(CALLED_OFTEN, {"calls": now.calls})
    return _from(now.last_called_t, CALL_GAP_S)


def _no_show_due(now: Situation) -> Reason | None:
    if no_show_allowed(now.calls, now.s_since_last_call):
        return None
    if now.calls >= MAX_CALLS:
        return _from(now.last_called_t, CALL_GAP_S)
    return Reason(CALL_MORE, {"calls": MAX_CALLS - now.calls, "seconds": CALL_GAP_S})


def _from(t: int, seconds: int) -> Reason:
    return Reason(FROM_TIME, {"time": clock_text(t + seconds * 1000)})


def _why_due(now: Situation) -> Reason | None:
    return None if now.rating_s_so_far >= ASK_WHY_AFTER_S else _from(now.asked_t, ASK_WHY_AFTER_S)


def _nothing_held(now: Situation) -> Reason | None:
    return Reason(HELD_FIRST, {"count": now.held_count}) if now.held_count else None


def _somebody_waits(now: Situation) -> Reason | None:
    if now.waiting_count > 0:
        return None
    return NO_OWN_NUMBER_WAITS if now.hub_down else NOBODY_WAITS


GUARDS: Mapping[Guard, Callable[[Situation], Reason | None]] = {
    Guard.NONE: lambda now: None,
    Guard.HALL_OPEN: lambda now: None if now.may_issue else HALL_CLOSED,
    Guard.SOMEBODY_WAITS: _somebody_waits,
    Guard.RECALL_DUE: _recall_due,
    Guard.NO_SHOW_DUE: _no_show_due,
    Guard.HAS_TICKET: lambda now: None if now.has_ticket else WALK_UP_HAS_NO_NUMBER,
    Guard.SOMETHING_HELD: lambda now: None if now.held_count else NOTHING_HELD,
    Guard.NOTHING_HELD: _nothing_held,
    Guard.BATCHABLE: lambda now: None if now.batchable else ONE_AT_A_TIME,
    Guard.QUANTITY: lambda now: None if now.quantity >= 1 else QUANTITY_FIRST,
    Guard.WHY_DUE: _why_due,
    Guard.UNRATED_TODAY: lambda now: None if now.unrated_today else NOTHING_UNRATED,
    Guard.VISIT_OPEN: lambda now: None if now.can_next else NO_OPEN_VISIT,
    Guard.PER_VISIT: lambda now: None if now.per_visit else ALREADY_FINISHED,
    Guard.IS_WALK_UP: lambda now: AFTER_FINISH if now.has_ticket else None,
    Guard.UNDO_OFFERED: lambda now: None if now.undo_available else NOTHING_TO_UNDO,
    Guard.MIRROR_THERE: lambda now: None if now.mirror else NO_MIRROR,
}


def refusal(now: Situation, action: CounterAction) -> Reason | None:
    """Why ``action`` is not possible now; None when it is allowed."""
    row = ROWS.get((now.window_state, action))
    if row is not None:
        return GUARDS[row.guard](now)
    words = NOT_FROM[now.window_state][action]
    return words if isinstance(words, Reason) else Reason(words, _values(now, words))


def _values(now: Situation, msgid: str) -> dict[str, str]:
    until = clock_text(now.asked_t + now.rating_timeout_s * 1000)
    values = {"number": now.number, "subject": now.number or now.code, "time": until}
    return {name: value for name, value in values.items() if f"{{{name}}}" in msgid}


def refusals(now: Situation) -> Mapping[CounterAction, Reason | None]:
    """The answer for every action of the counter."""
    return {action: refusal(now, action) for action in CounterAction}


def needs_leader(now: Situation, action: CounterAction) -> Reason | None:
    """A break with more than three waiting is allowed to be asked for, and begins when the duty leader agrees."""
    if action is CounterAction.BREAK and now.waiting_count > BREAK_NEEDS_LEADER_ABOVE:
        return Reason(ASK_LEADER, {"count": now.waiting_count})
    return None


WALK_UP_LABELS: Mapping[WalkUpReason, str] = {
    WalkUpReason.POINT: N_("service point"),
    WalkUpReason.LAN_DOWN: N_("number host away"),
    WalkUpReason.NO_QUEUE: N_("nobody waiting"),
    WalkUpReason.CONSULT: N_("consultation"),
}


def walk_up_reason(now: Situation) -> WalkUpReason:
    """Why somebody is served without a number; it is derived, not asked."""
    if now.is_point:
        return WalkUpReason.POINT
    if now.hub_down:
        return WalkUpReason.LAN_DOWN
    return WalkUpReason.NO_QUEUE if now.waiting_count == 0 else WalkUpReason.CONSULT


NO_POINT = Reason(N_("this hall is no service point"))
PEOPLE_WAIT = Reason(N_("people are waiting"))
NO_CONSULTATION = Reason(N_("this matter is no consultation (L)"))


def walk_up_choices(now: Situation) -> tuple[tuple[WalkUpReason, Reason | None], ...]:
    """The reasons a clerk may give instead, and why one cannot be it: what the program itself sees is not argued away."""
    consulting = now.code[:1] in CONSULT_PREFIXES
    refused = {
        WalkUpReason.POINT: None if now.is_point else NO_POINT,
        WalkUpReason.NO_QUEUE: PEOPLE_WAIT if now.waiting_count else None,
        WalkUpReason.CONSULT: None if consulting else NO_CONSULTATION,
    }
    return tuple((reason, refused.get(reason)) for reason in WALK_UP_LABELS)


def walk_up_prefixes(reason: WalkUpReason) -> tuple[str, ...] | None:
    """The only categories such a walk-up may start; None: all. Consulting jumps no queue."""
    return CONSULT_PREFIXES if reason is WalkUpReason.CONSULT else None
