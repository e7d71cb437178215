"""The ten slots of the counter's key bar: the keys that mean something different in each state of the window."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Slot(StrEnum):
    """One place of the key bar, in its order; the value is the id of the key action that the key map binds."""

    PAUSE = "counter.pause"
    CALL = "counter.call"
    TAKE_UP = "counter.take_up"
    RECALL = "counter.recall"
    FINISH = "counter.finish"
    NO_SHOW = "counter.no_show"
    WALK_UP = "counter.walk_up"
    TRANSFER = "counter.transfer"
    HOLD = "counter.hold"
    UNRATED = "counter.unrated"


DEFAULT_KEYS: Mapping[Slot, str] = {
    Slot.PAUSE: "F4",
    Slot.CALL: "F5",
    Slot.TAKE_UP: "F6",
    Slot.RECALL: "F7",
    Slot.FINISH: "F8",
    Slot.NO_SHOW: "F9",
    Slot.WALK_UP: "Ins",
    Slot.TRANSFER: "^Y",
    Slot.HOLD: "^O",
    Slot.UNRATED: "^R",
}
