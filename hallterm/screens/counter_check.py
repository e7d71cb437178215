"""Row 11 of the counter as the field of what the taxpayer shall check on the second screen: a few words, or none."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from hallterm.locale import _
from hallterm.workflows import counter as work
from hallterm.workflows.checking import LONGEST
from hallterm.workflows.desk import Done

if TYPE_CHECKING:
    from hallterm.screens.counter import CounterScreen

FIELD_CELLS = 34


class CheckEntry:
    """The field while it is open; what stood in it is wiped when it closes."""

    def __init__(self, screen: CounterScreen) -> None:
        self._screen = screen
        self.is_open = False

    def open(self) -> None:
        """An empty field; left empty, the number of who is served is shown alone."""
        screen, field = self._screen, self._screen.body.field
        self.is_open = True
        screen.body.open_entry(_("To check"), "", FIELD_CELLS)
        field.picks = False
        screen.open_field(field)
        screen.set_reasons(_("What you entered, such as limit 100,000 copies 25; Enter shows it, Esc goes back"))
        self.paint()

    def close(self) -> None:
        """Back to the lists."""
        if not self.is_open:
            return
        self.is_open = False
        self._screen.body.field.value = ""
        self._screen.close_field()
        self._screen.body.close_entry()

    def paint(self) -> None:
        """Nothing stands below it."""
        if self.is_open:
            self._screen.body.show_found((), self._screen.seen)

    def entered(self) -> None:
        """Enter shows it; what cannot be shown stays in the field."""
        screen = self._screen
        text = screen.body.field.value.strip()[:LONGEST]
        screen.writer.write(_("what is shown"), partial(work.show_entry, text=text), screen.host.now(), self._done)

    def _done(self, _done: Done | None = None) -> None:
        self.close()
        self._screen.paint()
