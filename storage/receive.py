"""Taking in lines of another node's log: each once, in order, whatever is lost, repeated, cut or re-ordered on the way.

Stored first, understood second: the bytes as received, the lines with their verified chain hashes, then the tables, then
the mark, in one transaction. A line that cannot be understood goes to ``quarantine`` and blocks nothing. Overlaps,
repeats, stale duplicates and re-cut batches are all the same walk along the log.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from enum import StrEnum
from functools import partial
from typing import NamedTuple

import msgspec
from msgspec import Struct

from storage.chain import causal_order, fact_id, first_hash, next_hash
from storage.database import Database, InterfaceError, OperationalError
from storage.errors import StorageBusy, StorageDamaged, StorageError
from storage.facts import Line
from storage.journal import INSERT_EVENT, MAX_LINE, UPDATE_CAUSAL, Journal
from storage.nodes import parents
from storage.projections import Placed, Unknown, decode, project, project_one
from storage.speech import Speech

MAX_CAUSAL = 2**48
"""A causal counter beyond this is no counter: it would leave no room for the counters of everybody else."""

LOG = "SELECT have, head, durable, parent FROM log WHERE node = ? AND epoch = ?"
HASH = "SELECT hash FROM event WHERE node = ? AND epoch = ? AND seq = ?"
PLACE = (
    "SELECT (SELECT coalesce(max(pos), 0) FROM event), (SELECT value FROM meta WHERE name = 'causal'), "
    "(SELECT value FROM meta WHERE name = 'store')"
)
INSERT_SEGMENT = "INSERT INTO segment (node, epoch, first, last, received_t, body) VALUES (?, ?, ?, ?, ?, ?)"
INSERT_QUARANTINE = "INSERT INTO quarantine (node, epoch, seq, why) VALUES (?, ?, ?, ?)"
QUARANTINED = "SELECT seq, why FROM quarantine WHERE node = ? AND epoch = ? AND seq BETWEEN ? AND ? ORDER BY seq"
MOVE_LOG = (
    "INSERT INTO log (node, epoch, have, head) VALUES (?, ?, ?, ?) "
    "ON CONFLICT (node, epoch) DO UPDATE SET have = excluded.have, head = excluded.head"
)
ADD_STORE = "INSERT INTO meta (name, value) VALUES ('store', ?) ON CONFLICT (name) DO NOTHING"

_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
_line_decoder = msgspec.json.Decoder(Line)


class BrokenChain(StorageError):
    """The lines do not hash to the head that their sender named: garbled on the way, nothing was stored."""


class OwnLog(StorageError):
    """Somebody sends a log under the name of this node; nothing was stored."""


class Verdict(StrEnum):
    """``stored`` now or before; ``gap``: earlier lines are missing here; ``fork``: two logs have this name."""

    STORED = "stored"
    GAP = "gap"
    FORK = "fork"


class Why(StrEnum):
    """Why a stored line is not in the tables."""

    UNREADABLE = "unreadable"
    TOO_LARGE = "too_large"
    OTHER_SEQ = "other_seq"
    BAD_ORDER = "bad_order"
    NUL = "nul"
    CARRIED = "carried"
    UNKNOWN_KIND = "unknown_kind"
    BAD_DATA = "bad_data"
    REFUSED = "refused"
    OTHER_PLACE = "other_place"


class Batch(Struct, frozen=True):
    """Consecutive lines of one log as received: ``prev`` and ``head`` the hashes around them, ``body`` the raw bytes,
    ``scope`` the place in the scope tree that its node may speak for ("" for all).
    """

    node: str
    epoch: int
    first: int
    prev: bytes
    head: bytes
    lines: tuple[bytes, ...]
    body: bytes
    scope: str = ""

    @property
    def last(self) -> int:
        """Seq of the last line; ``first - 1`` when there is none."""
        return self.first - 1 + len(self.lines)


class Receipt(Struct, frozen=True):
    """What is on this disk now. ``common`` is the last seq of the batch's log known to be equal on both sides."""

    verdict: Verdict
    have: int
    head: bytes
    common: int
    durable: int
    store: str
    rev: int
    quarantined: tuple[tuple[int, str], ...] = ()


class _Log(NamedTuple):
    have: int
    head: bytes
    durable: int
    parent: str


class _Place(NamedTuple):
    pos: int
    causal: int
    store: str


