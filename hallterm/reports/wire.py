"""A report on its way from a centre to whoever asked there, and back into the form that screens and files take."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from hallterm.reports.model import Cell, Column, Drill, Kind, Missing, Report, Row
from hallterm.reports.scope import Scope
from hallterm.rules.periods import Period, period
from hallterm.rules.words import Reason, Value
from sync.wire import BadHeader

if TYPE_CHECKING:
    from sync.report_wire import ReportLine, ReportTable

EXACT = frozenset({Kind.SHARE, Kind.SCORE, Kind.MINUTES, Kind.DAYS})


def sent(report: Report) -> ReportTable:
    """For the line; in a centre's process."""
    from sync.report_wire import NotIn, ReportColumn, ReportNote, ReportTable

    return ReportTable(
        id=report.id,
        name=report.name,
        scope=report.scope.node,
        scope_name=report.scope.name,
        halls=list(report.scope.halls),
        staff=report.scope.staff,
        period=report.period.code,
        settings_version=report.settings_version,
        made_t=report.made_t,
        provisional=report.provisional,
        missing=[NotIn(one.hall, one.name, one.last_day) for one in report.missing],
        columns=[ReportColumn(one.key, one.heading, one.kind.value, one.unit, one.widest) for one in report.columns],
        rows=[_sent_line(row) for row in report.rows],
        total=_sent_line(report.total) if report.total else None,
        notes=[
            ReportNote(one.msgid, {name: _plain(value) for name, value in one.values.items()}) for one in report.notes
        ],
        chart=report.chart,
        labels=list(report.labels),
    )


def _sent_line(row: Row) -> ReportLine:
    from sync.report_wire import ReportLine

    cells = [f"{cell:f}" if isinstance(cell, Decimal) else cell for cell in row.cells]
    return ReportLine(
        cells, row.mark, row.drill.hall, row.drill.staff, row.drill.code, row.drill.service, row.drill.key
    )


def _plain(value: Value) -> int | str:
    return value.text() if isinstance(value, Reason) else value


def received(table: ReportTable) -> Report:
    """As it was made there; raises WireError for what no report can be."""
    time = period(table.period)
    if isinstance(time, Reason):
        raise BadHeader
    try:
        columns = tuple(Column(one.key, one.heading, Kind(one.kind), one.unit, one.widest) for one in table.columns)
        rows = tuple(_line(one, columns) for one in table.rows)
        total = _line(table.total, columns) if table.total else None
    except (ValueError, ArithmeticError) as error:
        raise BadHeader from error
    return _whole(table, time, columns, rows, total)


def _whole(
    table: ReportTable, time: Period, columns: tuple[Column, ...], rows: tuple[Row, ...], total: Row | None
) -> Report:
    return Report(
        id=table.id,
        name=table.name,
        scope=Scope(table.scope, table.scope_name, tuple(table.halls), table.staff),
        period=time,
        settings_version=table.settings_version,
        made_t=table.made_t,
        provisional=table.provisional,
        missing=tuple(Missing(one.hall, one.name, one.last_day) for one in table.missing),
        columns=columns,
        rows=rows,
        total=total,
        notes=tuple(Reason(one.text, dict(one.values)) for one in table.notes),
        chart=table.chart,
        labels=tuple(table.labels),
    )


def _line(line: ReportLine, columns: tuple[Column, ...]) -> Row:
    cells = tuple(_cell(cell, column) for cell, column in zip(line.cells, columns, strict=True))
    return Row(cells, Drill(line.hall, line.staff, line.code, line.service, line.key), line.mark)


def _cell(cell: int | str | None, column: Column) -> Cell:
    if isinstance(cell, str) and column.kind in EXACT:
        return Decimal(cell)
    return cell
