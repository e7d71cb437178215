"""Waiting for a long reading: row 22 says how far it is, Esc ends it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from hallterm.locale import N_, _
from hallterm.reading_progress import Reading, Stopped, watched
from hallterm.rules.words import Reason
from hallterm.workflows.desk import Desk, Refused
from storage.facts import Moment

if TYPE_CHECKING:
    from hallterm.screens.panes import PaneScreen

T = TypeVar("T")
TOLD_AFTER_S = 0.5
AGAIN_S = 0.25
FAR = N_("Reading {done}/{of} halls. {key} ends it")
ENDED = Reason(N_("The reading was ended, nothing is changed: open it again when you like"))


class Waiting:
    """One reading of a page; ``still`` tells whether the page goes on waiting."""

    def __init__(self, screen: PaneScreen, still: Callable[[], bool]) -> None:
        self.reading = Reading()
        self._screen, self._still = screen, still
        screen.set_timer(TOLD_AFTER_S, self._tell)

    def of(self, work: Callable[[Desk, Moment], T]) -> Callable[[Desk, Moment], T]:
        """The same work, watched; it is refused once it was ended."""

        def reads(desk: Desk, now: Moment) -> T:
            try:
                with watched(self.reading):
                    return work(desk, now)
            except Stopped as ended:
                raise Refused(ENDED) from ended

        return reads

    def end(self) -> None:
        """Nobody waits any longer: the thread that reads is free for what comes next."""
        self.reading.end()

    def _tell(self) -> None:
        if not self._still():
            return
        done, of = self.reading.done, self.reading.of
        if of > 1:
            self._screen.say(_(FAR).format(done=done, of=of, key=self._screen.key_of("back")))
        self._screen.set_timer(AGAIN_S, self._tell)
