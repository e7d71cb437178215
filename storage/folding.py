"""Steps of many facts into few rows: one row a key, and one upsert for all groups of columns that a batch changes there.

On both engines a row costs more than its columns; and PostgreSQL writes a whole new row for each upsert that finds one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from storage.statements import Merge, Rows, Statement, Values, changes_of, merged, upsert

Groups = dict[Statement, Values]
Batch = dict[Rows, dict[Values, Groups]]
"""For each kind of row, by key, what each statement does to it."""


class Upsert(NamedTuple):
    """One SQL statement for all of these groups; ``sums`` are the columns of adding statements, which may share some."""

    sql: str
    statements: tuple[Statement, ...]
    sums: tuple[str, ...]


def add(batch: Batch, statement: Statement, values: Values) -> None:
    """Fold the whole values of one step into a batch."""
    rows = batch.get(statement.rows)
    if rows is None:
        rows = batch[statement.rows] = {}
    key = values[: statement.keys]
    groups = rows.get(key)
    if groups is None:
        rows[key] = {statement: values}
        return
    before = groups.get(statement)
    groups[statement] = values if before is None else merged(statement, before, values)


def with_second_rows(batch: Batch) -> Batch:
    """Add the second rows (of the month, beside that of the day) where statements have one."""
    second = [
        (statement, statement.also(values))
        for rows in batch.values()
        for groups in rows.values()
        for statement, values in groups.items()
        if statement.also is not None
    ]
    for statement, values in second:
        add(batch, statement, values)
    return batch


def folded(batch: Batch) -> Iterator[tuple[str, list[Values]]]:
    """What to execute: SQL and its rows, all of different keys."""
    for rows, found in batch.items():
        shapes: dict[int, list[tuple[Values, Groups]]] = {}
        for key, groups in found.items():
            shape = 0
            for statement in groups:
                shape |= statement.bit
            shapes.setdefault(shape, []).append((key, groups))
        for shape, members in shapes.items():
            yield from _of_shape(rows, shape, members)


def _of_shape(rows: Rows, shape: int, members: list[tuple[Values, Groups]]) -> Iterator[tuple[str, list[Values]]]:
    if not shape & (shape - 1):
        only = next(iter(members[0][1]))
        yield only.sql, [groups[only] for _, groups in members]
        return
    both = rows.upserts.get(shape)
    if both is None:
        both = rows.upserts[shape] = _upsert(rows, shape)
    if both.sums:
        yield both.sql, [_summed(key, groups, both.sums) for key, groups in members]
    elif both.sql:
        keys = len(rows.key)
        yield (
            both.sql,
            [
                (*key, *[value for statement in both.statements for value in groups[statement][keys:]])
                for key, groups in members
            ],
        )
    else:
        for statement in both.statements:
            yield statement.sql, [groups[statement] for _, groups in members]


def _upsert(rows: Rows, shape: int) -> Upsert:
    """Several statements as one; "" where two set the same column: then they go one after the other."""
    chosen = tuple(statement for statement in rows.statements if statement.bit & shape)
    columns = [column for statement in chosen for column in statement.columns[statement.keys :]]
    if all(statement.merge is Merge.SUM for statement in chosen):
        sums = tuple(dict.fromkeys(columns))
        changes = [f'"{name}" = "{rows.table}"."{name}" + excluded."{name}"' for name in sums]
        return Upsert(upsert(rows, sums, changes), chosen, sums)
    if len(set(columns)) != len(columns):
        return Upsert("", chosen, ())
    return Upsert(upsert(rows, columns, [one for statement in chosen for one in changes_of(statement)]), chosen, ())


def _summed(key: Values, groups: Groups, sums: tuple[str, ...]) -> Values:
    totals = dict.fromkeys(sums, 0)
    for statement, values in groups.items():
        keys = statement.keys
        for name, value in zip(statement.columns[keys:], values[keys:], strict=True):
            totals[name] += value
    return (*key, *totals.values())
