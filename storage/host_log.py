"""The number host's own log as its PCs know it: how a host that was put back to an earlier state learns of it.

A PC says of the newest logs of its host how far it knows them, with the chain hashes at some places: dense at the end, ever
wider apart before. A host that has fewer lines, or other ones, ends that log at the last place where both are equal and goes
on under a new name; what it wrote alone since is carried. It is what any node does whose upstream node knows more.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from storage import aside, epochs
from storage.chain import as_bytes, first_hash
from storage.database import Database
from storage.epochs import Cause, Parted
from storage.journal import Journal
from storage.own_numbers import OWN_NUMBERS

NEWEST = "SELECT epoch, have, head FROM log WHERE node = ? AND have > 0 ORDER BY opened_t DESC, epoch DESC LIMIT ?"
HASH = "SELECT hash FROM event WHERE node = ? AND epoch = ? AND seq = ?"
OWN = "SELECT have, parent FROM log WHERE node = ? AND epoch = ?"
LOGS = 3


class Mark(NamedTuple):
    """The chain hash (hex) of a log after so many lines."""

    seq: int
    digest: str


class KnownLog(NamedTuple):
    """A log of the host as somebody else has it: marks from its end backwards."""

    epoch: int
    marks: tuple[Mark, ...]


def as_known(database: Database, host: str) -> tuple[KnownLog, ...]:
    """At a PC: the newest logs of its number host."""
    rows = database.rows(NEWEST, (host, LOGS))
    return tuple(KnownLog(int(epoch), tuple(_marks(database, host, int(epoch), int(have)))) for epoch, have, _ in rows)


def _marks(database: Database, host: str, epoch: int, have: int) -> Iterator[Mark]:
    seq, gap = have, 1
    while seq > 0:
        found = database.value(HASH, (host, epoch, seq))
        if found is not None:
            yield Mark(seq, as_bytes(found).hex())
        seq, gap = seq - gap, gap * 2


def compare(journal: Journal, known: Sequence[KnownLog], now_t: int, day: str) -> Parted | None:
    """At the host: a new log if this file is behind what somebody knows of it, or has other lines; else None.

    Numbers of ``day`` may have been given that are not known here any more: from now on they have this node's own digit.
    """
    node = journal.identity.node
    _head, written = journal.head()
    for log in known:
        rows = journal.database.rows(OWN, (node, log.epoch))
        if not rows:
            return _part(journal, written, journal.own_seq(), now_t, day)
        if log.epoch != written:
            continue
        have, common = int(rows[0][0]), _common(journal.database, node, log, str(rows[0][1]))
        if log.marks and common < log.marks[0].seq:
            return _part(journal, written, min(common, have), now_t, day)
    return None


def _common(database: Database, node: str, log: KnownLog, parent: str) -> int:
    """The highest of the marks that holds here; 0 where none does."""
    for mark in log.marks:
        found = database.value(HASH, (node, log.epoch, mark.seq)) if mark.seq else first_hash(node, log.epoch, parent)
        if found is not None and as_bytes(found).hex() == mark.digest:
            return mark.seq
    return 0


def _part(journal: Journal, epoch: int, common: int, now_t: int, day: str) -> Parted:
    parted = epochs.part(journal, epoch, common, Cause.WENT_BACK, now_t)
    with journal.transaction() as database:
        database.execute(aside.SET_META, (OWN_NUMBERS, day))
    return parted
