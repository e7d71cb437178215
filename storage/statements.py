"""Statements that projections execute: upserts that commute, the same on SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from operator import add, itemgetter
from typing import Any, NamedTuple

Values = tuple[Any, ...]
_order = itemgetter(-1)


class Merge(Enum):
    """What several rows of one key come to, so that a batch executes one row a key."""

    LAST = "last"
    LATEST = "latest"
    SUM = "sum"
    SMALLEST = "smallest"
    LARGEST = "largest"


class Statement(NamedTuple):
    """One prepared SQL statement, the columns its parameters fill, in order, and how many of them are the key."""

    sql: str
    columns: tuple[str, ...]
    keys: int
    merge: Merge


class Step(NamedTuple):
    """A statement with the values of one fact."""

    statement: Statement
    values: Values


def merged(statement: Statement, first: Values, second: Values) -> Values:
    """One row that changes the table as ``first`` and then ``second`` would; both have the same key."""
    if statement.merge is Merge.LAST:
        return second
    if statement.merge is Merge.LATEST:
        return max(first, second, key=_order)
    if statement.merge in (Merge.SMALLEST, Merge.LARGEST):
        return (min if statement.merge is Merge.SMALLEST else max)(first, second, key=_order)
    keys = statement.keys
    return (*first[:keys], *map(add, first[keys:], second[keys:]))


def _quoted(names: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)


def opening(table: str, key: Sequence[str], columns: Sequence[str]) -> Statement:
    """Set the columns that only the opening fact knows; a stub made earlier is filled."""
    names = (*key, *columns)
    changes = ", ".join(f'"{name}" = excluded."{name}"' for name in columns)
    return Statement(
        f'INSERT INTO "{table}" ({_quoted(names)}) VALUES ({", ".join("?" * len(names))}) '
        f"ON CONFLICT ({_quoted(key)}) DO UPDATE SET {changes}",
        names,
        len(key),
        Merge.LAST,
    )


def latest(table: str, key: Sequence[str], columns: Sequence[str], order: str = "ord") -> Statement:
    """Set a group of columns if this fact is causally later than the one that set them; the last value is the order."""
    names = (*key, *columns, order)
    changes = ", ".join(f'"{name}" = excluded."{name}"' for name in (*columns, order))
    return Statement(
        f'INSERT INTO "{table}" ({_quoted(names)}) VALUES ({", ".join("?" * len(names))}) '
        f"ON CONFLICT ({_quoted(key)}) DO UPDATE SET {changes} "
        f'WHERE excluded."{order}" > "{table}"."{order}"',
        names,
        len(key),
        Merge.LATEST,
    )


def adding(table: str, key: Sequence[str], columns: Sequence[str]) -> Statement:
    """Add to sums."""
    names = (*key, *columns)
    changes = ", ".join(f'"{name}" = "{table}"."{name}" + excluded."{name}"' for name in columns)
    return Statement(
        f'INSERT INTO "{table}" ({_quoted(names)}) VALUES ({", ".join("?" * len(names))}) '
        f"ON CONFLICT ({_quoted(key)}) DO UPDATE SET {changes}",
        names,
        len(key),
        Merge.SUM,
    )


def smallest(table: str, key: Sequence[str], column: str) -> Statement:
    """Keep the smallest value that any fact gave; 0 stands for none."""
    return _extreme(table, key, column, Merge.SMALLEST)


def largest(table: str, key: Sequence[str], column: str) -> Statement:
    """Keep the largest value that any fact gave."""
    return _extreme(table, key, column, Merge.LARGEST)


def _extreme(table: str, key: Sequence[str], column: str, merge: Merge) -> Statement:
    names = (*key, column)
    sign = "<" if merge is Merge.SMALLEST else ">"
    return Statement(
        f'INSERT INTO "{table}" ({_quoted(names)}) VALUES ({", ".join("?" * len(names))}) '
        f'ON CONFLICT ({_quoted(key)}) DO UPDATE SET "{column}" = excluded."{column}" '
        f'WHERE "{table}"."{column}" = 0 OR excluded."{column}" {sign} "{table}"."{column}"',
        names,
        len(key),
        merge,
    )
