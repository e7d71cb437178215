"""A report as it travels from a centre to whoever asked there; nothing here needs a server or a client.

Cells travel by the kind of their column: numbers with places as text, so that none is rounded on its way.
"""

from __future__ import annotations

from typing import Final

from msgspec import Struct

REPORT_PATH: Final = "/v1/report"


class ReportColumn(Struct, frozen=True):
    """``heading`` and ``unit`` are source strings; ``kind`` says how a cell is read."""

    key: str
    heading: str
    kind: str
    unit: str = ""
    widest: int = 0


class ReportLine(Struct, frozen=True):
    """A cell a column; behind the line: the narrower place, person, matter, service, or a key of the report's own."""

    cells: list[int | str | None]
    mark: str = ""
    hall: str = ""
    staff: str = ""
    code: str = ""
    service: str = ""
    key: str = ""


class ReportNote(Struct, frozen=True):
    """A sentence: its source string and what fills its places."""

    text: str
    values: dict[str, int | str] = {}


class NotIn(Struct, frozen=True):
    """A hall whose data are not all here, and since which day ("": none ever came)."""

    hall: str
    name: str
    last_day: str


class ReportTable(Struct, frozen=True):
    """A whole report; ``made_t`` in ms UTC of this centre."""

    id: str
    name: str
    scope: str
    scope_name: str
    halls: list[str]
    staff: str
    period: str
    settings_version: int
    made_t: int
    provisional: bool
    missing: list[NotIn]
    columns: list[ReportColumn]
    rows: list[ReportLine]
    total: ReportLine | None = None
    notes: list[ReportNote] = []
    chart: str = ""
    labels: list[str] = []
