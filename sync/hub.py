"""The number host's side: news of the hall for its PCs, held back until there is some, and claims, one at a time.

Another thread than the one that stores, with a connection of its own. What a claim gives is decided by ``decide`` (the
rules of the queue are not of this room); here stands who may ask, and that claims wait for the others after a start.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from http import HTTPStatus
from typing import Final, NamedTuple

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from storage import contacts, hall_logs, host_log, nodes
from storage.facts import Got, Moment
from storage.hall_logs import Piece
from storage.journal import Journal
from sync import hub_wire
from sync.gate import refusal
from sync.hub_lost import LostLines
from sync.hub_wire import ClaimAnswer, ClaimQuestion, HallAnswer, HallQuestion, Head, LostPage, Taken
from sync.keys import NodeKey
from sync.limits import Buckets, Rate
from sync.problem import Problem
from sync.turn import Turn
from sync.wire import CONTENT_TYPE, ENCODING, S, TooLarge

LOOK_S: Final = 0.1
"""How often the journal is looked at while somebody waits for news."""
PATIENCE_S: Final = 10.0
"""How long claims wait after a start for nodes that were here lately and may have served people meanwhile."""
LATELY_MS: Final = 15 * 60_000
FRESH_S: Final = 30.0
"""A node that asked nothing for so long has no living terminals as far as anybody knows."""
MOST_WAITING: Final = 100
MAX_QUESTION: Final = 256 * 1024
"""Bytes of a question on the wire."""
BODY_LIMIT_S: Final = 10
OFTEN: Final = Rate(400, 100)
PART_AGAIN_S: Final = 300.0
log = logging.getLogger("sync.hub")

Decide = Callable[[Journal, ClaimQuestion, Moment], ClaimAnswer]
"""Gives a ticket or a number, once for each claim; in the hub's thread."""
Tidy = Callable[[Journal, Moment], None]
"""What follows when logs have met: called in the hub's thread, often."""


Day = Callable[[Moment], str]
"""The business day of a moment."""


class HallDesk(NamedTuple):
    """What a number host decides and does, from the room above."""

    decide: Decide
    tidy: Tidy
    day: Day


class _Heard(NamedTuple):
    at_s: float
    unsent: int
    taken: tuple[Taken, ...]


