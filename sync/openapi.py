"""The endpoints of a centre as OpenAPI 3.1, made from the types that read and write them.

What is packed or sealed is named with its media types; its content is described in ``docs/sync.md``. Of what a number host and
its PCs say to each other the first line is a type too: the rest is lines of logs and the signature.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import cache
from typing import Any, Final

import msgspec
from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response

from storage.access import Grant
from sync import enrol, hub_wire, metrics, reads, report_wire, reports, wire
from sync.problem import MEDIA_TYPE
from sync.relay import RELAY_PATH

PATH: Final = "/v1/openapi.json"
REF: Final = "#/components/schemas/{name}"
VERSION: Final = "1"
LINES: Final = wire.CONTENT_TYPE
SEALED: Final = wire.SEALED_TYPE
_WHOLE: Final = {
    LINES: "Lines packed with gzip (Content-Encoding), the last one a signature: docs/sync.md. A schema is of the first.",
    SEALED: "Sealed for who opens it: docs/sync.md.",
}


class Health(Struct, frozen=True):
    """``rev`` is the last position of the store."""

    status: str
    rev: int


class ProblemBody(Struct, frozen=True):
    """RFC 9457; ``type`` ends with a code such as ``not-granted``, ``detail`` says what it means, ``grants`` are those that
    would be let in.
    """

    type: str
    title: str
    status: int
    detail: str = ""
    grants: list[Grant] = []


class Operation(Struct, frozen=True):
    """One endpoint: what goes in, what comes out, and the statuses of its problems."""

    path: str
    method: str
    summary: str
    answer: type[Struct]
    body: type[Struct] | None = None
    query: tuple[tuple[str, str], ...] = ()
    refused: tuple[int, ...] = ()


class Packed(Struct, frozen=True):
    """One endpoint whose bodies are no JSON as a whole: their media types ("": no body), and the type of their first lines
    where that is described. ``empty``: 204 when there is nothing to give.
    """

    path: str
    method: str
    summary: str
    takes: str
    gives: str
    asked: type[Struct] | None = None
    said: type[Struct] | None = None
    empty: bool = False
    refused: tuple[int, ...] = (400, 401, 403, 408, 409, 413, 415, 426, 429, 503)


READ: Final = (400, 401, 403, 429, 503)
OPERATIONS: Final = (
    Operation(
        enrol.ENROL_PATH,
        "post",
        "A new node joins with a one-time code.",
        enrol.Welcome,
        enrol.Request,
        refused=(400, 403, 408, 409, 413, 415, 429, 503),
    ),
    Operation(
        reads.TOKEN_PATH,
        "post",
        "A person shows who he is.",
        reads.Token,
        reads.SignOn,
        refused=(400, 401, 403, 408, 413, 415, 429, 503),
    ),
    Operation(
        reads.FIGURES_PATH,
        "get",
        "Sums of halls by day or by month.",
        reads.Figures,
        query=(("scope", reads.PLACE), ("from", reads.PERIOD), ("to", reads.PERIOD)),
        refused=READ,
    ),
    Operation(
        reads.NODES_PATH, "get", "The enrolled nodes.", reads.Nodes, query=(("scope", reads.PLACE),), refused=READ
    ),
    Operation(
        report_wire.REPORT_PATH,
        "get",
        "A report, within the grants of a person.",
        report_wire.ReportTable,
        query=reports.QUERY,
        refused=READ,
    ),
    Operation("/healthz", "get", "Whether the store can be read, and could be written last.", Health, refused=(503,)),
)
PACKED: Final = (
    Packed(wire.SYNC_PATH, "post", "A segment of a node's log; answered with what is stored.", LINES, LINES),
    Packed(RELAY_PATH, "post", "A segment that a number host passes on for a PC of its hall.", LINES, LINES),
    Packed(wire.BUNDLE_PATH, "post", "A sealed bundle; answered with its sealed receipt.", SEALED, SEALED),
    Packed(
        wire.LOG_PATH, "get", "The next segment of the asking node's own log.", "", LINES, empty=True,
        refused=(400, 401, 403, 429, 503),
    ),
    Packed("/metrics", "get", "Counters and gauges for Prometheus.", "", metrics.MEDIA_TYPE, refused=(503,)),
)  # fmt: skip
OF_HUB: Final = (
    Packed(
        hub_wire.HALL_PATH, "post", "What is new in the hall? Held back until there is something.", LINES, LINES,
        hub_wire.HallQuestion, hub_wire.HallAnswer,
    ),
    Packed(
        hub_wire.CLAIM_PATH, "post", "A ticket or a number for a window.", LINES, LINES,
        hub_wire.ClaimQuestion, hub_wire.ClaimAnswer,
    ),
    Packed(
        hub_wire.LOST_PATH, "post", "A page of the number host's own lines, brought back.", LINES, LINES,
        hub_wire.LostPage, hub_wire.LostAnswer,
    ),
)  # fmt: skip


def document(*, is_hub: bool = False) -> dict[str, Any]:
    """The whole description; of a number host with what only it answers."""
    packed = (*PACKED, *(OF_HUB if is_hub else ()))
    kinds: list[type[Struct]] = [ProblemBody]
    named = [(one.answer, one.body) for one in OPERATIONS] + [(one.said, one.asked) for one in packed]
    for pair in named:
        kinds += [kind for kind in pair if kind is not None and kind not in kinds]
    refs, components = msgspec.json.schema_components(kinds, ref_template=REF)
    by_kind = dict(zip(kinds, refs, strict=True))
    paths: dict[str, dict[str, Any]] = {}
    for one in OPERATIONS:
        paths.setdefault(one.path, {})[one.method] = _operation(one, by_kind)
    for other in packed:
        paths.setdefault(other.path, {})[other.method] = _packed(other, by_kind)
    return {
        "openapi": "3.1.0",
        "info": {"title": "hallterm centre", "version": VERSION},
        "paths": paths,
        "components": {
            "schemas": _plain(components),
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _packed(one: Packed, by_kind: dict[type[Struct], dict[str, Any]]) -> dict[str, Any]:
    given = {"content": {one.gives: {"schema": _first_line(one.said, by_kind)}}}
    found = _plan(one, by_kind, {"description": _WHOLE.get(one.gives, "Done."), **given})
    if one.empty:
        found["responses"]["204"] = {"description": "There is nothing more."}
    if one.takes:
        schema = _first_line(one.asked, by_kind)
        body = {"description": _WHOLE[one.takes], "required": True, "content": {one.takes: {"schema": schema}}}
        found["requestBody"] = body
    return found


def _first_line(kind: type[Struct] | None, by_kind: dict[type[Struct], dict[str, Any]]) -> dict[str, Any]:
    return by_kind[kind] if kind is not None else {"type": "string", "format": "binary"}


def _plan(one: Operation | Packed, by_kind: dict[type[Struct], dict[str, Any]], done: dict[str, Any]) -> dict[str, Any]:
    refused = {"description": "Refused.", "content": {MEDIA_TYPE: {"schema": by_kind[ProblemBody]}}}
    return {
        "operationId": f"{one.method}{one.path.replace('/', '-')}",
        "summary": one.summary,
        "responses": {"200": done, **{str(status): refused for status in one.refused}},
    }


def _operation(one: Operation, by_kind: dict[type[Struct], dict[str, Any]]) -> dict[str, Any]:
    done = {"description": "Done.", "content": {reads.JSON: {"schema": by_kind[one.answer]}}}
    found = _plan(one, by_kind, done)
    if one.query:
        found["parameters"] = [
            {"name": name, "in": "query", "required": True, "schema": {"type": "string", "pattern": pattern}}
            for name, pattern in one.query
        ]
        found["security"] = [{"token": []}]
    if one.body is not None:
        found["requestBody"] = {"required": True, "content": {reads.JSON: {"schema": by_kind[one.body]}}}
    return found


def _plain(schema: Any) -> Any:
    """Python's end of text (``\\Z``) as the standard's (ECMA-262)."""
    if isinstance(schema, dict):
        return {
            name: value.replace(r"\Z", "$") if name == "pattern" and isinstance(value, str) else _plain(value)
            for name, value in schema.items()
        }
    return [_plain(one) for one in schema] if isinstance(schema, list) else schema


@cache
def _encoded(is_hub: bool) -> bytes:
    return msgspec.json.encode(document(is_hub=is_hub))


def answer_of(*, is_hub: bool) -> Callable[[Request], Awaitable[Response]]:
    """How a centre, or a number host, answers it."""

    async def answer(_request: Request) -> Response:
        """GET /v1/openapi.json"""
        return Response(_encoded(is_hub), media_type=reads.JSON)

    return answer
