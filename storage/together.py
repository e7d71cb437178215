"""Batches of different nodes that go on exactly where their logs stand: one statement a table for all of them.

What is not so (gaps, repeats, forks, new logs, carried facts, places that are none of the sender's) takes the walk along
its log (:mod:`storage.receive`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from storage import clocks, partitions, typed
from storage.batch import Batch, Exchange, Receipt, Verdict
from storage.clocks import Heard
from storage.database import Database
from storage.folding import together
from storage.journal import INSERT_EVENT, UPDATE_CAUSAL
from storage.nodes import Above
from storage.prepared import Arrival, Prepared
from storage.promises import Promise
from storage.speech import Speech

STANDING: Final = (
    "SELECT l.node, l.epoch, l.have, l.head, l.durable FROM log l WHERE (l.node, l.epoch) IN (VALUES {}) "
    "AND NOT EXISTS (SELECT 1 FROM carried c WHERE c.node = l.node AND c.epoch = l.epoch)"
)
PLACE: Final = (
    "SELECT (SELECT coalesce(max(pos), 0) FROM event), (SELECT value FROM meta WHERE name = 'causal'), "
    "(SELECT value FROM meta WHERE name = 'store')"
)
INSERT_SEGMENT: Final = "INSERT INTO segment (node, epoch, first, last, received_t, body) VALUES (?, ?, ?, ?, ?, ?)"
INSERT_QUARANTINE: Final = "INSERT INTO quarantine (node, epoch, seq, why) VALUES (?, ?, ?, ?)"
MOVE_LOGS: Final = (
    "INSERT INTO log (node, epoch, have, head) VALUES (?, ?, ?, ?) "
    "ON CONFLICT (node, epoch) DO UPDATE SET have = excluded.have, head = excluded.head"
)


class Place(NamedTuple):
    """Where the store stands."""

    pos: int
    causal: int
    store: str


class Going(NamedTuple):
    """A batch that goes on where its log stands: its place among those that came, and how far the log is durable."""

    n: int
    batch: Batch
    prepared: Prepared
    durable: int


def going_on(database: Database, arrivals: Sequence[Arrival]) -> list[Going]:
    """Those of them that go on where their logs stand and say nothing that needs a closer look."""
    ready = [(n, one, one.prepared) for n, one in enumerate(arrivals) if one.prepared is not None]
    if not ready:
        return []
    marks = ", ".join(["(?, ?)"] * len(ready))
    names = [name for _, one, _ in ready for name in (one.batch.node, one.batch.epoch)]
    logs = {(node, int(epoch)): rest for node, epoch, *rest in database.rows(STANDING.format(marks), names)}
    place, above = place_of(database), Above(database)
    found = []
    for n, one, prepared in ready:
        batch = one.batch
        have, head, durable = logs.get((batch.node, batch.epoch), (-1, "", 0))
        if int(have) != batch.first - 1 or head != batch.prev.hex() or not _is_kept(one.exchange, place, batch):
            continue
        speech = Speech(batch.scope, above)
        if not batch.scope or all(map(speech.below, prepared.places)):
            found.append(Going(n, batch, prepared, int(durable)))
    return found


def _is_kept(exchange: Exchange | None, place: Place, batch: Batch) -> bool:
    """Whether it is plain that this store still holds what it promised the sender last."""
    promise: Promise | None = exchange.promise if exchange is not None else None
    if promise is None or promise.store != place.store:
        return True
    here = (promise.node, promise.epoch, promise.have, promise.head)
    return promise.rev <= place.pos and here == (batch.node, batch.epoch, batch.first - 1, batch.prev.hex())


def place_of(database: Database) -> Place:
    """Read within the transaction that goes on from there."""
    pos, causal, store = database.rows(PLACE)[0]
    return Place(int(pos), int(causal), store or "")


def keep(database: Database, going: Sequence[Going], received_t: int) -> list[Receipt]:
    """Store them and what they mean, within the caller's transaction; raises whatever one of them provokes."""
    place = place_of(database)
    partitions.for_segment(database, received_t)
    typed.places(database, rows := [row for one in going for row in one.prepared.rows])
    with database.overlapped():
        database.run_many(INSERT_SEGMENT, [_segment(one.batch, received_t) for one in going])
        logs = [(one.batch.node, one.batch.epoch, *line) for one in going for line in one.prepared.lines]
        database.run_many(INSERT_EVENT, [(pos, *line) for pos, line in enumerate(logs, place.pos + 1)])
        for change in together(one.prepared.changes for one in going):
            database.run_many(change.sql, change.rows)
        if rows:
            database.run_many(typed.INSERT, rows)
        aside = [(one.batch.node, one.batch.epoch, *why) for one in going for why in one.prepared.aside]
        if aside:
            database.run_many(INSERT_QUARANTINE, aside)
        heads = [(one.batch.node, one.batch.epoch, one.batch.last, one.batch.head.hex()) for one in going]
        database.run_many(MOVE_LOGS, heads)
        causal = max(one.prepared.causal for one in going)
        if causal > place.causal:
            database.execute(UPDATE_CAUSAL, (str(causal),))
    return _receipts(going, place)


def _segment(batch: Batch, received_t: int) -> tuple[object, ...]:
    return (batch.node, batch.epoch, batch.first, batch.last, received_t, batch.body)


def _receipts(going: Sequence[Going], place: Place) -> list[Receipt]:
    found, rev = [], place.pos
    for one in going:
        batch, prepared = one.batch, one.prepared
        rev += len(prepared.lines)
        found.append(
            Receipt(
                node=batch.node,
                epoch=batch.epoch,
                verdict=Verdict.STORED,
                have=batch.last,
                head=batch.head,
                common=batch.last,
                durable=one.durable,
                store=place.store,
                rev=rev,
                quarantined=tuple(prepared.aside),
                asked=batch.head,
                added=len(prepared.lines),
                kinds=prepared.kinds,
            )
        )
    return found


def note_clocks(database: Database, arrivals: Sequence[Arrival], received_t: int) -> None:
    """What their clocks said when they came."""
    heard = [
        Heard(one.batch.node, one.exchange.boot, one.exchange.m)
        for one in arrivals
        if one.exchange is not None and one.exchange.boot
    ]
    if heard:
        clocks.keep_samples(database, heard, received_t)
