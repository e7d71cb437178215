"""When a screen looks at the clock: each second, or, while nothing on it depends on the second, at the minute."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.timer import Timer

if TYPE_CHECKING:
    from hallterm.widgets.frame import FrameScreen

SECOND_S = 1.0
LONGEST_REST_S = 15.0
"""The wall clock may be set, the machine may sleep: by then row 1 is right again."""


class Seconds:
    """One timer of one screen; a program that sleeps costs nothing."""

    def __init__(self, screen: FrameScreen) -> None:
        self._screen = screen
        self._timer: Timer | None = None
        self._waits_s = SECOND_S

    def go_on(self) -> None:
        """Wait until the screen has something to do, at the latest until the minute of row 1."""
        now = self._screen.host.now()
        to_minute_s = 60 - now.t % 60_000 / 1000
        self._wait(max(SECOND_S, min(self._screen.rest_s(now), LONGEST_REST_S, to_minute_s)))

    def awake(self) -> None:
        """A key came: what it begins may need each second."""
        if self._waits_s > SECOND_S:
            self._wait(SECOND_S)

    def stop(self) -> None:
        """The screen is not shown."""
        if self._timer is not None:
            self._timer.stop()

    def _wait(self, seconds: float) -> None:
        self.stop()
        self._waits_s = seconds
        self._timer = self._screen.set_timer(seconds, self._look)

    def _look(self) -> None:
        if self._screen.is_current:
            self._screen.draw_clock()
            self._screen.second()
            self.go_on()
