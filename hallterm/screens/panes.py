"""A page made of panes that take turns in the body: the frame, the field of row 21, the second press from afar, and undo.

A pane draws rows and answers keys; the screen that holds it asks the store, confirms and takes back.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.events import ScreenResume, ScreenSuspend

from hallterm.actions import SLOTS, Slot
from hallterm.keys import key_name
from hallterm.locale import N_, _
from hallterm.rules.counter import NOTHING_TO_UNDO
from hallterm.rules.timers import elapsed_ms
from hallterm.rules.undo import UNDO_WITHIN_MS
from hallterm.rules.words import Reason
from hallterm.screens.menu import CardLine, card_rows
from hallterm.screens.mode_screen import InMode
from hallterm.screens.technician_page import Key
from hallterm.screens.typing_screen import TypingScreen
from hallterm.widgets.bars import reasons_text
from hallterm.widgets.cells import cut, width
from hallterm.widgets.frame import NOT_DONE
from hallterm.widgets.lines import Lines, Row
from hallterm.widgets.remote import is_remote
from hallterm.widgets.writing import reason_text
from storage.facts import Moment

if TYPE_CHECKING:
    from hallterm.workflows.desk import Desk

BAR = frozenset(action.id for action in SLOTS.values())
ONCE_MORE = N_("{question} {key} again within 3 seconds")


class Pane:
    """What the body shows; ``screen`` does the rest."""

    def __init__(self, screen: PaneScreen) -> None:
        self.screen = screen

    def read(self) -> None:
        """Ask for what is shown."""

    @property
    def is_read(self) -> bool:
        """Whether there is something to show."""
        return True

    def rows(self, cells: int, height: int) -> list[Row]:
        """The body above row 21."""
        return []

    def foot(self, cells: int) -> Row:
        """Row 21 while no field is open."""
        return ""

    def head(self, cells: int) -> Row:
        """Row 2."""
        return ""

    def bar(self) -> list[Key]:
        """The slots with what they do, and why not."""
        return []

    def hint(self) -> str:
        """Row 23 when every key works."""
        return ""

    def digit(self, digit: int) -> bool:
        """A digit of a list here; False: it changes the page."""
        return False

    def arrow(self, key: str) -> None:
        """up, down, left, right, pageup, pagedown, home or end."""

    def enter(self) -> None:
        """Opens a row; it never confirms."""

    def back(self) -> bool:
        """One step back within the pane; False: there is none."""
        return False


class PaneScreen(InMode, TypingScreen):
    """Holds one pane at a time; ``choice`` is a numbered list that stands in its place."""

    DEFAULT_CSS = "PaneScreen #page { height: 1fr; } PaneScreen #input { height: 1; }"
    heading = ""

    def __init__(self, id: str) -> None:
        super().__init__(id=id)
        self.pane = Pane(self)
        self.helping = False
        self._undo: tuple[Callable[[], None], Moment, str] | None = None

    def compose_body(self) -> ComposeResult:
        yield Lines(id="page")
        yield self.input

    def first_pane(self) -> Pane:
        """What is shown when the page is opened."""
        return Pane(self)

    def place(self) -> tuple[str, str]:
        """Hall and person of row 1."""
        return "", ""

    # shown and left

    def on_screen_resume(self, event: ScreenResume) -> None:
        self.pane, self.choice, self.helping = self.first_pane(), None, False
        super().on_screen_resume(event)
        self.pane.read()

    def on_screen_suspend(self, event: ScreenSuspend) -> None:
        """Nothing of it stays for who comes next to this screen."""
        super().on_screen_suspend(event)
        self._end_text()
        self._undo, self.pane, self.choice = None, Pane(self), None
        self._line("page")
        self._line("health", "")
        self.say("")

    def turn_to(self, pane: Pane) -> None:
        """Another pane from now on."""
        self.pane, self.choice = pane, None
        if not pane.is_read:
            pane.read()
        self.repaint()

    def second(self) -> None:
        if self._undo is not None and self._undo_over(self._undo[1]):
            if self.message == self._undo[2]:
                self.say("")
            self._undo = None

    def why_nothing(self, cells: int) -> list[Row]:
        """Why an empty list may be empty for another cause than that there was nothing."""
        return []

    # what is drawn

    def paint(self) -> None:
        cells, height = self.size.width, max(1, self.size.height - 7)
        self._draw_keys()
        self.title_in_mode(*self.place(), _(self.heading))
        if not self.pane.is_read:
            return
        self.set_health(self.pane.head(cells))
        if self.helping:
            self._line("page", *self._card(height))
        elif self.choice is not None:
            self._line("page", *self.choice.rows()[:height])
        else:
            self._line("page", *self.pane.rows(cells, height)[:height])
        if not self.input.is_field:
            self.input.show([self.pane.foot(cells)])

    def keys_now(self) -> list[Key]:
        """The bar; a list in the body leaves only its digits, a field only Enter and Esc: who has typed why a leave is
        refused and presses the key that grants it means the field.
        """
        if not self.pane.is_read:
            return []
        if self.choice is None and self.field is None:
            return self.pane.bar()
        first = _("first Enter, or Esc") if self.choice is None else _("first a digit, or Esc")
        return [Key(key.slot, key.label, key.do, first) for key in self.pane.bar()]

    def _card(self, height: int) -> list[Row]:
        names = self.host.key_map
        lines = [CardLine(key_name(names.slot_key(key.slot)), key.label, "", key.refused) for key in self.keys_now()]
        return card_rows(lines, names, height, self.size.width)

    def key_name(self, slot: Slot) -> str:
        """The key of a slot as people call it here."""
        return self.key_of(self.slot_action(slot))

    def _draw_keys(self) -> None:
        keys = self.keys_now()
        menu = self.slot(Slot.CTRL_P, _("Menu"))
        self.set_keys([*(self.slot(key.slot, key.label, key.refused or None) for key in keys), menu])
        if self.field is None:
            named = [(self.key_name(key.slot), key.refused) for key in keys if key.refused]
            self.set_reasons(reasons_text(named, self.size.width - 2) or self.pane.hint())

    # keys

    def act(self, action: str) -> None:
        keys = {self.slot_action(key.slot): key for key in self.keys_now()}
        if action == "back":
            self._back()
        elif action == "menu":
            self.post_message(InMode.Left())
        elif action == "help":
            self.helping = not self.helping
            self.repaint()
        elif action == "undo":
            self._take_back()
        elif action in keys:
            self._press(keys[action], action)
        elif action in BAR:
            why = _("not used on this page") if self.pane.is_read else _("the page is still being read")
            self.say(f"{self.key_of(action)}  {why}", NOT_DONE)
        else:
            super().act(action)

    def _press(self, key: Key, action: str) -> None:
        if key.refused:
            self.say(f"{self.key_of(action)}  {key.refused}", NOT_DONE)
            return
        self._end_text()
        self.say("")
        key.do()
        self.repaint()

    def _back(self) -> None:
        if self.field is not None:
            self._end_text()
        elif self.helping:
            self.helping = False
        elif self.choice is not None:
            self.choice = None
        elif not self.pane.back():
            self.post_message(InMode.Left())
            return
        self.repaint()

    def digit(self, digit: int) -> None:
        if self.choice is not None:
            option = self.choice.digit(digit)
            if option is not None:
                self.choice = None
                option.take()
                self.repaint()
        elif self.pane.digit(digit):
            self.repaint()
        else:
            super().digit(digit)

    def arrow(self, key: str) -> None:
        (self.choice.move if self.choice is not None else self.pane.arrow)(key)
        self.repaint()

    def enter(self) -> None:
        if self.choice is None and self.pane.is_read:
            self.pane.enter()
            self.repaint()

    # writing

    def sure(self, question: str, then: Callable[[], None], slot: Slot = Slot.F8) -> None:
        """From afar a write is asked for a second time; at the hall's own PC it is done."""
        if is_remote():
            self.ask_again(question, then, slot)
        else:
            then()

    def ask_again(self, question: str, then: Callable[[], None], slot: Slot) -> None:
        """Whatever the place: the key once more."""
        action = self.slot_action(slot)
        self.ask(action, _(ONCE_MORE).format(question=question, key=self.key_of(action)), then)

    def wrote(self, words: Reason, undo: Callable[[Desk, Moment], Reason] | None = None) -> None:
        """Say what was recorded, offer to take it back, and read again."""
        said = reason_text(self, words)
        if undo is not None:
            offer = _("{words}  ({key} takes it back for 10 seconds)").format(words="", key=self.key_of("undo"))
            said = cut(said, max(1, self.size.width - 2 - width(offer))) + offer
            work = undo
            self._undo = (lambda: void(self.ask_store(work, self.wrote)), self.host.now(), said)
        else:
            self._undo = None
        self.say(said)
        self.pane.read()

    def _take_back(self) -> None:
        undo = self._undo
        if undo is None or self._undo_over(undo[1]):
            self.say(reason_text(self, NOTHING_TO_UNDO), NOT_DONE)
        else:
            self._undo = None
            undo[0]()

    def _undo_over(self, since: Moment) -> bool:
        return elapsed_ms(since.t, since.m, since.boot, self.host.now()) > UNDO_WITHIN_MS

    def refused(self, sentence: str) -> None:
        """What is shown may not be seen (any more)."""
        self.pane, self.typed = Pane(self), None
        self._line("page")
        self._line("health", "")
        self.repaint()
        self.tell(sentence, NOT_DONE)


def void(_answer: object) -> None:
    """What is answered is not needed."""


def moved(at: int, key: str, count: int, page: int) -> int:
    """The place of a cursor after an arrow."""
    last = count - 1
    by = {"up": -1, "down": 1, "pageup": -page, "pagedown": page, "home": -count, "end": count}.get(key, 0)
    return max(0, min(last, at + by))


def window_of(at: int, top: int, count: int, room: int) -> int:
    """The first row that is seen, so that the cursor is."""
    return max(0, min(max(top, at - room + 1), at, max(0, count - room)))