class Hub(Turn):
    """Everything but ``hall`` and ``claim`` runs in its thread."""

    def __init__(
        self, open_journal: Callable[[], Journal], key: NodeKey, clock: Callable[[], Moment], desk: HallDesk
    ) -> None:
        super().__init__(open_journal, "number-host")
        self._key = key
        self._clock = clock
        self._desk = desk
        self._heard: dict[str, _Heard] = {}
        self._turns: dict[str, str] = {}
        self._said: dict[str, tuple[bool, tuple[Taken, ...]]] = {}
        self._awaited: set[str] = set()
        self._often = Buckets(OFTEN)
        self._began_s = time.monotonic()
        self.waiting = 0
        self._next_part_s = 0.0
        self._lost = LostLines(key.public)

    def opened(self, journal: Journal) -> Journal:
        """After a start: the nodes that were here lately are awaited."""
        now = self._clock()
        self._awaited = {
            one.node for one in contacts.kept(journal.database).values() if now.t - one.contact_t < LATELY_MS
        }
        self._began_s = time.monotonic()
        return journal

    @property
    def gives(self) -> bool:
        """Whether claims are answered: nobody is awaited any more."""
        return not self._awaited or time.monotonic() - self._began_s > PATIENCE_S

    # requests

    async def hall(self, request: Request) -> Response:
        """POST /v1/hall"""
        with self._room():
            body = await _body(request)
            asked, is_next = await self.in_turn(lambda: self._hall_question(body))
            until_s = time.monotonic() + asked.wait_s
            while (packed := await self.in_turn(partial(self._news, asked, is_next, until_s))) is None:
                if await request.is_disconnected():
                    raise Problem(HTTPStatus.BAD_REQUEST, "cut-short")
                await asyncio.sleep(LOOK_S)
            return self._packed(packed)

    async def claim(self, request: Request) -> Response:
        """POST /v1/claim"""
        with self._room():
            body = await _body(request)
            return self._packed(await self.in_turn(lambda: self._claim(body)))

    async def lost(self, request: Request) -> Response:
        """POST /v1/lost"""
        with self._room():
            body = await _body(request)
            return self._packed(await self.in_turn(lambda: self._lost_page(body)))

    @contextmanager
    def _room(self) -> Iterator[None]:
        """So many at once, and no more; raises Problem."""
        if self.waiting >= MOST_WAITING:
            raise Problem(HTTPStatus.SERVICE_UNAVAILABLE, "busy", 1)
        self.waiting += 1
        try:
            yield
        finally:
            self.waiting -= 1

    @staticmethod
    def _packed(body: bytes) -> Response:
        return Response(body, headers={"Content-Type": CONTENT_TYPE, "Content-Encoding": ENCODING})

    # in the thread

    def _hall_question(self, body: bytes) -> tuple[HallQuestion, bool]:
        asked, _lines = self._asked(body, HallQuestion)
        self._compare(asked)
        is_next = bool(asked.turn) and self._turns.get(asked.node) == asked.turn
        if is_next:
            self._heard[asked.node] = _Heard(time.monotonic(), asked.unsent, asked.taken)
            if not asked.unsent:
                self._awaited.discard(asked.node)
        return asked, is_next

    def _compare(self, asked: HallQuestion) -> None:
        """A PC that knows more of this node's own log than is here: this disk was put back. Not again within minutes,
        whoever says so: a new log costs something.
        """
        if not asked.yours:
            return
        known, now, parted = hub_wire.host_logs(asked.yours), self._clock(), None
        if time.monotonic() >= self._next_part_s:
            parted = host_log.compare(self.journal, known, now.t, self._desk.day(now))
        self._lost.compare(self.journal, asked.node, known)
        if parted is not None:
            self._next_part_s = time.monotonic() + PART_AGAIN_S
            log.warning(
                "%s knows more of this log: epoch %s begins, %s facts carried", asked.node, parted.epoch, parted.carried
            )

    def _news(self, asked: HallQuestion, is_next: bool, until_s: float) -> bytes | None:
        """The answer, if there is something to say or the time is over."""
        if not is_next:
            return self._hall_answer(asked.node, [], more=True)
        self._desk.tidy(self.journal, self._clock())
        pieces, more = hall_logs.news(self.journal.database, asked.node, asked.known)
        said = (self.gives, self._taken(asked.node))
        if pieces or time.monotonic() >= until_s or self._said.get(asked.node) != said:
            self._said[asked.node] = said
            return self._hall_answer(asked.node, pieces, more=more)
        return None

    def _hall_answer(self, node: str, pieces: list[Piece], *, more: bool) -> bytes:
        self._turns[node] = secrets.token_hex(8)
        own = self.journal.identity.node
        heads = tuple(
            Head(one.epoch, one.first - 1 + len(one.lines), one.head.hex()) for one in pieces if one.node == own
        )
        said = HallAnswer(
            node=own, turn=self._turns[node], now=self._clock().t, more=more, gives=self.gives,
            taken=self._taken(node), heads=heads, lost=self._lost.wanted_of(node),
        )  # fmt: skip
        return hub_wire.write(said, self._key.sign, pieces)

    def _taken(self, node: str) -> tuple[Taken, ...]:
        """Windows with living terminals at other nodes."""
        now_s = time.monotonic()
        fresh = [one for name, one in self._heard.items() if name != node and now_s - one.at_s < FRESH_S]
        return tuple(sorted((one for heard in fresh for one in heard.taken), key=lambda one: one.window))

    def _claim(self, body: bytes) -> bytes:
        asked, _lines = self._asked(body, ClaimQuestion)
        if self.gives:
            found = self._desk.decide(self.journal, asked, self._clock())
        else:
            found = ClaimAnswer(claim=asked.claim, got=Got.NOT_NOW)
        return hub_wire.write(found, self._key.sign)

    def _lost_page(self, body: bytes) -> bytes:
        asked, lines = self._asked(body, LostPage, with_lines=True)
        return hub_wire.write(self._lost.take(self.journal, asked, lines), self._key.sign)

    def _asked(self, body: bytes, kind: type[S], *, with_lines: bool = False) -> tuple[S, tuple[bytes, ...]]:
        """The question of an enrolled node of this hall, and its lines; raises WireError, Problem."""
        found = hub_wire.question(body, with_lines=with_lines)
        known = nodes.registered(self.journal.database, found.node)
        if known is None:
            raise Problem(HTTPStatus.UNAUTHORIZED, "not-enrolled")
        asked = found.read(known.key, kind)
        if known.revoked_t:
            raise Problem(HTTPStatus.UNAUTHORIZED, "revoked")
        if known.scope != self.journal.identity.hall:
            raise Problem(HTTPStatus.FORBIDDEN, "other-place")
        wait_s = self._often.wait_s(found.node)
        if wait_s:
            raise Problem(HTTPStatus.TOO_MANY_REQUESTS, "too-often", 1)
        self._often.take(found.node)
        return asked, found.lines

    def routes(self) -> list[Route]:
        """What a number host serves beside everything else."""
        return [
            Route(hub_wire.HALL_PATH, self.hall, methods=["POST"]),
            Route(hub_wire.CLAIM_PATH, self.claim, methods=["POST"]),
            Route(hub_wire.LOST_PATH, self.lost, methods=["POST"]),
        ]


async def _body(request: Request) -> bytes:
    """The whole body, as long as it is small enough; raises Problem."""
    refused = refusal(request)
    parts: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(BODY_LIMIT_S):
            async for part in request.stream():
                size += len(part)
                if size > MAX_QUESTION:
                    raise Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, TooLarge.code, hang_up=True)
                parts.append(part)
    except TimeoutError as error:
        raise Problem(HTTPStatus.REQUEST_TIMEOUT, "slow-body", hang_up=True) from error
    if refused is not None:
        raise refused
    return b"".join(parts)
