"""The halls of a city, or the clerks of a hall, on one page: one sortable list with one sum line. Enter goes one down."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from hallterm.actions import Slot
from hallterm.locale import N_, _
from hallterm.reports.assessment import FROZEN
from hallterm.reports.files import FileFormat
from hallterm.reports.model import Report
from hallterm.reports.model import Row as ReportRow
from hallterm.reports.nothing import why_nothing
from hallterm.rules.words import Reason
from hallterm.screens.assessment_beside import trend_rows
from hallterm.screens.assessment_columns import CLERKS, HALLS, NARROW, SHORT, Columns, bar, key_of, ordered
from hallterm.screens.assessment_explain import ExplainPane
from hallterm.screens.assessment_look import FIGURES_ONLY, Ask, AssessmentLook
from hallterm.screens.assessment_pair import LIST_CELLS, NARROW_CELLS, Pair, joined
from hallterm.screens.assessment_table import BELOW, below, chart, headings, legend, line, ranks, sum_line
from hallterm.screens.panes import Pane, moved, window_of
from hallterm.screens.sync_choice import Choice, Option
from hallterm.screens.technician_page import Key, listed, rule
from hallterm.widgets.bars import WIDE_FROM
from hallterm.widgets.cells import folded, spread
from hallterm.widgets.lines import Ink, Row
from hallterm.widgets.writing import reason_text

if TYPE_CHECKING:
    from hallterm.screens.assessment import AssessmentScreen


NO_POINTS = Reason(N_("your roles see the order here, no points"))
TABLE, CHART, TREND = "table", "chart", "trend"


class ListPane(Pane):
    """``ask`` is what is looked at; Esc goes back to ``before``."""

    screen: AssessmentScreen

    def __init__(self, screen: AssessmentScreen, ask: Ask, before: Pane | None = None) -> None:
        super().__init__(screen)
        self.ask, self.before = ask, before
        self.look: AssessmentLook | None = None
        self.view = TABLE
        self.order = "total"
        self.pair = Pair(screen)
        self._paired: bool | None = None
        self._chosen = ""
        self._top = self._room = 0

    def read(self) -> None:
        self.screen.read(self.ask, self._show)

    def _show(self, look: AssessmentLook) -> None:
        self.look = look
        self.pair.forget()
        self.stay()

    def stay(self) -> None:
        """At what is shown: what was asked for besides is refused."""
        if self.look is not None:
            self.ask = replace(self.ask, node=self.look.place, period=self.look.period.code)

    @property
    def is_read(self) -> bool:
        return self.look is not None

    @property
    def report(self) -> Report:
        """What was read, in the order that is on; only asked where :attr:`is_read`."""
        assert self.look is not None
        assert self.look.report is not None
        return ordered(self.look.report, self.order)

    @property
    def _columns(self) -> Columns:
        return CLERKS if self.look and self.look.is_hall else HALLS

    @property
    def is_paired(self) -> bool:
        """Whether the chosen one stands beside the list: where there is room, until somebody wants it otherwise."""
        return self.screen.size.width >= WIDE_FROM if self._paired is None else self._paired

    @property
    def chosen(self) -> ReportRow | None:
        lines = self.report.rows
        return next((one for one in lines if key_of(one) == self._chosen), lines[0] if lines else None)

    # drawn

    def head(self, cells: int) -> Row:
        look = self.look
        if look is None or look.report is None:
            return ""
        mark = "~" if look.report.provisional else ""
        frozen = "".join(f" {note.text()}" for note in look.report.notes if note.msgid == FROZEN)
        text = f"{_('Assessment')} R02  {look.period.code}{mark}{frozen}  {look.place_name}"
        if not look.is_hall:
            with_data = sum(row.cells[look.report.column("total")] is not None for row in look.report.rows)
            text += "  " + _("{halls} units, {data} with data").format(halls=len(look.report.rows), data=with_data)
        people = look.report.sum_of("people") if not look.is_hall else len(look.report.rows)
        return self.screen.net(look.health, text, _("{count} people").format(count=people or 0))

    def rows(self, cells: int, height: int) -> list[Row]:
        if self.view == CHART:
            return chart(self.report, cells)[:height]
        if self.view == TREND and self.look is not None:
            return trend_rows(self.look.trend, cells, height) if self.look.sees_points else [f" {NO_POINTS.text()}"]
        if not self.is_paired:
            return self._table(cells, height)
        at = LIST_CELLS if cells >= WIDE_FROM else NARROW_CELLS
        return joined(self._table(at, height), self._beside(cells - at - 2, height), at, height)

    def _beside(self, cells: int, height: int) -> list[str]:
        chosen, look = self.chosen, self.look
        if chosen is None or look is None:
            return []
        if chosen.drill.staff and not look.may_open:
            return folded(reason_text(self.screen, FIGURES_ONLY), cells, height)
        place = look.place if look.is_hall else chosen.drill.hall
        return self.pair.rows(Ask(look.period.code, place, chosen.drill.staff, trend=True), cells, height)

    def _table(self, cells: int, height: int) -> list[Row]:
        report, columns = self.report, self._shown(cells)
        self._room = room = max(1, height - 1 - BELOW)
        chosen = self.chosen
        rows: list[Row] = [headings(columns, self.order)]
        if chosen is None:
            why = why_nothing(report, N_("nobody is assessed in this time")).text()
            return [*rows, *(f" {text}" for text in folded(why, cells - 2, 2))]
        at = report.rows.index(chosen)
        self._top = window_of(at, self._top, len(report.rows), room)
        by_total = ranks(report)
        mean, month = report.sum_of("total"), self.look.month if self.look else None
        for row in report.rows[self._top : self._top + room]:
            text = line(report, row, by_total.get(key_of(row), 0), columns)
            if cells >= WIDE_FROM:
                text = f"{text}  {bar(row.cells[report.column('total')], mean)}"
            rows.append(listed(text, Ink.PLAIN, chosen=row is chosen))
        rows += [""] * (1 + room - len(rows))
        return [*rows, rule(cells), sum_line(report, columns), *below(report, month, cells)]

    def _shown(self, cells: int) -> Columns:
        if cells >= LIST_CELLS:
            return self._columns
        return tuple(one for one in self._columns if one.key in NARROW)

    def foot(self, cells: int) -> Row:
        report = self.report
        notes = legend(report)
        last = min(self._top + self._room, len(report.rows))
        return spread(" " + "  ".join(notes), f"{self._top + 1}-{last}/{len(report.rows)} ", cells)

    def hint(self) -> str:
        return _("Enter opens a row, F7 another order or the chart, Esc one step back")

    # keys

    def bar(self) -> list[Key]:
        look = self.look
        if look is None:
            return []
        return [
            Key(Slot.F4, _("Scope"), self._choose_scope),
            Key(Slot.F5, _("Next"), self._next, "" if look.waiting else _("no month waits to be frozen")),
            Key(Slot.F6, _("Freez"), self.screen.ask_freeze, self.screen.cannot_freeze(look)),
            Key(Slot.F7, _("View"), self._choose_view),
            Key(Slot.F8, _("Save"), self._choose_file),
            Key(Slot.F9, _("Thaw"), self.screen.ask_reopen, self.screen.cannot_reopen(look)),
            Key(Slot.INSERT, _("Vote"), self.screen.choose_vote, self.screen.cannot_vote(look)),
            Key(Slot.CTRL_Y, _("Pair"), self._turn_pair),
            Key(Slot.CTRL_R, _("How"), self._explain),
        ]

    def arrow(self, key: str) -> None:
        chosen, lines = self.chosen, self.report.rows
        if chosen is not None:
            self._chosen = key_of(lines[moved(lines.index(chosen), key, len(lines), 10)])

    def enter(self) -> None:
        chosen, look = self.chosen, self.look
        if chosen is None or look is None:
            return
        self._chosen = key_of(chosen)
        self.screen.go_down(self, chosen.drill, look)

    def back(self) -> bool:
        if self.view != TABLE:
            self.view = TABLE
            return True
        if self._paired and self.screen.size.width < WIDE_FROM:
            self._paired = None
            return True
        if self.before is None:
            return False
        self.screen.turn_to(self.before)
        return True

    def _choose_scope(self) -> None:
        self.screen.choice = self.screen.periods(self._of, self._places)

    def _of(self, period: str) -> None:
        self.ask = replace(self.ask, period=period, trend=self.view == TREND)
        self.read()

    def _places(self) -> None:
        places = self.look.places if self.look else ()
        options = [Option(f"{one.code}  {one.name}", lambda code=one.code: self._at(code)) for one in places]  # type: ignore[misc]
        self.screen.choice = Choice(_("Which place?"), options)

    def _at(self, node: str) -> None:
        self.ask = replace(self.ask, node=node, trend=self.view == TREND)
        self._chosen = ""
        self.read()

    def _next(self) -> None:
        waiting = self.look.waiting if self.look else ()
        here = (self.ask.node, self.ask.period)
        after = waiting[waiting.index(here) + 1 :] if here in waiting else waiting
        hall, month = (*after, *waiting)[0]
        self.ask = replace(self.ask, node=hall, period=month, trend=self.view == TREND)
        self.read()

    def _turn_pair(self) -> None:
        """The chosen one beside the list, or the list alone."""
        self._paired, self.view = not self.is_paired, TABLE

    def _explain(self) -> None:
        if self.look is not None:
            self.screen.turn_to(ExplainPane(self.screen, self.ask, self.look, before=self))

    def _choose_view(self) -> None:
        """From the table another order or the chart; from the chart the last months; from these the table again."""
        if self.view != TABLE:
            self.view = TREND if self.view == CHART else TABLE
            if self.view == TREND and self.look is not None and not self.look.trend:
                self.ask = replace(self.ask, trend=True)
                self.read()
            return
        options = [
            Option(_(SHORT.get(one.key, one.heading)), lambda key=one.key: self._sort(key))  # type: ignore[misc]
            for one in self._columns[:9]
        ]
        self.screen.choice = Choice(_("Sort by, or 0 the chart"), options, Option(_("chart of the totals"), self._bars))

    def _sort(self, key: str) -> None:
        self.order, self.view = key, TABLE

    def _bars(self) -> None:
        self.view = CHART

    def _choose_file(self) -> None:
        options = [
            Option("XLSX", lambda: self.screen.save(self.report, FileFormat.XLSX)),
            Option(_("CSV (opens in WPS and Excel)"), lambda: self.screen.save(self.report, FileFormat.CSV)),
        ]
        self.screen.choice = Choice(_("Save the report as"), options)
