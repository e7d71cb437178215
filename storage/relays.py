"""What a number host passes on: the segments of its PCs as they signed them, and how far each log is upstream."""

from __future__ import annotations

from typing import NamedTuple

from storage.database import Database
from storage.journal import Journal

WAITING = (
    "SELECT l.node, l.epoch, l.acked FROM log l JOIN node n ON n.name = l.node AND n.key <> '' "
    "WHERE l.node <> ? AND l.have > l.acked ORDER BY l.node, l.opened_t, l.epoch"
)
NEXT = "SELECT body FROM segment WHERE node = ? AND epoch = ? AND first <= ? AND last > ? ORDER BY last DESC LIMIT 1"
MARK = "UPDATE log SET acked = ?, durable = ? WHERE node = ? AND epoch = ?"


class Waiting(NamedTuple):
    """A log of another node of the hall with lines that are not upstream."""

    node: str
    epoch: int
    acked: int


def waiting(journal: Journal) -> list[Waiting]:
    """The logs whose turn it is."""
    rows = journal.database.rows(WAITING, (journal.identity.node,))
    return [Waiting(str(node), int(epoch), int(acked)) for node, epoch, acked in rows]


def next_segment(database: Database, log: Waiting) -> bytes | None:
    """The segment that brings the lines after the mark, as it came; None if it is not here."""
    found = database.value(NEXT, (log.node, log.epoch, log.acked + 1, log.acked))
    return bytes(found) if found else None


def passed_on(journal: Journal, log: Waiting, have: int, durable: int) -> None:
    """How far the upstream node has this log, and how far in a verified backup."""
    with journal.transaction() as database:
        database.execute(MARK, (have, min(durable, have), log.node, log.epoch))
