"""Beside a list of the assessment: of the chosen hall its people and months, of the chosen person the parts and months."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from hallterm.locale import _
from hallterm.own_assessment import PersonLook
from hallterm.own_history import MonthPoints
from hallterm.reports.model import Report
from hallterm.screens.assessment_columns import total_text
from hallterm.screens.assessment_look import Ask, AssessmentLook
from hallterm.screens.assessment_words import how, part_cells, points, total_cells
from hallterm.widgets.cells import cut, fit, folded, right, spread, width
from hallterm.widgets.lines import Ink, Row
from storage.facts import Part

if TYPE_CHECKING:
    from hallterm.screens.assessment import AssessmentScreen

NARROW_CELLS, LIST_CELLS = 36, 80
"""What the list keeps on 80 columns, and from 100 on."""
POINTS_A_SIGN = 5
TOTAL_CELLS = 10


class Pair:
    """Reads what is beside the cursor, one at a time: who holds an arrow down waits for the last one only."""

    def __init__(self, screen: AssessmentScreen) -> None:
        self.screen = screen
        self._found: dict[Ask, AssessmentLook | str] = {}
        self._reading: Ask | None = None

    def forget(self) -> None:
        """What was read may be old."""
        self._found.clear()
        self._reading = None

    def rows(self, ask: Ask, cells: int, height: int) -> list[str]:
        """What is known of it; nothing while it is read."""
        found = self._found.get(ask)
        if found is None:
            self._read(ask)
            return []
        if isinstance(found, str):
            return folded(found, cells, height)
        return hall_rows(found, cells, height) if found.person is None else person_rows(found, cells, height)

    def _read(self, ask: Ask) -> None:
        if self._reading is None:
            self._reading = ask
            self.screen.read_beside(ask, partial(self._keep, ask))

    def _keep(self, ask: Ask, found: AssessmentLook | str) -> None:
        self._found[ask] = found
        self._reading = None


def hall_rows(look: AssessmentLook, cells: int, height: int) -> list[str]:
    """As many of its people as there is room for, their mean, and the hall's months."""
    report = look.report
    if report is None:
        return []
    months = months_rows(look.trend, cells)
    room = height - len(months) - 4
    seen = report.rows if len(report.rows) <= room else report.rows[: room - 1]
    rows = [
        spread(look.place_name, _("{count} people").format(count=len(report.rows)), cells),
        _named("  #", _("Name"), _("Total"), cells),
        *_people(report, len(seen), cells),
    ]
    if len(seen) < len(report.rows):
        rows.append("    " + _("{count} more: Enter").format(count=len(report.rows) - len(seen)))
    mean = report.sum_of("total")
    return [*rows, _named("", _("Hall mean"), points(mean), cells), "", *months]


def _people(report: Report, count: int, cells: int) -> list[str]:
    rank, name, total = (report.column(key) for key in ("hall_rank", "staff_name", "total"))
    return [
        _named(f"{row.cells[rank] or '-':>3}", str(row.cells[name] or ""), total_text(row.cells[total], row), cells)
        for row in report.rows[:count]
    ]


def _named(rank: str, name: str, total: str, cells: int) -> str:
    """The last cell is that of a mark."""
    unmarked = total if total[-1:] in "*~" else f"{total} "
    return f"{fit(rank, 4)}{fit(name, cells - 4 - TOTAL_CELLS)}{right(unmarked, TOTAL_CELLS)}"


def person_rows(look: AssessmentLook, cells: int, height: int) -> list[str]:
    """The parts and how they came about, the total, and the months; who has room sees the whole of each."""
    person = look.person
    if person is None:
        return []
    months = months_rows(look.trend, cells)
    lines = 2 if height > len(months) + 4 * 3 + 4 else 1
    rows = [f"{person.name} {person.staff}"]
    for part in Part:
        rows.append(part_cells(person, part))
        rows += _how(person, part, cells, lines)
    rows.append(total_cells(person))
    if lines > 1 and person.hall_rank:
        rows += [_("  hall rank {rank} of {of}").format(rank=person.hall_rank, of=person.hall_of), ""]
    return [*rows, *months][:height]


def _how(person: PersonLook, part: Part, cells: int, lines: int) -> list[str]:
    text = how(person, part)
    if lines == 1:
        return ["  " + cut(text, cells - 2)]
    return [f"  {line.strip()}" for line in folded(text, cells - 2, lines)]


def months_rows(months: Sequence[MonthPoints], cells: int) -> list[str]:
    """The totals of the months as bars, the value always beside them."""
    if not months:
        return []
    rows = [_("Total by month, one # is {points} points").format(points=POINTS_A_SIGN)]
    for one in months:
        mark = "~" if one.running and one.total is not None else " "
        signs = "#" * int((one.total or 0) / POINTS_A_SIGN)
        rows.append(cut(f"{one.month}{right(points(one.total), 7)}{mark} {signs}", cells))
    return rows


def joined(left: Sequence[Row], beside: Sequence[str], at: int, height: int) -> list[Row]:
    """Two blocks with the line between them; a row of the left one is one piece."""
    rows: list[Row] = []
    for n in range(height):
        row: Row = left[n] if n < len(left) else ""
        pieces = ((row, Ink.PLAIN),) if isinstance(row, str) else row
        text = "".join(text for text, _ink in pieces)
        ink = pieces[0][1] if pieces else Ink.PLAIN
        end = beside[n] if n < len(beside) else ""
        rows.append(((fit(text, at), ink), (f"| {end}" if width(end) else "|", Ink.PLAIN)))
    return rows
