"""The devices of this PC under flat names, from the bulletin board: for `hallterm device status --json` and screens."""

from __future__ import annotations

from devices.telemetry import Value, flat
from storage.local import Board

MOST_DEVICES = 64
"""More than a PC can have; a board that somebody filled by hand stays readable."""


def device_status(board: Board) -> dict[str, Value]:
    """Such as ``pad.360600001-03.link.score``; sums of the running business day are called ``today.<name>``."""
    named: dict[str, Value] = {}
    for word in board.devices()[:MOST_DEVICES]:
        named |= flat(word.role, word.window, word.state, word.detail, word.counters)
    return named
