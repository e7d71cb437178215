"""A report as CSV: UTF-8 with BOM, as Excel and WPS open it; text that begins like a formula stays text."""

from __future__ import annotations

import csv
import io
from typing import Final

from hallterm.locale import N_, _
from hallterm.reports.model import Column, Kind, Report, Row
from hallterm.reports.writing import heading, plain_number, remarks, sum_words, title

BOM: Final = b"\xef\xbb\xbf"
FORMULA_SIGNS: Final = ("=", "+", "-", "@", "\t", "\r")
SECONDS = N_("s")


def encode(report: Report) -> bytes:
    """The header, a blank line, the table, a blank line, the remarks. Durations are whole seconds."""
    text = io.StringIO()
    out = csv.writer(text, lineterminator="\r\n")
    out.writerow([harmless(title(report))])
    out.writerow([])
    out.writerow([harmless(heading(one, _(SECONDS) if one.kind is Kind.SECONDS else None)) for one in report.columns])
    for row in report.rows:
        out.writerow(_cells(report, row))
    if report.total is not None:
        out.writerow([sum_words(report), *_cells(report, report.total)[1:]])
    if remarks(report):
        out.writerow([])
    for remark in remarks(report):
        out.writerow([harmless(remark)])
    return BOM + text.getvalue().encode("utf-8")


def _cells(report: Report, row: Row) -> list[str]:
    return [_cell(row.cells[place], column) for place, column in enumerate(report.columns)]


def _cell(cell: object, column: Column) -> str:
    text = plain_number(cell, column)  # type: ignore[arg-type]
    return harmless(text) if isinstance(cell, str) else text


def harmless(text: str) -> str:
    """An apostrophe before what a spreadsheet would calculate; it shows the rest as it is."""
    return f"'{text}" if text.startswith(FORMULA_SIGNS) else text
