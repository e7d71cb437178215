"""One row a finished service (and one that takes it back or changes its times), for drilling down below the sums.

Kept by a node that serves others, for as long as its operator wants. Never read for figures, never rebuilt: it can be
dropped month by month.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

from storage import facts as f
from storage import partitions
from storage.database import Database
from storage.projections import Placed

COLUMNS: Final = (
    *("province", "day", "hall", "node", "epoch", "seq", "kind", "at_t", "window", "staff", "code", "service"),
    *("services", "quantity", "counted_s", "excluded_s", "limit_s", "overtime"),
)
_NAMES = ", ".join(f'"{name}"' for name in COLUMNS)
INSERT: Final = f"INSERT INTO fact ({_NAMES}) VALUES ({', '.join('?' * len(COLUMNS))}) ON CONFLICT DO NOTHING"
"""A store that was put back may hold rows of lines that it lost: they are the same rows."""
DROP_BEFORE: Final = "DELETE FROM fact WHERE day < ?"
Row = tuple[Any, ...]


def _finished(p: Placed, d: f.ServiceFinished, sign: int) -> Row:
    who = (p.t, d.window, d.staff, d.code, d.service)
    sums = (d.quantity, d.counted_s, d.excluded_s, d.limit_s, int(d.overtime))
    return (d.day, p.hall, *who, sign, *(sign * value for value in sums))


def _recounted(p: Placed, d: f.ServiceRecounted) -> Row:
    """A pause that counts again: the same service, and what it changes by."""
    changes = (0, d.counted_change_s, d.excluded_change_s, 0, d.overtime_change)
    return (d.day, p.hall, p.t, d.window, d.staff, d.code, d.service, 0, *changes)


def _entered(p: Placed, d: f.BackEntryMade) -> Row:
    """Work from a paper slip: a service under the id of its confirmation."""
    counted_s = max(0, d.to_t - d.from_t) // 1000
    return (d.day, p.hall, p.t, d.window, d.staff, d.code, p.id, 1, d.quantity, counted_s, 0, 0, 0)


ROWS: Final[dict[str, Callable[[Placed], Row | None]]] = {
    f.ServiceFinished.kind: lambda p: _finished(p, p.fact, 1),
    f.ServiceRecounted.kind: lambda p: _recounted(p, p.fact),
    f.BackEntryConfirmed.kind: lambda p: _entered(p, p.fact.made),
    f.ActionUndone.kind: lambda p: _finished(p, p.fact.finished, -1) if p.fact.finished is not None else None,
}
"""Kinds with a row: day, hall, time, window, clerk, matter, service, and what it adds to the sums."""


def rows_of(node: str, epoch: int, placed: Iterable[tuple[int, Placed]]) -> list[Row]:
    """The rows of facts, each with its seq in that log."""
    rows = []
    for seq, one in placed:
        made = ROWS.get(one.fact.kind)
        row = made(one) if made is not None else None
        if row is not None:
            day, hall, *rest = row
            rows.append((partitions.province_of(hall), day, hall, node, epoch, seq, one.fact.kind, *rest))
    return rows


def keep(database: Database, rows: Sequence[Row]) -> None:
    """Add the rows of facts that are in the tables, within their transaction."""
    if rows:
        places(database, rows)
        database.run_many(INSERT, rows)


def places(database: Database, rows: Sequence[Row]) -> None:
    """Partitions for these rows."""
    partitions.for_facts(database, ((row[0], row[1]) for row in rows))


def drop_before(database: Database, day: str) -> None:
    """Forget rows of days before this one, within a transaction; on PostgreSQL whole months go at once."""
    for name, end in partitions.fact_months(database):
        if end <= day:
            database.execute(f'DROP TABLE "{name}"')
            database.prepared.discard(name)
    database.execute(DROP_BEFORE, (day,))
