"""The columns of the lists of the assessment: what a cell says, in how many cells, and in which order rows stand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal

from msgspec import Struct
from msgspec.structs import replace

from hallterm.locale import N_, _
from hallterm.reports.assessment import BEST
from hallterm.reports.model import Cell, Report
from hallterm.reports.model import Row as ReportRow
from hallterm.rules.assessment import NO_RECORD
from hallterm.screens.assessment_words import ABSENT, points, signed

BAR_CELLS = 36


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


Columns = tuple[Col, ...]

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
NARROW = frozenset({"hall_name", "people", "total", "change", "staff", "staff_name", "city_rank"})
"""What is left where something else stands beside the list."""
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
    "votes": N_("Vot"),
}
"""Headings that are narrower than those of the report."""


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
    """The total with its mark; no record at all is said in words, points that are hidden are absent."""
    if cell is None:
        ranked = row.drill.staff and _(NO_RECORD) not in str(row.cells[-1] or "")
        return ABSENT if ranked or any(isinstance(one, Decimal) for one in row.cells) else _(NO_RECORD)
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
