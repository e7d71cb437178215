"""One report on the page: table, bars or trend; sorted by a column, moved sideways, opened line by line, saved as a file."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING

import msgspec

from hallterm.actions import Slot
from hallterm.locale import N_, _
from hallterm.report_desk import ReportRequest, read_report, read_trend
from hallterm.reports.charted import counts_words
from hallterm.reports.model import PROVISIONAL, Cell, Column, Kind, Report
from hallterm.reports.model import Row as Line
from hallterm.reports.nothing import why_nothing
from hallterm.reports.registry import REPORTS
from hallterm.reports.writing import name, remarks
from hallterm.rules.day import clock_text
from hallterm.screens.panes import Pane, moved, window_of
from hallterm.screens.report_drill import Inside, Services, Whole, opened
from hallterm.screens.report_scope import choose_scope, first_time, time_that_fits
from hallterm.screens.report_ways import choose_way
from hallterm.screens.sync_choice import Choice, Option
from hallterm.screens.technician_page import Key, rule
from hallterm.screens.waiting import Waiting
from hallterm.widgets.bars import WIDE_FROM
from hallterm.widgets.cells import cut, fit, folded, spread
from hallterm.widgets.frame import NOT_DONE
from hallterm.widgets.lines import Ink, Row
from hallterm.widgets.report_bars import Point, bars, trend
from hallterm.widgets.report_rows import NO_PLACE, headings, layout, line, position, sums

if TYPE_CHECKING:
    from hallterm.screens.reports import ReportsScreen

TABLE, BARS, TREND = "table", "bars", "trend"
LEAST_BESIDE, MOST_BESIDE = 34, 60
"""Cells of the bars beside the table on a wide screen."""
HEAD = N_("{id} {name}  {period}  {scope}  settings {version}  made {made}")


class ReportPane(Pane):
    """``before`` is the report from which a line was opened."""

    screen: ReportsScreen

    def __init__(self, screen: ReportsScreen, request: ReportRequest, before: ReportPane | None = None) -> None:
        super().__init__(screen)
        self.request = msgspec.structs.replace(
            request, period=request.period or first_time(request.id, screen.host.now())
        )
        self.before = before
        self.instead_of: ReportPane | None = None
        self.report: Report | None = None
        self.waiting: Waiting | None = None
        self.view = TABLE
        self._trend: tuple[Column, tuple[Point, ...]] | None = None
        self._at = self._top = self._moved = 0
        self._on, self._down = NO_PLACE, True

    # what is known

    def read(self) -> None:
        request = self.request
        words = _("Making {id} {name}").format(id=request.id, name=_(REPORTS[request.id].name))
        self.screen.say(words)
        self.waiting = Waiting(self.screen, lambda: self.screen.pane is self and not self.is_read)
        self.screen.ask_store(
            self.waiting.of(lambda desk, now: read_report(desk, now, request)),
            self._show,
            writes=False,
            refused=self._refused,
        )

    def _show(self, report: Report) -> None:
        self.report, self._trend, self.instead_of = report, None, None
        self._at = min(self._at, max(0, len(report.rows) - 1))
        if self.screen.pane is self:
            self.screen.say("")
            self.screen.repaint()

    def _refused(self, sentence: str) -> None:
        """Nothing is shown in place of what may not be seen; the one before, or the list, comes back."""
        if self.screen.pane is self:
            if self.report is None and self.instead_of is not None:
                self.screen.turn_to(self.instead_of)
            elif self.report is None:
                self.back()
            self.screen.repaint()
        self.screen.tell(sentence, NOT_DONE)

    @property
    def is_read(self) -> bool:
        return self.report is not None

    @property
    def shown(self) -> Report:
        """The report with its lines in the order that is on; only asked where :attr:`is_read`."""
        report = self.report
        assert report is not None
        if self._on == NO_PLACE:
            return report
        known = [row for row in report.rows if row.cells[self._on] is not None]
        ordered = sorted(known, key=lambda row: _order(row.cells[self._on]), reverse=self._down)
        return msgspec.structs.replace(
            report, rows=(*ordered, *(row for row in report.rows if row.cells[self._on] is None))
        )

    @property
    def chosen(self) -> Line | None:
        """The line under the cursor."""
        rows = self.shown.rows
        return rows[self._at] if rows else None

    # drawn

    def head(self, cells: int) -> Row:
        report = self.shown
        state = _("all in") if not report.missing else _("{count} not all in").format(count=len(report.missing))
        return spread(f" {title_row(report)}", f"{state} ", cells)

    def rows(self, cells: int, height: int) -> list[Row]:
        if self.view == TREND and self._trend is not None:
            column, points = self._trend
            return [*trend(points, column, min(height - 3, 12), cells)]
        report = self.shown
        if self.view == BARS:
            return self._bars(report, cells, height)
        beside = _beside(report, cells)
        table = self._table(report, cells - beside, height)
        if not beside:
            return table
        seen = msgspec.structs.replace(report, rows=report.rows[self._top : self._top + self._seen])
        return with_bars(seen, table, cells - beside, beside)

    def _table(self, report: Report, cells: int, height: int) -> list[Row]:
        shape = layout(report, cells, self._moved)
        heads = headings(report, shape, cells, self._on)
        room = max(1, height - len(heads) - 2)
        rows: list[Row] = [*heads]
        self._top = window_of(self._at, self._top, len(report.rows), room)
        self._seen = room
        for place, one in enumerate(report.rows[self._top : self._top + room], self._top):
            chosen = place == self._at
            text = line(report, shape, one, cells, ">" if chosen else " ")
            rows.append(((text, Ink.REVERSE),) if chosen else text)
        if not report.rows:
            rows += [f" {text}" for text in folded(why_nothing(report).text(), cells - 2, 2)]
        rows += [""] * (len(heads) + room - len(rows))
        return [*rows, rule(cells), sums(report, shape, cells)]

    def _bars(self, report: Report, cells: int, height: int) -> list[Row]:
        room = height - 1
        self._top = window_of(self._at, self._top, len(report.rows), room)
        self._seen = room
        chart = bars(report, cells)
        return [chart[0], *chart[1 + self._top : 1 + self._top + room]]

    def foot(self, cells: int) -> Row:
        report = self.shown
        count, seen = len(report.rows), getattr(self, "_seen", 0)
        where = f"{self._top + 1}-{min(self._top + seen, count)}/{count}" if count else "0"
        parts = [where, position(layout(report, cells, self._moved)) if self.view == TABLE else ""]
        said = remarks(report) or [_("no marks")]
        return cut("   ".join(part for part in (f" {parts[0]}", parts[1], *said) if part), cells)

    def hint(self) -> str:
        return _("Enter opens a line, left and right move the columns, Esc leads back")

    # keys

    def bar(self) -> list[Key]:
        report = self.shown
        none = "" if report.rows else _("there is no line")
        return [
            Key(Slot.F4, _("Scope"), partial(choose_scope, self)),
            Key(Slot.F5, _("Next"), self._next),
            Key(Slot.F6, _("Take"), self.enter, _("a report is only read: Enter opens a line")),
            Key(Slot.F7, _("View"), self._other_view, none),
            Key(Slot.F8, _("Save"), self._choose_form),
        ]

    def arrow(self, key: str) -> None:
        report = self.shown
        if key in ("left", "right"):
            self._sideways(report, 1 if key == "right" else -1)
        elif report.rows:
            self._at = moved(self._at, key, len(report.rows), max(1, getattr(self, "_seen", 9)))

    def _sideways(self, report: Report, step: int) -> None:
        shape = layout(report, self.screen.size.width, self._moved)
        if step < 0 or shape.last < shape.of:
            self._moved = max(0, self._moved + step)

    def enter(self) -> None:
        chosen, report = self.chosen, self.shown
        if chosen is None or self.view == TREND:
            return
        found = opened(report, chosen, self.request)
        if isinstance(found, ReportRequest):
            self.screen.open_report(found, before=self)
        else:
            self.screen.turn_to(self._behind(report, chosen, found))

    def _behind(self, report: Report, chosen: Line, found: Inside | Services | Whole) -> Pane:
        from hallterm.screens.report_behind import BehindPane, ServicePane
        from hallterm.screens.report_inside import InsidePane, WholePane

        if isinstance(found, Inside):
            return InsidePane(self.screen, self.request, self, found.drill)
        if isinstance(found, Whole):
            return WholePane(self.screen, self, report, chosen)
        if found.drill.service:
            return ServicePane(self.screen, self, report, found.drill.service)
        return BehindPane(self.screen, self, report, found.drill)

    def back(self) -> bool:
        if self.waiting is not None and not self.is_read:
            self.waiting.end()
        if self.view != TABLE:
            self.view = TABLE
        elif self.before is not None:
            self.screen.turn_to(self.before)
        else:
            self.screen.open_list()
        return True

    def change(self, request: ReportRequest) -> None:
        """Another time, place or kind of rows."""
        pane = ReportPane(self.screen, request, self.before)
        pane.instead_of = self
        self.screen.turn_to(pane)

    # what keys do

    def _next(self) -> None:
        ids = self.screen.look.ids if self.screen.look else ()
        report = self.shown
        after = ids[(ids.index(self.request.id) + 1) % len(ids)] if self.request.id in ids else ids[0]
        time = time_that_fits(after, report.period.code, self.screen.host.now())
        self.screen.open_report(ReportRequest(after, time, self.request.scope))

    def _other_view(self) -> None:
        if self.view == BARS:
            self._read_trend()
        elif self.view == TREND:
            self.view = TABLE
        else:
            self._choose_order()

    def _choose_order(self) -> None:
        columns = self.shown.columns
        options = [Option(_(one.heading), partial(self._sort, place)) for place, one in enumerate(columns)]
        chart = Option(_("Bars"), self._draw_bars) if self.shown.chart else None
        self.screen.choice = Choice(
            _("Sort by which column? The same one again turns the order around"), options, chart
        )

    def _draw_bars(self) -> None:
        self.view = BARS

    def _sort(self, place: int) -> None:
        self._down = not self._down if place == self._on else self.shown.columns[place].kind is not Kind.TEXT
        self._on, self._at = place, 0

    def _read_trend(self) -> None:
        request, last = self.request, self.shown.period.last[:7]
        self.screen.ask_store(
            lambda desk, now: read_trend(desk, now, request, last),
            self._show_trend,
            writes=False,
            refused=self._no_trend,
        )

    def _show_trend(self, made: tuple[Column, tuple[tuple[str, Cell], ...]]) -> None:
        column, points = made
        self._trend = column, tuple(Point(label, value) for label, value in points)
        self.view = TREND
        self.screen.repaint()

    def _no_trend(self, sentence: str) -> None:
        self.view = TABLE
        self.screen.repaint()
        self.screen.tell(sentence, NOT_DONE)

    def _choose_form(self) -> None:
        choose_way(self)


def with_bars(seen: Report, table: list[Row], cells: int, beside: int) -> list[Row]:
    """The rows of the table with a bar at the right of each line that is seen."""
    ends = [*[""] * (len(headings(seen, layout(seen, cells))) - 1), *bars(seen, beside)]
    rows: list[Row] = []
    for place, row in enumerate(table):
        text, ink = (row, Ink.PLAIN) if isinstance(row, str) else row[0]
        rows.append(((fit(text, cells), ink), (ends[place] if place < len(ends) else "", Ink.PLAIN)))
    return rows


def title_row(report: Report) -> str:
    """Row 2: of what, when, where, by which settings, when made."""
    person = f" {report.scope.staff}" if report.scope.staff else ""
    return _(HEAD).format(
        id=report.id,
        name=name(report),
        period=f"{report.period.code}{PROVISIONAL if report.provisional else ''}",
        scope=f"{report.scope.name}{person}",
        version=report.settings_version,
        made=clock_text(report.made_t)[:5],
    )


def _beside(report: Report, cells: int) -> int:
    """Cells for the chart beside the whole table; 0 where there is no room for both."""
    shape = layout(report, cells)
    left = cells - sum(one + 1 for one in shape.cells) - 2
    drawn = bool(report.chart and report.rows) and not counts_words(report)
    fits = cells >= WIDE_FROM and shape.is_whole and drawn
    return min(left, MOST_BESIDE) if fits and left >= LEAST_BESIDE else 0


def _order(cell: Cell) -> tuple[int, Decimal, str]:
    """Numbers by size, texts by letters."""
    return (0, Decimal(cell), "") if isinstance(cell, (int, Decimal)) else (1, Decimal(0), str(cell))
