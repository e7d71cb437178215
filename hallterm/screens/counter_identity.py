"""Row 11 of the counter as the field of an ID card or taxpayer number: typed, scanned, or read from the card."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

from devices.card import CardCode
from devices.wedge import ScanKind
from hallterm.locale import N_, _
from hallterm.rules.slots import Slot
from hallterm.widgets.frame import ATTENTION
from hallterm.workflows import counter as work
from hallterm.workflows.desk import Done

if TYPE_CHECKING:
    from hallterm.screens.counter import CounterScreen

FIELD_CELLS = 21
READ_KEY = Slot.WALK_UP
"""While the field is open this key reads the card: a walk-up cannot begin here anyway."""

UNREAD: Mapping[CardCode, str] = {
    CardCode.NO_CARD: N_("No card lies on the reader: put it down and press {key} again, or type the number"),
    CardCode.UNREADABLE: N_("The card could not be read: put it down again and press {key}, or type the number"),
    CardCode.NOT_READY: N_("The card reader does not answer: type the number; tell the technician"),
}


class IdentityEntry:
    """The field while it is open; what stood in it is wiped when it closes."""

    def __init__(self, screen: CounterScreen) -> None:
        self._screen = screen
        self._reading = False
        self.is_open = False

    @property
    def reads_cards(self) -> bool:
        """Whether the key of the reader belongs to this field now."""
        return self.is_open and self._screen.seen.card_reader

    def open(self) -> None:
        """An empty field; the card reader is named only where one is bound."""
        screen, field = self._screen, self._screen.body.field
        self.is_open = True
        screen.body.open_entry(_("ID or tax number"), "", FIELD_CELLS)
        field.picks, field.submits, field.takes = False, True, frozenset({ScanKind.RESIDENT_ID})
        screen.open_field(field)
        told = _("Takes an ID card or taxpayer number; Enter takes it, Esc goes back")
        reads = _("{key} reads the card").format(key=screen.keys[READ_KEY])
        screen.set_reasons(f"{reads}; {told}" if screen.seen.card_reader else told)
        self.paint()

    def close(self) -> None:
        """Back to the lists."""
        if not self.is_open:
            return
        self.is_open = False
        field = self._screen.body.field
        field.value, field.submits, field.takes = "", False, frozenset()
        self._screen.close_field()
        self._screen.body.close_entry()

    def paint(self) -> None:
        """Nothing stands below it."""
        if self.is_open:
            self._screen.body.show_found((), self._screen.seen)

    def entered(self) -> None:
        """Enter, or a reader that sent a number; a wrong one stays in the field to be corrected."""
        number = self._screen.body.field.value.strip()
        if number:
            self._note(number)
        else:
            self._done()

    def read_card(self) -> None:
        """Ask the station for the card on this window's reader."""
        if not self._reading:
            self._reading = True
            self._screen.say(_("Reading the card .."))
            self._screen.run_worker(self._read())

    async def _read(self) -> None:
        screen = self._screen
        try:
            reading = await screen.host.read_card(screen.seen.window.code)
        finally:
            self._reading = False
        if not self.is_open:
            return
        if reading.code is CardCode.READ:
            self._note(reading.number)
        else:
            screen.say(_(UNREAD[reading.code]).format(key=screen.keys[READ_KEY]), ATTENTION)

    def _note(self, number: str) -> None:
        screen = self._screen
        screen.writer.write(_("the number"), partial(work.identify, number=number), screen.host.now(), self._done)

    def _done(self, _done: Done | None = None) -> None:
        self.close()
        self._screen.paint()
