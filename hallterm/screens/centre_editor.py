"""The editor of a centre: what it decides for a place and all below it. F4 chooses the place on the first page."""

from __future__ import annotations

from typing import ClassVar

from hallterm.actions import Slot
from hallterm.locale import _
from hallterm.screens.centre_pages import CENTRE_PAGES
from hallterm.screens.editor import EditorScreen
from hallterm.screens.editor_page import Lists, Page
from hallterm.widgets.bars import SlotView
from hallterm.widgets.frame import NOT_DONE
from hallterm.widgets.lines import Row
from hallterm.workflows.centre_lists import CentreLists, centre_lists
from hallterm.workflows.desk import Desk
from storage.facts import Moment

FORM_ROWS = 6


class CentreEditorScreen(EditorScreen):
    """The pages of a hall's editor, at a place of the scope tree."""

    DEFAULT_CSS = f"CentreEditorScreen #foot, CentreEditorScreen #about {{ height: {FORM_ROWS}; }}"
    table: ClassVar[tuple[Page, ...]] = CENTRE_PAGES
    form_rows: ClassVar[int] = FORM_ROWS

    def __init__(self) -> None:
        super().__init__()
        self._place = ""

    def lists(self, desk: Desk, now: Moment) -> Lists:
        return centre_lists(desk, now, self._place)

    def heading(self) -> str:
        return self.view.hall if self.view else _("Centre data")

    def health(self, view: Lists) -> str | Row:
        """A centre has no devices and sends nothing: what waits is on the page of the nodes."""
        return " " + _("Centre here") + "  " + _("What is saved goes down with the next exchange of each PC")

    def place(self) -> str:
        return self.view.place if isinstance(self.view, CentreLists) else ""

    def more_slots(self) -> list[SlotView]:
        """F4, the only key that a hall's editor does not have."""
        return [self.slot(Slot.F4, _("Scope"), _("first save with F8, or Esc") if self.form.item else None)]

    def act(self, action: str) -> None:
        if action == self.slot_action(Slot.F4):
            self._choose_place()
        else:
            super().act(action)

    def _choose_place(self) -> None:
        """On the list of places: the chosen one. Elsewhere: that list."""
        places = self.table[0]
        if self.form.item is not None:
            self.say(_("First save with F8, or leave the row with Esc"), NOT_DONE)
        elif self.page is places and self.chosen is not None:
            self._place = self.chosen.key
            self.say(_("What is changed now holds for {place} and all below it").format(place=self.chosen.columns[1]))
            self.read()
        elif places in self.pages():
            self.page = places
            self.list.begin()
            self.repaint()
        else:
            self.say(_("Your roles are at one place"), NOT_DONE)
