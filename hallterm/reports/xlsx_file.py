"""A report as an Excel file: real numbers, a frozen header, one chart. Opened by Excel and WPS."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from hallterm.locale import _
from hallterm.reports.charted import charted, counts_words
from hallterm.reports.model import Cell, Column, Kind, Report, Row
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
WIDTHS: Final[dict[Kind, int]] = {Kind.TEXT: 16, Kind.DAY: 12, Kind.TIME: 11}
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
    bold = book.add_format({"bold": True, "text_wrap": True, "bottom": 1})
    formats = {kind: book.add_format({"num_format": form}) for kind, form in FORMATS.items()}
    sums = {kind: book.add_format({"num_format": form, "bold": True, "top": 1}) for kind, form in FORMATS.items()}
    sheet.write_string(0, 0, title(report), book.add_format({"bold": True, "font_size": 13}))
    for place, column in enumerate(report.columns):
        sheet.write_string(HEAD_ROW, place, heading(column), bold)
        sheet.set_column(place, place, WIDTHS.get(column.kind, 10))
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
    _add_chart(book, sheet, report)
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


def _add_chart(book: Any, sheet: Worksheet, report: Report) -> None:
    """Bars of the first rows, beside the table; what is counted for them stands behind it."""
    if not report.chart or not report.labels or not report.rows:
        return
    found, behind = charted(report), len(report.columns) + 12
    first, count = HEAD_ROW + 1, min(len(found.labels), MOST_BARS)
    last = HEAD_ROW + count
    label, value = behind, behind + 1
    if counts_words(report):
        for number in range(count):
            sheet.write_string(first + number, label, found.labels[number])
            sheet.write_number(first + number, value, int(str(found.values[number])))
    else:
        label, value = report.column(report.labels[-1]), report.column(report.chart)
    chart = book.add_chart({"type": "bar"})
    chart.add_series(
        {
            "name": heading(found.column),
            "categories": [report.id, first, label, last, label],
            "values": [report.id, first, value, last, value],
            "data_labels": {"value": True},
        }
    )
    chart.set_title({"name": f"{report.id} {_(report.name)}", "overlay": False})
    chart.set_legend({"none": True})
    chart.set_y_axis({"reverse": True})
    chart.set_size({"width": 640, "height": 120 + 22 * (last - first + 1)})
    sheet.insert_chart(HEAD_ROW, len(report.columns) + 1, chart)
