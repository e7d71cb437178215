"""A list of the tax software as CSV or XLSX: each line checked, every fault told with its line in one reading.

Columns, in Chinese or English: day, number, staff, matter, time must be there; hall and ticket may. Moments are of the
hall's clocks (+08:00).
"""

from __future__ import annotations

import csv
import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime, time
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any, Final

from msgspec import Struct

from hallterm.catalogue import CatalogueError, Problem, decode
from hallterm.locale import N_, _
from hallterm.os_words import why as system_words
from hallterm.rules.day import midnight_t

REQUIRED: Final = ("day", "number", "staff", "matter", "time")
NAMES: Final[Mapping[str, str]] = {
    **{name: name for name in (*REQUIRED, "hall", "ticket")},
    **{"日期": "day", "业务日期": "day", "办理日期": "day", "时间": "time", "办理时间": "time", "受理时间": "time"},
    **{"流水号": "number", "受理编号": "number", "受理号": "number", "tax_core_no": "number", "编号": "number"},
    **{"工号": "staff", "staff_no": "staff", "人员": "staff", "事项": "matter", "事项代码": "matter", "code": "matter"},
    **{"service_ref": "matter", "办税厅": "hall", "厅": "hall", "机构": "hall", "票号": "ticket", "排队号": "ticket"},
}
"""Headers people write, and the column each is."""
XLSX: Final = ".xlsx"
MOST_BYTES: Final = 50_000_000
DAY = re.compile(r"(\d{4})[-/.]?(\d{1,2})[-/.]?(\d{1,2})(?:[T ].*)?", re.ASCII)
TIME = re.compile(r"(?:.*[T ])?(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?", re.ASCII)

NOT_THERE = N_("{file} cannot be read: {why}")
TOO_LARGE = N_("{file} is larger than a list of the tax software can be: export fewer days")
NO_TABLE = N_("{file} is no XLSX workbook: save it again as XLSX or CSV")
NO_COLUMN = N_("the column {column} is missing; needed are {needed}")
EMPTY = N_("{column} is empty")
NO_DAY = N_("{text} is no day: write it like 2026-11-24")
NO_TIME = N_("{text} is no time: write it like 09:12 or 09:12:30")


class FileError(Exception):
    """The file as a whole cannot be used; the text is the sentence."""


class CoreRead(Struct, frozen=True):
    """One line as it was read; ``line`` counts from 1 with the header, ``hall`` "": not said, ``at_t`` in ms UTC."""

    line: int
    day: str
    number: str
    staff: str
    matter: str
    at_t: int
    hall: str = ""
    ticket: str = ""


class CoreFile(Struct, frozen=True):
    """A file: its SHA-256 (hex), the lines that can be used, and what is wrong with the others."""

    name: str
    file_hash: str
    lines: tuple[CoreRead, ...]
    problems: tuple[Problem, ...]


def read_core_file(path: Path) -> CoreFile:
    """Read a file; raises FileError with a sentence where there is no table in it."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise FileError(_(TOO_LARGE).format(file=path.name))
        content = path.read_bytes()
    except OSError as error:
        raise FileError(_(NOT_THERE).format(file=path, why=system_words(error))) from error
    rows = _sheet(content, path.name) if path.suffix.lower() == XLSX else _text(content, path.name)
    problems: list[Problem] = []
    lines = tuple(_lines(rows, problems))
    return CoreFile(path.name, hashlib.sha256(content).hexdigest(), lines, tuple(problems))


def _text(content: bytes, name: str) -> Iterator[list[str]]:
    try:
        text = decode(content, name)
    except CatalogueError as error:
        raise FileError(str(error)) from error
    try:
        yield from csv.reader(StringIO(text, newline=""))
    except csv.Error as error:
        raise FileError(_(NOT_THERE).format(file=name, why=error)) from error


def _sheet(content: bytes, name: str) -> Iterator[list[str]]:
    """The first sheet with anything in it; formulas give their last value."""
    import warnings

    from openpyxl import load_workbook

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # styles and extensions of other programs, which nobody reads here
        try:
            book = load_workbook(BytesIO(content), read_only=True, data_only=True)
            rows = [[_cell(cell) for cell in row] for row in book.worksheets[0].iter_rows(values_only=True)]
            book.close()
        except Exception as error:  # whatever a broken archive makes the library raise
            raise FileError(_(NO_TABLE).format(file=name)) from error
    yield from rows


def _cell(value: Any) -> str:
    """A cell as text: days and times as people write them, whole numbers without a point."""
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value)


def _lines(rows: Iterable[list[str]], problems: list[Problem]) -> Iterator[CoreRead]:
    header: dict[str, int] = {}
    for number, cells in enumerate(rows, 1):
        texts = [cell.strip() for cell in cells]
        if not any(texts):
            continue
        if not header:
            header = {NAMES[name]: place for place, name in enumerate(map(str.lower, texts)) if name in NAMES}
            missing = [one for one in REQUIRED if one not in header]
            if missing:
                sentence = _(NO_COLUMN).format(column=", ".join(missing), needed=", ".join(REQUIRED))
                problems.append(Problem(number, sentence))
                return
            continue
        named = {name: texts[place] if place < len(texts) else "" for name, place in header.items()}
        faults = list(_faults(named))
        problems += [Problem(number, fault) for fault in faults]
        if not faults:
            yield _line(number, named)


def _faults(named: Mapping[str, str]) -> Iterator[str]:
    for column in REQUIRED:
        if not named[column]:
            yield _(EMPTY).format(column=column)
    checks: tuple[tuple[str, Callable[[str], object], str], ...] = (("day", _day, NO_DAY), ("time", _second, NO_TIME))
    for column, read, sentence in checks:
        if named[column] and read(named[column]) is None:
            yield _(sentence).format(text=named[column])


def _line(number: int, named: Mapping[str, str]) -> CoreRead:
    day, second = _day(named["day"]) or "", _second(named["time"]) or 0
    return CoreRead(
        line=number,
        day=day,
        number=named["number"],
        staff=named["staff"].upper(),
        matter=named["matter"].upper(),
        at_t=midnight_t(day) + second * 1000,
        hall=named.get("hall", ""),
        ticket=named.get("ticket", "").upper(),
    )


def _day(text: str) -> str | None:
    found = DAY.fullmatch(text)
    try:
        return date(*map(int, found.groups())).isoformat() if found else None
    except ValueError:
        return None


def _second(text: str) -> int | None:
    """Seconds since midnight."""
    found = TIME.fullmatch(text)
    if found is None:
        return None
    hour, minute, second = (int(part or 0) for part in found.groups())
    return hour * 3600 + minute * 60 + second if hour < 24 and minute < 60 and second < 60 else None
