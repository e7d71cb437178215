"""Sums per day, month and year by hall, clerk and matter (never averages): what all reports and scores are made of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from storage.projections.register import Placed, wider_periods
from storage.statements import Statement, Step, Values, adding

KEY = ("period", "hall", "staff", "code")
_STATEMENTS: dict[tuple[str, ...], Statement] = {}


def figure(
    p: Placed, *, of: Any = None, staff: str | None = None, code: str | None = None, **sums: int
) -> tuple[Step, ...]:
    """Add to the sums of the fact's day, month and year; ``of`` is another fact whose keys count (that an undo takes back)."""
    return add_sums(p, sums, of=of, staff=staff, code=code)


def add_sums(
    p: Placed, sums: Mapping[str, int], *, of: Any = None, staff: str | None = None, code: str | None = None
) -> tuple[Step, ...]:
    """The same with the names of the sums as data."""
    keys = of or p.fact
    statement = sums_of(*sums)
    who = keys.staff if staff is None else staff
    what = keys.code if code is None else code
    return (Step(statement, (keys.day, p.hall, who, what, *map(int, sums.values()))),)


def sums_of(*columns: str) -> Statement:
    """Adds to these sums of a day, and to those of its month and year."""
    statement = _STATEMENTS.get(columns)
    if statement is None:
        statement = _STATEMENTS[columns] = adding("figure", KEY, columns, also=wider_rows)
    return statement


def wider_rows(values: Values) -> tuple[Values, ...]:
    """The rows of the month and the year that get what the row of a day gets."""
    return tuple((period, *values[1:]) for period in wider_periods(values[0]))
