"""A screen that is a numbered page of the person's mode: the pages in row 1, and digits that switch them."""

from __future__ import annotations

from typing import ClassVar

from textual.message import Message

from hallterm.locale import _
from hallterm.widgets.cells import fit
from hallterm.widgets.frame import PAGES_COLUMN, FrameScreen


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
        pages = (
            f"{'>' if page.screen == self.in_mode else ' '}{_(page.label)}" for page in self.host.mode
        )
        head = fit(f" {place} {person}", PAGES_COLUMN).strip()
        self.set_title(head, "", "".join(pages), "", PAGES_COLUMN)

    def digit(self, digit: int) -> None:
        """No list is open: another page of the mode."""
        found = next((page for page in self.host.mode if page.number == digit), None)
        if found is not None and found.screen != self.in_mode:
            found.open()
