"""A field of text on one row: what was typed, and where the cursor is. The screen it stands on hands it the keys."""

from __future__ import annotations

from textual.events import Key
from textual.geometry import Offset, Region
from textual.strip import Strip

from devices.wedge import ScanKind
from hallterm.widgets.cells import literal, tail, width
from hallterm.widgets.lines import Ink, Lines, Piece, strip_of


class Field(Lines):
    """``[text____]`` of ``cells`` cells; ``secret`` shows stars. It changes at its end only, like a form on paper.

    Use: ``screen.open_field(field)``; keys then go to :meth:`take`, and ``field_changed`` / ``field_entered`` of the
    screen are called. What was typed stays when the field is closed.

    ``takes`` are the scans of a reader that fill it, ``submits``: such a scan counts as Enter too. A field that
    ``picks`` acts on a key before Enter.
    """

    DEFAULT_CSS = "Field { height: 1; width: auto; }"

    def __init__(
        self, cells: int, *, label: str = "", secret: bool = False, longest: int = 200, id: str | None = None
    ) -> None:
        super().__init__(id=id)
        self.cells = cells
        self.label = label
        self.secret = secret
        self.longest = longest
        self.open = False
        self.takes: frozenset[ScanKind] = frozenset()
        self.submits = False
        self.picks = False
        self._value = ""
        self._fit()

    @property
    def value(self) -> str:
        return self._value

    @value.setter
    def value(self, text: str) -> None:
        self._value = literal(text)[: self.longest]
        self._changed()

    def set_open(self, is_open: bool) -> None:
        """Show or hide the cursor."""
        self.open = is_open
        self._changed()

    def relabel(self, label: str) -> None:
        """Another text before the bracket, after a change of language."""
        self.label = label
        self._fit()
        self._changed()

    def _fit(self) -> None:
        """As wide as its label and its brackets."""
        self.styles.width = width(self.label) + self.cells + 2

    def take(self, event: Key) -> bool:
        """One key; True if it was for the field and changed it."""
        if event.key == "backspace":
            if not self._value:
                return False
            self.value = self._value[:-1]
            return True
        if event.is_printable and event.character:
            self.value = self._value + event.character
            return True
        return False

    def paste(self, text: str) -> None:
        """Pasted text: its first line."""
        self.value = self._value + (text.splitlines() or [""])[0]

    def _changed(self) -> None:
        if self.is_mounted:
            self.refresh(Region(0, 0, self.size.width, 1))
            if self.open:
                self.app.cursor_position = self._cursor()

    def _shown_text(self) -> str:
        text = "*" * len(self._value) if self.secret else self._value
        return tail(text, self.cells - 1 if self.open else self.cells)

    def _cursor(self) -> Offset:
        return self.region.offset + Offset(width(self.label) + 1 + width(self._shown_text()), 0)

    def _pieces(self) -> tuple[Piece, ...]:
        text = self._shown_text()
        rest = "_" * (self.cells - width(text))
        start = (f"{self.label}[{text}", Ink.PLAIN)
        if self.open:
            return (start, ("_", Ink.REVERSE), (f"{rest[1:]}]", Ink.PLAIN))
        return (start, (f"{rest}]", Ink.PLAIN))

    def render_line(self, y: int) -> Strip:
        return strip_of(self._pieces(), self.size.width)


class RowField(Field):
    """A row of text that becomes a field with a hint behind it: one widget, so that nothing is laid out anew.

    :meth:`show` sets the row, :meth:`begin` makes it a field until :meth:`end`.
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(0, id=id)
        self.hint = ""
        self.is_field = False

    def begin(self, label: str, hint: str, cells: int) -> None:
        """An empty field of so many cells."""
        self.is_field, self.hint, self.cells, self.label = True, hint, cells, label
        self.value = ""

    def end(self) -> None:
        """The row again."""
        self.is_field = False
        self._changed()

    def _fit(self) -> None:
        """It has its row to itself."""
        self.styles.width = "1fr"

    def render_line(self, y: int) -> Strip:
        if self.is_field:
            return strip_of((*self._pieces(), (self.hint, Ink.PLAIN)), self.size.width)
        return Lines.render_line(self, y)
