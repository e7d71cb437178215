"""The reasons of the levels as they come with the program: ``data/options.csv``, checked once when first read.

Columns: ``valid_from`` (day), ``scale``, ``level``, ``code``, ``needed`` (0 or 1, the same in all rows of a level),
``name_zh``, ``name_en``. A new version of a scale's list is all its rows again under a later day; old rows stay, because
old ratings name their codes.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from datetime import date
from functools import cache
from io import StringIO
from pathlib import Path

from hallterm.locale import N_, _, language
from hallterm.rules.option_codes import OptionRow, names
from hallterm.rules.ratings import SCALES
from storage.facts import Scale

SHIPPED = Path(__file__).parent / "data" / "options.csv"
COLUMNS = ("valid_from", "scale", "level", "code", "needed", "name_zh", "name_en")
MOST_OF_LEVEL = 9
"""One digit each."""
CODE = re.compile(r"[a-z0-9_]{1,16}\Z")
FLAGS = {"0": False, "1": True}

HEADER = N_("the columns must be {columns}")
BAD_DAY = N_("{value} is no day such as 2026-01-01")
BAD_SCALE = N_("{value} is no scale; there are {known}")
BAD_LEVEL = N_("{value} is no level of {scale}")
BAD_CODE = N_("{value} is no code: small letters, digits and _, at most 16")
BAD_FLAG = N_("needed is 0 or 1, not {value}")
NO_NAME = N_("both names are needed")
TWICE = N_("{value} stands twice in this level")
MIXED = N_("all rows of a level have the same value in needed")
TOO_MANY = N_("a level has at most 9 reasons, one digit each")


class OptionsUnreadable(ValueError):
    """The list cannot be used: the file, the line, what is wrong with it."""

    def __init__(self, file: str, line: int, fault: str) -> None:
        self.file, self.line, self.fault = file, line, fault
        super().__init__(_("{file} line {line}: {sentence}").format(file=file, line=line, sentence=fault))


@cache
def shipped_options() -> tuple[OptionRow, ...]:
    """The list of this program; raises OptionsUnreadable."""
    return read_options(SHIPPED.read_text(encoding="utf-8"), SHIPPED.name)


def short_names(codes: str, scale: Scale, day: str) -> str:
    """The reasons of a rating (codes with a blank between) for a narrow column: the numbers of the national list stay."""
    listed = codes.split()
    called = names(shipped_options(), listed, scale, day, language())
    return _(", ").join(code if code.isdecimal() else name for code, name in zip(listed, called, strict=True))


def long_names(codes: str, scale: Scale, day: str) -> str:
    """What the numbers among them mean: ``207 No samples of papers``; empty where there are none."""
    listed = codes.split()
    called = names(shipped_options(), listed, scale, day, language())
    return _(", ").join(
        f"{code} {name}" for code, name in zip(listed, called, strict=True) if code.isdecimal() and code != name
    )


def read_options(text: str, file: str) -> tuple[OptionRow, ...]:
    """All rows of a table, or OptionsUnreadable with its first fault."""
    reader = csv.DictReader(StringIO(text, newline=""), restkey="more", restval="")
    if tuple(reader.fieldnames or ()) != COLUMNS:
        raise OptionsUnreadable(file, 1, _(HEADER).format(columns=", ".join(COLUMNS)))
    rows: list[OptionRow] = []
    for values in reader:
        fault = _fault(values)
        if not fault:
            row = _row(values)
            fault = _beside(rows, row)
            rows.append(row)
        if fault:
            raise OptionsUnreadable(file, reader.line_num, fault)
    return tuple(rows)


def _fault(row: Mapping[str, str]) -> str:
    """What is wrong with a row by itself; empty if nothing is."""
    if "more" in row:
        return _(HEADER).format(columns=", ".join(COLUMNS))
    if not _is_day(row["valid_from"]):
        return _(BAD_DAY).format(value=row["valid_from"])
    if row["scale"] not in tuple(Scale):
        return _(BAD_SCALE).format(value=row["scale"], known=", ".join(Scale))
    if row["level"] not in {str(one.level) for one in SCALES[Scale(row["scale"])]}:
        return _(BAD_LEVEL).format(value=row["level"], scale=row["scale"])
    if not CODE.match(row["code"]):
        return _(BAD_CODE).format(value=row["code"])
    if row["needed"] not in FLAGS:
        return _(BAD_FLAG).format(value=row["needed"])
    return "" if row["name_zh"].strip() and row["name_en"].strip() else _(NO_NAME)


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _row(row: Mapping[str, str]) -> OptionRow:
    return OptionRow(
        valid_from=row["valid_from"],
        scale=Scale(row["scale"]),
        level=int(row["level"]),
        code=row["code"],
        needed=FLAGS[row["needed"]],
        name_zh=row["name_zh"].strip(),
        name_en=row["name_en"].strip(),
    )


def _beside(rows: list[OptionRow], row: OptionRow) -> str:
    """What is wrong with a row among those before it."""
    place = (row.valid_from, row.scale, row.level)
    level = [one for one in rows if (one.valid_from, one.scale, one.level) == place]
    if row.code in {one.code for one in level}:
        return _(TWICE).format(value=row.code)
    if any(one.needed is not row.needed for one in level):
        return _(MIXED)
    return _(TOO_MANY) if len(level) >= MOST_OF_LEVEL else ""
