"""Steps of many facts into few rows: one row a key, and one upsert for all groups of columns that a batch changes there.

On both engines a row costs more than its columns; and PostgreSQL writes a whole new row for each upsert that finds one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from storage.statements import Merge, Rows, Statement, Step, Values, changes_of, merged, summed, upsert

Groups = dict[Statement, Values]
"""What each statement does to one row."""
SUM: Final = Merge.SUM


class Upsert(NamedTuple):
    """One SQL statement for all of these groups; ``sums`` are the columns of adding statements, which may share some."""

    sql: str
    statements: tuple[Statement, ...]
    sums: tuple[str, ...]


class Batch:
    """What the steps of many facts come to: for each kind of row, by key, what is done to it."""

    def __init__(self) -> None:
        self._rows: dict[Rows, dict[Values, Groups]] = {}
        self._sums: dict[Statement, dict[Values, list[Values]]] = {}

    def add(self, hall: str, steps: Iterable[Step]) -> None:
        """Fold in what a fact of this hall changes. Runs for every step of every fact that is taken in."""
        for step in steps:
            statement, values = step.statement, step.values
            if statement.needs_hall:
                values = (values[0], hall, *values[1:])
            key = values[: statement.keys]
            if statement.merge is SUM:
                self._sum(statement, key, values)
                continue
            rows = self._rows.get(statement.rows)
            if rows is None:
                rows = self._rows[statement.rows] = {}
            groups = rows.get(key)
            if groups is None:
                rows[key] = {statement: values}
            elif statement in groups:
                groups[statement] = merged(statement, groups[statement], values)
            else:
                groups[statement] = values

    def _sum(self, statement: Statement, key: Values, values: Values) -> None:
        sums = self._sums.get(statement)
        if sums is None:
            sums = self._sums[statement] = {}
        many = sums.get(key)
        if many is None:
            sums[key] = [values]
        else:
            many.append(values)

    def folded(self) -> Iterator[tuple[str, list[Values]]]:
        """What to execute: SQL and its rows, all of different keys."""
        self._add_sums()
        for rows, found in self._rows.items():
            shapes: dict[int, list[tuple[Values, Groups]]] = {}
            for key, groups in found.items():
                shape = 0
                for statement in groups:
                    shape |= statement.bit
                shapes.setdefault(shape, []).append((key, groups))
            for shape, members in shapes.items():
                yield from _of_shape(rows, shape, members)

    def _add_sums(self) -> None:
        """One row a key, and the second rows (of the month, beside that of the day) where statements have one."""
        for statement, sums in self._sums.items():
            if statement.also is not None:
                for key, many in list(sums.items()):
                    second = statement.also(summed(statement, key, many))
                    self._sum(statement, second[: statement.keys], second)
            rows = self._rows.setdefault(statement.rows, {})
            for key, many in sums.items():
                rows.setdefault(key, {})[statement] = summed(statement, key, many)
        self._sums = {}


def _of_shape(rows: Rows, shape: int, members: list[tuple[Values, Groups]]) -> Iterator[tuple[str, list[Values]]]:
    if not shape & (shape - 1):
        only = next(iter(members[0][1]))
        yield only.sql, [groups[only] for _, groups in members]
        return
    both = rows.upserts.get(shape)
    if both is None:
        both = rows.upserts[shape] = _upsert(rows, shape)
    if both.sums:
        yield both.sql, [_added(key, groups, both.sums) for key, groups in members]
    elif both.sql:
        first, *others = both.statements
        yield both.sql, [_joined(groups, first, others) for _, groups in members]
    else:
        for statement in both.statements:
            yield statement.sql, [groups[statement] for _, groups in members]


def _joined(groups: Groups, first: Statement, others: list[Statement]) -> Values:
    row = groups[first]
    for statement in others:
        row += groups[statement][statement.keys :]
    return row


def _added(key: Values, groups: Groups, sums: tuple[str, ...]) -> Values:
    totals = dict.fromkeys(sums, 0)
    for statement, values in groups.items():
        keys = statement.keys
        for name, value in zip(statement.columns[keys:], values[keys:], strict=True):
            totals[name] += value
    return (*key, *totals.values())


def _upsert(rows: Rows, shape: int) -> Upsert:
    """Several statements as one; "" where two set the same column: then they go one after the other."""
    chosen = tuple(statement for statement in rows.statements if statement.bit & shape)
    columns = [column for statement in chosen for column in statement.columns[statement.keys :]]
    if all(statement.merge is SUM for statement in chosen):
        sums = tuple(dict.fromkeys(columns))
        changes = [f'"{name}" = "{rows.table}"."{name}" + excluded."{name}"' for name in sums]
        return Upsert(upsert(rows, sums, changes), chosen, sums)
    if len(set(columns)) != len(columns):
        return Upsert("", chosen, ())
    return Upsert(upsert(rows, columns, [one for statement in chosen for one in changes_of(statement)]), chosen, ())
