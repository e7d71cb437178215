"""Where Enter leads from a line of a report: from a city to its halls, to a hall's clerks, to a clerk's matters."""

from __future__ import annotations

from hallterm.report_desk import ReportRequest
from hallterm.reports.model import By, Report, Row
from hallterm.reports.registry import REPORTS

DAY = "day"


def narrower(report: Report, line: Row, request: ReportRequest) -> ReportRequest | None:
    """The report of what the line stands for; None: the services behind it."""
    drill, rows, time = line.drill, REPORTS[report.id].rows, report.period.code
    if drill.service or drill.code:
        return None
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
