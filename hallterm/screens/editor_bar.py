"""The key bar of the editor: which keys work on the chosen row, and why the others do not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hallterm.actions import Slot
from hallterm.locale import N_, _
from hallterm.widgets.bars import SlotView
from hallterm.widgets.writing import reason_text

if TYPE_CHECKING:
    from hallterm.screens.editor import EditorScreen

NO_OTHERS = N_("these rows are always the same: F6 changes the value of one")


def slots_of(screen: EditorScreen) -> list[SlotView]:
    """The slots as they are now."""
    chosen, is_open = screen.chosen, screen.form.item is not None
    none = None if chosen else _("nothing is chosen")
    open_row = _("first save with F8, or Esc") if is_open else None
    save = None if is_open else _("nothing is being changed")
    refused = reason_text(screen, chosen.refused) if chosen is not None and chosen.refused is not None else None
    stays = _(NO_OTHERS) if screen.page.toggle is None else None
    always = None if screen.page.grows else stays
    remove = _("Hide") if chosen is None or chosen.active else _("Bring")
    return [
        screen.slot(Slot.F6, _("Edit"), none or open_row or refused),
        screen.slot(Slot.F8, _("Save"), save),
        screen.slot(Slot.F9, remove, none or open_row or stays),
        screen.slot(Slot.INSERT, _("New"), open_row or always if screen.pages() else none),
        screen.slot(Slot.CTRL_P, _("Menu")),
    ]
