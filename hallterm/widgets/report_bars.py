"""Charts of plain characters: a bar of ``#`` a row with its value beside it, and a line of points over time.

They survive sixteen colours and none; block glyphs are of ambiguous width.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from msgspec import Struct

from hallterm.locale import _
from hallterm.reports.charted import charted
from hallterm.reports.model import Cell, Column, Kind, Report
from hallterm.reports.writing import cell_text, heading
from hallterm.widgets.cells import cut, fit, right, width

BAR: Final = "#"
BELOW: Final = "-"
"""What a value below nothing is drawn with."""
MEAN: Final = "|"
POINT: Final = "*"
LABEL_CELLS: Final = 20
LEAST_CELLS: Final = 10
STEPS: Final = (1, 2, 5)
WHOLE: Final = (Kind.COUNT, Kind.SECONDS)


class Point(Struct, frozen=True):
    """One moment of a trend: what it is called, and its value (None: absent)."""

    label: str
    value: Cell


def bars(report: Report, cells: int = 80) -> list[str]:
    """The chart of a report: a row of the scale, then a bar a row, in the order of the rows."""
    found = charted(report)
    return bar_rows(found.labels, found.values, found.column, cells, mean=number(found.total))


def bar_rows(
    labels: Sequence[str], values: Sequence[Cell], column: Column, cells: int = 80, mean: Decimal | None = None
) -> list[str]:
    """Bars with one scale; ``mean`` is drawn as ``|`` in each of them, if it lies within."""
    texts = [cell_text(value, column) for value in values]
    named = min(LABEL_CELLS, max((width(label) for label in labels), default=0))
    shown = max((width(text) for text in texts), default=2)
    room = max(LEAST_CELLS, cells - named - shown - 4)
    most = max([*(abs(number(value) or Decimal(0)) for value in values), Decimal(1)])
    step = max(scale(most, room), Decimal(1) if column.kind in WHOLE else Decimal(0))
    at = int(mean / step) if mean is not None and 0 < mean <= most else -1
    scaled = cell_text(_like(step, column), column)
    head = _("{heading}   one {sign} is {step}").format(heading=heading(column), sign=BAR, step=scaled)
    rows = [fit(" " + cut(head, cells - 1), cells)]
    for label, value, text in zip(labels, values, texts, strict=True):
        bar = _bar(number(value), step, room, at)
        rows.append(fit(f" {fit(label, named)} {bar} {right(text, shown)}", cells))
    return rows


def _like(step: Decimal, column: Column) -> Cell:
    """The step in the kind of the column: whole where its values are."""
    return int(step) if column.kind in WHOLE else step


def number(cell: Cell) -> Decimal | None:
    """What can be drawn."""
    return Decimal(cell) if isinstance(cell, (int, Decimal)) else None


def scale(most: Decimal, room: int) -> Decimal:
    """What one sign is worth: 1, 2 or 5 of a power of ten, the least that lets ``most`` fit into ``room`` signs."""
    power = Decimal("0.01")
    while True:
        for one in STEPS:
            if most <= one * power * room:
                return one * power
        power *= 10


def _bar(value: Decimal | None, step: Decimal, room: int, at: int) -> str:
    length = min(room, int(abs(value) / step)) if value is not None else 0
    signs = [BELOW if value is not None and value < 0 else BAR] * length + [" "] * (room - length)
    if 0 <= at < room and value is not None:
        signs[at] = MEAN
    return "".join(signs)


def trend(points: Sequence[Point], column: Column, rows: int = 8, cells: int = 80) -> list[str]:
    """Values over time: the highest and the lowest at the left, a point a moment, absent ones left out."""
    known = [value for point in points if (value := number(point.value)) is not None]
    if not known:
        return [fit(f" {heading(column)}  --", cells)]
    low, high = min(known), max(known)
    texts = [cell_text(_like(value, column), column) for value in (high, low)]
    edge = max(width(text) for text in texts)
    room = max(1, (cells - edge - 3) // max(1, len(points)))
    grid = [[" "] * (room * len(points)) for _row in range(rows)]
    for place, point in enumerate(points):
        value = number(point.value)
        if value is not None:
            grid[_height(value, low, high, rows)][place * room + room // 2] = POINT
    edges = [texts[0], *[""] * (rows - 2), texts[1]] if rows > 1 else [texts[0]]
    lines = [fit(f" {right(text, edge)} {''.join(signs)}", cells) for text, signs in zip(edges, grid, strict=True)]
    names = "".join(
        fit(f"{point.label:^{room}}" if room > width(point.label) else point.label, room) for point in points
    )
    return [fit(f" {heading(column)}", cells), *lines, fit(" " * (edge + 2) + names, cells)]


def _height(value: Decimal, low: Decimal, high: Decimal, rows: int) -> int:
    """The row of a value, 0 at the top."""
    if high == low:
        return rows // 2
    return rows - 1 - int((value - low) / (high - low) * (rows - 1) + Decimal("0.5"))
