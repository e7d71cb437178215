"""A pane that is a list with a cursor: what the panes of the page of faults have in common."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from hallterm.actions import Slot
from hallterm.locale import _
from hallterm.screens.panes import Pane, moved, window_of
from hallterm.screens.technician_page import Key
from hallterm.widgets.cells import cut
from hallterm.widgets.lines import Ink, Row

if TYPE_CHECKING:
    from hallterm.screens.outages import OutageScreen

Item = Any
"""What a row of the list stands for."""


class Listed(Pane):
    """``items`` are its rows; the cursor stays at its place."""

    screen: OutageScreen

    def __init__(self, screen: OutageScreen) -> None:
        super().__init__(screen)
        self._at = 0
        self._top = 0

    def read(self) -> None:
        self.screen.read_look()

    @property
    def is_read(self) -> bool:
        return self.screen.look is not None

    def head(self, cells: int) -> Row:
        return self.screen.head()

    # the list

    @property
    def items(self) -> Sequence[Item]:
        """The rows."""
        return ()

    @property
    def waits(self) -> bool:
        """Whether something here waits for this person."""
        return False

    @property
    def chosen(self) -> Item | None:
        """What the cursor is at."""
        found = self.items
        return found[min(self._at, len(found) - 1)] if found else None

    def title(self) -> str:
        """The first row of the body."""
        return ""

    def columns(self) -> str:
        """The heads of the columns, without the cell of the cursor."""
        return ""

    def line(self, item: Item) -> tuple[str, Ink]:
        """One row without the cell of the cursor."""
        return "", Ink.PLAIN

    def nothing(self) -> str:
        """What stands there when the list is empty."""
        return ""

    def detail(self, item: Item, cells: int) -> list[Row]:
        """What is said below the list of the row at the cursor."""
        return []

    def rows(self, cells: int, height: int) -> list[Row]:
        head: list[Row] = [((" " + self.title(), Ink.BOLD),), " " + cut(self.columns(), cells - 1)]
        found, chosen = self.items, self.chosen
        if chosen is None:
            return [*head, " " + self.nothing(), *self.screen.why_nothing(cells)]
        below = self.detail(chosen, cells)
        room = max(1, height - len(head) - len(below) - 1)
        at = min(self._at, len(found) - 1)
        self._top = window_of(at, self._top, len(found), room)
        seen = found[self._top : self._top + room]
        listed = [self._row(one, cells, chosen=n == at) for n, one in enumerate(seen, self._top)]
        blank: list[Row] = [""] * (room - len(listed))
        return [*head, *listed, *blank, "-" * cells if below else "", *below]

    def _row(self, item: Item, cells: int, *, chosen: bool) -> Row:
        text, ink = self.line(item)
        whole = cut(f"{'>' if chosen else ' '}{text}", cells)
        return ((whole, Ink.REVERSE if chosen else ink),)

    def foot(self, cells: int) -> Row:
        count = len(self.items)
        return "" if not count else f" {min(self._at, count - 1) + 1}/{count}".rjust(cells - 1)

    def hint(self) -> str:
        return _("arrows change the row, F7 the list, Esc leaves")

    def arrow(self, key: str) -> None:
        if self.items:
            self._at = moved(min(self._at, len(self.items) - 1), key, len(self.items), 9)

    # keys that all have

    def around(self) -> list[Key]:
        """F5 and F7."""
        waits = any(one.waits for one in self.screen.panes if one is not self)
        return [
            Key(Slot.F5, _("Next"), self.screen.next_waiting, "" if waits else _("nothing else waits")),
            Key(Slot.F7, _("View"), self.screen.next_view),
        ]

    def chain(self, prompts: Sequence[tuple[str, str, int]], then: Any) -> None:
        """Ask for one text after the other in row 21; ``then`` gets them all. Esc leaves nothing behind."""
        answers: list[str] = []

        def ask() -> None:
            label, hint, cells = prompts[len(answers)]
            self.screen.ask_text(label, hint, cells, entered)

        def entered(text: str) -> None:
            answers.append(text)
            if len(answers) < len(prompts):
                ask()
            else:
                then(*answers)

        ask()
