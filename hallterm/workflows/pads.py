"""Whether a window's rating pad can be asked now, as the station posts it on the bulletin board."""

from __future__ import annotations

from hallterm.platform import process_lives
from hallterm.rules.timers import elapsed_ms
from hallterm.workflows.desk import Desk
from storage.facts import Moment
from storage.local import Board, ProcessWord

ANSWERING = frozenset({"ready", "degraded"})
STATION = "station"
MIRROR = "mirror"
"""The pad that a rating names which was given on the screen of a window's mirror."""
STATION_SILENT_S = 10.0
STATION_HANGS_S = 60.0
STATION_STARTS_MS = 15_000
"""A disk may keep a commit waiting; only a process that is gone, or silent for so long, has stopped."""


def station_alive(desk: Desk, now: Moment) -> bool:
    """The station of this PC is there."""
    return is_there(desk.board.process(STATION), now)


def comes_up(word: ProcessWord | None, opened: Moment | None, now: Moment) -> bool:
    """A terminal that began at ``opened``, a moment ago, has not heard of its station yet."""
    if opened is None or elapsed_ms(opened.t, opened.m, opened.boot, now) > STATION_STARTS_MS:
        return False
    return word is None or word.boot != opened.boot or word.m < opened.m


def is_there(word: ProcessWord | None, now: Moment) -> bool:
    """It has shown itself within the last seconds, or its process lives and waits for the disk."""
    if word is None:
        return False
    return word.is_alive(now, STATION_SILENT_S) or (word.is_alive(now, STATION_HANGS_S) and process_lives(word.pid))


def pad_state(desk: Desk) -> str:
    """The state of the window's pad; ``none`` without one."""
    for device in desk.board.devices():
        if device.role == "rating_device" and device.window == desk.window:
            return device.state
    return "none"


def pad_ready(desk: Desk, now: Moment) -> bool:
    """The pad answers, or a mirror does, and the station has spoken within the last seconds: it would ask at once."""
    station = desk.board.process(STATION)
    if station is None or not station.is_alive(now, STATION_SILENT_S):
        return False
    return pad_state(desk) in ANSWERING or mirror_there(desk.board, desk.window, now)


def mirror_name(window: str) -> str:
    """Under which name the mirror of a window is on the bulletin board."""
    return f"{MIRROR} {window}"


def mirror_there(board: Board, window: str, now: Moment) -> bool:
    """A mirror whose digits count shows this window now."""
    word = board.process(mirror_name(window))
    return word is not None and word.is_alive(now, STATION_SILENT_S) and process_lives(word.pid)
