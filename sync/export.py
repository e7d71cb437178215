"""Writing bundles: what waits of all own logs, cut as it would go over the line, sealed for the upstream node.

Nothing is marked. When nothing waits a bundle without lines is written all the same: its receipt brings the feed.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from storage import epochs, nodes, outbox
from storage.epochs import Cause
from storage.facts import Moment
from storage.feed import cursor as cursor_of
from storage.journal import Journal
from storage.outbox import Standing
from sync import bundle
from sync.bundle import MOST_PARTS, PIECE_BYTES, RECEIPT, BundleError, Progress
from sync.keys import NodeKey
from sync.outgoing import Outgoing, next_segment
from sync.segment import Cursor, Status
from sync.wire import MAX_EVENTS


class Exported(Struct, frozen=True):
    """The files, and the facts in them."""

    files: tuple[Path, ...]
    facts: int


def export(
    journal: Journal, key: NodeKey, folder: Path, now: Moment, *, app: str = "", progress: Progress | None = None
) -> Exported:
    """Write all that waits into ``folder``; raises BundleError and StorageError. Each file that is there is whole."""
    upstream = nodes.upstream(journal.database)
    if upstream is None:
        raise BundleError("not-enrolled")
    node = journal.identity.node
    bundle.remove_unfinished(folder, node)
    files, done, waiting = [], 0, outbox.all_waiting(journal)
    _around_damage(journal, key, now)
    for own in _due(journal):
        for piece in _pieces(journal, key, own, now, app, waiting - done):
            first, last = piece[0].sent.first, piece[-1].sent.last
            path = folder / bundle.name_of(node, own.epoch, first, last)
            bundle.write(path, bundle.sealed_parts(upstream.box, [one.body for one in piece]))
            bundle.remove(path.with_suffix(RECEIPT))
            files.append(path)
            done += last - first + 1
            if progress is not None:
                progress(done, waiting)
    return Exported(tuple(files), done)


def _around_damage(journal: Journal, key: NodeKey, now: Moment) -> None:
    """A line that is no longer what was written must not hold up those after it."""
    for own in outbox.logs(journal):
        if own.waiting and not next_segment(journal, own, key, now, 1).sent.lines:
            epochs.part(journal, own.epoch, own.acked, Cause.DAMAGED, now.t)


def _due(journal: Journal) -> list[Standing]:
    """The logs with something to say, as over the line; the one that is written now if there is none."""
    known = outbox.upstream_store(journal)
    logs = outbox.logs(journal)
    due = [one for one in logs if one.waiting or (one.is_closed and one.store != known)]
    return due or [outbox.standing(journal)]


def _pieces(
    journal: Journal, key: NodeKey, own: Standing, now: Moment, app: str, waiting: int
) -> Iterator[list[Outgoing]]:
    """The segments of one log, file by file; at least one segment."""
    cursor = Cursor(*cursor_of(journal.database))
    piece: list[Outgoing] = []
    size = 0
    while True:
        status = Status(backlog=waiting)
        one = next_segment(journal, own, key, now, MAX_EVENTS, cursor=cursor, app=app, status=status)
        if piece and not one.sent.lines:
            break
        piece.append(one)
        size += len(one.body)
        waiting -= one.sent.lines
        own = own._replace(acked=one.sent.last)
        if not own.waiting:
            break
        if size >= PIECE_BYTES or len(piece) == MOST_PARTS - 1:
            yield piece
            piece, size = [], 0
    yield piece
