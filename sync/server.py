"""The upstream side: an ASGI application that takes segments and answers what it has. Only a serving process loads it.

One thread writes, one reads; requests wait for them in line. What waits is bounded in number and bytes: beyond that, and
whenever the store is busy or full, the answer is 503 with Retry-After and acknowledges nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from http import HTTPStatus

import msgspec
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from storage import nodes
from storage.clock import now as read_clock
from storage.facts import Moment
from storage.journal import Journal
from sync import openapi, relay
from sync.centre import Centre, OpenVault, Settings
from sync.enrol import ENROL_PATH
from sync.gate import Gate, refusal
from sync.hub import HallDesk, Hub
from sync.keys import NodeKey
from sync.limits import Limits
from sync.metrics import MEDIA_TYPE, Metrics
from sync.own_log import OwnLog
from sync.problem import RETRY_AFTER_S, Problem, answer_cut_short, answer_http_fault, answer_problem
from sync.reads import FIGURES_PATH, JSON, NODES_PATH, TOKEN_PATH, Reads
from sync.report_wire import REPORT_PATH
from sync.reports import ReportMaker, Reports
from sync.tokens import PasswordCheck
from sync.turn import Turn
from sync.wire import BUNDLE_PATH, CONTENT_TYPE, ENCODING, LOG_PATH, MAX_PACKED, SEALED_TYPE, SYNC_PATH, TooLarge

HEALTH_PATH = "/healthz"
UNWRITTEN = frozenset({"storage-full", "storage-denied", "storage-damaged"})
"""What makes a centre unwell until something is stored again; a store that is locked for a moment does not."""
METRICS_PATH = "/metrics"
MAX_WAITING = 256
MAX_WAITING_BYTES = 16 * 1024 * 1024
MOST_WAIT_S = 0.3
"""Whoever would wait longer than about this is told to come again: a crowd after an outage is served in portions."""
FEW = 8
"""So many may always wait."""
MAX_JSON = 16 * 1024
BODY_LIMIT_S = 60
NEXT_S = 300
QUARANTINED = "SELECT count(*) FROM quarantine"


class Intake:
    """Requests on their way to the threads, within limits."""

    def __init__(self, centre: Centre, reads: Reads, metrics: Metrics, clock: Callable[[], Moment]) -> None:
        self._clock = clock
        self._centre = centre
        self._reads = reads
        self._metrics = metrics
        self.waiting = 0
        self.waiting_bytes = 0
        self._unwritten: Problem | None = None

    async def sync(self, request: Request) -> Response:
        """POST /v1/sync"""
        stored = await self._through(request, self._centre, self._centre.store, fault_of(request), MAX_PACKED)
        return Response(stored, headers={"Content-Type": CONTENT_TYPE, "Content-Encoding": ENCODING})

    async def bundle(self, request: Request) -> Response:
        """POST /v1/bundle: what any node forwards for one without a line; the content itself proves its sender."""
        receipt = await self._through(request, self._centre, self._centre.bundle, sealed_fault_of(request), MAX_PACKED)
        return Response(receipt, headers={"Content-Type": SEALED_TYPE})

    async def relay(self, request: Request) -> Response:
        """POST /v1/relay: a segment that the number host of a hall passes on."""

        def store(body: bytes) -> bytes:
            return relay.take_in(self._centre, body, self._clock().t)

        stored = await self._through(request, self._centre, store, fault_of(request), MAX_PACKED)
        return Response(stored, headers={"Content-Type": CONTENT_TYPE, "Content-Encoding": ENCODING})

    async def enrol(self, request: Request) -> Response:
        """POST /v1/enrol"""
        welcome = await self._through(request, self._centre, self._centre.enrol, json_fault_of(request), MAX_JSON)
        return Response(welcome, media_type=JSON)

    async def token(self, request: Request) -> Response:
        """POST /v1/token"""
        made = await self._through(request, self._reads, self._reads.token, json_fault_of(request), MAX_JSON)
        return Response(made, media_type=JSON, headers={"Cache-Control": "no-store"})

    async def health(self, _request: Request) -> Response:
        """GET /healthz: whether the store can be read, and its last position; 503 from the first write that found no room,
        or no right, to the next one that was done.
        """
        if self._unwritten is not None:
            raise self._unwritten
        rev = await self._centre.in_turn(lambda: self._centre.journal.last_pos())
        return Response(msgspec.json.encode(openapi.Health("ok", rev)), media_type=JSON)

    async def metrics(self, _request: Request) -> Response:
        """GET /metrics"""

        def gauges() -> dict[str, int]:
            database = self._reads.journal.database
            enrolled = sum(not one.revoked_t for one in nodes.everybody(database))
            return {"quarantine": int(database.value(QUARANTINED)), "nodes": enrolled}

        found = await self._reads.in_turn(gauges)
        text = self._metrics.text(waiting=self.waiting, waiting_bytes=self.waiting_bytes, **found)
        return Response(text, headers={"Content-Type": MEDIA_TYPE})

    async def _through(
        self, request: Request, turn: Turn, work: Callable[[bytes], bytes], refused: Problem | None, limit: int
    ) -> bytes:
        """The body to a thread, its answer back."""
        parts: list[bytes] = []
        self.waiting += 1
        try:
            async with asyncio.timeout(BODY_LIMIT_S):
                await self._take(request, parts, refusal(request) or refused, limit)
            body = b"".join(parts)
            done = await turn.take(work, body)
            self._unwritten = None if turn is self._centre else self._unwritten
            return done
        except Problem as problem:
            self._unwritten = problem if problem.code in UNWRITTEN else self._unwritten
            raise
        except TimeoutError as error:
            raise Problem(HTTPStatus.REQUEST_TIMEOUT, "slow-body", hang_up=True) from error
        finally:
            self.waiting -= 1
            self.waiting_bytes -= sum(map(len, parts))

    async def _take(self, request: Request, parts: list[bytes], refused: Problem | None, limit: int) -> None:
        """The body, as long as it is small enough and there is room for it.

        What is refused is read all the same and dropped: hanging up on a sender would lose him the answer.
        """
        refused = refused or self._room(0)
        size = 0
        async for part in request.stream():
            size += len(part)
            if size > limit:
                raise Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, TooLarge.code, hang_up=True)
            refused = refused or self._room(len(part))
            if refused is None:
                self.waiting_bytes += len(part)
                parts.append(part)
        if refused is not None:
            raise refused

    def _room(self, size: int) -> Problem | None:
        most = min(MAX_WAITING, max(FEW, self._centre.served_in(MOST_WAIT_S)))
        if self.waiting <= most and self.waiting_bytes + size <= MAX_WAITING_BYTES:
            return None
        return Problem(HTTPStatus.SERVICE_UNAVAILABLE, "busy", RETRY_AFTER_S)


def create_app(
    open_journal: Callable[[], Journal],
    key: NodeKey,
    *,
    next_s: float = NEXT_S,
    clock: Callable[[], Moment] = read_clock,
    open_vault: OpenVault | None = None,
    check: PasswordCheck | None = None,
    limits: Limits = Limits(),  # noqa: B008
    desk: HallDesk | None = None,
    make_report: ReportMaker | None = None,
) -> Starlette:
    """The application over a journal that is set up; ``next_s`` is how often nodes shall come when little waits.

    ``open_vault``: the passwords that go down; ``check``: who gets a token; ``desk``: this is the number host of its hall;
    ``make_report``: the reports that people read here.
    """
    metrics = Metrics()
    centre = Centre(open_journal, key, Settings(next_s, clock, open_vault, limits), metrics)
    reads = Reads(open_journal, key, clock, check, lambda: centre.contacts)
    intake = Intake(centre, reads, metrics, clock)
    hub = Hub(open_journal, key, clock, desk) if desk is not None else None
    routes = _routes(intake, reads, Reports(reads, make_report, clock), is_hub=hub is not None)

    return Starlette(
        routes=[*routes, *(hub.routes() if hub else ())],
        exception_handlers={
            Problem: answer_problem,
            HTTPException: answer_http_fault,
            ClientDisconnect: answer_cut_short,
        },
        middleware=[Middleware(Gate, limits=limits, metrics=metrics)],
        lifespan=lambda _app: _life(centre, reads, *((hub,) if hub else ())),
    )


def _routes(intake: Intake, reads: Reads, reports: Reports, *, is_hub: bool) -> list[Route]:
    return [
        Route(SYNC_PATH, intake.sync, methods=["POST"]),
        Route(BUNDLE_PATH, intake.bundle, methods=["POST"]),
        Route(relay.RELAY_PATH, intake.relay, methods=["POST"]),
        Route(ENROL_PATH, intake.enrol, methods=["POST"]),
        Route(TOKEN_PATH, intake.token, methods=["POST"]),
        Route(FIGURES_PATH, reads.figures, methods=["GET"]),
        Route(NODES_PATH, reads.nodes, methods=["GET"]),
        Route(REPORT_PATH, reports.answer, methods=["GET"]),
        Route(LOG_PATH, OwnLog(reads).answer, methods=["GET"]),
        Route(openapi.PATH, openapi.answer_of(is_hub=is_hub), methods=["GET"]),
        Route(HEALTH_PATH, intake.health, methods=["GET"]),
        Route(METRICS_PATH, intake.metrics, methods=["GET"]),
    ]


@asynccontextmanager
async def _life(*turns: Turn) -> AsyncIterator[None]:
    """Open the journals before the first request; finish what is in hand, then close them."""
    for turn in turns:
        await turn.in_turn(turn.begin)
    try:
        yield
    finally:
        for turn in turns:
            turn.end()


def fault_of(request: Request) -> Problem | None:
    """Segments come in the form the protocol names."""
    if _media(request) != CONTENT_TYPE or request.headers.get("content-encoding", "").lower() != ENCODING:
        return Problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "other-media-type")
    return None


def sealed_fault_of(request: Request) -> Problem | None:
    """Bundles are bytes that only this node reads."""
    return None if _media(request) == SEALED_TYPE else Problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "other-media-type")


def json_fault_of(request: Request) -> Problem | None:
    """The other bodies are JSON."""
    return None if _media(request) == JSON else Problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "other-media-type")


def _media(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()
