"""What this file's own log has to send upstream, and how far that got. Nothing is marked per fact: one number says it."""

from __future__ import annotations

from typing import NamedTuple

from storage.chain import first_hash
from storage.journal import Journal

STANDING = "SELECT have, head, acked, durable, parent FROM log WHERE node = ? AND epoch = ?"
LINES = "SELECT line, hash FROM event WHERE node = ? AND epoch = ? AND seq > ? ORDER BY seq LIMIT ?"
HASH = "SELECT hash FROM event WHERE node = ? AND epoch = ? AND seq = ?"
ACKNOWLEDGE = "UPDATE log SET acked = ?, durable = ? WHERE node = ? AND epoch = ?"


class Standing(NamedTuple):
    """Where the own log stands: ``have`` the newest seq, ``acked`` the last one that is upstream."""

    node: str
    epoch: int
    have: int
    head: bytes
    acked: int
    durable: int
    parent: str

    @property
    def waiting(self) -> int:
        """Facts that are not upstream yet."""
        return self.have - self.acked


def standing(journal: Journal) -> Standing:
    """The state of the own log; raises NotSetUp."""
    who = journal.identity
    have, head, acked, durable, parent = journal.database.rows(STANDING, (who.node, who.epoch))[0]
    return Standing(who.node, who.epoch, int(have), bytes.fromhex(head), int(acked), int(durable), parent)


def unsent(journal: Journal, own: Standing, most: int) -> list[tuple[bytes, bytes]]:
    """Lines with their chain hashes, in order, from the first that is not upstream."""
    rows = journal.database.rows(LINES, (own.node, own.epoch, own.acked, most))
    return [(bytes(line), bytes(digest)) for line, digest in rows]


def hash_at(journal: Journal, own: Standing, seq: int) -> bytes | None:
    """The own chain hash after ``seq`` lines; None beyond the end."""
    if seq == 0:
        return first_hash(own.node, own.epoch, own.parent)
    found = journal.database.value(HASH, (own.node, own.epoch, seq))
    return None if found is None else bytes(found)


def acknowledge(journal: Journal, own: Standing, acked: int, durable: int) -> Standing:
    """Move the mark (forward, or back when the upstream store was restored) in one transaction; returns the new state."""
    durable = min(durable, acked)
    if (acked, durable) != (own.acked, own.durable):
        with journal.transaction() as database:
            database.execute(ACKNOWLEDGE, (acked, durable, own.node, own.epoch))
    return standing(journal)
