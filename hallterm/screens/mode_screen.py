"""A screen that is a numbered page of the person's mode: the pages in row 1, and digits that switch them."""

from __future__ import annotations

from typing import ClassVar

from textual.message import Message

from hallterm.locale import _
from hallterm.widgets.cells import fit, width
from hallterm.widgets.frame import PAGES_COLUMN, FrameScreen, date_text

CLOCK_CELLS = 6
SHORTEST_HEAD = 8
"""Where the pages leave less, they stand alone: place and person are on the page itself."""


class InMode(FrameScreen):
    """Mix it in before the screen. The pages are those of :mod:`hallterm.modes` that the person may open."""

    class Left(Message):
        """Back to where the person came from."""

    in_mode: ClassVar[str]
    """Its name in the table of screens."""

    def title_in_mode(self, place: str, person: str, title: str) -> None:
        """Row 1: the pages if this is one of them, else the title."""
        if all(page.screen != self.in_mode for page in self.host.mode):
            self.set_title(place, person, title)
            return
        pages = "".join(f"{'>' if page.screen == self.in_mode else ' '}{_(page.label)}" for page in self.host.mode)
        room = self.size.width - CLOCK_CELLS - width(date_text(self.host.now().t)) - 2
        column = max(3, min(PAGES_COLUMN, room - width(pages) - 1))
        head = fit(f"{place} {person}", column - 3).strip() if column > SHORTEST_HEAD else ""
        self.set_title(head, "", pages, "", column)

    def digit(self, digit: int) -> None:
        """No list is open: another page of the mode."""
        found = next((page for page in self.host.mode if page.number == digit), None)
        if found is not None and found.screen != self.in_mode:
            found.open()
