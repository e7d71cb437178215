"""The JSON endpoints of a centre as OpenAPI 3.1, made from the types that read and write them.

``/v1/sync``, ``/v1/bundle`` and ``/v1/log`` are no JSON and are described in ``docs/sync.md``.
"""

from __future__ import annotations

from functools import cache
from typing import Any, Final

import msgspec
from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response

from storage.access import Grant
from sync import enrol, reads, report_wire, reports
from sync.problem import MEDIA_TYPE

PATH: Final = "/v1/openapi.json"
REF: Final = "#/components/schemas/{name}"
VERSION: Final = "1"


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


def document() -> dict[str, Any]:
    """The whole description."""
    kinds: list[type[Struct]] = [ProblemBody]
    for one in OPERATIONS:
        kinds += [kind for kind in (one.answer, one.body) if kind is not None and kind not in kinds]
    refs, components = msgspec.json.schema_components(kinds, ref_template=REF)
    by_kind = dict(zip(kinds, refs, strict=True))
    paths: dict[str, dict[str, Any]] = {}
    for one in OPERATIONS:
        paths.setdefault(one.path, {})[one.method] = _operation(one, by_kind)
    return {
        "openapi": "3.1.0",
        "info": {"title": "hallterm centre", "version": VERSION},
        "paths": paths,
        "components": {
            "schemas": _plain(components),
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _operation(one: Operation, by_kind: dict[type[Struct], dict[str, Any]]) -> dict[str, Any]:
    refused = {"description": "Refused.", "content": {MEDIA_TYPE: {"schema": by_kind[ProblemBody]}}}
    found: dict[str, Any] = {
        "operationId": f"{one.method}{one.path.replace('/', '-')}",
        "summary": one.summary,
        "responses": {
            "200": {"description": "Done.", "content": {reads.JSON: {"schema": by_kind[one.answer]}}},
            **{str(status): refused for status in one.refused},
        },
    }
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
def _encoded() -> bytes:
    return msgspec.json.encode(document())


async def answer(_request: Request) -> Response:
    """GET /v1/openapi.json"""
    return Response(_encoded(), media_type=reads.JSON)
