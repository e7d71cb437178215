"""Taking in lines of another node's log: each once, in order, whatever is lost, repeated, cut or re-ordered on the way.

Stored first, understood second: the bytes as received, the lines with their verified chain hashes, then the tables, then
the mark, in one transaction. A line that cannot be understood goes to ``quarantine`` and blocks nothing. Overlaps,
repeats, stale duplicates and re-cut batches are all the same walk along the log.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

from msgspec.structs import replace

from storage import clocks, partitions, together, typed
from storage.batch import Batch as Batch
from storage.batch import Exchange as Exchange
from storage.batch import Parent as Parent
from storage.batch import Receipt as Receipt
from storage.batch import Verdict as Verdict
from storage.carried import Claims, Told, claimed, repeated
from storage.chain import first_hash, next_hash
from storage.database import Database, InterfaceError, OperationalError
from storage.errors import StorageBusy, StorageDamaged, StorageError
from storage.journal import INSERT_EVENT, UPDATE_CAUSAL, Journal
from storage.nodes import Above
from storage.prepared import Arrival as Arrival
from storage.projections import Placed, project, project_one
from storage.promises import Promise, renewed
from storage.speech import Speech
from storage.together import INSERT_QUARANTINE, INSERT_SEGMENT
from storage.understand import Said, Why, understood

STANDING = (
    "SELECT l.have, l.head, l.durable, l.parent, (SELECT coalesce(max(pos), 0) FROM event), "
    "(SELECT value FROM meta WHERE name = 'causal'), (SELECT value FROM meta WHERE name = 'store'), "
    "EXISTS (SELECT 1 FROM carried WHERE node = ? AND epoch = ?) "
    "FROM (SELECT 1 AS one) o LEFT JOIN log l ON l.node = ? AND l.epoch = ?"
)
HASH = "SELECT hash FROM event WHERE node = ? AND epoch = ? AND seq = ?"
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
    is_carried: bool
    """Whether some fact of this log was told by a carried line."""


class _Read(NamedTuple):
    """What becomes of lines that were read: facts with their seq, the lines put aside."""

    placed: list[tuple[int, Placed]]
    aside: list[tuple[int, Why]]


class _Added(NamedTuple):
    """Where log and store stand after new lines, which of them were put aside, the kinds of the others."""

    log: _Log
    place: _Place
    aside: list[tuple[int, str]]
    kinds: frozenset[str]


def accept(
    journal: Journal,
    batch: Batch,
    received_t: int,
    exchange: Exchange | None = None,
    also: Callable[[Database], None] | None = None,
) -> Receipt:
    """Store what is new of a batch, in one transaction. ``received_t`` is wall ms; ``exchange`` if it came directly;
    ``also`` belongs to the transaction if the lines are stored.

    Raises BrokenChain and OwnLog, and when nothing can be written now StorageBusy, StorageFull, StorageDamaged, NotSetUp.
    """
    chain = _proven(journal, batch)
    try:
        with journal.transaction() as database:
            receipt = _taken(database, Arrival(batch, exchange), chain, received_t)
            if also is not None and receipt.verdict is Verdict.STORED:
                also(database)
            return receipt
    except (OperationalError, InterfaceError) as error:
        raise StorageBusy(journal.database.where) from error


def accept_together(journal: Journal, arrivals: Sequence[Arrival], received_t: int) -> list[Receipt | Exception]:
    """The same for batches of different nodes that wait at the same time, with one commit for all.

    If anything is wrong with one of them, each is taken by itself: its receipt, or what :func:`accept` raises.
    """
    if len(arrivals) > 1 or any(one.prepared for one in arrivals):
        try:
            return _with_one_commit(journal, arrivals, received_t)
        except (StorageBusy, OperationalError, InterfaceError) as error:
            return [_busy(journal, error) for _ in arrivals]
        except Exception:  # of one of them: each says by itself
            pass
    return [_alone(journal, one, received_t) for one in arrivals]


def _busy(journal: Journal, error: Exception) -> StorageBusy:
    return error if isinstance(error, StorageBusy) else StorageBusy(journal.database.where)


def _with_one_commit(journal: Journal, arrivals: Sequence[Arrival], received_t: int) -> list[Receipt | Exception]:
    """Those that need a closer look first: what they find may change how the store is named."""
    if any(one.batch.node == journal.identity.node for one in arrivals):
        raise OwnLog(journal.database.where)
    found: dict[int, Receipt] = {}
    with journal.transaction() as database:
        place, going = together.going_on(database, arrivals)
        plain = [one.n for one in going]
        for n, one in enumerate(arrivals):
            if n not in plain:
                found[n] = _taken(database, one, _proven(journal, one.batch), received_t)
        if found and going:
            place, _ = together.going_on(database, [arrivals[plain[0]]])
        if going:
            found.update(zip(plain, together.keep(database, place, going, received_t), strict=True))
    return [found[n] for n in range(len(arrivals))]


def _alone(journal: Journal, one: Arrival, received_t: int) -> Receipt | Exception:
    try:
        return accept(journal, one.batch, received_t, one.exchange)
    except Exception as error:
        return error


def _proven(journal: Journal, batch: Batch) -> list[bytes]:
    """The chain hashes around and between the lines; raises BrokenChain and OwnLog."""
    if batch.node == journal.identity.node:
        raise OwnLog(journal.database.where)
    chain = [batch.prev]
    for line in batch.lines:
        chain.append(next_hash(chain[-1], line))
    if chain[-1] != batch.head:
        raise BrokenChain(journal.database.where)
    return chain


def _taken(database: Database, one: Arrival, chain: list[bytes], received_t: int) -> Receipt:
    exchange = one.exchange
    if exchange is not None and exchange.boot:
        clocks.keep_sample(database, one.batch.node, exchange.boot, exchange.m, received_t)
    return _walk(database, one.batch, chain, received_t, exchange.promise if exchange else None)


def _walk(
    database: Database, batch: Batch, chain: list[bytes], received_t: int, promise: Promise | None = None
) -> Receipt:
    """``chain[i]`` is the sender's hash after line ``first - 1 + i``."""
    log, place = _standing(database, batch)
    if promise is not None:
        place = place._replace(store=renewed(database, promise, place.store, place.pos))
    if batch.first - 1 > log.have:
        return _receipt(database, batch, Verdict.GAP, log, place, log.have)
    shared = min(batch.last, log.have)
    common = _common(database, batch, chain, log, shared)
    if common != shared:
        return _receipt(database, batch, Verdict.FORK, log, place, common or 0)
    if batch.last <= log.have:
        return _receipt(database, batch, Verdict.STORED, log, place, batch.last)
    is_new = batch.first - 1 == log.have
    new = _append(database, batch, chain, received_t, log, place)
    aside = new.aside if is_new else None
    receipt = _receipt(database, batch, Verdict.STORED, new.log, new.place, batch.last, aside)
    return replace(receipt, added=new.place.pos - place.pos, kinds=new.kinds)


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


