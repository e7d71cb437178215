"""Lines that are in a verified backup upstream and older than 90 days make room; their hashes stay, and a snapshot."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec
from msgspec import Struct

from storage import feed, snapshots
from storage.database import Database, open_sqlite
from storage.errors import StorageDamaged
from storage.facts import Line, LogPruned, Moment
from storage.journal import Journal
from storage.rebuild import differences, rebuild_into, remove_scratch

OLDER_MS = 90 * 24 * 3600 * 1000
WORTH = 1_000
"""Fewer lines than this are left for another day."""
LOGS = "SELECT epoch, durable, pruned FROM log WHERE node = ? AND durable > pruned"
LINES = "SELECT seq, line FROM event WHERE node = ? AND epoch = ? AND seq > ? AND seq <= ? AND pos <= ? ORDER BY seq"
BLANK = (
    "UPDATE event SET line = ? WHERE node = ? AND epoch = ? AND seq > ? AND seq <= ? AND NOT EXISTS ("
    "SELECT 1 FROM quarantine q WHERE q.node = event.node AND q.epoch = event.epoch AND q.seq = event.seq)"
)
MARK = "UPDATE log SET pruned = ? WHERE node = ? AND epoch = ?"
_lines = msgspec.json.Decoder(Line)


class Pruned(Struct, frozen=True):
    """Lines that made room, by epoch; the position up to which the snapshot stands."""

    lines: int
    pos: int


class Span(Struct, frozen=True):
    """Lines of an own log that make room: after one seq, up to another."""

    epoch: int
    after: int
    upto: int


def prune_lines(journal: Journal, now: Moment, *, older_ms: int = OLDER_MS, worth: int = WORTH) -> Pruned:
    """Drop what may be dropped, in one transaction with the snapshot and the fact that says so.

    Raises StorageDamaged when the tables are not what the journal says: then nothing is dropped.
    """
    scratch = Path(journal.database.where).with_name(f".prune-{os.getpid()}.db")
    remove_scratch(scratch)
    try:
        pos, fed, spans = _as_the_journal_says(journal, now.t - older_ms, worth, scratch)
        if spans:
            tables = open_sqlite(scratch, synchronous="OFF")
            try:
                _drop(journal, tables, spans, (pos, fed), now)
            finally:
                tables.close()
    finally:
        remove_scratch(scratch)
    return Pruned(sum(span.upto - span.after for span in spans), pos if spans else 0)


def _as_the_journal_says(journal: Journal, before_t: int, worth: int, scratch: Path) -> tuple[int, int, list[Span]]:
    """Of one state of the file: what may be dropped, and the tables up to there in the scratch file."""
    database = journal.database
    database.execute("BEGIN")
    try:
        pos, fed = journal.last_pos(), feed.last_rev(database)
        spans = spans_of(database, journal.identity.node, before_t, pos)
        if sum(span.upto - span.after for span in spans) < worth:
            return pos, fed, []
        rebuild_into(database, scratch)
        tables = open_sqlite(scratch, synchronous="OFF")
        try:
            if next(differences(database, tables), None) is not None:
                raise StorageDamaged(database.where, detail="tables")
        finally:
            tables.close()
        return pos, fed, spans
    finally:
        database.execute("ROLLBACK")


def spans_of(database: Database, node: str, before_t: int, pos: int) -> list[Span]:
    """Of each own log the lines in a backup upstream, up to the first that is not old enough."""
    found = []
    for epoch, durable, pruned in database.rows(LOGS, (node,)):
        upto = int(pruned)
        for seq, line in database.rows(LINES, (node, epoch, pruned, durable, pos)):
            if line and _lines.decode(bytes(line)).t >= before_t:
                break
            upto = int(seq)
        if upto > int(pruned):
            found.append(Span(int(epoch), int(pruned), upto))
    return found


def _drop(journal: Journal, tables: Database, spans: list[Span], upto: tuple[int, int], now: Moment) -> None:
    pos, fed = upto
    with journal.write("-", now) as tx:
        node = tx.identity.node
        digest = snapshots.keep(tx.database, tables, pos, fed)
        for span in spans:
            tx.database.execute(BLANK, (b"", node, span.epoch, span.after, span.upto))
            tx.database.execute(MARK, (span.upto, node, span.epoch))
            tx.record(LogPruned(epoch=span.epoch, upto=span.upto, pos=pos, snapshot=digest))
