"""The journal: an append-only, hash-chained log per (node, epoch), and the one way to write facts.

``with journal.write(actor, now) as tx`` is one transaction: the workflow reads, asks the rules, and calls ``tx.record(fact)``,
which appends a line and projects it into the tables; an exception leaves nothing behind. Several processes of a PC share
one file: sequence number and chain head are read and written inside ``BEGIN IMMEDIATE``.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import msgspec

from storage import schema
from storage.chain import causal_order, fact_id, first_hash, next_hash
from storage.database import Database, open_sqlite, open_url
from storage.errors import FactTooLarge, NewerVersion, NotSetUp
from storage.facts import Fact, Line, Moment
from storage.projections import Placed, project_one

MAX_LINE = 16 * 1024
"""Bytes of one line; a larger fact is refused at entry, so that none is poison later."""
CARRIED_ROOM = 256
"""Bytes a line may grow by when it is carried into another epoch with its birth identity."""

INSERT_EVENT = "INSERT INTO event (pos, node, epoch, seq, line, hash) VALUES (?, ?, ?, ?, ?, ?)"
UPDATE_LOG = "UPDATE log SET have = ?, head = ? WHERE node = ? AND epoch = ?"
HEAD = (
    "SELECT l.have, l.head, (SELECT value FROM meta WHERE name = 'causal'), (SELECT max(pos) FROM event), l.epoch "
    "FROM log l WHERE l.node = ? AND l.epoch = (SELECT CAST(value AS BIGINT) FROM meta WHERE name = 'epoch')"
)
OWN_SEQ = (
    "SELECT have FROM log WHERE node = ? AND epoch = (SELECT CAST(value AS BIGINT) FROM meta WHERE name = 'epoch')"
)
UPDATE_CAUSAL = "UPDATE meta SET value = ? WHERE name = 'causal'"

BEGIN_ALONE = "BEGIN; SELECT pg_advisory_xact_lock(7246511)"
"""PostgreSQL's ``IMMEDIATE``: positions and causal counters are read and written by one transaction at a time."""

_encoder = msgspec.json.Encoder()


class Head(NamedTuple):
    """Where a log stands: last sequence number, its hash, the causal counter, the last position in the file."""

    seq: int
    digest: bytes
    causal: int
    pos: int


class Identity(NamedTuple):
    """Who this file belongs to, and the epoch of the log it writes now (another process may open a new one)."""

    node: str
    epoch: int
    hall: str


class Write:
    """One open transaction. ``database`` is for reading with :mod:`storage.views`; ``now`` is its one moment."""

    def __init__(self, database: Database, identity: Identity, head: Head, actor: str, now: Moment) -> None:
        self.database = database
        self.identity = identity
        self.actor = actor
        self.now = now
        self.head = head
        self.recorded: list[str] = []

    def follow(self, order: int) -> None:
        """What is recorded from here on comes after a fact of another node that need not be here yet (its causal counter)."""
        self.head = self.head._replace(causal=max(self.head.causal, order))

    def record(self, fact: Fact) -> str:
        """Append one fact, project it, and return its id; raises FactTooLarge over 16 KiB."""
        who, now = self.identity, self.now
        seq, causal = self.head.seq + 1, self.head.causal + 1
        line = _encoder.encode(
            Line(
                s=seq,
                k=fact.kind,
                v=fact.version,
                t=now.t,
                m=now.m,
                b=now.boot,
                a=self.actor,
                h=who.hall,
                d=msgspec.Raw(_encoder.encode(fact)),
                n=0 if causal == seq else causal,
            )
        )
        if len(line) > MAX_LINE:
            raise FactTooLarge(self.database.where, kind=fact.kind, size=len(line))
        digest = next_hash(self.head.digest, line)
        pos = self.head.pos + 1
        self.database.execute(INSERT_EVENT, (pos, who.node, who.epoch, seq, line, digest))
        placed = Placed(
            fact=fact,
            id=fact_id(who.node, who.epoch, seq, digest),
            ord=causal_order(causal, digest),
            node=who.node,
            t=now.t,
            m=now.m,
            boot=now.boot,
            actor=self.actor,
            hall=who.hall,
        )
        project_one(self.database, placed)
        self.head = Head(seq, digest, causal, pos)
        self.recorded.append(placed.id)
        return placed.id


