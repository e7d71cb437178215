"""What makes the counter's case tick: one timer to its next second, and the bar half a second behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.timer import Timer

from hallterm.screens.counter_tick import to_next_second_s
from hallterm.screens.counter_words import TICKING
from storage.facts import Moment

if TYPE_CHECKING:
    from hallterm.screens.counter import CounterScreen

BAR_LATER_S = 0.5


class CaseClock:
    """The clock of one counter screen's case; it stands still where nothing ticks."""

    def __init__(self, screen: CounterScreen) -> None:
        self._screen = screen
        self._timer: Timer | None = None

    def run(self, now: Moment) -> None:
        """Wait for the next second of the case that is shown, if it has one."""
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        screen = self._screen
        if screen.view is not None and screen.view.window.state in TICKING and screen.is_mounted:
            self._timer = screen.set_timer(to_next_second_s(screen.view, now), self.tick)

    def tick(self) -> None:
        """Another second of the case: row 8 now, the bar half a second later."""
        screen = self._screen
        if screen.view is None:
            return
        now = screen.host.case_now()
        screen.body.tick(screen.view, now)
        screen.set_timer(BAR_LATER_S, self._bar)
        self.run(now)

    def _bar(self) -> None:
        screen = self._screen
        if screen.view is not None and screen.view.window.state in TICKING:
            screen.body.show_bar(screen.view, screen.host.case_now())
