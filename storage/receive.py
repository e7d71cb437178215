"""Taking in lines of another node's log: each once, in order, whatever is lost, repeated, cut or re-ordered on the way.

Stored first, understood second: the bytes as received, the lines with their verified chain hashes, then the tables, then
the mark, in one transaction. A line that cannot be understood goes to ``quarantine`` and blocks nothing. Overlaps,
repeats, stale duplicates and re-cut batches are all the same walk along the log.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from functools import partial
from typing import NamedTuple

from msgspec import Struct

from storage import clocks
from storage.carried import Told, repeated
from storage.chain import first_hash, next_hash
from storage.database import Database, InterfaceError, OperationalError
from storage.errors import StorageBusy, StorageDamaged, StorageError
from storage.journal import INSERT_EVENT, UPDATE_CAUSAL, Journal
from storage.nodes import parents
from storage.projections import Placed, project, project_one
from storage.promises import Promise, renewed
from storage.speech import Speech
from storage.understand import Said, Why, understood

LOG = "SELECT have, head, durable, parent FROM log WHERE node = ? AND epoch = ?"
HASH = "SELECT hash FROM event WHERE node = ? AND epoch = ? AND seq = ?"
PLACE = (
    "SELECT (SELECT coalesce(max(pos), 0) FROM event), (SELECT value FROM meta WHERE name = 'causal'), "
    "(SELECT value FROM meta WHERE name = 'store')"
)
INSERT_SEGMENT = "INSERT INTO segment (node, epoch, first, last, received_t, body) VALUES (?, ?, ?, ?, ?, ?)"
INSERT_QUARANTINE = "INSERT INTO quarantine (node, epoch, seq, why) VALUES (?, ?, ?, ?)"
QUARANTINED = "SELECT seq, why FROM quarantine WHERE node = ? AND epoch = ? AND seq BETWEEN ? AND ? ORDER BY seq"
MOVE_LOG = "UPDATE log SET have = ?, head = ? WHERE node = ? AND epoch = ?"
INSERT_LOG = (
    "INSERT INTO log (node, epoch, parent, parent_epoch, parent_seq, why, opened_t, have, head) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
)


class BrokenChain(StorageError):
    """The lines do not hash to the head that their sender named: garbled on the way, nothing was stored."""


class OwnLog(StorageError):
    """Somebody sends a log under the name of this node; nothing was stored."""


class Verdict(StrEnum):
    """``stored`` now or before; ``gap``: earlier lines are missing here; ``fork``: two logs have this name."""

    STORED = "stored"
    GAP = "gap"
    FORK = "fork"


class Parent(Struct, frozen=True):
    """The line a later epoch of a node parted from, with its hash in hex ("" at the very beginning), and why."""

    epoch: int
    seq: int
    digest: str
    why: str


class Batch(Struct, frozen=True):
    """Consecutive lines of one log as received: ``prev`` and ``head`` the hashes around them, ``body`` the raw bytes,
    ``scope`` the place in the scope tree that its node may speak for ("" for all); ``parent`` of an epoch that is not
    the node's first.
    """

    node: str
    epoch: int
    first: int
    prev: bytes
    head: bytes
    lines: tuple[bytes, ...]
    body: bytes
    scope: str = ""
    parent: Parent | None = None

    @property
    def last(self) -> int:
        """Seq of the last line; ``first - 1`` when there is none."""
        return self.first - 1 + len(self.lines)


class Receipt(Struct, frozen=True):
    """What is on this disk now. ``common`` is the last seq of the batch's log known to be equal on both sides; on a fork
    it is less than ``first - 1`` when they parted before this batch.
    """

    node: str
    epoch: int
    verdict: Verdict
    have: int
    head: bytes
    common: int
    durable: int
    store: str
    rev: int
    quarantined: tuple[tuple[int, str], ...] = ()


class Exchange(Struct, frozen=True):
    """What came with a batch: the sender's boot and CLOCK_BOOTTIME (ms) just now ("": it was carried here, who knows how
    long), and what this store promised last.
    """

    boot: str
    m: int
    promise: Promise | None = None


class _Log(NamedTuple):
    have: int
    head: bytes
    durable: int
    parent: str
    is_known: bool


class _Place(NamedTuple):
    pos: int
    causal: int
    store: str


class _Read(NamedTuple):
    """What became of new lines: facts with their seq, the lines put aside, the largest causal counter."""

    placed: list[tuple[int, Placed]]
    aside: list[tuple[int, Why]]
    causal: int


def accept(journal: Journal, batch: Batch, received_t: int, exchange: Exchange | None = None) -> Receipt:
    """Store what is new of a batch, in one transaction. ``received_t`` is wall ms; ``exchange`` if it came directly.

    Raises BrokenChain and OwnLog, and when nothing can be written now StorageBusy, StorageFull, StorageDamaged, NotSetUp.
    """
    if batch.node == journal.identity.node:
        raise OwnLog(journal.database.where)
    chain = [batch.prev]
    for line in batch.lines:
        chain.append(next_hash(chain[-1], line))
    if chain[-1] != batch.head:
        raise BrokenChain(journal.database.where)
    try:
        with journal.transaction() as database:
            if exchange is not None and exchange.boot:
                clocks.keep_sample(database, batch.node, exchange.boot, exchange.m, received_t)
            promise = exchange.promise if exchange else None
            return _walk(database, batch, chain, received_t, promise)
    except (OperationalError, InterfaceError) as error:
        raise StorageBusy(journal.database.where) from error


def _walk(
    database: Database, batch: Batch, chain: list[bytes], received_t: int, promise: Promise | None = None
) -> Receipt:
    """``chain[i]`` is the sender's hash after line ``first - 1 + i``."""
    log, place = _log(database, batch), _place(database)
    if promise is not None:
        place = place._replace(store=renewed(database, promise, place.store, place.pos))
    if batch.first - 1 > log.have:
        return _receipt(database, batch, Verdict.GAP, log, place, log.have)
    shared = min(batch.last, log.have)
    common = _common(database, batch, chain, log, shared)
    if common != shared:
        return _receipt(database, batch, Verdict.FORK, log, place, common or 0)
    if batch.last > log.have:
        log, place = _append(database, batch, chain, received_t, log, place)
    return _receipt(database, batch, Verdict.STORED, log, place, batch.last)


