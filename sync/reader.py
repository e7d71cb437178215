"""A person reads at a centre: the password once, for a token of fifteen minutes; with it, reports.

Raises what :mod:`sync.post` raises; ``NotGranted`` (a Refused) says which grants would have let the person in.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec import Struct

from storage.access import Grant
from sync.post import Busy, NotAnAnswer, Post, Refused, Unreachable
from sync.wire import BadHeader, decode

if TYPE_CHECKING:
    import httpx

READ_LIMIT_S: Final = 60.0
MAX_ANSWER: Final = 8 * 1024 * 1024
PREFIX: Final = "urn:hallterm:problem:"
SAID: Final = frozenset({"wrong-password", "must-change", "no-passwords", "no-token", "unfit-report", "no-reports"})
"""Problems that have words of their own; any other text of the other side is not repeated."""


class Pass(Struct, frozen=True):
    """A token and how long it is good for."""

    token: str
    expires_in_s: int


class NotGranted(Refused):
    """The person's grants do not reach there; ``grants`` are those that would."""

    def __init__(self, grants: tuple[Grant, ...]) -> None:
        super().__init__("not-granted")
        self.grants = grants


class _Problem(Struct, frozen=True):
    type: str = ""
    grants: list[Grant] = []


class Reader:
    """One centre, by its address. ``transport`` replaces httpx's own, ``ca`` is the one authority that is trusted."""

    def __init__(self, url: str, ca: Path | None = None, transport: httpx.BaseTransport | None = None) -> None:
        self._url = url.rstrip("/")
        self._post = Post(url, transport, ca, READ_LIMIT_S)

    def sign_on(self, number: str, password: str) -> Pass:
        """A token for somebody whose password is right."""
        body = json.dumps({"number": number.strip().upper(), "password": password}).encode()
        headers = {"Content-Type": "application/json"}
        found: Pass = self._json("POST", "/v1/token", Pass, content=body, headers=headers)
        return found

    def read(self, token: str, path: str, query: Mapping[str, str], kind: type[Any]) -> Any:
        """GET ``path`` as a struct of ``kind``."""
        return self._json("GET", path, kind, params=dict(query), headers={"Authorization": f"Bearer {token}"})

    def close(self) -> None:
        """Let the connection go."""
        self._post.close()

    def _json(self, method: str, path: str, kind: type[Any], **request: Any) -> Any:
        import httpx

        try:
            response = self._post.client.request(method, f"{self._url}{path}", **request)
        except httpx.TimeoutException as error:
            raise Unreachable("timeout") from error
        except (httpx.HTTPError, OSError) as error:
            raise Unreachable("no-connection") from error
        if response.status_code != HTTPStatus.OK:
            raise _fault(response)
        if len(response.content) > MAX_ANSWER:
            raise NotAnAnswer("too-long")
        try:
            return decode(response.content, kind, BadHeader)
        except BadHeader as error:
            raise NotAnAnswer("not-an-answer") from error


def _fault(response: httpx.Response) -> Exception:
    try:
        said = msgspec.json.decode(response.content, type=_Problem)
    except msgspec.MsgspecError:
        return NotAnAnswer(f"status-{response.status_code}")
    code = said.type.removeprefix(PREFIX)
    if code == "not-granted":
        return NotGranted(tuple(said.grants))
    if response.status_code in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE):
        return Busy("busy", _wait_s(response))
    return Refused(code if code in SAID else f"status-{response.status_code}")


def _wait_s(response: httpx.Response) -> float:
    given = response.headers.get("retry-after", "")
    return float(given) if given.isdecimal() else 0.0
