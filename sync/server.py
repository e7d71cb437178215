"""The upstream side: an ASGI application that takes segments and answers what it has. Only a serving process loads it.

One thread writes; requests wait for it in line. What waits is bounded in number and bytes: beyond that, and whenever the
store is busy or full, the answer is 503 with Retry-After and acknowledges nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from http import HTTPStatus

import msgspec
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from storage.clock import now as read_clock
from storage.facts import Moment
from storage.journal import Journal
from sync.centre import Centre
from sync.enrol import ENROL_PATH
from sync.keys import NodeKey
from sync.problem import RETRY_AFTER_S, Problem, answer_cut_short, answer_http_fault, answer_problem
from sync.wire import CONTENT_TYPE, ENCODING, MAX_PACKED, SYNC_PATH, TooLarge

HEALTH_PATH = "/healthz"
MAX_WAITING = 256
MAX_WAITING_BYTES = 16 * 1024 * 1024
MAX_JSON = 16 * 1024
BODY_LIMIT_S = 60
NEXT_S = 300
JSON = "application/json"


class Intake:
    """Requests on their way to the writing thread, within limits."""

    def __init__(self, centre: Centre) -> None:
        self._centre = centre
        self.waiting = 0
        self.waiting_bytes = 0

    async def sync(self, request: Request) -> Response:
        """POST /v1/sync"""
        stored = await self._through(request, self._centre.store, fault_of(request), MAX_PACKED)
        return Response(stored, headers={"Content-Type": CONTENT_TYPE, "Content-Encoding": ENCODING})

    async def enrol(self, request: Request) -> Response:
        """POST /v1/enrol"""
        return Response(await self._through(request, self._centre.enrol, None, MAX_JSON), media_type=JSON)

    async def health(self, _request: Request) -> Response:
        """GET /healthz: whether the store can be read, and its last position."""
        rev = await self._centre.in_turn(lambda: self._centre.journal.last_pos())
        return Response(msgspec.json.encode({"status": "ok", "rev": rev}), media_type=JSON)

    async def _through(
        self, request: Request, work: Callable[[bytes], bytes], refusal: Problem | None, limit: int
    ) -> bytes:
        """The body to the writing thread, its answer back."""
        parts: list[bytes] = []
        self.waiting += 1
        try:
            async with asyncio.timeout(BODY_LIMIT_S):
                await self._take(request, parts, refusal, limit)
            body = b"".join(parts)
            return await self._centre.in_turn(lambda: work(body))
        except TimeoutError as error:
            raise Problem(HTTPStatus.REQUEST_TIMEOUT, "slow-body", hang_up=True) from error
        finally:
            self.waiting -= 1
            self.waiting_bytes -= sum(map(len, parts))

    async def _take(self, request: Request, parts: list[bytes], refusal: Problem | None, limit: int) -> None:
        """The body, as long as it is small enough and there is room for it.

        What is refused is read all the same and dropped: hanging up on a sender would lose him the answer.
        """
        refusal = refusal or self._room(0)
        size = 0
        async for part in request.stream():
            size += len(part)
            if size > limit:
                raise Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, TooLarge.code, hang_up=True)
            refusal = refusal or self._room(len(part))
            if refusal is None:
                self.waiting_bytes += len(part)
                parts.append(part)
        if refusal is not None:
            raise refusal

    def _room(self, size: int) -> Problem | None:
        if self.waiting <= MAX_WAITING and self.waiting_bytes + size <= MAX_WAITING_BYTES:
            return None
        return Problem(HTTPStatus.SERVICE_UNAVAILABLE, "busy", RETRY_AFTER_S)


def create_app(
    open_journal: Callable[[], Journal],
    key: NodeKey,
    *,
    next_s: float = NEXT_S,
    clock: Callable[[], Moment] = read_clock,
) -> Starlette:
    """The application over a journal that is set up; ``next_s`` is how often nodes shall come when little waits."""
    centre = Centre(open_journal, key, next_s, clock)
    intake = Intake(centre)
    return Starlette(
        routes=[
            Route(SYNC_PATH, intake.sync, methods=["POST"]),
            Route(ENROL_PATH, intake.enrol, methods=["POST"]),
            Route(HEALTH_PATH, intake.health, methods=["GET"]),
        ],
        exception_handlers={
            Problem: answer_problem,
            HTTPException: answer_http_fault,
            ClientDisconnect: answer_cut_short,
        },
        lifespan=centre.life,
    )


def fault_of(request: Request) -> Problem | None:
    """Segments come in the form the protocol names."""
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if content_type != CONTENT_TYPE or request.headers.get("content-encoding", "").lower() != ENCODING:
        return Problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "other-media-type")
    return None
