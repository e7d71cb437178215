"""The logs of a hall on their way from the number host to its PCs: whole lines in order, each log by itself.

A PC keeps the logs of the others as they are, so that its tables, its displays and its checks see the whole hall, and
any of them holds a second copy of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from storage.chain import as_bytes, first_hash
from storage.database import Database
from storage.host_lost import note_signed
from storage.journal import Journal
from storage.receive import Batch, Parent, Receipt, accept

MOST = 450
MOST_BYTES = 256 * 1024
OTHERS = (
    "SELECT node, epoch, CASE WHEN closed = 1 THEN upto ELSE have END, parent, parent_epoch, parent_seq, why "
    "FROM log WHERE node <> ? ORDER BY node, epoch"
)
"""Of a log that ended only what belongs to it: what stood after its end was carried into the next."""
KNOWN = "SELECT node, epoch, have FROM log WHERE node <> ?"
LINES = "SELECT line FROM event WHERE node = ? AND epoch = ? AND seq > ? ORDER BY seq LIMIT ?"
HASH = "SELECT hash FROM event WHERE node = ? AND epoch = ? AND seq = ?"

Known = Mapping[str, int]
"""How far each log is known: ``node/epoch`` to the last seq."""


class Piece(NamedTuple):
    """Consecutive lines of one log, with the hashes before the first and after the last."""

    node: str
    epoch: int
    first: int
    prev: bytes
    head: bytes
    parent: Parent | None
    lines: tuple[bytes, ...]


def known(journal: Journal) -> dict[str, int]:
    """What this file has of the logs of other nodes."""
    rows = journal.database.rows(KNOWN, (journal.identity.node,))
    return {f"{node}/{epoch}": int(have) for node, epoch, have in rows}


def news(database: Database, node: str, seen: Known) -> tuple[list[Piece], bool]:
    """What ``node`` has not seen of the logs of others, and whether more waits."""
    pieces: list[Piece] = []
    room, size = MOST, MOST_BYTES
    for log in database.rows(OTHERS, (node,)):
        after = min(int(log[2]), seen.get(f"{log[0]}/{log[1]}", 0))
        if int(log[2]) <= after:
            continue
        if room <= 1 or size <= 0:
            return pieces, True
        lines = tuple(_fitting(database, str(log[0]), int(log[1]), after, room - 1, size))
        pieces.append(_piece(database, log, after, lines))
        room -= len(lines) + 1
        size -= sum(map(len, lines))
        if after + len(lines) < int(log[2]):
            return pieces, True
    return pieces, False


def _fitting(database: Database, node: str, epoch: int, after: int, most: int, size: int) -> Iterator[bytes]:
    for (raw,) in database.rows(LINES, (node, epoch, after, most)):
        line = as_bytes(raw)
        yield line
        size -= len(line)
        if size <= 0:
            return


def _piece(database: Database, log: tuple[object, ...], after: int, lines: tuple[bytes, ...]) -> Piece:
    node, epoch = str(log[0]), int(str(log[1]))
    parent = Parent(int(str(log[4])), int(str(log[5])), str(log[3]), str(log[6])) if log[3] else None
    prev = _hash(database, node, epoch, after) if after else first_hash(node, epoch, str(log[3]))
    return Piece(node, epoch, after + 1, prev, _hash(database, node, epoch, after + len(lines)), parent, lines)


def _hash(database: Database, node: str, epoch: int, seq: int) -> bytes:
    return as_bytes(database.value(HASH, (node, epoch, seq)))


def keep(journal: Journal, host: str, piece: Piece, received_t: int, word: str = "") -> Receipt:
    """Store a piece as it came; its node speaks for this hall only, unless it is the number host itself. ``word`` is what
    the number host signed of the end of this piece, if the log is its own.

    Raises StorageError as :func:`storage.receive.accept`.
    """
    scope = "" if piece.node == host else journal.identity.hall
    batch = Batch(
        node=piece.node, epoch=piece.epoch, first=piece.first, prev=piece.prev, head=piece.head, lines=piece.lines,
        body=b"", scope=scope, parent=piece.parent,
    )  # fmt: skip
    also = (lambda database: note_signed(database, piece.epoch, word)) if word else None
    return accept(journal, batch, received_t, also=also)
