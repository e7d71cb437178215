"""Charts are plain characters: whatever they say is there without a colour and without a style."""

from __future__ import annotations

import io
from decimal import Decimal
from itertools import pairwise

import openpyxl
import pytest

from hallterm.reports import xlsx_file
from hallterm.reports.charted import charted
from hallterm.reports.make import make
from hallterm.reports.model import Column, Kind, Report, Row, Table
from hallterm.reports.registry import REPORTS
from hallterm.reports.trend import monthly
from hallterm.reports.writing import cell_text
from hallterm.rules.periods import PeriodKind
from hallterm.widgets.cells import width
from hallterm.widgets.report_bars import BAR, BELOW, MEAN, POINT, Point, bar_rows, bars, trend
from storage.database import Database
from tests.hallterm.reports.test_headers import made
from tests.hallterm.reports.test_reports import CITY, CLERK, HALL, NOW

SIGNS = {BAR, MEAN, BELOW, " "}


def of_id(city: Database, id: str) -> Report:
    """With lines, where the drawn city has some."""
    return made(city, REPORTS[id])


@pytest.mark.parametrize("cells", [80, 120])
@pytest.mark.parametrize("id", REPORTS)
def test_a_bar_and_its_number_say_the_same(city: Database, id: str, cells: int) -> None:
    report = of_id(city, id)
    assert report.chart, "every report has something to draw"
    chart, found = bars(report, cells), charted(report)
    assert all(isinstance(row, str) and width(row) == cells for row in chart)
    assert f"one {BAR} is " in chart[0]
    values = [Decimal(value) if isinstance(value, (int, Decimal)) else None for value in found.values]
    texts = [cell_text(value, found.column) for value in found.values]
    lengths = []
    for row, text in zip(chart[1:], texts, strict=True):
        assert row.rstrip().endswith(text)
        lengths.append(row.count(BAR) + row.count(MEAN))
    known = sorted((value, length) for value, length in zip(values, lengths, strict=True) if value is not None)
    assert all(low[1] <= high[1] + 1 for low, high in pairwise(known)), "longer is more"


def test_the_bars_of_the_city_are_drawn_for_most_reports(city: Database) -> None:
    drawn = {id for id in REPORTS if any(BAR in row for row in bars(of_id(city, id))[1:])}
    assert drawn >= {"R01", "R02", "R03", "R04", "R05", "R06", "R07", "R08", "R11", "R29", "R30"}


def test_less_than_nothing_is_drawn_with_another_sign() -> None:
    column = Column("change", "Change", Kind.SCORE)
    rows = bar_rows(["more", "less", "none"], [Decimal(4), Decimal(-2), None], column, 40)
    assert rows[2].split() == ["less", BELOW * (rows[1].count(BAR) // 2), "-2.00"]
    assert rows[3].split() == ["none", "--"]


def test_the_profile_of_a_day_is_by_hour(city: Database) -> None:
    report = make(city, "R06", "2026-10-08", HALL, NOW)
    chart = bars(report)
    hours = [row.split()[0] for row in chart[1:]]
    assert hours == [f"{8 + n:02d}:00" for n in range(len(hours))]
    queue = bars(make(city, "R05", "2026-10-08", HALL, NOW, by="hour"))
    assert [row.split()[0] for row in queue[1:]] == hours[: len(queue) - 1]


@pytest.mark.parametrize("id", [id for id, spec in REPORTS.items() if PeriodKind.MONTH in spec.periods])
def test_a_trend_is_points_between_two_numbers(city: Database, id: str) -> None:
    spec = REPORTS[id]
    scope = CLERK if spec.own else HALL if spec.one_hall else CITY
    column, found = monthly(city, id, "", scope, "2026-10", NOW)
    rows = trend([Point(*one) for one in found], column)
    assert all(isinstance(row, str) for row in rows)
    known = [value for _month, value in found if isinstance(value, (int, Decimal))]
    assert sum(row.count(POINT) for row in rows[1:-1]) == len(known)
    for value in (max(known), min(known)) if known else ():
        assert any(row.strip().startswith(cell_text(value, column)) for row in rows)


@pytest.mark.parametrize("id", REPORTS)
def test_a_sheet_has_the_chart_and_numbers_that_are_numbers(city: Database, id: str) -> None:
    report = of_id(city, id)
    sheet, *charts = openpyxl.load_workbook(io.BytesIO(xlsx_file.encode(report))).worksheets
    assert sheet.freeze_panes is not None
    head = next(number for number, row in enumerate(sheet.iter_rows(values_only=True), 1) if number > 1 and row[0])
    assert sheet.freeze_panes.endswith(str(head + 1))
    for line, row in zip(sheet.iter_rows(min_row=head + 1, values_only=True), report.rows, strict=False):
        for column, cell, found in zip(report.columns, row.cells, line, strict=False):
            if column.kind not in (Kind.TEXT, Kind.DAY, Kind.TIME) and cell is not None:
                assert not isinstance(found, str), (id, column.key)
    assert [len(one._charts) for one in charts] == ([1] if report.rows else [])
    assert not sheet._charts


def test_a_chart_of_no_lines_is_only_its_scale() -> None:
    column = Column("services", "Services", Kind.COUNT)
    assert len(bar_rows([], [], column)) == 1
    assert Table((column,), (Row((1,)),)).chart == ""
