"""What a node that serves others keeps of its journal for the feed: the last reference fact of each item, and
decisions about the halls below, by place.

Filled by following the journal from a position, so that it does not matter which process recorded a fact or which log
it came in. A fact that was put aside (of another place, broken, unknown) never goes down.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from storage import facts as f
from storage.chain import first_hash
from storage.database import Database, Row
from storage.decided import DECIDED, is_decision, is_taken_above
from storage.feed import EVERYWHERE, ITEMS, MIN_APP, SET_META, Item, Origin, item_of, put
from storage.journal import Journal
from storage.projections import Placed
from storage.receive import Receipt
from storage.understand import Said, understood

LINES = "SELECT pos, node, epoch, seq, line, hash FROM event WHERE pos > ? ORDER BY pos LIMIT ?"
SEEN = "SELECT value FROM meta WHERE name = 'feed_pos'"
ASIDE = "SELECT 1 FROM quarantine WHERE node = ? AND epoch = ? AND seq = ?"
HASH = "SELECT hash FROM event WHERE node = ? AND epoch = ? AND seq = ?"
PARENT = "SELECT parent FROM log WHERE node = ? AND epoch = ?"
CHUNK = 2_000
KEEP_EVERY = 10_000
"""Lines without a reference fact after which the position is written all the same."""
_kind = re.compile(rb'\{"s":\d+,"k":"([^"\\]*)"')
FED = frozenset((*ITEMS, *DECIDED))
_FED = frozenset(name.encode() for name in FED)


class _Line(NamedTuple):
    pos: int
    node: str
    epoch: int
    seq: int
    line: bytes
    digest: bytes


class FeedIndex:
    """Follows one journal; use it in the thread of that journal."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._seen = self._kept = int(journal.database.value(SEEN) or 0)

    def pass_over(self, receipt: Receipt) -> None:
        """Lines that were just stored need not be read again where nothing in them travels down."""
        if receipt.added and self._seen == receipt.rev - receipt.added and receipt.kinds.isdisjoint(FED):
            self._seen = receipt.rev

    def is_current(self, rev: int) -> bool:
        """Whether nothing up to this position, the last one a moment ago, is to be read."""
        return self._seen == rev and self._seen - self._kept < KEEP_EVERY

    def catch_up(self) -> None:
        """Take in what the journal has gained; writes only if there is something to write."""
        found: list[_Line] = []
        for rows in self._new_rows():
            found += [line for line in map(_line, rows) if _may_be_fed(line.line)]
            self._seen = int(rows[-1][0])
        if found or self._seen - self._kept >= KEEP_EVERY:
            with self._journal.transaction() as database:
                for line in found:
                    self._take(database, line)
                database.execute(SET_META, ("feed_pos", str(self._seen)))
            self._kept = self._seen

    def _new_rows(self) -> Iterator[list[Row]]:
        pos = self._seen
        rows: list[Row] = []
        while not rows or len(rows) == CHUNK:
            rows = self._journal.database.rows(LINES, (pos, CHUNK))
            if not rows:
                return
            yield rows
            pos = int(rows[-1][0])

    def _take(self, database: Database, line: _Line) -> None:
        where = (line.node, line.epoch, line.seq)
        read = understood(*where, line.line, line.digest)
        if not isinstance(read, Said) or read.placed is None or database.value(ASIDE, where):
            return
        own, item = self._journal.identity.node, item_of(read.placed)
        if item is None or not self._goes_down(database, read.placed, item):
            return
        prev, min_app = _hash_before(database, line), MIN_APP.get(read.placed.fact.kind, "")
        put(database, own, Origin(*where, prev, line.line, min_app), read, above=False)

    def _goes_down(self, database: Database, placed: Placed, item: Item) -> bool:
        """Whether those below are told."""
        own = self._journal.identity
        if is_decision(placed):
            return is_taken_above(database, placed, own.node, own.hall)
        return placed.node == own.node or _may_travel(placed, item)


def _may_travel(placed: Placed, item: Item) -> bool:
    """A password is its hall's own business; what holds everywhere is said by nobody below."""
    return placed.fact.kind != f.CredentialChanged.kind and item.place != EVERYWHERE


def _may_be_fed(line: bytes) -> bool:
    """Whether the line can be of a kind that travels: lines of this program begin with their number and kind."""
    match = _kind.match(line)
    return match is None or match[1] in _FED


def _hash_before(database: Database, line: _Line) -> bytes:
    where = (line.node, line.epoch)
    if line.seq > 1:
        return bytes(database.value(HASH, (*where, line.seq - 1)))
    return first_hash(*where, str(database.value(PARENT, where) or ""))


def _line(row: Row) -> _Line:
    pos, node, epoch, seq, line, digest = row
    return _Line(int(pos), str(node), int(epoch), int(seq), bytes(line), bytes(digest))
