"""The upstream side: an ASGI application that stores segments and answers what it has. No other module loads starlette.

One thread writes; requests wait for it in line. What waits is bounded in number and bytes: beyond that, and whenever the
store is busy or full, the answer is 503 with Retry-After and acknowledges nothing. Faults are RFC 9457 problem bodies that
repeat nothing of the request.
"""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import traceback
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import TypeVar

import msgspec
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from storage.clock import now as read_clock
from storage.errors import StorageError
from storage.facts import Moment
from storage.journal import Journal
from storage.receive import BrokenChain, OwnLog, accept, prepare_store
from sync import answer, segment
from sync.wire import (
    CONTENT_TYPE,
    ENCODING,
    MAX_PACKED,
    SYNC_PATH,
    BadSignature,
    OtherProtocol,
    TooLarge,
    WireError,
)

HEALTH_PATH = "/healthz"
MAX_WAITING = 256
MAX_WAITING_BYTES = 16 * 1024 * 1024
BODY_LIMIT_S = 60
RETRY_AFTER_S = 5
NEXT_S = 300

WIRE_STATUS: dict[type[WireError], HTTPStatus] = {
    TooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    BadSignature: HTTPStatus.UNAUTHORIZED,
    OtherProtocol: HTTPStatus.UPGRADE_REQUIRED,
}
STORAGE_STATUS: dict[type[StorageError], tuple[HTTPStatus, str]] = {
    BrokenChain: (HTTPStatus.BAD_REQUEST, "broken-chain"),
    OwnLog: (HTTPStatus.CONFLICT, "own-log"),
}

log = logging.getLogger("sync.server")
R = TypeVar("R")


class Problem(Exception):
    """An answer that acknowledges nothing."""

    def __init__(self, status: HTTPStatus, code: str, retry_after_s: int = 0, *, hang_up: bool = False) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.retry_after_s = retry_after_s
        self.hang_up = hang_up

    def response(self) -> Response:
        """The problem as RFC 9457 says it."""
        body = {"type": f"urn:hallterm:problem:{self.code}", "title": self.status.phrase, "status": int(self.status)}
        headers = {"Connection": "close"} if self.hang_up else {}
        if self.retry_after_s:
            headers["Retry-After"] = str(self.retry_after_s)
        return Response(msgspec.json.encode(body), self.status, headers=headers, media_type="application/problem+json")


