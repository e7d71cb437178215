"""Where Enter leads from a line of a report: to a narrower report, to what only the report can open, to services, to itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from msgspec import Struct

from hallterm.report_desk import ReportRequest
from hallterm.reports.model import By, Drill, Report, Row
from hallterm.reports.registry import REPORTS
from storage.access import Action

DAY = "day"
ELSEWHERE: Final[Mapping[str, tuple[str, str]]] = {"R20": ("R03", "week"), "R26": ("R02", "month")}
"""A line that another report opens, of the time that stands in this column."""
OF_SERVICES: Final = (Action.SEE_FIGURES, Action.SEE_OWN_FIGURES)


class Inside(Struct, frozen=True):
    """Behind the line is what its report opens."""

    drill: Drill


class Services(Struct, frozen=True):
    """Behind the line are services, or one of them."""

    drill: Drill


class Whole(Struct, frozen=True):
    """The line is all there is: it is shown with every column uncut."""


Opened = ReportRequest | Inside | Services | Whole


def opened(report: Report, line: Row, request: ReportRequest) -> Opened:
    """What Enter opens; there is always something."""
    spec, drill = REPORTS[report.id], line.drill
    if drill.service:
        return Services(drill)
    if report.of:
        return Whole()
    if spec.detail and (drill.key or drill.staff):
        return Inside(drill)
    found = narrower(report, line, request)
    if found is not None:
        return found
    return Services(drill) if drill != Drill() and spec.action in OF_SERVICES else Whole()


def narrower(report: Report, line: Row, request: ReportRequest) -> ReportRequest | None:
    """The report of what the line stands for: from a city to its halls, to a hall's clerks, to a clerk's matters."""
    drill, rows, time = line.drill, REPORTS[report.id].rows, report.period.code
    if drill.service or drill.code or drill == Drill():
        return None
    if report.id in ELSEWHERE:
        id, key = ELSEWHERE[report.id]
        return ReportRequest(id, str(line.cells[report.column(key)]), drill.staff or drill.hall)
    if drill.staff:
        day = str(line.cells[0])
        if report.columns[0].key == DAY and day != time:
            return ReportRequest(report.id, day, request.scope)
        if report.scope.staff or By.MATTER not in rows:
            return None
        return ReportRequest(report.id, time, drill.staff, By.MATTER)
    if not report.scope.is_hall:
        return ReportRequest(report.id, time, drill.hall)
    return ReportRequest(report.id, time, drill.hall, By.CLERK) if By.CLERK in rows else None