def _standing(database: Database, batch: Batch) -> tuple[_Log, _Place]:
    log_id = (batch.node, batch.epoch)
    have, head, durable, parent, pos, causal, store, is_carried = database.rows(STANDING, (*log_id, *log_id))[0]
    place = _Place(int(pos), int(causal), store or "", bool(is_carried))
    if have is None:
        parent = batch.parent.digest if batch.parent else ""
        return _Log(0, first_hash(batch.node, batch.epoch, parent), 0, parent, False), place
    return _Log(int(have), bytes.fromhex(head), int(durable), parent, True), place


def _receipt(
    database: Database,
    batch: Batch,
    verdict: Verdict,
    log: _Log,
    place: _Place,
    common: int,
    aside: list[tuple[int, str]] | None = None,
) -> Receipt:
    """``aside``: which of the batch's lines are put aside, where that is known."""
    if aside is None:
        span = (batch.node, batch.epoch, batch.first, batch.last)
        aside = [(int(seq), str(why)) for seq, why in database.rows(QUARANTINED, span)] if batch.lines else []
    standing = (log.have, log.head, common, log.durable, place.store, place.pos)
    return Receipt(batch.node, batch.epoch, verdict, *standing, quarantined=tuple(aside), asked=batch.head)


def _append(database: Database, batch: Batch, chain: list[bytes], received_t: int, log: _Log, place: _Place) -> _Added:
    """Store the raw bytes, the new lines and what they mean; move the mark and the causal counter.

    PostgreSQL stores while the lines are read here.
    """
    log_id = (batch.node, batch.epoch)
    skipped = log.have - batch.first + 1
    new = list(zip(range(log.have + 1, batch.last + 1), batch.lines[skipped:], chain[skipped + 1 :], strict=True))
    claims = claimed(database, *log_id, log.have + 1, batch.last) if place.is_carried else set()
    partitions.for_segment(database, received_t)
    with database.overlapped():
        database.execute(INSERT_SEGMENT, (*log_id, batch.first, batch.last, received_t, batch.body))
        database.run_many(INSERT_EVENT, [(pos, *log_id, *line) for pos, line in enumerate(new, place.pos + 1)])
        said, unread = _read(batch, new)
    read = _sorted(database, batch, said, claims, place.pos - log.have)
    refused = project_kept(database, read.placed)
    aside = [*unread, *read.aside, *refused]
    in_tables = without(read.placed, refused)
    typed.keep(database, typed.rows_of(*log_id, in_tables))
    causal = max((one.order for _, one in said), default=0)
    with database.overlapped():
        if aside:
            database.run_many(INSERT_QUARANTINE, ((*log_id, seq, why) for seq, why in aside))
        _move(database, batch, log, received_t)
        if causal > place.causal:
            database.execute(UPDATE_CAUSAL, (str(causal),))
    moved = log._replace(have=batch.last, head=batch.head, is_known=True)
    found = place._replace(pos=place.pos + len(new), causal=max(place.causal, causal))
    kinds = frozenset([one.fact.kind for _, one in in_tables])
    return _Added(moved, found, sorted((seq, why.value) for seq, why in aside), kinds)


