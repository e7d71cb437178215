"""A widget that draws rows of text and repaints only those that differ."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from hallterm.widgets.cells import cut, literal


class Ink(Enum):
    """The only ways a piece of text may look: names of the terminal's own colours. Colour only repeats a mark."""

    PLAIN = ""
    BOLD = "bold"
    DIM = "bright_black"
    GREEN = "green"
    YELLOW = "yellow"
    BRIGHT_YELLOW = "bright_yellow"
    RED = "red"
    REVERSE = "reverse"
    ALARM = "red reverse"


Piece = tuple[str, Ink]
Row = str | tuple[Piece, ...]
"""One row: plain text, or pieces of it in inks."""

_STYLES = {ink: Style.parse(ink.value) if ink.value else Style.null() for ink in Ink}


def strip_of(row: Row, cells: int) -> Strip:
    """The row in exactly so many cells: harmless, cut with ``..`` or filled with spaces."""
    pieces: tuple[Piece, ...] = ((row, Ink.PLAIN),) if isinstance(row, str) else row
    segments, used = [], 0
    for text, ink in pieces:
        room = cells - used
        if room <= 0:
            break
        fitting = cut(text, room)
        used += cell_len(fitting)
        if fitting:
            segments.append(Segment(fitting, _STYLES[ink]))
        if fitting != literal(text):
            break
    if used < cells:
        segments.append(Segment(" " * (cells - used), _STYLES[Ink.PLAIN]))
    return Strip(segments, cells)


class Lines(Widget):
    """Rows of text without markup; :meth:`show` repaints the rows that changed, each whole, and lays out nothing.

    What ticks stands in a ``Lines`` of its own, as a row is repainted from the widget's left edge.
    """

    DEFAULT_CSS = "Lines { height: 1fr; width: 1fr; }"
    ALLOW_SELECT = False

    def __init__(self, rows: Sequence[Row] = (), *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._shown: tuple[Row, ...] = tuple(rows)

    @property
    def rows(self) -> tuple[Row, ...]:
        """What is shown, uncut."""
        return self._shown

    def show(self, rows: Sequence[Row]) -> None:
        """Show these rows; those below the widget's height are not seen."""
        new, old = tuple(rows), self._shown
        self._shown = new
        if not self.size and new != old:  # hidden: whatever was drawn before must not come back
            self.refresh()
            return
        changed = [
            Region(0, y, self.size.width, 1)
            for y in range(min(max(len(new), len(old)), self.size.height))
            if (new[y] if y < len(new) else "") != (old[y] if y < len(old) else "")
        ]
        if changed:
            self.refresh(*changed)

    def render_line(self, y: int) -> Strip:
        return strip_of(self._shown[y] if y < len(self._shown) else "", self.size.width)
