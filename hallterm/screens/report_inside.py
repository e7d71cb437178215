"""What a line of a report opens: a list of its own under the same header, or the line itself with every column uncut."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hallterm.locale import _
from hallterm.report_desk import ReportRequest, read_inside
from hallterm.reports.model import Drill, Report
from hallterm.reports.model import Row as Line
from hallterm.reports.writing import cell_text, heading
from hallterm.screens.panes import Pane
from hallterm.screens.report_pane import ReportPane
from hallterm.widgets.cells import fit, folded, spread, width
from hallterm.widgets.lines import Ink, Row
from hallterm.widgets.report_page import screen_page

if TYPE_CHECKING:
    from hallterm.screens.reports import ReportsScreen

MOST_ROWS = 6
"""So many rows one cell may take."""


class InsidePane(ReportPane):
    """Tickets, services or half-days behind a line; sorted, saved and opened as any report."""

    def __init__(self, screen: ReportsScreen, request: ReportRequest, before: ReportPane, drill: Drill) -> None:
        super().__init__(screen, request, before)
        self.drill = drill

    def read(self) -> None:
        request, drill = self.request, self.drill
        self.screen.ask_store(
            lambda desk, now: read_inside(desk, now, request, drill), self._show, writes=False, refused=self._refused
        )


class _OfReport(Pane):
    """A page about a report that was made; Esc leads back to it."""

    screen: ReportsScreen

    def __init__(self, screen: ReportsScreen, before: ReportPane, report: Report) -> None:
        super().__init__(screen)
        self.before, self.report = before, report

    def head(self, cells: int) -> Row:
        return self.before.head(cells)

    def hint(self) -> str:
        return _("Esc leads back")

    def back(self) -> bool:
        self.screen.turn_to(self.before)
        return True


class WholePane(_OfReport):
    """One line: each column with its heading."""

    def __init__(self, screen: ReportsScreen, before: ReportPane, report: Report, line: Line) -> None:
        super().__init__(screen, before, report)
        self.line = line

    def rows(self, cells: int, height: int) -> list[Row]:
        named = [heading(one) for one in self.report.columns]
        room = min(max(map(width, named)), cells // 3)
        rows: list[Row] = []
        for name, column, cell in zip(named, self.report.columns, self.line.cells, strict=True):
            texts = folded(cell_text(cell, column), cells - room - 4, MOST_ROWS) or [""]
            rows += [f" {fit(name if not n else '', room)}  {text}" for n, text in enumerate(texts)]
        return rows


class PagesPane(_OfReport):
    """The whole report as it would be printed, a screen at a time: for a terminal that can only show."""

    def __init__(self, screen: ReportsScreen, before: ReportPane, report: Report) -> None:
        super().__init__(screen, before, report)
        self._top = self._room = 0
        self._count = 1

    def rows(self, cells: int, height: int) -> list[Row]:
        lines = screen_page(self.report, cells)
        self._room = max(1, height - 1)
        self._count = len(lines)
        self._top = max(0, min(self._top, (self._count - 1) // self._room * self._room))
        shown: list[Row] = list(lines[self._top : self._top + self._room])
        return [*shown, *[""] * (self._room - len(shown))]

    def foot(self, cells: int) -> Row:
        of = (self._count - 1) // self._room + 1 if self._room else 1
        number = self._top // self._room + 1 if self._room else 1
        text = _("page {number}/{of}").format(number=number, of=of)
        return ((spread(f" {text}", "", cells), Ink.PLAIN),)

    def hint(self) -> str:
        return _("PgDn and PgUp turn the pages, Esc leads back")

    def arrow(self, key: str) -> None:
        steps = {"pageup": -1, "up": -1, "left": -1, "pagedown": 1, "down": 1, "right": 1}
        ends = {"home": 0, "end": (self._count - 1) // max(1, self._room) * self._room}
        self._top = ends.get(key, max(0, self._top + steps.get(key, 0) * self._room))
