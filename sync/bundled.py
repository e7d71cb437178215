"""A bundle at the node it is for: each segment is stored as if it had come over the line, and the answers go home together.

The feed goes on from answer to answer. When the lines are all answered and more of the feed waits, the last segment is
answered again and again with what follows, as long as the receipt has room.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import msgspec

from storage.receive import Verdict
from sync import bundle, receipt, segment
from sync.bundle import MOST_PARTS, PIECE_BYTES, BundleError, Progress
from sync.keys import NodeKey
from sync.receipt import Entry, Place
from sync.segment import Cursor, Header, Segment

if TYPE_CHECKING:
    from sync.centre import Centre, Stored


class TakenIn(NamedTuple):
    """Of one bundle: its sender, lines in it, lines of that log here now, the verdict on the last segment, and the sealed
    receipt.
    """

    node: str
    lines: int
    have: int
    verdict: Verdict
    receipt: bytes


def take_in(centre: Centre, key: NodeKey, sealed: bytes, progress: Progress | None = None) -> TakenIn:
    """Store and answer; in the centre's thread. Raises BundleError, WireError, StorageError, and what Centre.sender does."""
    parts = bundle.opened(sealed, key)
    first = segment.read(parts[0])
    visit = Visit(centre, first)
    for done, part in enumerate(parts, 1):
        visit.add(segment.read(part))
        if progress is not None:
            progress(done, len(parts))
        if visit.last.verdict is not Verdict.STORED:
            break
    visit.finish_feed()
    centre.note_package(visit.node)
    written = receipt.write(visit.node, visit.heard, visit.entries, visit.answers, key.sign)
    last = visit.last
    return TakenIn(visit.node, visit.lines, last.ack.have, last.verdict, bundle.sealed_parts(visit.box, written))


class Visit:
    """One bundle on its way through; ``last`` is what became of the segment before."""

    last: Stored

    def __init__(self, centre: Centre, first: Segment) -> None:
        self._centre = centre
        self.node = first.header.node
        self.box = centre.sender(first).box
        if not self.box:
            raise BundleError("no-box")
        centre.count(self.node)
        promise = centre.promised(first.header.receipt)
        self.heard = Place(promise.store, promise.rev) if promise else Place()
        self.entries: list[Entry] = []
        self.answers: list[bytes] = []
        self.lines = 0

    def add(self, received: Segment) -> None:
        """Store one segment; its answer goes on with the feed where the one before ended."""
        self.lines += received.header.n
        self._answer(received)

    def finish_feed(self) -> None:
        """The last segment is answered again with what follows of the feed."""
        while self.last.ack.more and len(self.answers) < MOST_PARTS - 1 and sum(map(len, self.answers)) < PIECE_BYTES:
            self._answer(self._received)

    def _answer(self, received: Segment) -> None:
        header = received.header
        if header.node != self.node:
            raise BundleError("no-bundle")
        sender = self._centre.sender(received)
        if self.entries:
            ack = self.last.ack
            header = msgspec.structs.replace(header, cursor=Cursor(ack.store, ack.feed))
        self._received = received
        self.last = self._centre.keep(received._replace(header=header), sender, is_carried=True)
        self.answers.append(self.last.answer)
        self.entries.append(_entry(header, self.last))


def _entry(header: Header, stored: Stored) -> Entry:
    since = Place(stored.since.store, stored.since.rev)
    last = header.first - 1 + header.n
    return Entry(header.epoch, header.first, last, header.head, receipt.digest(stored.answer), since)
