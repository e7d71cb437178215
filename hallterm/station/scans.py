"""What a serial scanner read at a window, on its way to the terminal there: in memory, for ten seconds, taken once.

A code may hold an identity number, so no text of it is written anywhere: the bulletin board only says that something
waits, and the text itself goes through the socket of :mod:`hallterm.station.cards`.
"""

from __future__ import annotations

import threading
from collections import deque

from storage.facts import Moment
from storage.local import Board

LIFE_MS = 10_000
KEPT_MOST = 8
SCANNER = "scanner "
"""Before a window's code: whose sign of life on the board says that something was scanned there."""


class Scans:
    """Put by the station's thread, taken by that of the socket."""

    def __init__(self, board: Board) -> None:
        self._board = board
        self._lock = threading.Lock()
        self._held: dict[str, deque[tuple[int, str]]] = {}

    def put(self, window: str, text: str, now: Moment) -> None:
        """The newest few of a window are kept."""
        with self._lock:
            self._held.setdefault(window, deque(maxlen=KEPT_MOST)).append((now.m, text))
        self._board.beat(SCANNER + window, "", now)

    def drop_old(self, now: Moment) -> None:
        """What nobody took: once a second."""
        with self._lock:
            for window, held in list(self._held.items()):
                while held and now.m - held[0][0] >= LIFE_MS:
                    held.popleft()
                if not held:
                    del self._held[window]

    def take(self, window: str) -> list[str]:
        """In the order in which they were read; nobody gets them twice."""
        with self._lock:
            return [text for _m, text in self._held.pop(window, ())]


def waiting_since_m(board: Board, window: str, now: Moment) -> int:
    """When something that is still fresh was scanned at a window (CLOCK_BOOTTIME ms); 0 without."""
    beat = board.last_beat(SCANNER + window)
    return beat.m if beat is not None and beat.boot == now.boot and 0 <= now.m - beat.m < LIFE_MS else 0
