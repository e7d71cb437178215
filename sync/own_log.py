"""At the centre: a node whose disk was put back asks for the lines of its own log that it lost.

``GET /v1/log?have=EPOCH:SEQ,…`` answers the next segment as it was received, or 204 when there is nothing more.
"""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from storage.own_tail import segment_beyond
from sync.problem import Problem
from sync.reads import Reads
from sync.wire import CONTENT_TYPE, ENCODING

HEADERS: Final = {"Content-Type": CONTENT_TYPE, "Content-Encoding": ENCODING, "Cache-Control": "no-store"}
_HAVE: Final = re.compile(r"([0-9]{1,15}:[0-9]{1,15}(,[0-9]{1,15}:[0-9]{1,15}){0,63})?\Z")


class OwnLog:
    """Only a node is answered, and only of its own log; in the reading thread."""

    def __init__(self, reads: Reads) -> None:
        self._reads = reads

    async def answer(self, request: Request) -> Response:
        """GET /v1/log"""
        text = request.query_params.get("have", "")
        if not _HAVE.match(text):
            raise Problem(HTTPStatus.BAD_REQUEST, "bad-query")
        pairs = (pair.partition(":") for pair in text.split(",") if pair)
        have = {int(epoch): int(seq) for epoch, _colon, seq in pairs}

        def read() -> bytes:
            caller = self._reads.caller(request)
            if not caller.node:
                raise Problem(HTTPStatus.FORBIDDEN, "not-granted")
            return segment_beyond(self._reads.journal.database, caller.node, have) or b""

        body = await self._reads.asked(request, read)
        return Response(body, headers=HEADERS) if body else Response(status_code=HTTPStatus.NO_CONTENT)
