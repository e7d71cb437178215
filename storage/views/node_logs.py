"""What a store has of one node: its logs by epoch, the segments that came last, lines that were put aside, its bytes."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from storage.database import Database
from storage.views.reading import columns, structs

KEYS = "SELECT name, key FROM node WHERE key <> ''"


class LogRow(Struct, frozen=True):
    """One log: ``have`` lines are here, ``durable`` of them in a verified backup. ``why``, ``opened_t`` and
    ``parent_epoch``/``parent_seq`` say how a later epoch began.
    """

    epoch: int
    have: int
    acked: int
    durable: int
    why: str
    opened_t: int
    parent_epoch: int
    parent_seq: int


class SegmentRow(Struct, frozen=True):
    """One segment as received; ``size`` bytes packed."""

    epoch: int
    first: int
    last: int
    received_t: int
    size: int


class AsideRow(Struct, frozen=True):
    """A line that is stored and not understood, and why."""

    epoch: int
    seq: int
    why: str


def logs(db: Database, node: str) -> list[LogRow]:
    """The logs of a node, the latest first."""
    sql = f'SELECT {columns(LogRow)} FROM log WHERE "node" = ? ORDER BY "opened_t" DESC, "epoch" DESC'
    return structs(db, LogRow, sql, (node,))


def segments(db: Database, node: str, most: int) -> list[SegmentRow]:
    """The segments of a node that came last, the latest first."""
    sql = (
        'SELECT "epoch", "first", "last", "received_t", length("body") FROM segment WHERE "node" = ? '
        'ORDER BY "received_t" DESC, "epoch", "first" DESC LIMIT ?'
    )
    return structs(db, SegmentRow, sql, (node, most))


def newest(db: Database, node: str) -> SegmentRow | None:
    """The segment that came last of the log that a node began last; its size is not told."""
    found = logs(db, node)
    sql = (
        'SELECT "epoch", "first", "last", "received_t", 0 FROM segment WHERE "node" = ? AND "epoch" = ? '
        'ORDER BY "last" DESC LIMIT 1'
    )
    rows = structs(db, SegmentRow, sql, (node, found[0].epoch)) if found else []
    return rows[0] if rows else None


def aside(db: Database, node: str, most: int) -> list[AsideRow]:
    """Lines of a node that were put aside, the latest first."""
    sql = f'SELECT {columns(AsideRow)} FROM quarantine WHERE "node" = ? ORDER BY "epoch" DESC, "seq" DESC LIMIT ?'
    return structs(db, AsideRow, sql, (node, most))


def reasons_aside(db: Database) -> dict[str, str]:
    """Why the latest line of each node was put aside."""
    sql = 'SELECT "node", "why" FROM quarantine ORDER BY "node", "epoch", "seq"'
    return {str(node): str(why) for node, why in db.rows(sql)}


def bytes_since(db: Database, nodes: Sequence[str], since_t: int) -> dict[str, int]:
    """Packed bytes that came of each of these nodes since a moment (wall ms here)."""
    if not nodes:
        return {}
    marks = ", ".join("?" * len(nodes))
    sql = (
        f'SELECT "node", CAST(sum(length("body")) AS BIGINT) FROM segment WHERE "node" IN ({marks}) '
        'AND "received_t" >= ? GROUP BY "node"'
    )
    return {str(node): int(size) for node, size in db.rows(sql, (*nodes, since_t))}


def keys(db: Database) -> dict[str, str]:
    """The public key (hex) of each node that enrolled."""
    return {str(name): str(key) for name, key in db.rows(KEYS)}
