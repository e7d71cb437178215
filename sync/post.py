"""One HTTP exchange of the sending side: bytes up, bytes down, within limits. httpx is imported when it is first used.

NoAnswer             ``code`` says what came instead of an answer; nothing follows from it for the facts
├── Unreachable      no connection, a broken one, or one too slow: the transport failed
├── NotAnAnswer      something answered, but not the centre: a portal, a proxy, a cut or garbled body
├── Busy             the centre asks for patience (``retry_after_s``)
└── Refused          the centre will not have this node or this protocol
"""

from __future__ import annotations

import json
import logging
import ssl
import time
from collections.abc import Callable, Iterator
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import urlsplit

from sync.wire import BUNDLE_PATH, CONTENT_TYPE, ENCODING, MAX_PACKED, SEALED_TYPE, SYNC_PATH

if TYPE_CHECKING:
    import httpx

CONNECT_LIMIT_S = 15.0
PAUSE_LIMIT_S = 60.0
"""Longest silence within an exchange, where nobody waits for it."""
EXCHANGE_LIMIT_S = 300.0
PATIENCE = frozenset({429, 503})
DAMAGED = {400: "bad-request", 408: "too-slow", 413: "too-large"}
"""What a line that garbles or cuts segments provokes: worth trying again soon, with less."""
REFUSALS = {401: "unauthorized", 403: "forbidden", 409: "conflict", 426: "upgrade"}
NAMED = frozenset(
    {"not-enrolled", "revoked", "bad-signature", "own-log", "other-protocol", "unknown-code", "name-taken"}
    | {"not-sealed", "no-box"}
)
"""Problems that somebody can do something about; any other text of the other side is not repeated."""
PROBLEM = "application/problem+json"
JSON = "application/json"
SEGMENT = {"Content-Type": CONTENT_TYPE, "Content-Encoding": ENCODING}


class NoAnswer(Exception):
    """Base; ``code`` is fixed text, never of the other side."""

    transport: ClassVar[bool] = False

    def __init__(self, code: str, retry_after_s: float = 0.0) -> None:
        super().__init__(code)
        self.code = code
        self.retry_after_s = retry_after_s


class Unreachable(NoAnswer):
    transport = True


class NotAnAnswer(NoAnswer):
    transport = True


class Busy(NoAnswer): ...


class Refused(NoAnswer): ...


class Post:
    """Posts segments to one upstream address. ``transport`` replaces httpx's own (tests, virtual time); ``ca`` is the one
    authority whose certificates are taken (without it those of the system); ``pause_limit_s`` the longest silence.
    """

    def __init__(
        self,
        url: str,
        transport: httpx.BaseTransport | None = None,
        ca: Path | None = None,
        pause_limit_s: float = PAUSE_LIMIT_S,
    ) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.query:
            raise ValueError("an upstream address is http(s)://host[:port][/path], without a user name")
        self._url = url.rstrip("/")
        self._transport = transport
        self._ca = ca
        self._pause_limit_s = pause_limit_s
        self.told_t = 0
        """The other side's clock, wall ms, as its last answer to :meth:`fetch` said; 0 when it did not."""
        self._client: httpx.Client | None = None

    @property
    def client(self) -> httpx.Client:
        """The client; made at the first exchange. It takes no proxy and no password from the environment."""
        if self._client is None:
            import httpx

            from sync.tls import pinned

            logging.getLogger("httpx").setLevel(logging.WARNING)
            self._client = httpx.Client(
                transport=self._transport,
                verify=pinned(self._ca) if self._ca else True,
                timeout=httpx.Timeout(self._pause_limit_s, connect=min(CONNECT_LIMIT_S, self._pause_limit_s)),
                headers={"Accept-Encoding": ENCODING},
                trust_env=False,
                follow_redirects=False,
            )
        return self._client

    def send(self, body: bytes, path: str = SYNC_PATH) -> bytes:
        """The packed answer to a segment, or to what else travels in that form; raises NoAnswer."""
        return self._exchange(path, body, SEGMENT)

    def send_told(self, body: bytes, has_left: Callable[[], None]) -> bytes:
        """The same of a segment; ``has_left`` is called when its last byte was written."""
        return self._exchange(SYNC_PATH, _told(body, has_left), SEGMENT, len(body))

    def send_json(self, path: str, body: bytes) -> bytes:
        """The JSON answer to a JSON request; raises NoAnswer."""
        return self._exchange(path, body, {"Content-Type": JSON})

    def send_bundle(self, sealed: bytes) -> bytes:
        """The sealed receipt of a sealed bundle, of any node; raises NoAnswer."""
        return self._exchange(BUNDLE_PATH, sealed, {"Content-Type": SEALED_TYPE})

    def _exchange(self, path: str, body: bytes | Iterator[bytes], headers: dict[str, str], size: int = -1) -> bytes:
        """``size`` in bytes, of a body that does not tell."""
        import httpx

        sized = headers if size < 0 else headers | {"Content-Length": str(size)}

        try:
            client = self.client
        except OSError as error:
            raise Unreachable("no-authority") from error
        try:
            with client.stream("POST", self._url + path, content=body, headers=sized) as response:
                _check(response, headers)
                return _bounded(response)
        except (httpx.HTTPError, httpx.StreamError, OSError) as error:
            raise Unreachable(_name(error)) from error

    def fetch(self, target: str, authorization: str) -> bytes | None:
        """The packed answer to a GET of path and query; None when there is nothing (204). Raises NoAnswer."""
        import httpx

        headers = {"Authorization": authorization}
        try:
            with self.client.stream("GET", self._url + target, headers=headers) as response:
                self.told_t = _date_ms(response.headers.get("date", ""))
                if response.status_code == 204:
                    return None
                _check(response, {"Content-Type": CONTENT_TYPE, "Content-Encoding": ENCODING})
                return _bounded(response)
        except (httpx.HTTPError, httpx.StreamError, OSError) as error:
            raise Unreachable(_name(error)) from error

    def close(self) -> None:
        """Let the connection go."""
        if self._client is not None:
            self._client.close()
            self._client = None


