"""Waiting for a long reading: row 22 says how far it is, Esc ends it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from textual.events import ScreenSuspend

from hallterm.locale import N_, _
from hallterm.reading_progress import Reading, Stopped, watched
from hallterm.rules.day import clock_text
from hallterm.rules.words import Reason
from hallterm.screens.panes import PaneScreen
from hallterm.widgets.frame import NOT_DONE
from hallterm.widgets.writing import reason_text
from hallterm.workflows.desk import Desk, Refused
from storage.facts import Moment

T = TypeVar("T")
TOLD_AFTER_S = 0.5
AGAIN_S = 0.25
FAR = N_("Reading {done}/{of} halls. {key} ends it")
SINCE = N_("Waiting for the centre since {time}. {key} ends it")
ENDED = Reason(N_("The reading was ended, nothing is changed: open it again when you like"))


class Waiting:
    """One reading of a page; ``still`` tells whether the page goes on waiting."""

    def __init__(self, screen: PaneScreen, still: Callable[[], bool]) -> None:
        self.reading, self.said = Reading(), False
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
            self.said = True
            self._screen.say(_(FAR).format(done=done, of=of, key=self._screen.key_of("back")))
        self._screen.set_timer(AGAIN_S, self._tell)


class WaitingScreen(PaneScreen):
    """A page whose readings may be long: Esc ends the one it waits for, and what is shown stays."""

    waiting: Waiting | None = None

    def ask_watched(
        self, work: Callable[[Desk, Moment], T], then: Callable[[T], None], refused: Callable[[str], None]
    ) -> None:
        """Read something; an answer that nobody waits for any more is dropped."""
        if self.waiting is not None:
            self.waiting.end()
        waiting = self.waiting = Waiting(self, lambda: self.waiting is waiting and self.is_current)

        def is_over() -> bool:
            if self.waiting is not waiting:
                return False
            self.waiting = None
            if waiting.said:
                self.say("")
            return True

        def answered(found: T) -> None:
            if is_over():
                then(found)

        def not_answered(sentence: str) -> None:
            if is_over():
                refused(sentence)

        self.ask_store(waiting.of(work), answered, writes=False, refused=not_answered)

    def stay(self) -> None:
        """What was asked for besides what is shown is forgotten."""

    def _back(self) -> None:
        waiting = self.waiting
        if waiting is None or self.field is not None or self.helping or self.choice is not None:
            super()._back()
            return
        self.waiting = None
        waiting.end()
        if self.pane.is_read:
            self.stay()
            self.repaint()
        else:
            super()._back()
        self.say(reason_text(self, ENDED), NOT_DONE)

    def on_screen_suspend(self, event: ScreenSuspend) -> None:
        if self.waiting is not None:
            self.waiting.end()
        self.waiting = None
        super().on_screen_suspend(event)


def say_since(screen: PaneScreen, still: Callable[[], bool]) -> None:
    """Soon say since when the page waits for the centre, if it still does."""
    since = clock_text(screen.host.now().t)

    def tell() -> None:
        if still() and screen.is_current:
            screen.say(_(SINCE).format(time=since, key=screen.key_of("back")))

    screen.set_timer(TOLD_AFTER_S, tell)