class Journal:
    """One database with a journal and its tables. Use it from one thread at a time."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._identity: Identity | None = None

    @classmethod
    def open(cls, path_or_url: str | Path) -> Journal:
        """Open (and migrate) ``hall.db`` or a PostgreSQL URL.

        Raises NewerVersion, StorageDamaged, StorageDenied, OldLibrary.
        """
        database = open_sqlite(path_or_url) if isinstance(path_or_url, Path) else open_url(path_or_url)
        schema.migrate(database)
        return cls(database)

    @property
    def identity(self) -> Identity:
        """Node, epoch and hall of this file; raises NotSetUp before :meth:`found`."""
        if self._identity is None:
            rows: dict[str, str] = dict(self.database.rows("SELECT name, value FROM meta"))
            if "node" not in rows:
                raise NotSetUp(self.database.where)
            self._identity = Identity(rows["node"], int(rows["epoch"]), rows["hall"])
        return self._identity

    def speaking_of(self, hall: str) -> Journal:
        """The same file for who decides here about a hall: what is recorded by it is of that hall."""
        other = Journal(self.database)
        other._identity = self.identity._replace(hall=hall)
        return other

    @property
    def is_set_up(self) -> bool:
        """Whether the file has a node yet."""
        return self.database.value("SELECT value FROM meta WHERE name = 'node'") is not None

    def found(self, node: str, hall: str, epoch: int = 0) -> None:
        """Give an empty file its node, its hall and an empty log."""
        with self.transaction():
            for name, value in (("node", node), ("epoch", str(epoch)), ("hall", hall), ("causal", "0")):
                self.database.execute("INSERT INTO meta (name, value) VALUES (?, ?)", (name, value))
            self.database.execute(
                "INSERT INTO log (node, epoch, have, head) VALUES (?, ?, 0, ?)",
                (node, epoch, first_hash(node, epoch).hex()),
            )

    @contextmanager
    def transaction(self) -> Iterator[Database]:
        """``BEGIN IMMEDIATE`` … ``COMMIT`` (or the same on PostgreSQL); rolled back by any exception."""
        database = self.database
        if database.sqlite:
            database.execute("BEGIN IMMEDIATE")
        try:
            if not database.sqlite:
                database.execute(BEGIN_ALONE)
            found = schema.written(database)
            if found > schema.SCHEMA:
                raise NewerVersion(database.where, found=found, known=schema.SCHEMA)
            yield database
            database.execute("COMMIT")
        except BaseException:
            self._roll_back()
            raise

    def _roll_back(self) -> None:
        self.database.prepared.clear()  # what was made in this transaction is gone with it
        try:
            self.database.execute("ROLLBACK")
        except Exception:  # the engine has rolled back already (disk full, lost connection)
            self.database.close()

    @contextmanager
    def write(self, actor: str, now: Moment) -> Iterator[Write]:
        """One transaction of a workflow; ``actor`` is a staff number or ``-``."""
        known = self.identity
        with self.transaction() as database:
            head, epoch = self.head()
            self._identity = identity = known if epoch == known.epoch else known._replace(epoch=epoch)
            tx = Write(database, identity, head, actor, now)
            yield tx
            if tx.recorded:
                head = tx.head
                database.execute(UPDATE_LOG, (head.seq, head.digest.hex(), identity.node, identity.epoch))
                database.execute(UPDATE_CAUSAL, (str(head.causal),))

    def head(self) -> tuple[Head, int]:
        """Where the log that is written now stands, and its epoch; true for as long as a transaction lasts."""
        have, head, causal, pos, epoch = self.database.rows(HEAD, (self.identity.node,))[0]
        return Head(int(have), bytes.fromhex(head), int(causal), int(pos or 0)), int(epoch)

    def forget_identity(self) -> None:
        """Read it again at the next use: the epoch has changed."""
        self._identity = None

    def last_pos(self) -> int:
        """Position of the newest line in this file; 0 when empty."""
        return int(self.database.value("SELECT max(pos) FROM event") or 0)

    def own_seq(self) -> int:
        """Number of the newest line of the log this node writes now."""
        return int(self.database.value(OWN_SEQ, (self.identity.node,)) or 0)

    def close(self) -> None:
        """Close this thread's connection."""
        self.database.close()
