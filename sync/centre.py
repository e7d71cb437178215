"""The journal of an upstream node behind one writing thread: what enrolled nodes send is stored and answered."""

from __future__ import annotations

import logging
import math
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
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
from storage.receive import Arrival, Exchange, Receipt, Verdict, accept, accept_together
from storage.serving import roomy
from storage.vault import Vault
from sync import answer, bundled, enrol
from sync.answer import Ack, Kept
from sync.arriving import Pace
from sync.arriving import Waiting as Waiting
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
MOST_TOGETHER = 32
"""Segments that share one commit at most."""
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


class Ready(NamedTuple):
    """A segment whose sender may come."""

    one: Waiting
    received: Segment
    sender: Registered


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
        self._waiting: deque[Waiting] = deque()
        self._senders: dict[str, Registered] = {}
        self._pace = Pace()
        self.contacts: dict[str, Contact] = {}
        """What nodes said last; also read by others than the thread."""

    def opened(self, journal: Journal) -> Journal:
        prepare_store(journal)
        roomy(journal.database)
        self._index = FeedIndex(journal)
        self.contacts = contacts.kept(journal.database)
        if self._settings.open_vault is not None and self._vault is None:
            self._vault = self._settings.open_vault()
        return journal

    def store(self, body: bytes) -> bytes:
        """One segment in, one answer out. Raises WireError, StorageError, Problem."""
        return self._outcome(Waiting(body))

    async def take(self, work: Callable[[bytes], bytes], body: bytes) -> bytes:
        """Segments that wait at the same time are stored with one commit; all else is done one by one."""
        if work != self.store:
            return await super().take(work, body)
        one = Waiting(body, is_served=True)
        self._waiting.append(one)
        return await self.in_turn(lambda: self._outcome(one))

    def _outcome(self, one: Waiting) -> bytes:
        """What became of it; whoever comes first takes along those that wait behind."""
        if one.answer is None and one.fault is None:
            self._store_together([one, *self._behind(one)])
        if one.fault is not None:
            raise one.fault
        assert one.answer is not None
        return one.answer

    def _behind(self, one: Waiting) -> Iterator[Waiting]:
        with suppress(ValueError):
            self._waiting.remove(one)
        for _ in range(MOST_TOGETHER - 1):
            if not self._waiting:
                return
            yield self._waiting.popleft()

    def _store_together(self, group: list[Waiting]) -> None:
        began, now = time.perf_counter(), self._settings.clock()
        ready = self._ready(group)
        arrivals = [self._arrival(received, known)._replace(prepared=one.prepared) for one, received, known in ready]
        receipts = accept_together(self.journal, arrivals, now.t)
        try:
            self._pass_over(receipts)
            stored = [each for each, receipt in zip(ready, receipts, strict=True) if isinstance(receipt, Receipt)]
            self._note([self._heard(received.header, now) for _, received, _ in stored])
        except Exception as fault:
            receipts = [fault] * len(ready)
        for (one, received, known), receipt in zip(ready, receipts, strict=True):
            try:
                if isinstance(receipt, Exception):
                    raise receipt
                one.answer = self._answered(received, known, receipt, now, began).answer
            except Exception as fault:
                one.fault = fault
        self._pace.served(len(group), began)

    def served_in(self, seconds: float) -> int:
        """About how many segments of a crowd are answered in this time."""
        return self._pace.served_in(seconds)

    def _ready(self, group: list[Waiting]) -> list[Ready]:
        """Those whose sender is known and may come now; others of a node go back to the head of the line where what it
        sends now may change the key that it sends them with.
        """
        before: dict[str, Waiting] = {}
        taken: list[Waiting] = []
        later: list[Waiting] = []
        for one in group:
            try:
                if one.is_served and one.received is None:
                    one.prepare(self._senders)
                name = one.read().header.node
            except Exception as fault:
                one.fault = fault
                continue
            if name in before and not one.may_follow(before[name]):
                later.append(one)
            else:
                taken.append(one)
                before[name] = one
        self._waiting.extendleft(reversed(later))
        known = nodes.registered_of(self.journal.database, list(before))
        ready: list[Ready] = []
        for one in taken:
            try:
                received = one.read()
                name = received.header.node
                sender = self._trusted(received, known.get(name), one.key)
                self.count(name)
                ready.append(Ready(one, received, sender))
            except Exception as fault:
                one.fault = fault
        return ready

    def _pass_over(self, receipts: Sequence[Receipt | Exception]) -> None:
        """Before the first of them is answered, in the order in which they were stored; what goes down is found."""
        if self._index is None:
            return
        stored = sorted((one for one in receipts if isinstance(one, Receipt)), key=lambda one: one.rev)
        for receipt in stored:
            self._index.pass_over(receipt)
        if stored and not self._index.is_current(stored[-1].rev):
            self._index.catch_up()

    def bundle(self, sealed: bytes) -> bytes:
        """A sealed bundle in, its sealed receipt out. Raises BundleError, WireError, StorageError, Problem."""
        return bundled.take_in(self, self.key, sealed).receipt

    def keep(self, received: Segment, sender: Registered, *, is_carried: bool = False) -> Stored:
        """Store and answer what the sender signed. What was carried on a stick tells nothing of clocks."""
        began, now = time.perf_counter(), self._settings.clock()
        batch, exchange, _ = self._arrival(received, sender, is_carried=is_carried)
        receipt = accept(self.journal, batch, now.t, exchange)
        self._pass_over([receipt])
        if not is_carried or receipt.have <= received.batch.last:
            self._note([self._heard(received.header, now, is_carried=is_carried)])
        return self._answered(received, sender, receipt, now, began)

    def _arrival(self, received: Segment, sender: Registered, *, is_carried: bool = False) -> Arrival:
        header = received.header
        exchange = Exchange("" if is_carried else header.now.b, header.now.m, self.promised(header.receipt))
        return Arrival(msgspec.structs.replace(received.batch, scope=sender.scope), exchange)

    def _answered(self, received: Segment, sender: Registered, receipt: Receipt, now: Moment, began: float) -> Stored:
        """The answer to what is stored."""
        header = received.header
        given, since = self._share(header, sender, receipt)
        ack = answer.ack_of(receipt, now_t=now.t, next_s=self._settings.next_s)
        ack = msgspec.structs.replace(ack, feed=given.rev, more=given.more)
        packed = answer.write(ack, self.key.sign, lines_of(given, sender.box, self._vault))
        self._metrics.stored(header.n, len(received.batch.body), len(given.facts), time.perf_counter() - began)
        said = {"node": header.node, "epoch": header.epoch, "first": header.first, "n": header.n, "have": receipt.have}
        log.info("segment", extra={"fields": said | {"verdict": receipt.verdict.value, "feed": len(given.facts)}})
        return Stored(packed, ack, receipt.verdict, since)

    def _share(self, header: Header, sender: Registered, receipt: Receipt) -> tuple[Share, Cursor]:
        """What the sender has not seen of the feed, and since where; from the start for a position in another store or
        beyond ours.
        """
        cursor = header.cursor
        if cursor.store == receipt.store:
            found = share(self.journal.database, header.node, sender.scope, cursor.rev)
            if not found.is_beyond:
                return found, cursor
        return share(self.journal.database, header.node, sender.scope, 0), Cursor(receipt.store)

    def _heard(self, header: Header, now: Moment, *, is_carried: bool = False) -> Contact:
        st, before = header.st, self.contacts.get(header.node)
        return Contact(
            node=header.node,
            contact_t=now.t,
            epoch=header.epoch,
            backlog=max(0, st.backlog - header.n),
            disk=st.disk,
            skew_ms=(before.skew_ms if before else 0) if is_carried else header.now.t - now.t,
            err=st.err,
            app=header.app,
            feed_rev=header.cursor.rev,
            disk_size=st.size,
        )

    def _note(self, heard: Sequence[Contact]) -> None:
        last = {one.node: one for one in heard}
        news = [one for one in last.values() if _is_news(one, self.contacts.get(one.node))]
        self.contacts.update(last)
        if news:
            contacts.keep(self.journal, *news)

    def note_package(self, node: str) -> None:
        """Something of a node came on a stick just now."""
        contacts.keep_package(self.journal, node, self._settings.clock().t)

    def note_relayed(self, header: Header) -> None:
        """Lines of a node came through the number host of its hall, whose feed its position is of."""
        heard, before = self._heard(header, self._settings.clock(), is_carried=True), self.contacts.get(header.node)
        self._note([msgspec.structs.replace(heard, feed_rev=before.feed_rev if before else 0)])

    def promised(self, kept: Kept | None) -> Promise | None:
        """What this centre itself once answered, if the sender encloses it."""
        ack = answer.proven(kept, self.key.public) if kept is not None else None
        if ack is None:
            return None
        return Promise(ack.node, ack.epoch, ack.have, ack.head, ack.store, ack.rev)

    def sender(self, received: Segment) -> Registered:
        """The enrolled node that signed this; nothing else is taken."""
        return self._trusted(received, nodes.registered(self.journal.database, received.header.node))

    def _trusted(self, received: Segment, known: Registered | None, key: str = "") -> Registered:
        """``key``: one that the signature is known to hold with."""
        if known is None:
            raise Problem(HTTPStatus.UNAUTHORIZED, "not-enrolled")
        if known.key != key and not holds(known.key, received.covered, received.signature):
            raise BadSignature
        if known.revoked_t:
            raise Problem(HTTPStatus.UNAUTHORIZED, "revoked")
        self._senders[received.header.node] = known
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


def _is_news(said: Contact, before: Contact | None) -> bool:
    """Whether it is to be written down."""
    if before is None or (before.err, before.app) != (said.err, said.app):
        return True
    return said.contact_t // KEEP_CONTACT_MS != before.contact_t // KEEP_CONTACT_MS
