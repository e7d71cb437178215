"""What the bars of a report stand for: a figure a line, or, of a list of words, how often each word is there."""

from __future__ import annotations

from collections import Counter
from typing import Final

from msgspec import Struct

from hallterm.locale import N_
from hallterm.reports.model import Cell, Column, Kind, Report
from hallterm.reports.writing import cell_text

LINES: Final = Column("lines", N_("Count"), Kind.COUNT)


class Charted(Struct, frozen=True):
    """A label and a value a bar, and the kind of the values; ``total`` is what the line of sums has."""

    labels: tuple[str, ...]
    values: tuple[Cell, ...]
    column: Column
    total: Cell = None


def counts_words(report: Report) -> bool:
    """Whether a bar is a word of a column and not a line."""
    return bool(report.chart) and report.columns[report.column(report.chart)].kind is Kind.TEXT


def charted(report: Report) -> Charted:
    """Of a report that has a chart."""
    if counts_words(report):
        counted = Counter(str(word) for word in report.values(report.chart) if word is not None)
        found = counted.most_common()
        return Charted(tuple(word for word, _n in found), tuple(n for _word, n in found), LINES)
    named = [report.column(key) for key in report.labels]
    labels = (" ".join(cell_text(row.cells[one], report.columns[one]) for one in named) for row in report.rows)
    column = report.columns[report.column(report.chart)]
    return Charted(tuple(labels), tuple(report.values(report.chart)), column, report.sum_of(report.chart))
