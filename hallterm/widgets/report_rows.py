"""A report as rows of exactly so many cells: headings, units, lines, the line of sums. Chinese glyphs are two cells.

A column that does not fit goes behind the right edge: the columns that name a row stay, the others move.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from hallterm.locale import _
from hallterm.reports.model import Align, Column, Kind, Report, Row
from hallterm.reports.nothing import why_nothing
from hallterm.reports.writing import cell_text, sum_words, year_of
from hallterm.widgets.cells import fit, folded, middle, right, width

GAP: Final = 1
NAMING: Final = 2
"""The first columns, which stay when the others move."""
NARROWEST: Final = 2
LONGEST_TEXT: Final = 28
EMPTY = " "
SORTED: Final = ">"
NO_PLACE: Final = -1


class Layout(Struct, frozen=True):
    """Which columns are on the screen, each with its cells; ``first`` and ``last`` count from 1, ``of`` is how many
    there are.
    """

    places: tuple[int, ...]
    cells: tuple[int, ...]
    first: int
    last: int
    of: int

    @property
    def is_whole(self) -> bool:
        """Whether every column is shown."""
        return len(self.places) == self.of


def layout(report: Report, cells: int = 80, moved: int = 0) -> Layout:
    """The columns that fit into a row, ``moved`` columns further to the right."""
    wanted = [_cells_of(report, place) for place in range(len(report.columns))]
    staying = list(range(min(NAMING, len(wanted))))
    moving = list(range(len(staying), len(wanted)))
    start = max(0, min(moved, len(moving) - 1))
    used = 1 + sum(wanted[place] + GAP for place in staying)
    shown: list[int] = []
    for place in moving[start:]:
        if used + wanted[place] + GAP > cells + GAP and shown:
            break
        shown.append(place)
        used += wanted[place] + GAP
    places = (*staying, *shown)
    last = (shown[-1] if shown else places[-1]) + 1
    return Layout(places, tuple(wanted[place] for place in places), (shown or [0])[0] + 1, last, len(wanted))


def _cells_of(report: Report, place: int) -> int:
    """As wide as its widest text, its heading and its sum; a long text is cut."""
    column = report.columns[place]
    rows = [*report.rows, *([report.total] if report.total else [])]
    texts = [cell_text(row.cells[place], column, year_of(report)) for row in rows]
    widest = max((width(text) for text in texts), default=0)
    if column.kind is Kind.TEXT:
        widest = min(widest, column.widest or LONGEST_TEXT)
    if place == 0 and report.total is not None:
        widest = max(widest, width(sum_words(report)))
    return max(widest, width(_(column.heading)), width(_unit(column)), NARROWEST)


def _unit(column: Column) -> str:
    return f"({_(column.unit)})" if column.unit else ""


def headings(report: Report, shape: Layout, cells: int = 80, on: int = NO_PLACE) -> list[str]:
    """One row of headings, and a second one of units where a column has one; ``on`` is the column they are sorted by."""
    names = [_(report.columns[place].heading) for place in shape.places]
    units = [_unit(report.columns[place]) for place in shape.places]
    rows = [_row(report, shape, names, cells, on=on)]
    return [*rows, _row(report, shape, units, cells)] if any(units) else rows


def line(report: Report, shape: Layout, row: Row, cells: int = 80, mark: str = EMPTY) -> str:
    """One line; ``mark`` is what stands in its first cell, such as the cursor."""
    year = year_of(report)
    texts = [cell_text(row.cells[place], report.columns[place], year) for place in shape.places]
    return _row(report, shape, texts, cells, row.mark if mark == EMPTY and row.mark else mark)


def sums(report: Report, shape: Layout, cells: int = 80) -> str:
    """The line of sums; blank without one."""
    if report.total is None:
        return " " * cells
    texts = [_sum_text(report, place) for place in shape.places]
    return _row(report, shape, [sum_words(report), *texts[1:]], cells)


def _sum_text(report: Report, place: int) -> str:
    """What is not summed is blank; a figure that no row has is absent in the sum too."""
    cell = report.total.cells[place] if report.total else None
    column = report.columns[place]
    never = column.align is Align.RIGHT and all(row.cells[place] is None for row in report.rows)
    return cell_text(cell, column) if cell is not None or never else ""


def _row(report: Report, shape: Layout, texts: Sequence[str], cells: int, mark: str = EMPTY, on: int = NO_PLACE) -> str:
    parts = []
    for nth, (place, text, wide) in enumerate(zip(shape.places, texts, shape.cells, strict=True)):
        column, lead = report.columns[place], " " * GAP if nth else mark or EMPTY
        if place == on and column.align is Align.RIGHT and width(text) < wide:
            text = SORTED + text
        elif place == on:
            lead = SORTED
        if column.align is Align.RIGHT:
            parts.append(lead + right(text, wide))
        else:
            parts.append(lead + fit(middle(text, wide) if column.kind is Kind.TEXT else text, wide))
    return fit("".join(parts), cells)


def position(shape: Layout) -> str:
    """``1-8/12`` when not every column is shown, else empty."""
    return (
        ""
        if shape.is_whole
        else _("columns {first}-{last}/{of}").format(first=shape.first, last=shape.last, of=shape.of)
    )


def page(report: Report, cells: int = 80) -> list[str]:
    """The whole table, in as many blocks of columns as its width needs."""
    found: list[str] = []
    moved = 0
    while True:
        shape = layout(report, cells, moved)
        found += headings(report, shape, cells)
        found += [line(report, shape, row, cells) for row in report.rows]
        if not report.rows:
            found += [fit(f" {text}", cells) for text in folded(why_nothing(report).text(), cells - 2, 3)]
        if report.total is not None:
            found += ["-" * cells, sums(report, shape, cells)]
        if shape.last >= shape.of:
            return found
        found.append(" " * cells)
        moved = shape.last - min(NAMING, shape.of)
