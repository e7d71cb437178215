"""The key bar of the counter and the reasons above it, from the view: what each slot means in the state of the window."""

from __future__ import annotations

from collections.abc import Mapping

from hallterm.actions import ACTIONS
from hallterm.actions import Slot as Place
from hallterm.keys import KeyMap
from hallterm.locale import _
from hallterm.rules.key_bar import meaning
from hallterm.rules.slots import Slot
from hallterm.widgets.bars import IS_ON, NOT_NOW, WORKS, SlotView, reasons_text, slot_key
from hallterm.workflows.seen import CounterView
from storage.facts import CounterAction, WindowState

TOLD_FIRST: Mapping[WindowState, tuple[Slot, ...]] = {
    WindowState.CALLED: (Slot.RECALL, Slot.NO_SHOW),
    WindowState.AWAITING_RATING: (Slot.UNRATED,),
}
"""Reasons with a time in them come first: they are what the clerk waits for."""


def action_of(view: CounterView, slot: Slot) -> CounterAction:
    """What a slot does now."""
    return meaning(view.window.state, slot).action


def refusal_of(view: CounterView, slot: Slot, keys: Mapping[Slot, str]) -> str:
    """Why a slot does not work now; empty if it does."""
    reason = view.refusals.get(action_of(view, slot))
    return reason.text(keys) if reason else ""


def slot_views(view: CounterView, key_map: KeyMap, menu_open: bool, locked: bool = False) -> list[SlotView]:
    """The eleven slots."""
    slots = []
    for slot in Slot:
        place = ACTIONS[slot.value].slot
        if place is None:
            continue
        refused = locked or view.refusals.get(action_of(view, slot)) is not None
        label = _(meaning(view.window.state, slot).label)
        slots.append(SlotView(place, slot_key(key_map, place), label, NOT_NOW if refused else WORKS))
    mark = NOT_NOW if locked else IS_ON if menu_open else WORKS
    slots.append(SlotView(Place.CTRL_P, slot_key(key_map, Place.CTRL_P), _(ACTIONS["menu"].label), mark))
    return slots


def reasons(view: CounterView, keys: Mapping[Slot, str], cells: int) -> str:
    """Row 23."""
    told = [(keys[slot], refusal_of(view, slot, keys)) for slot in Slot]
    first = [keys[slot] for slot in TOLD_FIRST.get(view.window.state, ())]
    return reasons_text([(key, reason) for key, reason in told if reason], cells, first)
