"""A node's later epochs: a log that two disks wrote, or a disk that went back, parts there and goes on under a new name.

Each copy finds out by itself, at its first contact with the upstream node. The facts it wrote alone are carried: written
again into the new log with their birth identity, so that everybody counts them once. Opening an epoch for nothing does
no harm.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator
from enum import StrEnum

import msgspec
from msgspec import Struct

from storage.chain import as_bytes, first_hash, next_hash
from storage.database import Database
from storage.errors import StorageDamaged
from storage.journal import INSERT_EVENT, UPDATE_LOG, Head, Journal

EPOCH_BITS = 40
LOG = "SELECT have, parent, closed, upto, pruned FROM log WHERE node = ? AND epoch = ?"
HASH = "SELECT hash FROM event WHERE node = ? AND epoch = ? AND seq = ?"
LINES = "SELECT seq, line, hash FROM event WHERE node = ? AND epoch = ? AND seq > ? AND seq <= ? ORDER BY seq"
OPEN = (
    "INSERT INTO log (node, epoch, have, head, parent, parent_epoch, parent_seq, why, opened_t) "
    "VALUES (?, ?, 0, ?, ?, ?, ?, ?, ?)"
)
CLOSE = "UPDATE log SET closed = 1, upto = ?, acked = CASE WHEN acked > ? THEN ? ELSE acked END WHERE node = ? AND epoch = ?"
SET_META = "INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value"
MACHINE = "SELECT value FROM meta WHERE name = 'machine'"
_Row = tuple[int, bytes, bytes]
"""Seq, line, chain hash."""
_fields = msgspec.json.Decoder(dict[str, msgspec.Raw])
_encoder = msgspec.json.Encoder()


class Cause(StrEnum):
    """Why an epoch began: two disks wrote one log; this disk was put back; it is in another machine; lines that the
    upstream store lost are no longer here; or a line is damaged that was never sent.
    """

    FORKED = "forked"
    WENT_BACK = "went_back"
    MOVED = "moved"
    PRUNED = "pruned"
    DAMAGED = "damaged"


class Parted(Struct, frozen=True):
    """The epoch that is written now, lines carried into it, lines that could not be (pruned here, or damaged)."""

    epoch: int
    carried: int
    lost: int


def part(journal: Journal, epoch: int, common: int, cause: Cause, now_t: int) -> Parted:
    """Let a log end at ``common`` and carry what stands after it, in one transaction. ``now_t`` is wall ms.

    The log that is written now gets a successor; an older one gives its rest to the log that is written now.
    """
    node = journal.identity.node
    with journal.transaction() as database:
        have, parent, closed, upto, pruned = database.rows(LOG, (node, epoch))[0]
        end = int(upto) if closed else int(have)
        if common >= end and closed:
            return Parted(journal.head()[1], 0, 0)
        head, written = journal.head()
        if written == epoch:
            digest = _hash_at(database, node, epoch, common, parent)
            head, written = _open(database, node, head, (epoch, common, digest.hex()), cause, now_t)
        database.execute(CLOSE, (common, common, common, node, epoch))
        first = max(common, int(pruned))
        carried, head = _carry(database, node, epoch, (first, end), head, written)
        database.execute(UPDATE_LOG, (head.seq, head.digest.hex(), node, written))
    journal.forget_identity()
    return Parted(written, carried, max(0, end - common) - carried)


def settle(journal: Journal, machine: str, now_t: int) -> Parted | None:
    """At the start: a file that finds itself in another machine begins a new epoch. ``machine`` is its fingerprint."""
    known = journal.database.value(MACHINE)
    if known == machine:
        return None
    who = journal.identity
    parted = None
    if known:
        head, epoch = journal.head()
        parted = part(journal, epoch, head.seq, Cause.MOVED, now_t)
    with journal.transaction() as database:
        database.execute(SET_META, ("machine", machine))
    assert journal.identity.node == who.node
    return parted


def _hash_at(database: Database, node: str, epoch: int, seq: int, parent: str) -> bytes:
    if seq == 0:
        return first_hash(node, epoch, parent)
    found = database.value(HASH, (node, epoch, seq))
    if found is None:
        raise StorageDamaged(database.where, node=node, epoch=epoch, seq=seq)
    return bytes(found)


def _open(
    database: Database, node: str, head: Head, parent: tuple[int, int, str], cause: Cause, now_t: int
) -> tuple[Head, int]:
    """A new log; the causal counter and the position go on."""
    epoch = secrets.randbits(EPOCH_BITS) | 1
    while database.rows(LOG, (node, epoch)):
        epoch = secrets.randbits(EPOCH_BITS) | 1
    digest = first_hash(node, epoch, parent[2])
    database.execute(OPEN, (node, epoch, digest.hex(), parent[2], parent[0], parent[1], cause, now_t))
    database.execute(SET_META, ("epoch", str(epoch)))
    return Head(0, digest, head.causal, head.pos), epoch


def _carry(database: Database, node: str, epoch: int, span: tuple[int, int], head: Head, into: int) -> tuple[int, Head]:
    """Write the lines after the first and up to the second seq again, each with its birth identity."""
    parent = str(database.value("SELECT parent FROM log WHERE node = ? AND epoch = ?", (node, epoch)))
    before = _hash_at(database, node, epoch, span[0], parent)
    found = [
        (int(born), as_bytes(line), as_bytes(known)) for born, line, known in database.rows(LINES, (node, epoch, *span))
    ]
    rows, head = written_again(node, epoch, _sound(before, found), head, into)
    database.run_many(INSERT_EVENT, rows)
    return len(rows), head


def written_again(
    node: str, epoch: int, lines: Iterable[_Row], head: Head, into: int
) -> tuple[list[tuple[int, str, int, int, bytes, bytes]], Head]:
    """Rows of the journal for lines of a log that ended, each with its birth identity, after ``head`` of the log ``into``."""
    seq, digest, pos = head.seq, head.digest, head.pos
    rows = []
    for line in _carried_lines(lines, epoch, head.seq):
        seq, pos = seq + 1, pos + 1
        digest = next_hash(digest, line)
        rows.append((pos, node, into, seq, line, digest))
    return rows, Head(seq, digest, head.causal, pos)


def _sound(before: bytes, rows: list[_Row]) -> Iterator[_Row]:
    """The lines that are what was written: by the hash beside them, or, where that is damaged, by the line after.

    ``before`` is the hash before the first.
    """
    known = {before}
    for n, (seq, line, digest) in enumerate(rows):
        made = {next_hash(one, line) for one in known}
        proven = made & {digest}
        if not proven and n + 1 < len(rows):
            proven = {one for one in made if next_hash(one, rows[n + 1][1]) == rows[n + 1][2]}
        for one in proven:
            yield seq, line, one
        known = {digest, *proven}


def _carried_lines(rows: Iterable[_Row], epoch: int, after: int) -> Iterator[bytes]:
    """Every field stays as the bytes it was, also those of a newer program."""
    for seq, (born, line, digest) in enumerate(rows, after + 1):
        fields = _fields.decode(line)
        order = int(msgspec.json.decode(fields["n"])) if "n" in fields else born
        fields["s"] = msgspec.Raw(_encoder.encode(seq))
        fields["n"] = msgspec.Raw(_encoder.encode(order))
        if "of" not in fields:
            fields["of"] = msgspec.Raw(_encoder.encode((epoch, born, digest.hex())))
        yield _encoder.encode(fields)