def _told(body: bytes, has_left: Callable[[], None]) -> Iterator[bytes]:
    """The body, and a word when it was taken."""
    yield body
    has_left()


def _check(response: httpx.Response, sent: dict[str, str]) -> None:
    """Raises NoAnswer unless this looks like an answer of a centre: the answer has the form of what was sent."""
    status, kind = response.status_code, response.headers.get("content-type", "")
    if status in PATIENCE:
        raise Busy("busy", _seconds(response.headers.get("retry-after", "")))
    if kind == PROBLEM:
        if status in REFUSALS:
            raise Refused(_named(response, REFUSALS[status]))
        if status in DAMAGED:
            raise Unreachable(DAMAGED[status])
    encoding = response.headers.get("content-encoding", "")
    if status != 200 or kind != sent["Content-Type"] or encoding != sent.get("Content-Encoding", ""):
        raise NotAnAnswer("not-an-answer")


def _named(response: httpx.Response, usual: str) -> str:
    """The code of a problem body, if it is one we know."""
    try:
        kind = json.loads(_bounded(response)).get("type", "")
    except (NoAnswer, ValueError, AttributeError):
        return usual
    code = str(kind).rpartition(":")[2]
    return code if code in NAMED else usual


def _bounded(response: httpx.Response) -> bytes:
    """The body as it came, within the limits of size and time."""
    parts: list[bytes] = []
    size = 0
    until = time.monotonic() + EXCHANGE_LIMIT_S
    for part in response.iter_raw():
        size += len(part)
        if size > MAX_PACKED:
            raise NotAnAnswer("too-large")
        if time.monotonic() > until:
            raise Unreachable("too-slow")
        parts.append(part)
    return b"".join(parts)


def _seconds(text: str) -> float:
    """Retry-After in seconds, at most an hour; 0 when it is a date or nonsense."""
    return float(min(int(text[:9]), 3600)) if text.isascii() and text.isdigit() else 0.0


def _date_ms(text: str) -> int:
    """An HTTP date in wall ms; 0 when there is none."""
    try:
        return int(parsedate_to_datetime(text).timestamp() * 1000)
    except ValueError:
        return 0


def _name(error: Exception) -> str:
    """``ConnectTimeout`` as ``connect-timeout``; ``other-certificate`` for one that the pinned authority did not issue."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return "other-certificate"
        cause = cause.__cause__ or cause.__context__
    name = type(error).__name__
    return "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("-")
