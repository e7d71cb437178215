"""The lists of the assessment in cells: headings, lines, the line of means, and what stands below; the same as a chart."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from msgspec.structs import replace

from hallterm.locale import _
from hallterm.reports.assessment import FROZEN
from hallterm.reports.charted import charted
from hallterm.reports.make import VERIFIED
from hallterm.reports.model import Missing, Report
from hallterm.reports.model import Row as ReportRow
from hallterm.reports.writing import remarks
from hallterm.screens.assessment_columns import SHORT, Columns, key_of, total_text
from hallterm.screens.assessment_pair import LIST_CELLS
from hallterm.screens.assessment_words import ABSENT, points
from hallterm.widgets.cells import fit, folded, right, tail, width
from hallterm.widgets.cells import head as first_cells
from hallterm.widgets.lines import Row
from hallterm.widgets.report_bars import LABEL_CELLS, bars
from hallterm.workflows.month_words import open_words
from hallterm.workflows.months import MonthLook

END_CELLS = 5
"""What a chart keeps of a line at its end: ``--`` and what is around it."""
BELOW = 7
"""Rows under the list: the rule, the sum, five for what is missing and what the marks mean."""


def headings(columns: Columns, order: str) -> str:
    """``>`` stands at the column of the order."""
    texts = ["  #"]
    for column in columns:
        name = _(SHORT.get(column.key, column.heading))
        name = f">{name}" if column.key == order else name
        texts.append(fit(f" {name}", column.cells + 1) if column.left else right(name, column.cells))
    return f" {''.join(texts)}"[1:]


def ranks(report: Report) -> dict[str, int]:
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


def line(report: Report, row: ReportRow, rank: int, columns: Columns) -> str:
    """One hall or person."""
    texts = [right(str(rank) if rank else "-", 2)]
    for column in columns:
        cell = row.cells[report.column(column.key)]
        text = column.text(cell)
        if column.key == "total":
            text = total_text(cell, row)
            texts.append(right(text, column.cells))
        else:
            texts.append(f" {fit(text, column.cells)}" if column.left else right(text, column.cells))
    return "".join(texts)


def sum_line(report: Report, columns: Columns) -> str:
    """The means; ``?`` where a unit is not in."""
    total = report.total
    if total is None:
        return ""
    name = _("City mean") if columns[0].key == "hall_name" else _("Hall mean")
    first, *others = columns
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


def below(report: Report, month: MonthLook | None, cells: int) -> list[Row]:
    """What is still open in the month, whose data is not in."""
    found: list[Row] = []
    if month is not None and month.still_open:
        found.append(" " + _("still open: {open}").format(open=open_words(month.still_open)))
    if month is not None and month.is_proposed and not month.is_frozen:
        found.append(" " + _("proposed to be frozen"))
    for one in _missing(report.missing):
        found += [f" {line}" for line in folded(one, cells - 2, 2)]
    lines = BELOW - 2
    if cells >= LIST_CELLS and len(found) < lines:
        found += [""] * (lines - 1 - len(found)) + [" " + _("Enter opens a row   F7: 1-9 the order, 0 the chart")]
    return found[:lines]


def chart(report: Report, cells: int) -> list[Row]:
    """The same rows as bars, so that the eye finds the line again; ``|`` is the mean."""
    head, *others = bars(report, cells)
    mean = report.sum_of("total")
    if mean is not None:
        text = _("| is the mean {points}").format(points=points(mean) + ("?" if report.missing else ""))
        head = f"{head.rstrip()}   {text}"
    at = 2 + min(LABEL_CELLS, max((width(label) for label in charted(report).labels), default=0))
    lines = zip(others, report.rows, report.values("total"), strict=True)
    return [fit(head, cells), *(line if total is not None else _without(line, row, at) for line, row, total in lines)]


def _without(line: str, row: ReportRow, at: int) -> str:
    """No record at all is said in words where the bar would begin."""
    said = total_text(None, row)
    return (
        line
        if said == ABSENT
        else f"{first_cells(line, at)}{fit(said, width(line) - at - END_CELLS)}{tail(line, END_CELLS)}"
    )


def legend(report: Report) -> list[str]:
    """What is not in, what the marks mean; how much is verified comes last, where it may be cut."""
    missing = _("? {count} units not in").format(count=len(report.missing)) if report.missing else ""
    told = sorted((note for note in report.notes if note.msgid != FROZEN), key=lambda note: note.msgid == VERIFIED)
    return [one for one in (missing, *remarks(replace(report, missing=(), notes=tuple(told)))) if one]


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
