"""The halls of a city, or the clerks of a hall, on one page: one sortable list with one sum line. Enter goes one down."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from hallterm.actions import Slot
from hallterm.locale import N_, _
from hallterm.reports.assessment import BEST
from hallterm.reports.files import FileFormat
from hallterm.reports.model import Cell, Missing, Report
from hallterm.reports.model import Row as ReportRow
from hallterm.reports.writing import remarks
from hallterm.screens.assessment_look import Ask, AssessmentLook
from hallterm.screens.assessment_words import ABSENT, points, signed
from hallterm.screens.panes import Pane, moved, window_of
from hallterm.screens.sync_choice import Choice, Option
from hallterm.screens.technician_page import Key, listed, rule
from hallterm.widgets.bars import WIDE_FROM
from hallterm.widgets.cells import fit, folded, right, spread
from hallterm.widgets.lines import Ink, Row
from hallterm.widgets.report_bars import bars
from hallterm.workflows.month_words import open_words

if TYPE_CHECKING:
    from hallterm.screens.assessment import AssessmentScreen

BELOW = 7
"""Rows under the list: the rule, the sum, five for what is missing and what the marks mean."""
BAR_CELLS = 36
Rows = Sequence[ReportRow]


class Col(Struct, frozen=True):
    """One column of the list: the cell of the report it shows, its heading, its width, and how it is written."""

    key: str
    heading: str
    cells: int
    text: Callable[[Cell], str] = points
    left: bool = False


def plain(cell: Cell) -> str:
    return ABSENT if cell is None else str(cell)


def blank(cell: Cell) -> str:
    return "" if cell is None else str(cell)


def best_only(cell: Cell) -> str:
    """The other marks stand at the total."""
    return _(BEST) if _(BEST) in str(cell or "") else ""


def day(cell: Cell) -> str:
    """Without its year."""
    return str(cell)[5:] if cell else ABSENT


PARTS = (
    Col("rating", N_("E rating"), 8),
    Col("business", N_("B business"), 8),
    Col("efficiency", N_("F efficiency"), 8),
    Col("attendance", N_("A attendance"), 8),
)
HALLS = (
    Col("hall_name", N_("Unit"), 12, plain, left=True),
    Col("people", N_("People"), 3, blank),
    *PARTS[:-1],
    Col("attendance", N_("A attendance"), 7),
    Col("total", N_("Total"), 9),
    Col("change", N_("Change"), 7, signed),
    Col("evaluation_rate", N_("Evaluated"), 7),
    Col("last_day", N_("Data to"), 7, day),
)
CLERKS = (
    Col("staff", N_("Number"), 6, plain, left=True),
    Col("staff_name", N_("Name"), 8, plain, left=True),
    *PARTS,
    Col("total", N_("Total"), 9),
    Col("city_rank", N_("In city"), 5, blank),
    Col("votes", N_("Votes"), 4, blank),
    Col("marks", N_("Marks"), 10, best_only, left=True),
)
SHORT: Mapping[str, str] = {
    "rating": N_("E rate"),
    "business": N_("B work"),
    "efficiency": N_("F eff."),
    "attendance": N_("A att."),
    "people": N_("Ppl"),
    "change": N_("Chg"),
    "evaluation_rate": N_("Eval.%"),
    "last_day": N_("Data"),
    "city_rank": N_("City"),
    "votes": N_("Vot."),
}
"""Headings that are narrower than those of the report."""


class ListPane(Pane):
    """``ask`` is what is looked at; Esc goes back to ``before``."""

    screen: AssessmentScreen

    def __init__(self, screen: AssessmentScreen, ask: Ask, before: Pane | None = None) -> None:
        super().__init__(screen)
        self.ask, self.before = ask, before
        self.look: AssessmentLook | None = None
        self.chart = False
        self.order = "total"
        self._chosen = ""
        self._top = 0

    def read(self) -> None:
        self.screen.read(self.ask, self._show)

    def _show(self, look: AssessmentLook) -> None:
        self.look = look
        self.ask = replace(self.ask, node=look.place, period=look.period.code)

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
    def _columns(self) -> tuple[Col, ...]:
        return CLERKS if self.look and self.look.is_hall else HALLS

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
        text = f"{_('Assessment')} R02  {look.period.code}{mark}  {look.place_name}"
        if not look.is_hall:
            with_data = sum(row.cells[look.report.column("total")] is not None for row in look.report.rows)
            text += "  " + _("{halls} units, {data} with data").format(halls=len(look.report.rows), data=with_data)
        people = look.report.sum_of("people") if not look.is_hall else len(look.report.rows)
        return self.screen.net(look.health, text, _("{count} people").format(count=people or 0))

    def rows(self, cells: int, height: int) -> list[Row]:
        report = self.report
        if self.chart:
            return list(bars(replace(report, rows=tuple(report.rows)), cells)[:height])
        room = max(1, height - 1 - BELOW)
        chosen = self.chosen
        rows: list[Row] = [self._headings()]
        if chosen is None:
            return [*rows, " " + _("nobody is assessed in this time")]
        at = report.rows.index(chosen)
        self._top = window_of(at, self._top, len(report.rows), room)
        ranks = self._ranks(report)
        mean = report.sum_of("total")
        for row in report.rows[self._top : self._top + room]:
            text = self._line(report, row, ranks.get(key_of(row), 0))
            if cells >= WIDE_FROM:
                text = f"{text}  {bar(row.cells[report.column('total')], mean)}"
            rows.append(listed(text, Ink.PLAIN, chosen=row is chosen))
        rows += [""] * (1 + room - len(rows))
        return [*rows, rule(cells), self._sum(report), *self._below(report, cells)]

    def _headings(self) -> str:
        texts = ["  #"]
        for column in self._columns:
            name = _(SHORT.get(column.key, column.heading))
            name = f">{name}" if column.key == self.order else name
            texts.append(fit(f" {name}", column.cells + 1) if column.left else right(name, column.cells))
        return f" {''.join(texts)}"[1:]

    @staticmethod
    def _ranks(report: Report) -> dict[str, int]:
        """The rank by the total, whatever the order on the page."""
        place = report.column("total")
        known = [(row.cells[place], key_of(row)) for row in report.rows]
        if "hall_rank" in {column.key for column in report.columns}:
            rank = report.column("hall_rank")
            return {key_of(row): int(str(row.cells[rank])) for row in report.rows if row.cells[rank] is not None}
        listed_first = sorted(
            ((value, key) for value, key in known if isinstance(value, Decimal)), key=lambda one: (-one[0], one[1])
        )
        return {key: n for n, (_value, key) in enumerate(listed_first, 1)}

    def _line(self, report: Report, row: ReportRow, rank: int) -> str:
        texts = [right(str(rank) if rank else "-", 2)]
        for column in self._columns:
            cell = row.cells[report.column(column.key)]
            text = column.text(cell)
            if column.key == "total":
                text = total_text(cell, row)
                texts.append(right(text, column.cells))
            else:
                texts.append(f" {fit(text, column.cells)}" if column.left else right(text, column.cells))
        return "".join(texts)

    def _sum(self, report: Report) -> str:
        look, total = self.look, report.total
        if look is None or total is None:
            return ""
        name = _("City mean") if not look.is_hall else _("Hall mean")
        first, *others = self._columns
        wide = first.cells + 1 + (others[0].cells + 1 if others[0].left else 0)
        texts = [f"   {fit(f' {name}', wide)}"]
        incomplete = "?" if report.missing else ""
        for column in others[1:] if others[0].left else others:
            cell = total.cells[report.column(column.key)]
            if column.key == "total":
                texts.append(right(points(cell) + incomplete, column.cells))
            elif column.left:
                texts.append(" " * (column.cells + 1))
            else:
                texts.append(right(column.text(cell) if cell is not None else "", column.cells))
        return "".join(texts)

    def _below(self, report: Report, cells: int) -> list[Row]:
        found: list[Row] = []
        month = self.look.month if self.look else None
        if month is not None and month.still_open:
            found.append(" " + _("still open: {open}").format(open=open_words(month.still_open)))
        if month is not None and month.is_proposed and not month.is_frozen:
            found.append(" " + _("proposed to be frozen"))
        for one in _missing(report.missing):
            found += [f" {line}" for line in folded(one, cells - 2, 2)]
        return found[: BELOW - 2]

    def foot(self, cells: int) -> Row:
        report = self.report
        notes = [one for one in remarks(replace(report, missing=())) if one]
        last = min(self._top + 10, len(report.rows))
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
        if self.chart:
            self.chart = False
            return True
        if self.before is None:
            return False
        self.screen.turn_to(self.before)
        return True

    def _choose_scope(self) -> None:
        self.screen.choice = self.screen.periods(self._of, self._places)

    def _of(self, period: str) -> None:
        self.ask = replace(self.ask, period=period)
        self.read()

    def _places(self) -> None:
        places = self.look.places if self.look else ()
        options = [Option(f"{one.code}  {one.name}", lambda code=one.code: self._at(code)) for one in places]  # type: ignore[misc]
        self.screen.choice = Choice(_("Which place?"), options)

    def _at(self, node: str) -> None:
        self.ask = replace(self.ask, node=node)
        self._chosen = ""
        self.read()

    def _next(self) -> None:
        waiting = self.look.waiting if self.look else ()
        here = (self.ask.node, self.ask.period)
        after = waiting[waiting.index(here) + 1 :] if here in waiting else waiting
        hall, month = (*after, *waiting)[0]
        self.ask = replace(self.ask, node=hall, period=month)
        self.read()

    def _choose_view(self) -> None:
        options = [
            Option(_(SHORT.get(one.key, one.heading)), lambda key=one.key: self._sort(key))  # type: ignore[misc]
            for one in self._columns[:9]
        ]
        self.screen.choice = Choice(_("Sort by, or 0 the chart"), options, Option(_("chart of the totals"), self._bars))

    def _sort(self, key: str) -> None:
        self.order, self.chart = key, False

    def _bars(self) -> None:
        self.chart = True

    def _choose_file(self) -> None:
        options = [
            Option("XLSX", lambda: self.screen.save(self.report, FileFormat.XLSX)),
            Option(_("CSV (opens in WPS and Excel)"), lambda: self.screen.save(self.report, FileFormat.CSV)),
        ]
        self.screen.choice = Choice(_("Save the report as"), options)


def key_of(row: ReportRow) -> str:
    """What a row stands for."""
    return row.drill.staff or row.drill.hall


def ordered(report: Report, key: str) -> Report:
    """The rows by one column: texts upwards, figures downwards, absent ones last."""
    if key == "total":
        return report
    place = report.column(key)

    def by(row: ReportRow) -> tuple[bool, Decimal, str]:
        cell = row.cells[place]
        figure = Decimal(cell) if isinstance(cell, (int, Decimal)) else Decimal(0)
        upwards = key == "city_rank"
        return cell is None, figure if upwards else -figure, cell if isinstance(cell, str) else ""

    return replace(report, rows=tuple(sorted(report.rows, key=by)))


def total_text(cell: Cell, row: ReportRow) -> str:
    """The total with its mark; no record at all is said in words."""
    if cell is None:
        return _("no record") if not any(isinstance(one, Decimal) for one in row.cells) else ABSENT
    marks = str(row.cells[-1] or "")
    return points(cell) + ("*" if marks.startswith("*") else row.mark or "")


def bar(cell: Cell, mean: Cell) -> str:
    """``#`` for each so many points of a hundred, ``|`` at the mean."""
    if not isinstance(cell, Decimal):
        return ""
    signs = ["#" if n < int(cell * BAR_CELLS / 100) else " " for n in range(BAR_CELLS)]
    if isinstance(mean, Decimal):
        signs[min(BAR_CELLS - 1, int(mean * BAR_CELLS / 100))] = "|"
    return "".join(signs)


def _missing(missing: Sequence[Missing]) -> list[str]:
    if not missing:
        return []
    named = [
        f"{one.name or one.hall} {_('since {day}').format(day=one.last_day) if one.last_day else _('nothing yet')}"
        for one in missing
    ]
    return [
        _("No data   {halls}").format(halls="   ".join(named)),
        _("Counted anew when they come; of frozen months R26 tells, old points stay"),
    ]
