"""Reports that people read at a centre: what is asked, and the endpoint. The house above makes them."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Annotated, Final

import msgspec
from msgspec import Meta, Struct
from starlette.requests import Request
from starlette.responses import Response

from storage.facts import Moment
from storage.journal import Journal
from sync.problem import Problem
from sync.reads import JSON, PLACE, Place, Reads, query
from sync.report_wire import ReportTable

ID: Final = r"^R[0-9]{2}$"
TIME: Final = r"^[0-9][0-9A-Z.-]{3,23}$"
ROWS: Final = r"^(suits|hall|clerk|matter)$"
LANGUAGE: Final = r"^(zh_CN|en)$"
QUERY: Final = (("id", ID), ("scope", PLACE), ("period", TIME), ("rows", ROWS), ("language", LANGUAGE))


def _of(pattern: str) -> Meta:
    return Meta(pattern=pattern.replace("$", r"\Z"))


class ReportQuery(Struct, frozen=True, forbid_unknown_fields=True):
    """One report. ``rows`` is what a row stands for (``suits``: as the place has it); ``language`` is that of words made
    while it is read, such as the reasons in a list.
    """

    id: Annotated[str, _of(ID)]
    scope: Place
    period: Annotated[str, _of(TIME)]
    rows: Annotated[str, _of(ROWS)]
    language: Annotated[str, _of(LANGUAGE)]


ReportMaker = Callable[[Journal, str, ReportQuery, Moment], ReportTable]
"""Makes it for a staff number with the grants of that person; raises Problem."""


class Reports:
    """The endpoint, in the thread of :class:`sync.reads.Reads`; without a maker nobody gets a report here."""

    def __init__(self, reads: Reads, make: ReportMaker | None, clock: Callable[[], Moment]) -> None:
        self._reads = reads
        self._make = make
        self._clock = clock

    async def answer(self, request: Request) -> Response:
        """GET /v1/report"""
        asked = query(request, ReportQuery)

        def read() -> bytes:
            caller, make = self._reads.caller(request), self._make
            if make is None:
                raise Problem(HTTPStatus.FORBIDDEN, "no-reports")
            if not caller.staff or not caller.is_active(self._reads.journal.database):
                raise Problem(HTTPStatus.FORBIDDEN, "not-granted")  # a PC speaks for nobody who may see people
            return msgspec.json.encode(make(self._reads.journal, caller.staff, asked, self._clock()))

        return Response(await self._reads.asked(request, read), media_type=JSON)
