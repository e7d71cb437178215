"""Pauses, holds and blocked keys of finished services: summed, and one by one."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from storage.database import Database
from storage.views.reading import structs
from storage.views.reporting_rows import MOST_LINES, Span

EXCLUDED: Final = 'CASE WHEN i."recounted" = 1 THEN 0 ELSE i."excluded" END'
"""One that was counted again is not excluded."""
WAITS: Final = 'CASE WHEN i."recounted" = 0 AND coalesce(w."said_t", 0) = 0 THEN i."needs_confirmation" ELSE 0 END'
"""One that a leader must confirm and nobody has said a word about."""
OF_FINISHED: Final = (
    'FROM service s JOIN service_interval i ON i."service" = s."id" AND i."hall" = s."hall" '
    'LEFT JOIN pause_word w ON w."pause" = i."id" AND w."hall" = i."hall" WHERE s."hall" = ? '
    'AND s."day" BETWEEN ? AND ? AND s."state" = \'finished\' AND i."undone" = 0'
)
"""The intervals of the finished services of a hall's days."""


class PauseSum(Struct, frozen=True):
    """Those of one clerk for one reason (``kind`` tells a hold, which has none)."""

    staff: str
    kind: str
    reason: str
    excluded: bool
    count: int
    length_ms: int
    unconfirmed: int


class PauseLine(Struct, frozen=True):
    """One of them, with its service; ``from_t`` ms UTC."""

    service: str
    day: str
    window: str
    code: str
    from_t: int
    length_ms: int
    unconfirmed: int


def pause_sums(db: Database, span: Span, staff: str = "") -> list[PauseSum]:
    """By clerk and reason."""
    mine = ' AND i."staff" = ?' if staff else ""
    keys = f'i."staff", i."kind", i."reason", {EXCLUDED}'
    sql = (
        f'SELECT {keys}, count(*), CAST(sum(i."length_ms") AS BIGINT), CAST(sum({WAITS}) AS BIGINT) '
        f"{OF_FINISHED}{mine} GROUP BY {keys} ORDER BY {keys}"
    )
    return structs(db, PauseSum, sql, (*span, *([staff] if staff else ())))


def pause_lines(db: Database, span: Span, staff: str, kind: str, reason: str, *, excluded: bool) -> list[PauseLine]:
    """Those of one person for one reason, the oldest first."""
    sql = (
        f'SELECT s."id", s."day", s."window", s."code", i."from_t", i."length_ms", {WAITS} {OF_FINISHED} '
        f'AND i."staff" = ? AND i."kind" = ? AND i."reason" = ? AND {EXCLUDED} = ? '
        f'ORDER BY i."from_t", i."id" LIMIT {MOST_LINES}'
    )
    found = db.rows(sql, (*span, staff, kind, reason, int(excluded)))
    return [PauseLine(*row) for row in found]
