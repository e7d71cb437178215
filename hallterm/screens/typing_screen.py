"""A screen that asks for texts in row 21: one field at a time, and what is refused stays in it."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct
from msgspec.structs import replace
from textual.events import Key

from hallterm.locale import _
from hallterm.screens.sign_on_base import AskingScreen
from hallterm.screens.sync_choice import Choice
from hallterm.widgets.field import Field, RowField
from hallterm.widgets.frame import NOT_DONE, RESULT, Kind


class Typed(Struct, frozen=True):
    """What was typed last, and where: it comes back when it is refused."""

    label: str
    hint: str
    cells: int
    entered: Callable[[str], None]
    text: str = ""


class TypingScreen(AskingScreen):
    """Mix it in where row 21 is a :class:`RowField`. ``choice`` is a numbered list that stands in the body; ``typed`` is
    what was entered last, until the next key that does not confirm it.
    """

    def __init__(self, id: str) -> None:
        super().__init__(id=id)
        self.input = RowField(id="input")
        self.choice: Choice | None = None
        self.typed: Typed | None = None
        self.is_refusal = False
        self._asked_for: Typed | None = None

    def on_key(self, event: Key) -> None:
        """Whatever is pressed next ends what was typed before, but for the key that confirms it."""
        question = self._question
        if question is None or question.action != self.host.key_map.action_of(event.key):
            self.typed = None
        if self.is_refusal and question is None and self.field is None:
            self.say("")
        super().on_key(event)

    def say(self, text: str, kind: Kind = RESULT) -> None:
        """What is refused of a text that was typed a moment ago opens its field again: nobody types it twice."""
        typed, self.is_refusal = self.typed, kind == NOT_DONE and bool(text)
        if self.is_refusal and typed is not None and self.field is None and self.choice is None:
            self.typed = None
            self.ask_text(typed.label, typed.hint, typed.cells, typed.entered)
            self.input.value = typed.text
            self.repaint()
        super().say(text, kind)

    def ask_text(self, label: str, hint: str, cells: int, entered: Callable[[str], None]) -> None:
        """Ask for a text in row 21; ``entered`` gets it at Enter unless it is empty."""
        self._asked_for = Typed(label, hint, cells, entered)
        self.input.begin(f" {label} ", f" {hint}", cells)
        self.open_field(self.input)
        self.set_reasons(_("Enter takes it over, Esc leaves it as it was"))

    def _end_text(self) -> None:
        if self.field is not None:
            self.close_field()
            self.input.end()
            self._asked_for = None

    def field_entered(self, field: Field) -> None:
        asked, text = self._asked_for, field.value.strip()
        self._end_text()
        if asked is not None and text:
            self.typed = None if self.input.secret else replace(asked, text=text)
            # Later: a question that is asked while a key is answered would be taken as answered by that key.
            self.call_later(self._take, asked.entered, text)
        self.repaint()

    def _take(self, entered: Callable[[str], None], text: str) -> None:
        entered(text)
        self.repaint()
