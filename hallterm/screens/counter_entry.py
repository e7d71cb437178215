"""Row 11 of the counter as a field: a matter by code, initials or Chinese, or the words of an "other" reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hallterm.locale import _
from hallterm.rules.numbers import parse_number
from hallterm.rules.words import Reason
from hallterm.screens.counter_lists import matters_panel, matters_shown, start_of
from hallterm.screens.counter_panel import Choice
from hallterm.screens.matter_field import FIELD_CELLS, Search, search
from hallterm.widgets.writing import reason_text
from hallterm.workflows.ticketing import NOT_A_NUMBER
from storage.facts import CounterAction, Moment, WindowState

if TYPE_CHECKING:
    from hallterm.screens.counter import CounterScreen

NOTE_CELLS = 36
STAR = "*"


class Entry:
    """The field of the counter: what it is for, and what it found."""

    def __init__(self, screen: CounterScreen) -> None:
        self._screen = screen
        self._action: CounterAction | None = None
        self._note: Choice | None = None
        self._pressed: Moment | None = None
        self._found: Search | None = None
        self._star = False
        self._quantity = 0
        self._asks_number = False
        self.shown = ""
        """The number somebody shows whose ticket cannot be called now."""

    @property
    def is_open(self) -> bool:
        return self._action is not None or self._note is not None or self._asks_number

    def open_number(self) -> None:
        """The number host is away: the number that somebody shows, then his matter."""
        self._asks_number, self.shown = True, ""
        screen = self._screen
        screen.body.open_entry(_("His number"), _("from the slip; empty: none"), FIELD_CELLS)
        screen.body.field.picks = False
        screen.open_field(screen.body.field)
        screen.set_reasons(_("Takes the number on the slip, such as B012; Enter goes on to the matter, Esc goes back"))

    def open_matters(self, action: CounterAction) -> None:
        """Type a matter, or pick one of the nine by its digit."""
        self._action, self._note = action, None
        screen = self._screen
        screen.body.open_entry(_("Matter"), _("code, pinyin or Chinese"), FIELD_CELLS)
        screen.body.field.picks = True
        screen.open_field(screen.body.field)
        screen.set_reasons(_("Takes a code (acts at once), pinyin initials, Chinese; a digit picks; *3 count"))
        self._search()

    def open_note(self, choice: Choice, pressed: Moment | None) -> None:
        """Type what the other reason is; Enter takes it."""
        self._action, self._note, self._pressed = None, choice, pressed
        screen = self._screen
        screen.body.open_entry(_("Say what"), "", NOTE_CELLS)
        screen.body.field.picks = False
        screen.open_field(screen.body.field)
        screen.set_reasons(_("Takes a few words; Enter takes them, Esc goes back"))
        self.paint()

    def close(self) -> None:
        """Back to the lists; what was wrong with the words typed goes with them."""
        if self.is_open:
            found, screen = self._found, self._screen
            if found is not None and found.refused is not None and screen.message == reason_text(screen, found.refused):
                screen.say("")
            self._action = self._note = self._found = None
            self._asks_number = False
            self._screen.close_field()
            self._screen.body.close_entry()
        self._star = False

    def paint(self) -> None:
        """Below an open field stands what it found."""
        if self._found is not None:
            self._screen.body.show_found(self._found.rows, self._screen.seen)
        elif self._note is not None:
            self._screen.body.show_found((), self._screen.seen)

    def changed(self) -> None:
        """A key changed the field."""
        if self._action is None:
            return
        self._search()
        found = self._found
        if found is None:
            return
        if found.refused is not None:
            self._screen.say(reason_text(self._screen, found.refused), "X")
        elif found.code:
            self._take(found)
        elif self._screen.message:
            self._screen.say("")

    def _search(self) -> None:
        screen, action = self._screen, self._action
        if action is None:
            return
        view = screen.seen
        usual = matters_shown(view, action)
        only = view.walk_up_only if action is CounterAction.WALK_UP else ""
        catalogue = [one for one in view.matters if not only or one.code[0] in only]
        self._found = search(screen.body.field.value, catalogue, usual, screen.body.cells)
        self.paint()

    def _take(self, found: Search) -> None:
        """A code acts at its third character, a digit when it picks."""
        screen, action = self._screen, self._action
        if action is not None and not screen.busy():
            start = start_of(action, self.shown if action is CounterAction.WALK_UP else "")
            screen.write(found.code, start(found.code, found.quantity), screen.host.now())

    def entered(self) -> None:
        """Enter ends a note; in the matter field it does nothing: readers send it."""
        note, screen = self._note, self._screen
        if self._asks_number:
            self._number_entered()
            return
        if note is None or note.noted is None:
            return
        text = screen.body.field.value.strip()
        if not text:
            screen.say(_("Say in a few words what it is, or Esc"), "X")
        elif not screen.busy():
            screen.write(note.what, note.noted(text), self._pressed or screen.host.now())

    def _number_entered(self) -> None:
        screen, text = self._screen, self._screen.body.field.value.strip().upper()
        if text and parse_number(text) is None:
            screen.say(reason_text(screen, Reason(NOT_A_NUMBER, {"text": text[:12]})), "X")
            return
        self.shown = text
        self.close()
        screen.say("")
        screen.open_panel(matters_panel(screen.seen, CounterAction.WALK_UP, screen.body.cells, text))

    def letter(self, letter: str) -> None:
        """``*`` after a code that has started already: the next digit is the quantity."""
        self._star = letter == STAR

    def digit(self, digit: int) -> None:
        """A digit while serving counts only after ``*``."""
        if not self._star or digit == 0:
            return
        self._star = False
        self._quantity = digit
        self.view_came()

    def view_came(self) -> None:
        """A quantity typed behind a code waits until the start is saved."""
        screen = self._screen
        if not self._quantity or screen.writer.busy or screen.view is None:
            return
        quantity, self._quantity = self._quantity, 0
        if screen.view.window.state is WindowState.SERVING:
            screen.set_quantity(quantity)
