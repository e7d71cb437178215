"""Faults (menu 32) and back-entry (menu 33): outages, pauses that wait for a leader, paper slips, last services, papers.

Business rules 7.4 and 16. F7 goes round the panes, F5 to the next one in which something waits.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

from hallterm.locale import N_, _
from hallterm.screens.outage_entries import EntriesPane, LastPane
from hallterm.screens.outage_faults import FaultsPane, PausesPane
from hallterm.screens.outage_list import Listed
from hallterm.screens.outage_papers import PapersPane
from hallterm.screens.panes import Pane, PaneScreen, void
from hallterm.widgets.lines import Row
from hallterm.workflows.outage_look import OutageLook, outage_look
from storage.facts import Moment

if TYPE_CHECKING:
    from hallterm.workflows.desk import Desk, Done

READ_EVERY_S = 30.0


class OutageScreen(PaneScreen):
    """Five panes of one reading."""

    in_mode = "outages"
    heading = N_("Faults")
    kinds: ClassVar[tuple[type[Listed], ...]] = (FaultsPane, PausesPane, EntriesPane, LastPane, PapersPane)

    def __init__(self) -> None:
        self.look: OutageLook | None = None
        super().__init__(id=self.in_mode.replace("_", "-"))

    def first_pane(self) -> Pane:
        self.look = None
        self.panes: tuple[Listed, ...] = tuple(kind(self) for kind in self.kinds)
        return self.panes[0]

    def place(self) -> tuple[str, str]:
        return (self.look.hall_name, self.look.staff) if self.look else ("", "")

    # what is known

    def read_look(self) -> None:
        """Ask for everything; refused to who may not see it."""
        void(self.ask_store(outage_look, self._show, writes=False, refused=self.refused))

    def _show(self, look: OutageLook) -> None:
        if self.is_current:
            self.look = look
            self.repaint()

    def second(self) -> None:
        super().second()
        if self.field is None and self.choice is None and self.pane.is_read:
            self.pane.read()

    def rest_s(self, now: Moment) -> float:
        return READ_EVERY_S

    def head(self) -> Row:
        """Row 2: what waits."""
        look = self.look
        if look is None:
            return ""
        going_on = sum(one.row.is_open for one in look.outages)
        text = _("faults {faults}   pauses {pauses}   entries {entries}   last services {last}   {receipts}")
        receipts = _("open receipts {count}").format(count=len(look.receipts))
        counts = {
            "faults": going_on,
            "pauses": len(look.pauses),
            "entries": look.entries_waiting,
            "last": len(look.last),
        }
        return " " + text.format(receipts=receipts, **counts)

    # panes

    def next_view(self) -> None:
        """The next pane."""
        at = next((n for n, one in enumerate(self.panes) if one is self.pane), 0)
        self.turn_to(self.panes[(at + 1) % len(self.panes)])

    def next_waiting(self) -> None:
        """The next pane in which something waits, else the next row of this one."""
        at = next((n for n, one in enumerate(self.panes) if one is self.pane), 0)
        others = [*self.panes[at + 1 :], *self.panes[:at]]
        found = next((one for one in others if one.waits), None)
        if found is not None:
            self.turn_to(found)

    # writing

    def write(self, work: Callable[[Desk, Moment], Done]) -> None:
        """Record something; row 22 says what."""
        void(self.ask_store(work, lambda done: self.wrote(done.words)))


class BackEntryScreen(OutageScreen):
    """The same page, opened at the slips."""

    in_mode = "back_entry"
    heading = N_("Back entry")

    def first_pane(self) -> Pane:
        super().first_pane()
        return self.panes[2]
