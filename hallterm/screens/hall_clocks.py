"""The clocks of the hall board: whole minutes, at most three cells a second, so that a slow line is never full of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hallterm.screens.hall_rows import clock_cell
from hallterm.widgets.lines import Lines, Row
from hallterm.widgets.seconds import LONGEST_REST_S, SECOND_S
from hallterm.workflows.hall_look import WindowLine
from storage.facts import Moment

if TYPE_CHECKING:
    from hallterm.screens.hall_board import HallBoardScreen

CELLS_A_SECOND = 3


class Clocks:
    """What the column of clocks shows; a tick changes at most three of its cells, the others follow a second later."""

    def __init__(self, screen: HallBoardScreen) -> None:
        self._screen = screen
        self._shown: list[Row] = []
        self._behind = False

    def draw(self, seen: list[WindowLine]) -> None:
        """All of them: the list was painted."""
        now = self._screen.host.now()
        self._shown = [clock_cell(one, now).row for one in seen]
        self._behind = False
        self._screen.query_one("#clocks", Lines).show(self._shown)

    def tick(self) -> None:
        """The cells that are due, the topmost first."""
        now = self._screen.host.now()
        rows = [clock_cell(one, now).row for one in self._screen.seen_windows()]
        if len(rows) != len(self._shown):
            return
        due = [place for place, row in enumerate(rows) if row != self._shown[place]]
        for place in due[:CELLS_A_SECOND]:
            self._shown[place] = rows[place]
        self._behind = len(due) > CELLS_A_SECOND
        if due:
            self._screen.query_one("#clocks", Lines).show(list(self._shown))

    def rest_s(self, now: Moment) -> float:
        """Until a cell changes by itself."""
        if self._behind or self._screen.deeds.writes.offers:
            return SECOND_S
        waits = [clock_cell(one, now).changes_in_ms for one in self._screen.seen_windows()]
        return min([wait / 1000 for wait in waits if wait], default=LONGEST_REST_S)
