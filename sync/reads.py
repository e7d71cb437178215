"""What people and nodes read at a centre: tokens, figures, nodes. A thread of its own, so that nothing waits for a password."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Annotated, Final, TypeVar

import msgspec
from msgspec import Meta, Struct
from starlette.requests import Request
from starlette.responses import Response

from storage import contacts
from storage.access import Action, grants_that_allow
from storage.contacts import Contact, NodeStatus
from storage.database import Database
from storage.facts import Moment
from storage.journal import Journal
from storage.nodes import parents
from storage.views.sums import HallSums, hall_sums
from sync import tokens
from sync.gate import refusal
from sync.keys import NodeKey
from sync.problem import Problem
from sync.tokens import LIFE_S, Caller, PasswordCheck
from sync.turn import Turn
from sync.wire import BadHeader, decode

TOKEN_PATH: Final = "/v1/token"
FIGURES_PATH: Final = "/v1/figures"
NODES_PATH: Final = "/v1/nodes"
MOST_ROWS: Final = 20_000
DAY_LENGTH: Final = len("2026-11-24")
JSON: Final = "application/json"
PLACE: Final = r"^[0-9A-Za-z-]{1,32}$"
PERIOD: Final = r"^[0-9]{4}-(0[1-9]|1[0-2])(-[0-3][0-9])?$"

S = TypeVar("S", bound=Struct)
Place = Annotated[str, Meta(pattern=PLACE.replace("$", r"\Z"), description="A node of the scope tree.")]
Period = Annotated[str, Meta(pattern=PERIOD.replace("$", r"\Z"))]


class SignOn(Struct, frozen=True, forbid_unknown_fields=True):
    """A staff number and its password."""

    number: Annotated[str, Meta(min_length=1, max_length=12, pattern=r"^[0-9A-Za-z]+$")]
    password: Annotated[str, Meta(min_length=1, max_length=128)]


class Token(Struct, frozen=True):
    """``token`` goes into ``Authorization: Bearer`` for ``expires_in_s`` seconds."""

    token: str
    expires_in_s: int


class Figures(Struct, frozen=True):
    """Sums of the halls at ``scope`` and below."""

    scope: str
    sums: list[HallSums]


class Nodes(Struct, frozen=True):
    """The nodes that enrolled at ``scope`` and below; times in ms UTC of this centre, which now says ``now_t``."""

    scope: str
    now_t: int
    nodes: list[NodeStatus]


class _Range(Struct, frozen=True, forbid_unknown_fields=True):
    scope: Place
    first: Period = msgspec.field(name="from")
    last: Period = msgspec.field(name="to")


class _Scope(Struct, frozen=True, forbid_unknown_fields=True):
    scope: Place


class Reads(Turn):
    """``check`` is the counter's own way with passwords (None: nobody gets a token here)."""

    def __init__(
        self,
        open_journal: Callable[[], Journal],
        key: NodeKey,
        clock: Callable[[], Moment],
        check: PasswordCheck | None,
        said: Callable[[], Mapping[str, Contact]],
    ) -> None:
        super().__init__(open_journal, "centre-reader")
        self._key = key
        self._clock = clock
        self._check = check
        self._said = said

    def token(self, body: bytes) -> bytes:
        """POST /v1/token, in the thread."""
        given = decode(body, SignOn, BadHeader)
        if self._check is None:
            raise Problem(HTTPStatus.FORBIDDEN, "no-passwords")
        now_t = self._clock().t
        passed = self._check(given.number, given.password, now_t)
        if passed.wait_s and not passed.ok:
            raise Problem(HTTPStatus.TOO_MANY_REQUESTS, "too-early", passed.wait_s)
        if not passed.ok:
            raise Problem(HTTPStatus.UNAUTHORIZED, "wrong-password")
        if passed.must_change:
            raise Problem(HTTPStatus.FORBIDDEN, "must-change")
        return msgspec.json.encode(Token(tokens.make(self._key, given.number.upper(), now_t), LIFE_S))

    async def figures(self, request: Request) -> Response:
        """GET /v1/figures"""
        asked = query(request, _Range)
        first, last = _span(asked.first, asked.last)

        def read() -> bytes:
            self._allowed(request, Action.SEE_FIGURES, asked.scope)
            sums = hall_sums(self.journal.database, asked.scope, first, last, MOST_ROWS)
            if sums is None:
                raise Problem(HTTPStatus.BAD_REQUEST, "too-many-rows")
            return msgspec.json.encode(Figures(asked.scope, sums))

        return Response(await self.asked(request, read), media_type=JSON)

    async def nodes(self, request: Request) -> Response:
        """GET /v1/nodes"""
        asked = query(request, _Scope)

        def read() -> bytes:
            self._allowed(request, Action.SEE_NODES, asked.scope)
            found = contacts.everybody(self.journal.database, asked.scope)
            return msgspec.json.encode(Nodes(asked.scope, self._clock().t, [self._newest(one) for one in found]))

        return Response(await self.asked(request, read), media_type=JSON)

    async def asked(self, request: Request, read: Callable[[], bytes]) -> bytes:
        """What is read in the thread, for an address that may ask; raises Problem."""
        refused = refusal(request)
        if refused is not None:
            raise refused
        return await self.in_turn(read)

    def _newest(self, status: NodeStatus) -> NodeStatus:
        said = self._said().get(status.node)
        if said is None or said.contact_t < status.contact_t:  # a command took in what came on a stick
            return status
        names = [name for name in Contact.__struct_fields__ if name in NodeStatus.__struct_fields__ and name != "node"]
        newest = {name: getattr(said, name) for name in names}
        return msgspec.structs.replace(status, **newest | {"app": said.app or status.app})

    def _allowed(self, request: Request, action: Action, scope: str) -> None:
        database = self.journal.database
        if not self.caller(request).may(database, action, scope):
            raise not_granted(database, action, scope)

    def caller(self, request: Request) -> Caller:
        """Who asks, in the thread; raises Problem."""
        target = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        header = request.headers.get("authorization", "")
        caller = tokens.caller_of(self.journal.database, self._key.public, header, target, self._clock().t)
        if caller is None:
            raise Problem(HTTPStatus.UNAUTHORIZED, "no-token")
        return caller


def not_granted(database: Database, action: Action, scope: str) -> Problem:
    """The refusal, with the grants that would have let the caller in."""
    allowing = grants_that_allow(action, scope, parents(database))
    return Problem(HTTPStatus.FORBIDDEN, "not-granted", grants=allowing)


def query(request: Request, kind: type[S]) -> S:
    """Each parameter once, checked by its type; raises Problem."""
    pairs = request.query_params.multi_items()
    if len(dict(pairs)) != len(pairs):
        raise Problem(HTTPStatus.BAD_REQUEST, "bad-query")
    try:
        return msgspec.convert(dict(pairs), kind)
    except msgspec.ValidationError as error:
        raise Problem(HTTPStatus.BAD_REQUEST, "bad-query") from error


def _span(first: str, last: str) -> tuple[str, str]:
    """Both as months, or both as days if one of them is a day."""
    if len(first) == len(last):
        return first, last
    return (first if len(first) == DAY_LENGTH else f"{first}-01"), (last if len(last) == DAY_LENGTH else f"{last}-31")
