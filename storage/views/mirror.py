"""What the second screen is about: the last rating of a visit with its reasons, the entry that waits to be checked."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from storage.database import Database
from storage.facts import Scale
from storage.views.reading import columns, one, structs


class RatedRow(Struct, frozen=True):
    """A rating that a device or the second screen took; ``at_t`` ms UTC. It may be revoked since."""

    id: str
    service: str
    window: str
    staff: str
    day: str
    pad: str
    level: int
    scale: Scale
    at_t: int


class ReasonRow(Struct, frozen=True):
    """Why a level was given: option codes with a blank between, and words."""

    rating: str
    codes: str
    text: str
    at_t: int


class CheckRow(Struct, frozen=True):
    """An entry shown to be checked; ``answer`` is empty, ``right`` or ``wrong``."""

    id: str
    service: str
    ref: str
    taxpayer: str
    shown_t: int
    answer: str
    answered_t: int


def rated(db: Database, service: str, visit: str = "") -> RatedRow | None:
    """The newest rating of a service, or of its visit where one rating is for all of it."""
    column, value = ("visit", visit) if visit else ("service", service)
    sql = f'SELECT {columns(RatedRow)} FROM rating WHERE "{column}" = ? ORDER BY "at_t" DESC, "id" LIMIT 1'
    return one(db, RatedRow, sql, (value,))


def rating(db: Database, id: str) -> RatedRow | None:
    return one(db, RatedRow, f'SELECT {columns(RatedRow)} FROM rating WHERE "id" = ?', (id,))


def reason(db: Database, rating: str) -> ReasonRow | None:
    """Why a level was given, if anybody said so."""
    sql = f'SELECT {columns(ReasonRow)} FROM rating_reason WHERE "rating" = ? AND "at_t" > 0'
    return one(db, ReasonRow, sql, (rating,))


def check_of_service(db: Database, service: str) -> CheckRow | None:
    """The entry of a service shown last."""
    return next(iter(checks_of_service(db, service)), None)


def checks_of_service(db: Database, service: str) -> Sequence[CheckRow]:
    """All entries of a service that were shown, the newest first."""
    sql = f'SELECT {columns(CheckRow)} FROM entry_check WHERE "service" = ? ORDER BY "shown_ord" DESC'
    return structs(db, CheckRow, sql, (service,))
