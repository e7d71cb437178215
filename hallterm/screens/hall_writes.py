"""What a leader's keys write: asked twice from afar, said when done, taken back within ten seconds."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from msgspec import Struct

from hallterm.actions import Slot
from hallterm.locale import _
from hallterm.rules.timers import elapsed_ms
from hallterm.rules.undo import UNDO_WITHIN_MS
from hallterm.widgets.frame import ATTENTION
from hallterm.widgets.remote import is_remote
from hallterm.widgets.writing import reason_text
from hallterm.workflows.desk import Desk
from hallterm.workflows.dispatch import Dispatched
from hallterm.workflows.dispatch_undo import undo_dispatch
from storage.facts import Moment, Reopened

if TYPE_CHECKING:
    from hallterm.screens.hall_board import HallBoardScreen

Work = Callable[[Desk, Moment], Dispatched]
Then = Callable[[Dispatched], None]


class Undo(Struct, frozen=True):
    """The step that Backspace takes back, and the sentence that offers it."""

    step: str
    at: Moment
    offer: str
    before: tuple[Reopened, ...] = ()


class Writes:
    """The writes of the board."""

    def __init__(self, screen: HallBoardScreen) -> None:
        self.screen = screen
        self._undo: Undo | None = None

    def forget(self) -> None:
        """Somebody else comes to this screen."""
        self._undo = None

    @property
    def offers(self) -> bool:
        """Something can be taken back: the screen looks at the second."""
        return self._undo is not None

    def confirmed(self, slot: Slot, question: str, work: Work, then: Then | None = None) -> None:
        """At the hall at once, from afar by a second press."""
        go = partial(self.write, work, then)
        self.asked(slot, question, go) if is_remote() else go()

    def asked(self, slot: Slot, question: str, then: Callable[[], None]) -> None:
        """By a second press wherever one is."""
        action = self.screen.slot_action(slot)
        self.screen.ask(action, question.format(key=self.screen.key_of(action)), then)

    def write(self, work: Work, then: Then | None = None) -> None:
        """At once."""
        self._undo = None
        self.screen.ask_store(work, then or self.done)

    def done(self, done: Dispatched) -> None:
        """Say it; a step can be taken back for ten seconds."""
        screen = self.screen
        words = reason_text(screen, done.words)
        if done.step and done.at is not None:
            words = _("{words}. {key} takes it back within 10 s").format(words=words, key=screen.key_of("undo"))
            self._undo = Undo(done.step, done.at, words, done.before)
        screen.say(words)
        screen.repaint()

    def take_back(self) -> None:
        """Backspace."""
        undo = self._undo
        if undo is None or self._is_over(undo):
            self.screen.say(_("There is nothing of yours to take back"), ATTENTION)
        else:
            self.write(partial(undo_dispatch, step=undo.step, before=undo.before))

    def _is_over(self, undo: Undo) -> bool:
        return elapsed_ms(undo.at.t, undo.at.m, undo.at.boot, self.screen.host.now()) > UNDO_WITHIN_MS

    def second(self) -> None:
        """The offer leaves row 22 when its time is over."""
        undo = self._undo
        if undo is not None and self._is_over(undo):
            self._undo = None
            if self.screen.message == undo.offer:
                self.screen.say("")
