"""The lines of its own log that a number host lost and its PCs still have: proven, and written again.

With every line of its own logs a number host signs how far they go and with which chain hash; a PC keeps the last of these
words. So a PC can give back what the host lost, page by page: the last page ends at the hash that was signed, and each page
proves the hash at which the page before it must end. A page that begins where something is missing before it is only
remembered by its ends and asked for again in its turn: however much was lost, never more than one page is held.

What comes back is written again into the log that is written now, with its birth identity, like everything after a log has
parted: it counts once, whoever else tells it (the host's centre, the PCs themselves).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from storage import epochs
from storage.chain import as_bytes, first_hash, next_hash
from storage.database import Database
from storage.host_log import KnownLog
from storage.journal import INSERT_EVENT, UPDATE_CAUSAL, UPDATE_LOG, Journal
from storage.rebuild import project_lines

HASH = "SELECT hash FROM event WHERE node = ? AND epoch = ? AND seq = ?"
HASHES = "SELECT seq, hash FROM event WHERE node = ? AND epoch = ? AND seq BETWEEN ? AND ?"
BACKWARDS = "SELECT line FROM event WHERE node = ? AND epoch = ? AND seq > ? AND seq <= ? ORDER BY seq DESC LIMIT ?"
PARENT = "SELECT parent FROM log WHERE node = ? AND epoch = ?"
META = "SELECT value FROM meta WHERE name = ?"
SET_META = "INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value"
REGAINED = "regained/{}"
SIGNED = "host_head/{}"
UNSIGNED = "host_unsigned"
HAVE = "SELECT have FROM log WHERE node = ? AND epoch = ?"
MOST = 450
MOST_BYTES = 256 * 1024


class Lost(NamedTuple):
    """A log of this node of which somebody knows more; ``after`` is the last line of it that is here."""

    epoch: int
    after: int


class Page(NamedTuple):
    """Consecutive lines of one log; ``prev`` is the hash before the first."""

    first: int
    prev: bytes
    lines: tuple[bytes, ...]

    @property
    def last(self) -> int:
        """Seq of the last line; ``first - 1`` when there is none."""
        return self.first - 1 + len(self.lines)

    def digests(self) -> list[bytes]:
        """The chain hash after each line."""
        made = [self.prev]
        for line in self.lines:
            made.append(next_hash(made[-1], line))
        return made[1:]


# at a PC


def note_signed(database: Database, epoch: int, word: str) -> None:
    """Keep what the host signed of the end of a log, in the transaction that takes in its lines."""
    database.execute(SET_META, (SIGNED.format(epoch), word))


def signed(database: Database, epoch: int) -> str:
    """The last such word; "" when there is none."""
    return str(database.value(META, (SIGNED.format(epoch),)) or "")


def note_unsigned(journal: Journal, host: str, left: Sequence[Lost]) -> bool:
    """Which logs the host lost without having signed what is here of them; whether that is news. Without one: forgotten."""
    word = " ".join(f"{host}/{one.epoch}/{one.after}" for one in left)
    if word == str(journal.database.value(META, (UNSIGNED,)) or ""):
        return False
    with journal.transaction() as database:
        database.execute(SET_META, (UNSIGNED, word))
    return True


def unsigned(database: Database) -> int:
    """How many lines of its number host only this PC may have and cannot give back; those between two marks of the
    comparison are among them, though the host has some.
    """
    logs = (one.rsplit("/", 2) for one in str(database.value(META, (UNSIGNED,)) or "").split())
    return sum(max(0, int(database.value(HAVE, (host, int(epoch))) or 0) - int(after)) for host, epoch, after in logs)


def page(database: Database, host: str, lost: Lost, upto: int) -> Page:
    """The last lines up to ``upto`` that fit, none at or before what the host still has; empty if they are not here."""
    found: list[bytes] = []
    room = MOST_BYTES
    for (raw,) in database.rows(BACKWARDS, (host, lost.epoch, lost.after, upto, MOST)):
        found.append(as_bytes(raw))
        room -= len(found[-1])
        if room <= 0:
            break
    first = upto - len(found) + 1
    if first == 1:
        parent = str(database.value(PARENT, (host, lost.epoch)) or "")
        return Page(1, first_hash(host, lost.epoch, parent), tuple(reversed(found)))
    prev = database.value(HASH, (host, lost.epoch, first - 1))
    return Page(first, as_bytes(prev), tuple(reversed(found))) if prev is not None else Page(upto + 1, b"", ())


# at the host


def lost(journal: Journal, known: Sequence[KnownLog]) -> list[Lost]:
    """Which of the logs that ended here somebody knows further, or otherwise."""
    node = journal.identity.node
    _head, written = journal.head()
    found = []
    for log in known:
        if not log.marks or log.epoch == written:
            continue
        regained = int(journal.database.value(META, (REGAINED.format(log.epoch),)) or 0)
        held = (mark.seq for mark in log.marks if _holds(journal.database, node, log.epoch, mark.seq, mark.digest))
        after = max(regained, next(held, 0))
        if after < log.marks[0].seq:
            found.append(Lost(log.epoch, after))
    return found


def _holds(database: Database, node: str, epoch: int, seq: int, digest: str) -> bool:
    found = database.value(HASH, (node, epoch, seq))
    return found is not None and as_bytes(found).hex() == digest


class Regaining:
    """One log on its way back; ``end`` is the line and the hash (hex) that this node once signed."""

    def __init__(self, lost: Lost, end: tuple[int, str]) -> None:
        self.epoch = lost.epoch
        self.after = lost.after
        self.end = end
        self._ends = [end] if end[0] > lost.after else []
        self.lines = 0

    @property
    def wanted(self) -> int:
        """Up to which line the next page shall go; 0 when everything is here."""
        return self._ends[-1][0] if self._ends else 0

    def take(self, journal: Journal, given: Page) -> None:
        """A page that ends where it must is remembered, or written when nothing before it is missing; no other."""
        digests = given.digests()
        if not digests or not self._ends or (given.last, digests[-1].hex()) != self._ends[-1]:
            return
        if given.first - 1 > self.after:
            self._ends.append((given.first - 1, given.prev.hex()))
            return
        self.lines += write_again(journal, self.epoch, given, digests)
        self.after = self._ends.pop()[0]


def write_again(journal: Journal, epoch: int, given: Page, digests: Sequence[bytes]) -> int:
    """Write proven lines of an ended log into the one that is written now, as far as they are not here; returns how many."""
    node = journal.identity.node
    with journal.transaction() as database:
        regained = int(database.value(META, (REGAINED.format(epoch),)) or 0)
        here = {
            int(seq): as_bytes(found) for seq, found in database.rows(HASHES, (node, epoch, given.first, given.last))
        }
        new = [
            (seq, line, digest)
            for seq, (line, digest) in enumerate(zip(given.lines, digests, strict=True), given.first)
            if seq > regained and here.get(seq) != digest
        ]
        head, written = journal.head()
        rows, head = epochs.written_again(node, epoch, new, head, written)
        if rows:
            database.run_many(INSERT_EVENT, rows)
            project_lines(database, database, rows)
            database.execute(UPDATE_LOG, (head.seq, head.digest.hex(), node, written))
            database.execute(UPDATE_CAUSAL, (str(max(head.causal, *(_causal(row[4]) for row in rows))),))
        database.execute(SET_META, (REGAINED.format(epoch), str(max(regained, given.last))))
    return len(rows)


class _Ordered(msgspec.Struct, frozen=True):
    n: int


def _causal(line: bytes) -> int:
    return msgspec.json.decode(line, type=_Ordered).n
