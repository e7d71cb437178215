"""A report as a page for a printer: a heading on each sheet, columns as on the screen, in cells of a fixed font."""

from __future__ import annotations

from typing import Final

from hallterm.locale import _
from hallterm.reports.model import Report
from hallterm.reports.writing import remarks, title
from hallterm.widgets.cells import fit, folded, spread
from hallterm.widgets.report_bars import bars
from hallterm.widgets.report_rows import page

PAGE_CELLS: Final = 96
PAGE_ROWS: Final = 60
FOR_COUNT: Final = 16
"""Cells beside the title for the number of the page."""
FORM_FEED: Final = "\f"
MOST_BARS: Final = 40


def text_page(report: Report, cells: int = PAGE_CELLS, rows: int = PAGE_ROWS) -> str:
    """Sheets of at most ``rows`` rows, parted by form feeds; trailing blanks are cut."""
    body = [*page(report, cells), "", *(one for remark in remarks(report) for one in folded(" " + remark, cells, 3))]
    if report.chart and 1 < len(report.rows) <= MOST_BARS:
        body += ["", *bars(report, cells)]
    heads = folded(title(report), cells - FOR_COUNT, 2)
    room = rows - 2 - len(heads)
    sheets = [body[start : start + room] for start in range(0, len(body), room)]
    texts = []
    for number, sheet in enumerate(sheets, 1):
        count = _("page {number}/{of}").format(number=number, of=len(sheets))
        head = [spread(heads[0], count, cells), *heads[1:], "=" * cells, ""]
        texts.append("\n".join(line.rstrip() for line in [*head, *sheet]))
    return f"\n{FORM_FEED}".join(texts) + "\n"


def screen_page(report: Report, cells: int = 80) -> list[str]:
    """What the command line shows: the heading, the table, the legend, the chart; rows of exactly so many cells."""
    notes = [fit(one, cells) for remark in remarks(report) for one in folded(" " + remark, cells, 3)]
    heads = [fit(one, cells) for one in folded(title(report), cells, 3)]
    return [*heads, "-" * cells, *page(report, cells), *([" " * cells] if notes else []), *notes]
