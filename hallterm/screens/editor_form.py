"""The fields of one row of the editor, and the last change that can still be taken back."""

from __future__ import annotations

from collections.abc import Callable

from hallterm.locale import _
from hallterm.rules.counter import NOTHING_TO_UNDO
from hallterm.rules.timers import elapsed_ms
from hallterm.rules.undo import UNDO_WITHIN_MS
from hallterm.screens.editor_page import Input, Item, Page
from hallterm.screens.sign_on_base import AskingScreen
from hallterm.widgets.cells import fit, width
from hallterm.widgets.field import Field
from hallterm.widgets.frame import NOT_DONE
from hallterm.widgets.writing import reason_text
from hallterm.workflows.setting_changes import SettingDone, SettingUndo, take_back

FORM_ROWS = 4


class RowForm:
    """A form of up to ``rows`` fields on a screen; ``item`` is the row it is for, None while it is closed."""

    def __init__(self, screen: AskingScreen, rows: int = FORM_ROWS) -> None:
        self._screen = screen
        self._inputs: tuple[Input, ...] = ()
        self.fields = [Field(60, longest=160, id=f"input-{n}") for n in range(rows)]
        self.item: Item | None = None
        self.is_new = False

    def open(self, page: Page, item: Item, *, is_new: bool) -> None:
        """Show the fields with what the row has; the first that may be changed is open."""
        self._inputs, self.item, self.is_new = page.inputs, item, is_new
        for field, asked in zip(self.fields, page.inputs, strict=False):
            field.cells = asked.cells
            field.secret = asked.secret
            field.value = item.texts.get(asked.name, "")
            field.display = True
        self.relabel(page)
        self._show(True)
        self._screen.open_field(self.fields[self._first])

    def close(self) -> None:
        """No fields, and nothing of what was typed."""
        self.item = None
        self._screen.close_field()
        for field in self.fields:
            field.value = ""
            field.display = False
        self._show(False)

    def _show(self, is_shown: bool) -> None:
        """The fields stand where else the lines about the row stand."""
        self._screen.query_one("#foot").display = is_shown
        self._screen.query_one("#about").display = not is_shown

    def relabel(self, page: Page) -> None:
        """The labels in the language in use."""
        labels = [_(asked.label) for asked in page.inputs]
        column = max(map(width, labels)) + 2
        for field, label in zip(self.fields, labels, strict=False):
            field.relabel(f"     {fit(label, column)}")

    @property
    def _first(self) -> int:
        return 1 if self._inputs[0].fixed and not self.is_new else 0

    def move(self, by: int) -> None:
        """The next field, or the one before."""
        shown = self.fields[: len(self._inputs)]
        if self._screen.field in shown:
            place = shown.index(self._screen.field) + by
            self._screen.open_field(shown[max(self._first, min(place, len(shown) - 1))])

    def changed(self, field: Field) -> None:
        """Where a digit chooses, another digit takes its place."""
        if self.item is None or field not in self.fields:
            return
        place = self.fields.index(field)
        if self._inputs[place].name in self.item.digits and len(field.value) == 2 and field.value.isdigit():
            field.value = field.value[-1]

    def texts(self) -> dict[str, str]:
        """What the fields hold, and the key of the row."""
        held = {asked.name: field.value for asked, field in zip(self._inputs, self.fields, strict=False)}
        return {**held, "key": self.item.key if self.item else ""}


class LastChange:
    """A change that Backspace takes back for ten seconds; its offer leaves row 22 when the time is over."""

    def __init__(self, screen: AskingScreen) -> None:
        self._screen = screen
        self._undo: SettingUndo | None = None
        self._offer = ""

    def said(self, words: str, undo: SettingUndo | None) -> None:
        """Say what was done, and whether it can be taken back."""
        screen = self._screen
        offer = _("{words}  ({key} takes it back for 10 seconds)")
        screen.say(words if undo is None else offer.format(words=words, key=screen.key_of("undo")))
        self._undo, self._offer = undo, screen.message

    def take_back(self, then: Callable[[SettingDone], None]) -> None:
        """Backspace."""
        undo = self._undo
        if undo is None or self._is_over(undo):
            self._screen.say(reason_text(self._screen, NOTHING_TO_UNDO), NOT_DONE)
        else:
            self._screen.ask_store(lambda desk, now: take_back(desk, undo, now), then)

    def second(self) -> None:
        """Clear an offer that is over."""
        if self._undo is not None and self._is_over(self._undo):
            self._undo = None
            if self._screen.message == self._offer:
                self._screen.say("")

    def _is_over(self, undo: SettingUndo) -> bool:
        return elapsed_ms(undo.at_t, undo.at_m, undo.boot, self._screen.host.now()) > UNDO_WITHIN_MS
