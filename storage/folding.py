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


class Change(NamedTuple):
    """One SQL statement and its rows, of which the first ``keys`` columns are the key: all different."""

    sql: str
    keys: int
    rows: list[Values]


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

    def folded(self) -> Iterator[Change]:
        """What to execute."""
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
        """One row a key, and further rows (of the month and the year, beside that of the day) where statements have some."""
        for statement, sums in self._sums.items():
            if statement.also is not None:
                for key, many in list(sums.items()):
                    for further in statement.also(summed(statement, key, many)):
                        self._sum(statement, further[: statement.keys], further)
            rows = self._rows.setdefault(statement.rows, {})
            for key, many in sums.items():
                rows.setdefault(key, {})[statement] = summed(statement, key, many)
        self._sums = {}


def together(parts: Iterable[Iterable[Change]]) -> Iterator[Change]:
    """The changes of several folded batches, those of one statement at once where no key is in two of them."""
    alike: dict[str, list[Change]] = {}
    for changes in parts:
        for one in changes:
            alike.setdefault(one.sql, []).append(one)
    for many in alike.values():
        sql, keys, rows = many[0]
        if len(many) > 1:
            rows = [row for one in many for row in one.rows]
            if len({row[:keys] for row in rows}) != len(rows):
                yield from many
                continue
        yield Change(sql, keys, rows)


def _of_shape(rows: Rows, shape: int, members: list[tuple[Values, Groups]]) -> Iterator[Change]:
    keys = len(rows.key)
    if not shape & (shape - 1):
        only = next(iter(members[0][1]))
        yield Change(only.sql, keys, [groups[only] for _, groups in members])
        return
    both = rows.upserts.get(shape)
    if both is None:
        both = rows.upserts[shape] = _upsert(rows, shape)
    if both.sums:
        yield Change(both.sql, keys, [_added(key, groups, both.sums) for key, groups in members])
    elif both.sql:
        first, *others = both.statements
        yield Change(both.sql, keys, [_joined(groups, first, others) for _, groups in members])
    else:
        for statement in both.statements:
            yield Change(statement.sql, keys, [groups[statement] for _, groups in members])


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