def _common(database: Database, batch: Batch, chain: list[bytes], log: _Log, shared: int) -> int | None:
    """The last seq up to ``shared`` where both logs have one hash (then all before it is the same); None: not in sight."""
    for seq in range(shared, batch.first - 2, -1):
        if _hash_at(database, batch, log, seq) == chain[seq - batch.first + 1]:
            return seq
    return None


def _hash_at(database: Database, batch: Batch, log: _Log, seq: int) -> bytes:
    if seq == log.have:
        return log.head
    if seq == 0:
        return first_hash(batch.node, batch.epoch, log.parent)
    found = database.value(HASH, (batch.node, batch.epoch, seq))
    if found is None:
        raise StorageDamaged(database.where, node=batch.node, epoch=batch.epoch, seq=seq)
    return bytes(found)


def _log(database: Database, batch: Batch) -> _Log:
    rows = database.rows(LOG, (batch.node, batch.epoch))
    if not rows:
        parent = batch.parent.digest if batch.parent else ""
        return _Log(0, first_hash(batch.node, batch.epoch, parent), 0, parent, False)
    have, head, durable, parent = rows[0]
    return _Log(int(have), bytes.fromhex(head), int(durable), parent, True)


def _place(database: Database) -> _Place:
    pos, causal, store = database.rows(PLACE)[0]
    return _Place(int(pos), int(causal), store or "")


def _receipt(database: Database, batch: Batch, verdict: Verdict, log: _Log, place: _Place, common: int) -> Receipt:
    rows = database.rows(QUARANTINED, (batch.node, batch.epoch, batch.first, batch.last)) if batch.lines else []
    quarantined = tuple((int(seq), str(why)) for seq, why in rows)
    return Receipt(
        batch.node,
        batch.epoch,
        verdict,
        log.have,
        log.head,
        common,
        log.durable,
        place.store,
        place.pos,
        quarantined,
    )