class Centre:
    """The journal behind one writing thread, and what waits for it."""

    def __init__(self, open_journal: Callable[[], Journal], next_s: float, clock: Callable[[], Moment]) -> None:
        self._open = open_journal
        self._next_s = next_s
        self._clock = clock
        self._writer = ThreadPoolExecutor(max_workers=1, thread_name_prefix="centre-writer")
        self._journal: Journal | None = None
        self.waiting = 0
        self.waiting_bytes = 0

    @property
    def journal(self) -> Journal:
        """Opened by the writing thread, used only there."""
        if self._journal is None:
            self._journal = self._open()
            prepare_store(self._journal)
        return self._journal

    def store(self, body: bytes) -> bytes:
        """One segment in, one answer out; runs in the writing thread. Raises WireError, StorageError."""
        received = segment.read(body)
        now = self._clock()
        receipt = accept(self.journal, received.batch, now.t)
        header = received.header
        log.info(
            "%s/%s %s+%s %s have %s", header.node, header.epoch, header.first, header.n, receipt.verdict, receipt.have
        )
        return answer.write(answer.ack_of(receipt, now_t=now.t, next_s=self._next_s))

    async def in_turn(self, work: Callable[[], R]) -> R:
        """Run in the writing thread, turning faults into problems."""
        try:
            return await asyncio.get_running_loop().run_in_executor(self._writer, work)
        except WireError as error:
            raise Problem(WIRE_STATUS.get(type(error), HTTPStatus.BAD_REQUEST), error.code) from error
        except StorageError as error:
            known = STORAGE_STATUS.get(type(error))
            if known is not None:
                raise Problem(*known) from error
            log.warning("not stored: %s", type(error).__name__)
            raise Problem(HTTPStatus.SERVICE_UNAVAILABLE, _code(error), RETRY_AFTER_S) from error
        except Exception as error:  # a mistake of ours: said by kind and place, for its message may hold a value
            place = traceback.extract_tb(error.__traceback__)[-1]
            log.error("fault: %s at %s:%s", type(error).__name__, place.name, place.lineno)
            raise Problem(HTTPStatus.SERVICE_UNAVAILABLE, "fault", RETRY_AFTER_S) from error

    @asynccontextmanager
    async def life(self, _app: Starlette) -> AsyncIterator[None]:
        """Open the journal before the first request; finish what is in hand, then close it."""
        await asyncio.get_running_loop().run_in_executor(self._writer, lambda: self.journal)
        try:
            yield
        finally:
            self._writer.submit(lambda: self.journal.close()).result()
            self._writer.shutdown()

    async def sync(self, request: Request) -> Response:
        """POST /v1/sync"""
        parts: list[bytes] = []
        self.waiting += 1
        try:
            async with asyncio.timeout(BODY_LIMIT_S):
                await self._take(request, parts)
            body = b"".join(parts)
            stored = await self.in_turn(lambda: self.store(body))
        except TimeoutError as error:
            raise Problem(HTTPStatus.REQUEST_TIMEOUT, "slow-body", hang_up=True) from error
        finally:
            self.waiting -= 1
            self.waiting_bytes -= sum(map(len, parts))
        return Response(stored, headers={"Content-Type": CONTENT_TYPE, "Content-Encoding": ENCODING})

    async def _take(self, request: Request, parts: list[bytes]) -> None:
        """The body, as long as it is small enough and there is room for it.

        What is refused is read all the same and dropped: hanging up on a sender would lose him the answer.
        """
        refusal = fault_of(request) or self._room(0)
        size = 0
        async for part in request.stream():
            size += len(part)
            if size > MAX_PACKED:
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

    async def health(self, _request: Request) -> Response:
        """GET /healthz: whether the store can be read, and its last position."""
        rev = await self.in_turn(lambda: self.journal.last_pos())
        return Response(msgspec.json.encode({"status": "ok", "rev": rev}), media_type="application/json")


def create_app(
    open_journal: Callable[[], Journal], *, next_s: float = NEXT_S, clock: Callable[[], Moment] = read_clock
) -> Starlette:
    """The application over a journal that is set up; ``next_s`` is how often nodes shall come when little waits."""
    centre = Centre(open_journal, next_s, clock)
    return Starlette(
        routes=[
            Route(SYNC_PATH, centre.sync, methods=["POST"]),
            Route(HEALTH_PATH, centre.health, methods=["GET"]),
        ],
        exception_handlers={Problem: _problem, HTTPException: _http_fault, ClientDisconnect: _gone},
        lifespan=centre.life,
    )


def fault_of(request: Request) -> Problem | None:
    """Unsigned segments come from this machine only, and in the form the protocol names."""
    if not is_loopback(request.client.host if request.client else ""):
        return Problem(HTTPStatus.FORBIDDEN, "not-enrolled")
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if content_type != CONTENT_TYPE or request.headers.get("content-encoding", "").lower() != ENCODING:
        return Problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "other-media-type")
    return None


def is_loopback(host: str) -> bool:
    """Whether an address (not a name) is of this machine."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _code(error: StorageError) -> str:
    """``StorageFull`` as ``storage-full``."""
    name = type(error).__name__
    return "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("-")


async def _problem(_request: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)
    return error.response()


async def _http_fault(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    status = HTTPStatus(error.status_code)
    return Problem(status, status.phrase.lower().replace(" ", "-"), hang_up=True).response()


async def _gone(_request: Request, _error: Exception) -> Response:
    return Problem(HTTPStatus.BAD_REQUEST, "cut-short").response()
