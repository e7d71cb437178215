"""Batches that go on exactly where their logs stand, or one another: one statement a table for all of them.

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
    "SELECT v.column1, v.column2, l.have, l.head, l.durable, s.last_m, "
    "(SELECT coalesce(max(pos), 0) FROM event), (SELECT value FROM meta WHERE name = 'causal'), "
    "(SELECT value FROM meta WHERE name = 'store'), "
    "EXISTS (SELECT 1 FROM carried c WHERE c.node = v.column1 AND c.epoch = v.column2) "
    "FROM (VALUES {}) v LEFT JOIN log l ON l.node = v.column1 AND l.epoch = v.column2 "
    "LEFT JOIN clock_sample s ON s.node = v.column1 AND s.boot = v.column3"
)
"""Of each batch (node, epoch, boot): its log, the last sample of its clock, where the store stands, and whether a carried
line has told some fact of the log.
"""
INSERT_SEGMENT: Final = "INSERT INTO segment (node, epoch, first, last, received_t, body) VALUES (?, ?, ?, ?, ?, ?)"
INSERT_QUARANTINE: Final = "INSERT INTO quarantine (node, epoch, seq, why) VALUES (?, ?, ?, ?)"
MOVE_LOGS: Final = (
    "INSERT INTO log (node, epoch, have, head) VALUES (?, ?, ?, ?) "
    "ON CONFLICT (node, epoch) DO UPDATE SET have = excluded.have, head = excluded.head"
)


Log = tuple[str, int]
"""Node and epoch."""


class Place(NamedTuple):
    """Where the store stands."""

    pos: int
    causal: int
    store: str


NOWHERE: Final = Place(0, 0, "")


class Going(NamedTuple):
    """A batch that goes on where its log stands: its place among those that came, how far the log is durable, and what is
    news of its clock.
    """

    n: int
    batch: Batch
    prepared: Prepared
    durable: int
    heard: Heard | None


def going_on(database: Database, arrivals: Sequence[Arrival]) -> tuple[Place, list[Going]]:
    """Where the store stands, and those that go on where their logs stand and say nothing that needs a closer look."""
    ready = [(n, one, one.prepared) for n, one in enumerate(arrivals) if one.prepared is not None]
    if not ready:
        return NOWHERE, []
    marks = ", ".join(["(?, CAST(? AS BIGINT), ?)"] * len(ready))
    names = [name for _, one, _ in ready for name in (one.batch.node, one.batch.epoch, _boot(one))]
    rows = {(row[0], int(row[1])): row[2:] for row in database.rows(STANDING.format(marks), names)}
    above, place = Above(database), NOWHERE
    ends: dict[Log, tuple[int, str]] = {}
    odd = {_log(one.batch) for one in arrivals if one.prepared is None}
    found = []
    for n, one, prepared in ready:
        batch, log = one.batch, _log(one.batch)
        have, head, durable, last_m, pos, causal, store, is_carried = rows[log]
        place = Place(int(pos), int(causal), store or "")
        speech = Speech(batch.scope, above)
        follows = ends.get(log, (have, head)) == (batch.first - 1, batch.prev.hex())
        speaks = not batch.scope or all(map(speech.below, prepared.places))
        if follows and speaks and not is_carried and _is_kept(one.exchange, place, batch):
            found.append(Going(n, batch, prepared, int(durable), _news(one, last_m)))
            ends[log] = (batch.last, batch.head.hex())
        else:
            odd.add(log)
    return place, [one for one in found if _log(one.batch) not in odd]


def _log(batch: Batch) -> Log:
    return batch.node, batch.epoch


def _boot(one: Arrival) -> str:
    return one.exchange.boot if one.exchange is not None else ""


def _news(one: Arrival, last_m: int | None) -> Heard | None:
    """What its clock said, if that is to be kept."""
    if one.exchange is None or not one.exchange.boot or not clocks.is_news(one.exchange.m, last_m):
        return None
    return Heard(one.batch.node, one.exchange.boot, one.exchange.m)


def _is_kept(exchange: Exchange | None, place: Place, batch: Batch) -> bool:
    """Whether it is plain that this store still holds what it promised the sender last."""
    promise: Promise | None = exchange.promise if exchange is not None else None
    if promise is None or promise.store != place.store:
        return True
    here = (promise.node, promise.epoch, promise.have, promise.head)
    return promise.rev <= place.pos and here == (batch.node, batch.epoch, batch.first - 1, batch.prev.hex())


def keep(database: Database, place: Place, going: Sequence[Going], received_t: int) -> list[Receipt]:
    """Store them and what they mean, within the caller's transaction; raises whatever one of them provokes."""
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
        heads = {_log(one.batch): (one.batch.last, one.batch.head.hex()) for one in going}
        database.run_many(MOVE_LOGS, [(*log, *end) for log, end in heads.items()])
        if heard := {one.heard[:2]: one.heard for one in going if one.heard is not None}:
            clocks.add_samples(database, list(heard.values()), received_t)
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
