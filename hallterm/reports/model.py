"""What a report is: columns, rows, a line of sums, and a header that says of what, when and how complete.

Cells by kind: ``count`` int; ``share`` (percent), ``score``, ``minutes`` and ``days`` Decimal; ``seconds`` int; ``day``
``YYYY-MM-DD``; ``time`` ms UTC; ``text`` str. None is absent, and never 0.
"""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import Final

import msgspec
from msgspec import Struct

from hallterm.reports.scope import Scope
from hallterm.rules.periods import Period
from hallterm.rules.words import Reason

Cell = int | str | Decimal | None


class Kind(StrEnum):
    """What a column holds, and so how it is written."""

    TEXT = "text"
    COUNT = "count"
    SHARE = "share"
    SCORE = "score"
    SECONDS = "seconds"
    MINUTES = "minutes"
    DAYS = "days"
    DAY = "day"
    TIME = "time"


class Align(StrEnum):
    LEFT = "left"
    RIGHT = "right"


class By(StrEnum):
    """What a row of a report stands for."""

    HALL = "hall"
    CLERK = "clerk"
    MATTER = "matter"
    GROUP = "group"
    HOUR = "hour"


class Column(Struct, frozen=True):
    """``heading`` and ``unit`` are source strings; ``widest`` is the most cells it takes on a screen (0: any)."""

    key: str
    heading: str
    kind: Kind
    unit: str = ""
    widest: int = 0

    @property
    def align(self) -> Align:
        return Align.LEFT if self.kind in (Kind.TEXT, Kind.DAY, Kind.TIME) else Align.RIGHT


class Drill(Struct, frozen=True, omit_defaults=True):
    """What stands behind a row: narrower keys of the same report, or one service by its id.

    ``key`` is what only the report itself can open: a group of tickets, an hour of the day.
    """

    hall: str = ""
    staff: str = ""
    code: str = ""
    service: str = ""
    key: str = ""


class Row(Struct, frozen=True):
    """One line: a cell a column. ``mark`` is one of the signs that row 21 explains, or empty."""

    cells: tuple[Cell, ...]
    drill: Drill = Drill()
    mark: str = ""


class Missing(Struct, frozen=True):
    """A hall whose data of the period are not all here; ``last_day`` is how far they go ("": none ever came)."""

    hall: str
    name: str
    last_day: str


class Table(Struct, frozen=True):
    """What a builder makes: the header is put around it. ``of`` names the line that was opened, where its key is no word."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    total: Row | None = None
    notes: tuple[Reason, ...] = ()
    chart: str = ""
    labels: tuple[str, ...] = ()
    of: str = ""


class Report(Struct, frozen=True):
    """A whole report. ``chart`` is the column that a chart shows, ``labels`` the ones that name its bars; ``of``: it is
    what stands behind this line of the report.
    """

    id: str
    name: str
    scope: Scope
    period: Period
    settings_version: int
    made_t: int
    provisional: bool
    missing: tuple[Missing, ...]
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    total: Row | None = None
    notes: tuple[Reason, ...] = ()
    chart: str = ""
    labels: tuple[str, ...] = ()
    of: str = ""

    def column(self, key: str) -> int:
        """The place of a column; raises KeyError."""
        for place, one in enumerate(self.columns):
            if one.key == key:
                return place
        raise KeyError(key)

    def values(self, key: str) -> list[Cell]:
        """A column from top to bottom, without the line of sums."""
        place = self.column(key)
        return [row.cells[place] for row in self.rows]

    def sum_of(self, key: str) -> Cell:
        """The cell of the line of sums; None without such a line."""
        return None if self.total is None else self.total.cells[self.column(key)]


PROVISIONAL: Final = "~"
INCOMPLETE: Final = "?"
ATTENTION: Final = "!"
ABSENT: Final = "--"


def encode(report: Report) -> bytes:
    """The report for a machine: cells by the key of their column, and the codes of what stands behind each row."""

    def named(row: Row) -> dict[str, object]:
        cells = dict(zip((one.key for one in report.columns), row.cells, strict=True))
        return {**cells, "drill": row.drill, **({"mark": row.mark} if row.mark else {})}

    whole = {
        "id": report.id,
        "name": report.name,
        "scope": report.scope,
        "period": {"code": report.period.code, "first": report.period.first, "last": report.period.last},
        "settings_version": report.settings_version,
        "made_t": report.made_t,
        "provisional": report.provisional,
        "missing": report.missing,
        "columns": [{"key": one.key, "kind": one.kind, "unit": one.unit} for one in report.columns],
        "rows": [named(row) for row in report.rows],
        "total": named(report.total) if report.total else None,
        "notes": [note.text() for note in report.notes],
    }
    return _encoder.encode(whole)


_encoder: Final = msgspec.json.Encoder(decimal_format="number")
