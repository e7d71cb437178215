"""What each slot of the key bar means in each state of the window, and why it does not work now."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from hallterm.locale import N_
from hallterm.rules.counter import Situation, refusal
from hallterm.rules.slots import Slot
from hallterm.rules.words import Reason
from storage.facts import CounterAction, WindowState

_A = CounterAction


class Meaning(Struct, frozen=True):
    """The action a slot stands for, and its label: at most five letters, two Chinese characters."""

    action: CounterAction
    label: str


_PAUSE = Meaning(_A.PAUSE, N_("Pause"))
_GO_ON = Meaning(_A.RESUME, N_("Go on"))
_BREAK = Meaning(_A.BREAK, N_("Break"))
_BACK = Meaning(_A.BACK, N_("Duty"))
_START = Meaning(_A.START, N_("Start"))
_ITEM = Meaning(_A.CHANGE_SERVICE, N_("Item"))
_NEXT = Meaning(_A.NEXT_SERVICE, N_("More"))
_HOLD = N_("Hold")
_WHY = N_("Why")
_WALK_UP_WHY = Meaning(_A.WALK_UP_REASON, _WHY)

USUAL: Mapping[Slot, Meaning] = {
    Slot.PAUSE: _PAUSE,
    Slot.CALL: Meaning(_A.CALL, N_("Call")),
    Slot.TAKE_UP: _START,
    Slot.RECALL: Meaning(_A.RECALL, N_("Again")),
    Slot.FINISH: Meaning(_A.FINISH, N_("Done")),
    Slot.NO_SHOW: Meaning(_A.NO_SHOW, N_("Gone")),
    Slot.WALK_UP: Meaning(_A.WALK_UP, N_("Walk")),
    Slot.TRANSFER: Meaning(_A.TRANSFER, N_("Move")),
    Slot.HOLD: Meaning(_A.HOLD, _HOLD),
    Slot.UNRATED: Meaning(_A.UNRATED, _WHY),
}
"""What a slot means unless the state says otherwise."""

IN_STATE: Mapping[tuple[WindowState, Slot], Meaning] = {
    (WindowState.IDLE, Slot.PAUSE): _BREAK,
    (WindowState.BREAK, Slot.PAUSE): _BACK,
    (WindowState.SUBSTITUTED, Slot.PAUSE): _BACK,
    (WindowState.PAUSED, Slot.PAUSE): _GO_ON,
    (WindowState.IDLE, Slot.TAKE_UP): _NEXT,
    (WindowState.SERVING, Slot.TAKE_UP): _ITEM,
    (WindowState.PAUSED, Slot.TAKE_UP): _ITEM,
    (WindowState.AWAITING_RATING, Slot.TAKE_UP): _NEXT,
    (WindowState.BREAK, Slot.TAKE_UP): _NEXT,
    (WindowState.SERVING, Slot.UNRATED): _WALK_UP_WHY,
    (WindowState.PAUSED, Slot.UNRATED): _WALK_UP_WHY,
    (WindowState.IDLE, Slot.HOLD): Meaning(_A.TAKE_BACK, _HOLD),
    (WindowState.BREAK, Slot.HOLD): Meaning(_A.TAKE_BACK, _HOLD),
}


class KeyState(Struct, frozen=True):
    """One slot as it is drawn now; ``refused`` is None while it works."""

    slot: Slot
    action: CounterAction
    label: str
    refused: Reason | None


def meaning(window_state: WindowState, slot: Slot) -> Meaning:
    """The action and label of a slot in a state."""
    return IN_STATE.get((window_state, slot), USUAL[slot])


def key_bar(now: Situation) -> tuple[KeyState, ...]:
    """All slots in their order."""
    meanings = ((slot, meaning(now.window_state, slot)) for slot in Slot)
    return tuple(KeyState(slot, one.action, one.label, refusal(now, one.action)) for slot, one in meanings)


class SharedReason(Struct, frozen=True):
    """Slots that do not work for one and the same reason."""

    slots: tuple[Slot, ...]
    reason: Reason


def shared_reasons(now: Situation) -> tuple[SharedReason, ...]:
    """The row of reasons: slots with the same words stand together, in the order of the bar."""
    groups: list[SharedReason] = []
    for key in key_bar(now):
        if key.refused is None:
            continue
        for place, group in enumerate(groups):
            if group.reason == key.refused:
                groups[place] = SharedReason((*group.slots, key.slot), group.reason)
                break
        else:
            groups.append(SharedReason((key.slot,), key.refused))
    return tuple(groups)
