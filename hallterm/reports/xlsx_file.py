"""A report as an Excel file: real numbers, a frozen header, one chart on a second sheet."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final
from unicodedata import east_asian_width

from hallterm.locale import N_, _
from hallterm.reports.charted import charted, counts_words
from hallterm.reports.model import Align, Cell, Column, Kind, Report, Row
from hallterm.reports.writing import heading, remarks, sum_words, title
from hallterm.rules.day import ZONE, local

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

HEAD_ROW: Final = 2
SECONDS_A_DAY: Final = 86_400
MOST_BARS: Final = 40
A_STEP: Final = 500
FORMATS: Final[dict[Kind, str]] = {
    Kind.COUNT: "0",
    Kind.SHARE: "0.00",
    Kind.SCORE: "0.00",
    Kind.MINUTES: "0.00",
    Kind.DAYS: "0.0",
    Kind.SECONDS: "[m]:ss",
    Kind.DAY: "yyyy-mm-dd",
    Kind.TIME: "hh:mm:ss",
}
NARROWEST: Final[dict[Kind, int]] = {Kind.DAY: 10, Kind.TIME: 9}
WIDEST: Final = 42
CHART = N_("Chart")
BEHIND: Final = 15
"""The column in which the words of the bars stand, beside the chart."""
OPTIONS: Final = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


def encode(report: Report, step: Callable[[int], None] | None = None) -> bytes:
    """The whole file; absent cells are empty, text is text whatever it begins with. ``step``: so many lines are there."""
    from xlsxwriter import Workbook

    buffer = io.BytesIO()
    book = Workbook(buffer, OPTIONS)
    sheet = book.add_worksheet(report.id)
    heads = {align: book.add_format({"bold": True, "bottom": 1, "align": align.value}) for align in Align}
    widths = _widths(report)
    formats = {kind: book.add_format({"num_format": form}) for kind, form in FORMATS.items()}
    sums = {kind: book.add_format({"num_format": form, "bold": True, "top": 1}) for kind, form in FORMATS.items()}
    sheet.write_string(0, 0, title(report), book.add_format({"bold": True, "font_size": 13}))
    for place, column in enumerate(report.columns):
        sheet.write_string(HEAD_ROW, place, heading(column), heads[column.align])
        sheet.set_column(place, place, widths[place])
    for number, row in enumerate(report.rows, HEAD_ROW + 1):
        _write_row(sheet, number, report, row, formats)
        if step is not None and number % A_STEP == 0:
            step(number - HEAD_ROW)
    last = HEAD_ROW + len(report.rows)
    if report.total is not None:
        last += 1
        _write_row(sheet, last, report, report.total, sums)
        sheet.write_string(last, 0, sum_words(report), book.add_format({"bold": True, "top": 1}))
    for number, remark in enumerate(remarks(report), last + 2):
        sheet.write_string(number, 0, remark)
    sheet.freeze_panes(HEAD_ROW + 1, min(2, len(report.columns) - 1))
    sheet.set_landscape()
    sheet.repeat_rows(HEAD_ROW)
    sheet.fit_to_pages(1, 0)
    _add_chart(book, report)
    book.close()
    return buffer.getvalue()


def _write_row(sheet: Worksheet, number: int, report: Report, row: Row, formats: dict[Kind, Any]) -> None:
    for place, column in enumerate(report.columns):
        _write_cell(sheet, number, place, row.cells[place], column, formats)


def _write_cell(
    sheet: Worksheet, number: int, place: int, cell: Cell, column: Column, formats: dict[Kind, Any]
) -> None:
    form = formats.get(column.kind)
    if cell is None:
        return
    if column.kind is Kind.DAY and isinstance(cell, str):
        from datetime import datetime

        sheet.write_datetime(number, place, datetime.fromisoformat(cell), form)
    elif isinstance(cell, str):
        sheet.write_string(number, place, cell)
    elif column.kind is Kind.TIME:
        sheet.write_datetime(number, place, local(int(cell)).astimezone(ZONE).time(), form)
    elif column.kind is Kind.SECONDS:
        sheet.write_number(number, place, int(cell) / SECONDS_A_DAY, form)
    else:
        sheet.write_number(number, place, float(cell), form)


def _widths(report: Report) -> list[int]:
    """Of each column so many cells that its heading stands in one row; of texts that the most of them do."""
    found = []
    for place, column in enumerate(report.columns):
        texts = [heading(column)]
        if column.kind is Kind.TEXT:
            texts += [str(row.cells[place]) for row in report.rows[:A_STEP] if row.cells[place] is not None]
        found.append(min(WIDEST, max(NARROWEST.get(column.kind, 8), *map(_cells_of, texts)) + 2))
    return found


def _cells_of(text: str) -> int:
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)


def _add_chart(book: Any, report: Report) -> None:
    """Bars of the first rows, on a sheet of their own, so that the table is printed as large as it can be."""
    if not report.chart or not report.labels or not report.rows:
        return
    sheet = book.add_worksheet(_(CHART))
    found = charted(report)
    count = min(len(found.labels), MOST_BARS)
    for number, label in enumerate(found.labels[:count]):
        sheet.write_string(number, BEHIND, label)
    values = [report.id, HEAD_ROW + 1, place := report.column(report.chart), HEAD_ROW + count, place]
    if counts_words(report):
        values = [sheet.name, 0, BEHIND + 1, count - 1, BEHIND + 1]
        for number, value in enumerate(found.values[:count]):
            sheet.write_number(number, BEHIND + 1, int(str(value)))
    chart = book.add_chart({"type": "bar"})
    categories = [sheet.name, 0, BEHIND, count - 1, BEHIND]
    series = {"name": heading(found.column), "categories": categories, "values": values}
    chart.add_series({**series, "data_labels": {"value": True}})
    chart.set_title({"name": f"{report.id} {_(report.name)}", "overlay": False})
    chart.set_legend({"none": True})
    chart.set_y_axis({"reverse": True})
    chart.set_size({"width": 860, "height": 120 + 22 * count})
    sheet.insert_chart(0, 0, chart)
    sheet.print_area(0, 0, 10 + count, BEHIND - 1)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
