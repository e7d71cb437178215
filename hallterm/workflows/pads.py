"""Whether a window's rating pad can be asked now, as the station posts it on the bulletin board."""

from __future__ import annotations

from hallterm.workflows.desk import Desk
from storage.facts import Moment

ANSWERING = frozenset({"ready", "degraded"})
STATION = "station"
STATION_SILENT_S = 10.0


def station_alive(desk: Desk, now: Moment) -> bool:
    """The station of this PC has shown itself within the last seconds."""
    word = desk.board.process(STATION)
    return word is not None and word.is_alive(now, STATION_SILENT_S)


def pad_state(desk: Desk) -> str:
    """The state of the window's pad; ``none`` without one."""
    for device in desk.board.devices():
        if device.role == "rating_device" and device.window == desk.window:
            return device.state
    return "none"


def pad_ready(desk: Desk, now: Moment) -> bool:
    """The pad answers and the station that owns it is there."""
    return pad_state(desk) in ANSWERING and station_alive(desk, now)