class _Read(NamedTuple):
    """What became of new lines: facts with their seq, the lines put aside, the largest causal counter."""

    placed: list[tuple[int, Placed]]
    aside: list[tuple[int, Why]]
    causal: int


def prepare_store(journal: Journal) -> str:
    """Give the file its store id (a restored copy gets a new one, so that nobody trusts an old position); returns it."""
    with journal.transaction() as database:
        database.execute(ADD_STORE, (secrets.token_hex(8),))
        return str(database.value("SELECT value FROM meta WHERE name = 'store'"))


def accept(journal: Journal, batch: Batch, received_t: int) -> Receipt:
    """Store what is new of a batch, in one transaction. ``received_t`` is wall ms.

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
            return _walk(database, batch, chain, received_t)
    except (OperationalError, InterfaceError) as error:
        raise StorageBusy(journal.database.where) from error


def _walk(database: Database, batch: Batch, chain: list[bytes], received_t: int) -> Receipt:
    """``chain[i]`` is the sender's hash after line ``first - 1 + i``."""
    log, place = _log(database, batch), _place(database)
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
        return _Log(0, first_hash(batch.node, batch.epoch), 0, "")
    have, head, durable, parent = rows[0]
    return _Log(int(have), bytes.fromhex(head), int(durable), parent)


def _place(database: Database) -> _Place:
    pos, causal, store = database.rows(PLACE)[0]
    return _Place(int(pos), int(causal), store or "")


def _receipt(database: Database, batch: Batch, verdict: Verdict, log: _Log, place: _Place, common: int) -> Receipt:
    rows = database.rows(QUARANTINED, (batch.node, batch.epoch, batch.first, batch.last)) if batch.lines else []
    quarantined = tuple((int(seq), str(why)) for seq, why in rows)
    return Receipt(verdict, log.have, log.head, common, log.durable, place.store, place.pos, quarantined)


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
    read = _read(batch, new, Speech(batch.scope, parents(database) if batch.scope else {}))
    aside = [*read.aside, *project_kept(database, read.placed)]
    if aside:
        database.run_many(INSERT_QUARANTINE, ((*log_id, seq, why) for seq, why in aside))
    database.execute(MOVE_LOG, (*log_id, batch.last, batch.head.hex()))
    if read.causal > place.causal:
        database.execute(UPDATE_CAUSAL, (str(read.causal),))
    moved = log._replace(have=batch.last, head=batch.head)
    return moved, place._replace(pos=place.pos + len(new), causal=max(place.causal, read.causal))


def _read(batch: Batch, new: list[tuple[int, bytes, bytes]], speech: Speech) -> _Read:
    placed: list[tuple[int, Placed]] = []
    aside: list[tuple[int, Why]] = []
    causal = 0
    for seq, line, digest in new:
        read = understood(batch, seq, line, digest)
        if isinstance(read, Why):
            aside.append((seq, read))
        else:
            order, one = read
            causal = max(causal, order)
            if one is None:
                aside.append((seq, Why.UNKNOWN_KIND))
            elif not speech.allows(one):
                aside.append((seq, Why.OTHER_PLACE))
            else:
                placed.append((seq, one))
    return _Read(placed, aside, causal)


def understood(batch: Batch, seq: int, line: bytes, digest: bytes) -> tuple[int, Placed | None] | Why:
    """The causal counter of a line and its fact (None: a kind of a newer program), or why it cannot be read."""
    if len(line) > MAX_LINE:
        return Why.TOO_LARGE
    if b"\\u0000" in line and _NUL.search(line):
        return Why.NUL
    try:
        read = _line_decoder.decode(line)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return Why.UNREADABLE
    order = read.n or read.s
    if read.s != seq:
        return Why.OTHER_SEQ
    if not seq <= order <= MAX_CAUSAL:
        return Why.BAD_ORDER
    if read.of is not None:
        return Why.CARRIED
    try:
        fact = decode(read.k, read.v, read.d)
    except Unknown:
        return order, None
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return Why.BAD_DATA
    return order, Placed(
        fact=fact,
        id=fact_id(batch.node, batch.epoch, seq, digest),
        ord=causal_order(order, digest),
        node=batch.node,
        t=read.t,
        m=read.m,
        boot=read.b,
        actor=read.a,
        hall=read.h,
    )


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