def _move(database: Database, batch: Batch, log: _Log, received_t: int) -> None:
    log_id = (batch.node, batch.epoch)
    if log.is_known:
        database.execute(MOVE_LOG, (batch.last, batch.head.hex(), *log_id))
    else:
        parent = batch.parent or Parent(0, 0, "", "")
        began = (parent.digest, parent.epoch, parent.seq, parent.why, received_t)
        database.execute(INSERT_LOG, (*log_id, *began, batch.last, batch.head.hex()))


def _read(batch: Batch, new: list[tuple[int, bytes, bytes]]) -> tuple[list[tuple[int, Said]], list[tuple[int, Why]]]:
    """What the new lines say, and those that cannot be read, each with its seq."""
    said: list[tuple[int, Said]] = []
    unread: list[tuple[int, Why]] = []
    node, epoch = batch.node, batch.epoch
    for seq, line, digest in new:
        read = understood(node, epoch, seq, line, digest)
        if isinstance(read, Why):
            unread.append((seq, read))
        else:
            said.append((seq, read))
    return said, unread


def _sorted(database: Database, batch: Batch, said: list[tuple[int, Said]], claims: Claims, ahead: int) -> _Read:
    """Which facts are to be projected; ``ahead`` is what the position of a line is more than its seq."""
    again: set[int] = set()
    if claims or any(one.carried for _, one in said):
        told = [Told(seq + ahead, batch.node, batch.epoch, seq, one.birth) for seq, one in said]
        again = repeated(database, database, told, claims)
    speech = Speech(batch.scope, Above(database))
    placed: list[tuple[int, Placed]] = []
    aside: list[tuple[int, Why]] = []
    for n, (seq, one) in enumerate(said):
        if n in again:
            continue
        if one.placed is None:
            aside.append((seq, Why.UNKNOWN_KIND))
        elif not speech.allows(one.placed):
            aside.append((seq, Why.OTHER_PLACE))
        else:
            placed.append((seq, one.placed))
    return _Read(placed, aside)


def without(placed: list[tuple[int, Placed]], refused: list[tuple[int, Why]]) -> list[tuple[int, Placed]]:
    """The facts that the tables took."""
    if not refused:
        return placed
    names = {seq for seq, _ in refused}
    return [one for one in placed if one[0] not in names]


def project_kept(database: Database, placed: list[tuple[int, Placed]]) -> list[tuple[int, Why]]:
    """All facts at once; if the tables refuse that, one by one. Returns those that they refuse."""
    if _kept(database, partial(project, database, [one for _, one in placed])):
        return []
    refused = [seq for seq, one in placed if not _kept(database, partial(project_one, database, one))]
    return [(seq, Why.REFUSED) for seq in refused]


def _kept(database: Database, work: Callable[[], None]) -> bool:
    """Do the work within a savepoint; False if the data were refused. A fault of the storage itself is raised."""
    try:
        with database.overlapped():
            database.execute("SAVEPOINT facts")
            work()
            database.execute("RELEASE SAVEPOINT facts")
    except (StorageError, OperationalError, InterfaceError):
        raise
    except Exception:  # whatever one hostile fact provokes in a projection must not stop its neighbours
        database.execute("ROLLBACK TO SAVEPOINT facts")
        database.execute("RELEASE SAVEPOINT facts")
        return False
    return True
