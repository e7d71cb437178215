"""Cells as text, the header of a report in words, and files that are there whole or not at all."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Final

from hallterm.locale import N_, _
from hallterm.reports.model import ABSENT, INCOMPLETE, PROVISIONAL, Cell, Column, Kind, Report
from hallterm.rules.day import clock_text, day_clock_text, local

HEADER = N_("{id} {name}  {period}  {scope}  settings version {version}  made {made}")
PROVISIONAL_WORDS = N_("~ not final: the time is not over")
MISSING_WORDS = N_("? not all in: {halls}")
SINCE = N_("{hall} to {day}")
NEVER = N_("{hall} nothing yet")
MOST_NAMED: Final = 6
NOT_IN_NAMES: Final = re.compile(r"[^\w.-]+")
LONGEST_NAME: Final = 100


def duration(seconds: int) -> str:
    """``M:SS``; hours only where there are some."""
    minutes, rest = divmod(abs(seconds), 60)
    hours, left = divmod(minutes, 60)
    sign = "-" if seconds < 0 else ""
    return f"{sign}{hours}:{left:02d}:{rest:02d}" if minutes > 99 else f"{sign}{minutes}:{rest:02d}"


def _two_places(value: Cell) -> str:
    return f"{value:.2f}"


_TEXTS: Mapping[Kind, Callable[[Cell], str]] = {
    Kind.TEXT: str,
    Kind.COUNT: str,
    Kind.SHARE: _two_places,
    Kind.SCORE: _two_places,
    Kind.MINUTES: _two_places,
    Kind.DAYS: lambda value: f"{value:.1f}",
    Kind.SECONDS: lambda value: duration(int(value or 0)),
    Kind.DAY: str,
    Kind.TIME: lambda value: clock_text(int(value or 0))[:5],
}


def cell_text(cell: Cell, column: Column, year: str = "") -> str:
    """A cell as people read it; days of ``year`` are told without it."""
    if cell is None:
        return ABSENT
    if isinstance(cell, str):
        return cell.removeprefix(f"{year}-") if column.kind is Kind.DAY and year else cell
    return _TEXTS[column.kind](cell)


def year_of(report: Report) -> str:
    """The year in which it was made: its days need not say it."""
    return str(local(report.made_t).year)


def plain_number(cell: Cell, column: Column) -> str:
    """A cell for a program that calculates: seconds as seconds, no ``--``."""
    if cell is None:
        return ""
    if column.kind is Kind.TIME and isinstance(cell, int):
        return clock_text(cell)
    return str(cell) if not isinstance(cell, Decimal) else f"{cell:f}"


def heading(column: Column, unit: str | None = None) -> str:
    """The heading with its unit; ``unit`` replaces that of the column."""
    named = _(column.unit) if unit is None else unit
    return f"{_(column.heading)} ({named})" if named else _(column.heading)


def title(report: Report) -> str:
    """Of what, when, by which settings, when made."""
    place = report.scope.name if not report.scope.staff else f"{report.scope.name} {report.scope.staff}"
    mark = PROVISIONAL if report.provisional else ""
    return _(HEADER).format(
        id=report.id,
        name=name(report),
        period=report.period.code + mark,
        scope=place,
        version=report.settings_version,
        made=day_clock_text(report.made_t),
    )


def name(report: Report) -> str:
    """Its name, and the line of it that was opened."""
    return f"{_(report.name)} {report.of}".rstrip()


def remarks(report: Report) -> list[str]:
    """The legend: what is not final, whose data is not in, and what the report itself has to say."""
    found = [_(PROVISIONAL_WORDS)] if report.provisional else []
    if report.missing:
        named = [
            _(SINCE if one.last_day else NEVER).format(hall=one.name or one.hall, day=one.last_day)
            for one in report.missing
        ]
        more = f" +{len(named) - MOST_NAMED}" if len(named) > MOST_NAMED else ""
        found.append(_(MISSING_WORDS).format(halls=", ".join(named[:MOST_NAMED]) + more))
    return [*found, *(note.text() for note in report.notes)]


def sum_words(report: Report) -> str:
    """What stands at the line of sums; ``?`` where a hall is not in."""
    return _("Sum") + (INCOMPLETE if report.missing else "")


def file_name(report: Report, suffix: str) -> str:
    """``R07_市办税厅_2026-11-24.xlsx``: report, place and time, nothing that a file system minds."""
    place = report.scope.name + (f"-{report.scope.staff}" if report.scope.staff else "")
    parts = (report.id, *([report.of] if report.of else []), place, report.period.code.replace("..", "_"))
    name = "_".join(NOT_IN_NAMES.sub("-", part).strip("-.") for part in parts)
    return f"{name[:LONGEST_NAME]}.{suffix}"


def write_whole(path: Path, content: bytes) -> None:
    """Put a file in place with one rename; what was there before stays until then. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.stem[:40]}-", suffix=".tmp", dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(0o640)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
