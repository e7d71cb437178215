"""Statements that projections execute: upserts that commute, the same on SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Statement(NamedTuple):
    """One prepared SQL statement and the columns its parameters fill, in order."""

    sql: str
    columns: tuple[str, ...]


class Step(NamedTuple):
    """A statement with the values of one fact."""

    statement: Statement
    values: tuple[object, ...]


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
    )


def adding(table: str, key: Sequence[str], columns: Sequence[str]) -> Statement:
    """Add to sums."""
    names = (*key, *columns)
    changes = ", ".join(f'"{name}" = "{table}"."{name}" + excluded."{name}"' for name in columns)
    return Statement(
        f'INSERT INTO "{table}" ({_quoted(names)}) VALUES ({", ".join("?" * len(names))}) '
        f"ON CONFLICT ({_quoted(key)}) DO UPDATE SET {changes}",
        names,
    )
