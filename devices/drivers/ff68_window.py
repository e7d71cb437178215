"""The rating window that an FF68 pad does not have itself: kept by the host. Pure: no I/O, no clock.

The pad sends a key, no window, no time, no number; so the first press after the guard is the rating of the window that
is open, and everything after it is information.
"""

from enum import StrEnum
from typing import Final

GUARD_MS: Final = 300
"""After OPEN: a key that was down before, or a hand on its way, is no answer to the question."""
ANSWER_MS: Final = 3_000
"""So long the same key again is the same press."""


class PressKind(StrEnum):
    """What a key is to the window."""

    RATING = "rating"
    AGAIN = "again"
    INFORMATION = "information"


class HostWindow:
    """One window `wid`; `key` is the first press, 0 before it. Times are ms of one clock."""

    def __init__(self, wid: int, now_ms: int, deadline_ms: int) -> None:
        self.wid = wid
        self.opened_ms = now_ms
        self.key = 0
        self._asked_ms, self._deadline_ms = now_ms, deadline_ms
        self._pressed_ms = now_ms
        self._locked = False

    def ask_again(self, now_ms: int, deadline_ms: int) -> None:
        """The pad asks once more for the same window; a rating stays what it was."""
        self._asked_ms, self._deadline_ms = now_ms, deadline_ms

    def press(self, key: int, now_ms: int) -> PressKind:
        """AGAIN is the rating's own key, repeated by a pad that missed the answer."""
        if self.key:
            same = key == self.key and now_ms - self._pressed_ms < ANSWER_MS
            return PressKind.AGAIN if same else PressKind.INFORMATION
        if self._locked or not self._asked_ms + GUARD_MS <= now_ms <= self._deadline_ms:
            return PressKind.INFORMATION
        self.key, self._pressed_ms = key, now_ms
        return PressKind.RATING

    def lock(self) -> None:
        """The rating is committed, or the window is closed because of it: no other key counts."""
        self._locked = True

    def unlock(self) -> None:
        """The press did not count (an unknown key, or nobody could record it): another may."""
        if not self._locked:
            self.key = 0
