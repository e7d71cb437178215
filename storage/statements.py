"""Statements that projections execute: upserts that commute, the same on SQLite and PostgreSQL.

A statement changes one group of columns of one row. Groups of one row that meet in a batch become one row and one
upsert (:mod:`storage.folding`): each group keeps its own rule, so the result is that of one statement after the other.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import Enum
from operator import itemgetter
from typing import Any, Final

from msgspec import Struct

Values = tuple[Any, ...]
Also = Callable[[Values], tuple[Values, ...]]
_order = itemgetter(-1)

BY_HALL: Final = frozenset(
    {
        *("ticket", "visit", "identification", "service", "service_interval"),
        *("rating_ask", "rating", "rating_refused", "unrated", "punch"),
        *("rating_reason", "entry_check"),
    }
)
"""Tables of facts that are named by an id: their key is the id and the hall of the fact, so that a large centre can
place rows by hall. A fact speaks of things of its own hall only.
"""


class Merge(Enum):
    """What several rows of one key come to, so that a batch executes one row a key."""

    LAST = "last"
    LATEST = "latest"
    SUM = "sum"
    SMALLEST = "smallest"
    LARGEST = "largest"


LAST: Final = Merge.LAST
LATEST: Final = Merge.LATEST


@dataclass(eq=False, slots=True)
class Rows:
    """The rows of a table under one key: every statement that changes them, and the upserts of several at once."""

    table: str
    key: tuple[str, ...]
    statements: list[Statement] = field(default_factory=list)
    upserts: dict[int, Any] = field(default_factory=dict)


@dataclass(frozen=True, eq=False, slots=True)
class Statement:
    """One upsert: its SQL, the columns its parameters fill (the key first), and how many of them are the key.

    ``needs_hall``: the hall of the fact is a parameter after the first, which the projection leaves out. ``bit``: its
    place among the statements of ``rows``. ``also``: further rows that get the same values.
    """

    sql: str
    columns: tuple[str, ...]
    keys: int
    merge: Merge
    rows: Rows
    bit: int
    needs_hall: bool = False
    also: Also | None = None


class Step(Struct, frozen=True, gc=False):
    """A statement with the values of one fact."""

    statement: Statement
    values: Values


def whole(statement: Statement, values: Values, hall: str) -> Values:
    """All parameters of a statement for a fact of this hall."""
    return (values[0], hall, *values[1:]) if statement.needs_hall else values


def merged(statement: Statement, first: Values, second: Values) -> Values:
    """One row that sets what ``first`` and then ``second`` would; both have the same key."""
    merge = statement.merge
    if merge is LATEST:
        return first if first[-1] >= second[-1] else second
    if merge is LAST:
        return second
    return (min if merge is Merge.SMALLEST else max)(first, second, key=_order)


def summed(statement: Statement, key: Values, many: list[Values]) -> Values:
    """One row that adds what all of these do; all have this key."""
    if len(many) == 1:
        return many[0]
    columns = list(zip(*many, strict=True))
    return (*key, *map(sum, columns[statement.keys :]))


def opening(table: str, key: Sequence[str], columns: Sequence[str]) -> Statement:
    """Set the columns that only the opening fact knows; a stub made earlier is filled."""
    return _statement(table, key, columns, Merge.LAST)


def latest(table: str, key: Sequence[str], columns: Sequence[str], order: str = "ord") -> Statement:
    """Set a group of columns if this fact is causally later than the one that set them; the last value is the order."""
    return _statement(table, key, (*columns, order), Merge.LATEST)


def adding(table: str, key: Sequence[str], columns: Sequence[str], also: Also | None = None) -> Statement:
    """Add to sums; ``also`` makes further rows of the same values."""
    return _statement(table, key, columns, Merge.SUM, also)


def smallest(table: str, key: Sequence[str], column: str) -> Statement:
    """Keep the smallest value that any fact gave; 0 stands for none."""
    return _statement(table, key, (column,), Merge.SMALLEST)


def largest(table: str, key: Sequence[str], column: str) -> Statement:
    """Keep the largest value that any fact gave."""
    return _statement(table, key, (column,), Merge.LARGEST)


_ROWS: dict[tuple[str, tuple[str, ...]], Rows] = {}


def _statement(
    table: str, key: Sequence[str], columns: Sequence[str], merge: Merge, also: Also | None = None
) -> Statement:
    needs_hall = False
    if table in BY_HALL:
        key = (*key, "hall")
        needs_hall = columns[0] != "hall"
        columns = columns if needs_hall else columns[1:]
    rows = _ROWS.setdefault((table, tuple(key)), Rows(table, tuple(key)))
    changes = [_change(table, column, columns[-1], merge, guarded=True) for column in columns]
    made = Statement(
        upsert(rows, columns, changes) + _guard(table, columns[-1], merge),
        (*key, *columns),
        len(key),
        merge,
        rows,
        1 << len(rows.statements),
        needs_hall,
        also,
    )
    rows.statements.append(made)
    return made


def upsert(rows: Rows, columns: Sequence[str], changes: Sequence[str]) -> str:
    """Insert a row, or make the changes to the one that is there."""
    names = (*rows.key, *columns)
    return (
        f'INSERT INTO "{rows.table}" ({_quoted(names)}) VALUES ({", ".join("?" * len(names))}) '
        f"ON CONFLICT ({_quoted(rows.key)}) DO UPDATE SET {', '.join(changes)}"
    )


def changes_of(statement: Statement) -> list[str]:
    """What the statement does to each of its columns, beside others in one upsert."""
    columns = statement.columns[statement.keys :]
    return [_change(statement.rows.table, column, columns[-1], statement.merge, guarded=False) for column in columns]


def _change(table: str, column: str, order: str, merge: Merge, *, guarded: bool) -> str:
    """``guarded``: the whole upsert happens only where the value is news."""
    if merge is Merge.SUM:
        return f'"{column}" = "{table}"."{column}" + excluded."{column}"'
    if merge is Merge.LAST or guarded:
        return f'"{column}" = excluded."{column}"'
    news = _news(table, order, merge)
    return f'"{column}" = CASE WHEN {news} THEN excluded."{column}" ELSE "{table}"."{column}" END'


def _guard(table: str, order: str, merge: Merge) -> str:
    return "" if merge in (Merge.LAST, Merge.SUM) else f" WHERE {_news(table, order, merge)}"


def _news(table: str, column: str, merge: Merge) -> str:
    there, new = f'"{table}"."{column}"', f'excluded."{column}"'
    if merge is Merge.SMALLEST:
        return f"({there} = 0 OR {new} < {there})"
    if merge is Merge.LARGEST:
        return f"({there} = 0 OR {new} > {there})"
    return f"{new} > {there}"


def _quoted(names: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)
