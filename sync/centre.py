"""The journal of an upstream node behind one writing thread: what enrolled nodes send is stored and answered."""

from __future__ import annotations

import asyncio
import logging
import traceback
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import TypeVar

import msgspec
from starlette.applications import Starlette

from storage import nodes
from storage.facts import Moment
from storage.journal import Journal
from storage.promises import Promise, prepare_store
from storage.receive import Exchange, accept
from sync import answer, enrol, segment
from sync.answer import Kept
from sync.keys import NodeKey, holds
from sync.problem import RETRY_AFTER_S, Problem, known_problem
from sync.segment import Segment
from sync.wire import BadSignature, decode

log = logging.getLogger("sync.centre")
R = TypeVar("R")


class Centre:
    """Everything but ``in_turn`` and ``life`` runs in the writing thread."""

    def __init__(
        self, open_journal: Callable[[], Journal], key: NodeKey, next_s: float, clock: Callable[[], Moment]
    ) -> None:
        self._open = open_journal
        self._key = key
        self._next_s = next_s
        self._clock = clock
        self._writer = ThreadPoolExecutor(max_workers=1, thread_name_prefix="centre-writer")
        self._journal: Journal | None = None

    @property
    def journal(self) -> Journal:
        """Opened by the writing thread, used only there."""
        if self._journal is None:
            self._journal = self._open()
            prepare_store(self._journal)
        return self._journal

    def store(self, body: bytes) -> bytes:
        """One segment in, one answer out. Raises WireError, StorageError, Problem."""
        received = segment.read(body)
        batch = msgspec.structs.replace(received.batch, scope=self._scope_of(received))
        now = self._clock()
        header = received.header
        exchange = Exchange(header.now.b, header.now.m, self._promised(header.receipt))
        receipt = accept(self.journal, batch, now.t, exchange)
        log.info(
            "%s/%s %s+%s %s have %s", header.node, header.epoch, header.first, header.n, receipt.verdict, receipt.have
        )
        return answer.write(answer.ack_of(receipt, now_t=now.t, next_s=self._next_s), self._key.sign)

    def _promised(self, kept: Kept | None) -> Promise | None:
        """What this centre itself once answered, if the sender encloses it."""
        ack = answer.proven(kept, self._key.public) if kept is not None else None
        if ack is None:
            return None
        return Promise(ack.node, ack.epoch, ack.have, ack.head, ack.store, ack.rev)

    def _scope_of(self, received: Segment) -> str:
        """The place of an enrolled node that signed this; nothing else is taken."""
        known = nodes.registered(self.journal.database, received.header.node)
        if known is None:
            raise Problem(HTTPStatus.UNAUTHORIZED, "not-enrolled")
        if not holds(known.key, received.covered, received.signature):
            raise BadSignature
        if known.revoked_t:
            raise Problem(HTTPStatus.UNAUTHORIZED, "revoked")
        return known.scope

    def enrol(self, body: bytes) -> bytes:
        """A request of a new node in, the welcome out. Raises WireError, EnrolError, StorageError."""
        request = decode(body, enrol.Request)
        welcome = enrol.welcome(self.journal, self._key, request, self._clock())
        log.info("%s enrolled for %s", request.node, request.scope)
        return msgspec.json.encode(welcome)

    async def in_turn(self, work: Callable[[], R]) -> R:
        """Run in the writing thread, turning faults into problems."""
        try:
            return await asyncio.get_running_loop().run_in_executor(self._writer, work)
        except Problem:
            raise
        except Exception as error:
            problem = known_problem(error)
            if problem is None:  # a mistake of ours: said by kind and place, for its message may hold a value
                place = traceback.extract_tb(error.__traceback__)[-1]
                log.error("fault: %s at %s:%s", type(error).__name__, place.name, place.lineno)
                problem = Problem(HTTPStatus.SERVICE_UNAVAILABLE, "fault", RETRY_AFTER_S)
            elif problem.retry_after_s:
                log.warning("not stored: %s", type(error).__name__)
            raise problem from error

    @asynccontextmanager
    async def life(self, _app: Starlette) -> AsyncIterator[None]:
        """Open the journal before the first request; finish what is in hand, then close it."""
        await asyncio.get_running_loop().run_in_executor(self._writer, lambda: self.journal)
        try:
            yield
        finally:
            self._writer.submit(lambda: self.journal.close()).result()
            self._writer.shutdown()
