"""The journal of an upstream node behind one writing thread: what enrolled nodes send is stored and answered."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable
from http import HTTPStatus
from typing import NamedTuple

import msgspec

from storage import contacts, nodes
from storage.contacts import Contact
from storage.facts import Moment
from storage.feed import Share, share
from storage.feed_index import FeedIndex
from storage.journal import Journal
from storage.nodes import Registered
from storage.promises import Promise, prepare_store
from storage.receive import Exchange, Receipt, Verdict, accept
from storage.vault import Vault
from sync import answer, bundled, enrol, segment
from sync.answer import Ack, Kept
from sync.feed import lines_of
from sync.keys import NodeKey, holds
from sync.limits import Buckets, Limits
from sync.metrics import Metrics
from sync.problem import Problem
from sync.segment import Cursor, Header, Segment
from sync.turn import Turn
from sync.wire import BadSignature, decode

KEEP_CONTACT_MS = 30_000
"""What a node says of itself is written down at most this often, unless it is news."""
OpenVault = Callable[[], Vault]
log = logging.getLogger("sync.centre")


class Settings(NamedTuple):
    """How a centre serves: ``next_s`` is how often nodes shall come when little waits; ``open_vault`` the passwords that
    go to the halls of their persons' grants (None: none go).
    """

    next_s: float
    clock: Callable[[], Moment]
    open_vault: OpenVault | None = None
    limits: Limits = Limits()


class Stored(NamedTuple):
    """What became of a segment: the answer to it, what that acknowledges, and since where it carries the feed."""

    answer: bytes
    ack: Ack
    verdict: Verdict
    since: Cursor


class Centre(Turn):
    """Everything but ``in_turn`` and ``end`` runs in the writing thread."""

    def __init__(self, open_journal: Callable[[], Journal], key: NodeKey, settings: Settings, metrics: Metrics) -> None:
        super().__init__(open_journal, "centre-writer")
        self.key = key
        self._settings = settings
        self._metrics = metrics
        self._often = Buckets(settings.limits.node)
        self._vault: Vault | None = None
        self._index: FeedIndex | None = None
        self.contacts: dict[str, Contact] = {}
        """What nodes said last; also read by others than the thread."""

    def opened(self, journal: Journal) -> Journal:
        prepare_store(journal)
        self._index = FeedIndex(journal)
        self.contacts = contacts.kept(journal.database)
        if self._settings.open_vault is not None and self._vault is None:
            self._vault = self._settings.open_vault()
        return journal

    def store(self, body: bytes) -> bytes:
        """One segment in, one answer out. Raises WireError, StorageError, Problem."""
        received = segment.read(body)
        sender = self.sender(received)
        self.count(received.header.node)
        return self.keep(received, sender).answer

    def bundle(self, sealed: bytes) -> bytes:
        """A sealed bundle in, its sealed receipt out. Raises BundleError, WireError, StorageError, Problem."""
        return bundled.take_in(self, self.key, sealed).receipt

    def keep(self, received: Segment, sender: Registered, *, is_carried: bool = False) -> Stored:
        """Store and answer what the sender signed. What was carried on a stick tells nothing of clocks."""
        began = time.perf_counter()
        now = self._settings.clock()
        header, body = received.header, received.batch.body
        promise = self.promised(header.receipt)
        exchange = Exchange("" if is_carried else header.now.b, header.now.m, promise)
        receipt = accept(self.journal, msgspec.structs.replace(received.batch, scope=sender.scope), now.t, exchange)
        if not is_carried or receipt.have <= received.batch.last:
            self._note(header, now, is_carried)
        given, since = self._share(header, sender, receipt)
        ack = answer.ack_of(receipt, now_t=now.t, next_s=self._settings.next_s)
        ack = msgspec.structs.replace(ack, feed=given.rev, more=given.more)
        packed = answer.write(ack, self.key.sign, lines_of(given, sender.box, self._vault))
        self._metrics.stored(header.n, len(body), len(given.facts), time.perf_counter() - began)
        said = {"node": header.node, "epoch": header.epoch, "first": header.first, "n": header.n, "have": receipt.have}
        log.info("segment", extra={"fields": said | {"verdict": receipt.verdict.value, "feed": len(given.facts)}})
        return Stored(packed, ack, receipt.verdict, since)

    def _share(self, header: Header, sender: Registered, receipt: Receipt) -> tuple[Share, Cursor]:
        """What the sender has not seen of the feed, and since where; from the start for a position in another store or
        beyond ours.
        """
        if self._index is not None:
            self._index.catch_up()
        cursor = header.cursor
        found = share(self.journal.database, header.node, sender.scope, cursor.rev)
        if cursor.store == receipt.store and not found.is_beyond:
            return found, cursor
        return share(self.journal.database, header.node, sender.scope, 0), Cursor(receipt.store)

    def _note(self, header: Header, now: Moment, is_carried: bool) -> None:
        st, before = header.st, self.contacts.get(header.node)
        said = Contact(
            node=header.node,
            contact_t=now.t,
            epoch=header.epoch,
            backlog=max(0, st.backlog - header.n),
            disk=st.disk,
            skew_ms=(before.skew_ms if before else 0) if is_carried else header.now.t - now.t,
            err=st.err,
            app=header.app,
            feed_rev=header.cursor.rev,
        )
        is_news = before is None or (before.err, before.app) != (said.err, said.app)
        self.contacts[header.node] = said
        if is_news or now.t // KEEP_CONTACT_MS != (before.contact_t if before else 0) // KEEP_CONTACT_MS:
            contacts.keep(self.journal, said)

    def promised(self, kept: Kept | None) -> Promise | None:
        """What this centre itself once answered, if the sender encloses it."""
        ack = answer.proven(kept, self.key.public) if kept is not None else None
        if ack is None:
            return None
        return Promise(ack.node, ack.epoch, ack.have, ack.head, ack.store, ack.rev)

    def sender(self, received: Segment) -> Registered:
        """The enrolled node that signed this; nothing else is taken."""
        name = received.header.node
        known = nodes.registered(self.journal.database, name)
        if known is None:
            raise Problem(HTTPStatus.UNAUTHORIZED, "not-enrolled")
        if not holds(known.key, received.covered, received.signature):
            raise BadSignature
        if known.revoked_t:
            raise Problem(HTTPStatus.UNAUTHORIZED, "revoked")
        return known

    def count(self, name: str) -> None:
        """A node that comes too often waits; raises Problem."""
        wait_s = self._often.wait_s(name)
        if wait_s:
            raise Problem(HTTPStatus.TOO_MANY_REQUESTS, "too-often", math.ceil(wait_s))
        self._often.take(name)

    def enrol(self, body: bytes) -> bytes:
        """A request of a new node in, the welcome out. Raises WireError, EnrolError, StorageError."""
        request = decode(body, enrol.Request)
        welcome = enrol.welcome(self.journal, self.key, request, self._settings.clock())
        log.info("enrolled", extra={"fields": {"node": request.node, "scope": request.scope}})
        return msgspec.json.encode(welcome)

    def close(self) -> None:
        if self._vault is not None:
            self._vault.close()
            self._vault = None
        super().close()