def _append(
    database: Database, batch: Batch, chain: list[bytes], received_t: int, log: _Log, place: _Place
) -> tuple[_Log, _Place]:
    """Store the raw bytes, the new lines and what they mean; move the mark and the causal counter."""
    log_id = (batch.node, batch.epoch)
    skipped = log.have - batch.first + 1
    new = list(zip(range(log.have + 1, batch.last + 1), batch.lines[skipped:], chain[skipped + 1 :], strict=True))
    database.execute(INSERT_SEGMENT, (*log_id, batch.first, batch.last, received_t, batch.body))
    rows = ((pos, *log_id, *line) for pos, line in enumerate(new, place.pos + 1))
    database.run_many(INSERT_EVENT, rows)
    read = _read(database, batch, new, place.pos)
    aside = [*read.aside, *project_kept(database, read.placed)]
    if aside:
        database.run_many(INSERT_QUARANTINE, ((*log_id, seq, why) for seq, why in aside))
    if not log.is_known:
        parent = batch.parent or Parent(0, 0, "", "")
        began = (parent.digest, parent.epoch, parent.seq, parent.why, received_t)
        database.execute(INSERT_LOG, (*log_id, *began, batch.last, batch.head.hex()))
    else:
        database.execute(MOVE_LOG, (batch.last, batch.head.hex(), *log_id))
    if read.causal > place.causal:
        database.execute(UPDATE_CAUSAL, (str(read.causal),))
    moved = log._replace(have=batch.last, head=batch.head, is_known=True)
    return moved, place._replace(pos=place.pos + len(new), causal=max(place.causal, read.causal))


def _read(database: Database, batch: Batch, new: list[tuple[int, bytes, bytes]], pos: int) -> _Read:
    """``pos`` is the position before the first of the new lines."""
    aside: list[tuple[int, Why]] = []
    said: list[tuple[int, Said]] = []
    told: list[Told] = []
    for at, (seq, line, digest) in enumerate(new, pos + 1):
        read = understood(batch.node, batch.epoch, seq, line, digest)
        if isinstance(read, Why):
            aside.append((seq, read))
        else:
            said.append((seq, read))
            told.append(Told(at, batch.node, batch.epoch, seq, read.birth))
    again = repeated(database, database, told)
    speech = Speech(batch.scope, parents(database) if batch.scope else {})
    placed: list[tuple[int, Placed]] = []
    for n, (seq, one) in enumerate(said):
        if n in again:
            continue
        if one.placed is None:
            aside.append((seq, Why.UNKNOWN_KIND))
        elif not speech.allows(one.placed):
            aside.append((seq, Why.OTHER_PLACE))
        else:
            placed.append((seq, one.placed))
    return _Read(placed, aside, max((one.order for _, one in said), default=0))


def project_kept(database: Database, placed: list[tuple[int, Placed]]) -> list[tuple[int, Why]]:
    """All facts at once; if the tables refuse that, one by one. Returns those that they refuse."""
    if _kept(database, partial(project, database, [one for _, one in placed])):
        return []
    refused = [seq for seq, one in placed if not _kept(database, partial(project_one, database, one))]
    return [(seq, Why.REFUSED) for seq in refused]


def _kept(database: Database, work: Callable[[], None]) -> bool:
    """Do the work within a savepoint; False if the data were refused. A fault of the storage itself is raised."""
    database.execute("SAVEPOINT facts")
    try:
        work()
    except (StorageError, OperationalError, InterfaceError):
        raise
    except Exception:  # whatever one hostile fact provokes in a projection must not stop its neighbours
        database.execute("ROLLBACK TO SAVEPOINT facts")
        kept = False
    else:
        kept = True
    database.execute("RELEASE SAVEPOINT facts")
    return kept
