"""Faults of a request as RFC 9457 problem bodies; they repeat nothing of the request."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from storage.access import Grant
from storage.errors import StorageError
from storage.receive import BrokenChain, OwnLog
from sync.bundle import BundleError
from sync.enrol import EnrolError
from sync.problem_words import DETAILS
from sync.wire import BadSignature, OtherProtocol, TooLarge, WireError

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_S = 5
CHALLENGE = "Bearer"
"""What a 401 asks for (RFC 9110)."""

WIRE_STATUS: dict[type[WireError], HTTPStatus] = {
    TooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    BadSignature: HTTPStatus.UNAUTHORIZED,
    OtherProtocol: HTTPStatus.UPGRADE_REQUIRED,
}
STORAGE_STATUS: dict[type[StorageError], tuple[HTTPStatus, str]] = {
    BrokenChain: (HTTPStatus.BAD_REQUEST, "broken-chain"),
    OwnLog: (HTTPStatus.CONFLICT, "own-log"),
}
BUNDLE_STATUS = {"not-sealed": HTTPStatus.FORBIDDEN, "no-box": HTTPStatus.CONFLICT}
ENROL_STATUS = {"unknown-code": HTTPStatus.FORBIDDEN, "name-taken": HTTPStatus.CONFLICT}


class Problem(Exception):
    """An answer that acknowledges nothing. ``grants``: those that would have let the request in."""

    def __init__(
        self,
        status: HTTPStatus,
        code: str,
        retry_after_s: int = 0,
        *,
        hang_up: bool = False,
        grants: Sequence[Grant] = (),
    ) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.retry_after_s = retry_after_s
        self.hang_up = hang_up
        self.grants = grants

    def response(self) -> Response:
        """The problem as RFC 9457 says it."""
        kind = f"urn:hallterm:problem:{self.code}"
        body: dict[str, object] = {"type": kind, "title": self.status.phrase, "status": int(self.status)}
        if self.code in DETAILS:
            body["detail"] = DETAILS[self.code]
        if self.grants:
            body["grants"] = self.grants
        headers = {"Connection": "close"} if self.hang_up else {}
        if self.status is HTTPStatus.UNAUTHORIZED:
            headers["WWW-Authenticate"] = CHALLENGE
        if self.retry_after_s:
            headers["Retry-After"] = str(self.retry_after_s)
        return Response(msgspec.json.encode(body), self.status, headers=headers, media_type=MEDIA_TYPE)


def known_problem(error: Exception) -> Problem | None:
    """What a fault of the wire, of the store or of an enrolment is to the other side; None: a mistake of ours."""
    if isinstance(error, WireError):
        return Problem(WIRE_STATUS.get(type(error), HTTPStatus.BAD_REQUEST), error.code)
    if isinstance(error, BundleError):
        return Problem(BUNDLE_STATUS.get(error.code, HTTPStatus.BAD_REQUEST), error.code)
    if isinstance(error, EnrolError):
        return Problem(ENROL_STATUS.get(error.code, HTTPStatus.BAD_REQUEST), error.code)
    if isinstance(error, StorageError):
        known = STORAGE_STATUS.get(type(error))
        if known is not None:
            return Problem(*known)
        return Problem(HTTPStatus.SERVICE_UNAVAILABLE, code_of(error), RETRY_AFTER_S)
    return None


def code_of(error: StorageError) -> str:
    """``StorageFull`` as ``storage-full``."""
    name = type(error).__name__
    return "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("-")


CODE = "hallterm.problem"
"""Where the code of the problem stands in the scope of its request, for whoever counts."""


async def answer_problem(request: Request, error: Exception) -> Response:
    """Starlette's handler of Problem."""
    assert isinstance(error, Problem)
    request.scope[CODE] = error.code
    return error.response()


async def answer_http_fault(request: Request, error: Exception) -> Response:
    """Starlette's handler of its own faults: an unknown path, another method."""
    assert isinstance(error, HTTPException)
    status = HTTPStatus(error.status_code)
    found = Problem(status, status.phrase.lower().replace(" ", "-"), hang_up=True)
    response = await answer_problem(request, found)
    response.headers.update(error.headers or {})
    return response


async def answer_cut_short(request: Request, _error: Exception) -> Response:
    """Starlette's handler of a sender that went away."""
    return await answer_problem(request, Problem(HTTPStatus.BAD_REQUEST, "cut-short"))
