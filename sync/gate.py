"""Stands before every request: who comes too often waits; every answer is counted, timed and noted, without naming anybody.

What an address is refused counts against it, wrong codes and passwords much more than broken bodies; good requests do not.
"""

from __future__ import annotations

import logging
import math
import time
from http import HTTPStatus
from typing import Final

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sync.limits import Buckets, Limits
from sync.metrics import Metrics
from sync.problem import CODE, Problem

GUESSED: Final = frozenset({"unknown-code", "wrong-password", "too-early"})
HARMLESS: Final = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.UPGRADE_REQUIRED, HTTPStatus.CONFLICT})
log = logging.getLogger("sync.access")


class Gate:
    """ASGI middleware, and the question whether a request may come in."""

    def __init__(self, app: ASGIApp, limits: Limits, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics
        self._faults = Buckets(limits.faults)
        self._guesses = Buckets(limits.guesses)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status = time.perf_counter(), 0

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = int(message["status"])
            await send(message)

        scope["hallterm.refusal"] = self._refusal(_address(scope))
        try:
            await self._app(scope, receive, noted)
        finally:
            self._note(scope, status, time.perf_counter() - began)

    def _refusal(self, address: str) -> Problem | None:
        wait_s = max(self._faults.wait_s(address), self._guesses.wait_s(address))
        return Problem(HTTPStatus.TOO_MANY_REQUESTS, "too-often", math.ceil(wait_s)) if wait_s else None

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        code = str(scope.get(CODE, ""))
        if code:
            self._metrics.refused(code)
        if 400 <= status < 500 and status not in HARMLESS:
            (self._guesses if code in GUESSED else self._faults).take(_address(scope))
        route = scope.get("route")
        path = getattr(route, "path", "-")
        fields = {
            "method": scope["method"],
            "path": path,
            "status": status,
            "ms": round(seconds * 1000, 1),
            "code": code,
        }
        log.info("request", extra={"fields": fields})


def refusal(request: Request) -> Problem | None:
    """Why this request is not looked at, if it is not."""
    found = request.scope.get("hallterm.refusal")
    return found if isinstance(found, Problem) else None


def _address(scope: Scope) -> str:
    client = scope.get("client")
    return str(client[0]) if client else ""
