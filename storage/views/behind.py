"""The services behind a figure, and what happened in one of them."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from storage.database import Database
from storage.views.reading import one, structs

MOST_SERVICES = 500
FIELDS = (
    's."id", s."hall", s."day", s."start_t", s."end_t", coalesce(t."number", \'\'), s."window", s."staff", s."code", '
    's."quantity", s."limit_s", s."counted_s", s."excluded_s", s."overtime", s."std_milliminutes", s."suspicious", '
    's."entry_mode", coalesce(v."verified", \'unknown\'), coalesce(v."tax_core_no", \'\') '
    'FROM service s LEFT JOIN ticket t ON t."id" = s."ticket" AND t."hall" = s."hall" '
    'LEFT JOIN verification v ON v."service" = s."id" AND v."hall" = s."hall"'
)
FINISHED = "s.\"state\" = 'finished'"


class ServiceBehind(Struct, frozen=True):
    """A finished service; moments in ms UTC. ``number`` "": a walk-up. ``verified`` yes, no or unknown."""

    id: str
    hall: str
    day: str
    start_t: int
    end_t: int
    number: str
    window: str
    staff: str
    code: str
    quantity: int
    limit_s: int
    counted_s: int
    excluded_s: int
    overtime: bool
    std_milliminutes: int
    suspicious: bool
    entry_mode: str
    verified: str
    tax_core_no: str


class Worth(Struct, frozen=True):
    """Services that the tax software says the same of, and that are too short or not."""

    verified: str
    suspicious: bool
    services: int
    std_milliminutes: int


class Stretch(Struct, frozen=True):
    """A pause, a hold or blocked keys within a service."""

    kind: str
    reason: str
    excluded: bool
    from_t: int
    length_ms: int


def services_behind(
    db: Database, halls: Sequence[str], first: str, last: str, staff: str = "", code: str = ""
) -> list[ServiceBehind]:
    """The finished services of days, the oldest first; of one clerk or one matter where they are given."""
    where, values = _where(halls, first, last, staff, code)
    sql = f'SELECT {FIELDS} WHERE {where} ORDER BY s."day", s."end_t", s."id" LIMIT {MOST_SERVICES}'
    return structs(db, ServiceBehind, sql, values)


def worth_behind(
    db: Database, halls: Sequence[str], first: str, last: str, staff: str = "", code: str = ""
) -> list[Worth]:
    """The same services summed, however many there are."""
    where, values = _where(halls, first, last, staff, code)
    keys = 'coalesce(v."verified", \'unknown\'), s."suspicious"'
    sql = (
        f'SELECT {keys}, count(*), CAST(sum(s."std_milliminutes") AS BIGINT) FROM service s '
        'LEFT JOIN verification v ON v."service" = s."id" AND v."hall" = s."hall" '
        f"WHERE {where} GROUP BY {keys}"
    )
    return structs(db, Worth, sql, values)


def _where(halls: Sequence[str], first: str, last: str, staff: str, code: str) -> tuple[str, list[object]]:
    marks = ", ".join("?" * len(halls))
    where = f's."hall" IN ({marks}) AND s."day" BETWEEN ? AND ? AND {FINISHED}'
    values: list[object] = [*halls, first, last]
    for column, wanted in (("staff", staff), ("code", code)):
        if wanted:
            where += f' AND s."{column}" = ?'
            values.append(wanted)
    return where, values


def service_behind(db: Database, id: str) -> ServiceBehind | None:
    """One finished service."""
    return one(db, ServiceBehind, f'SELECT {FIELDS} WHERE s."id" = ? AND {FINISHED}', (id,))


def stretches(db: Database, service: str, hall: str) -> list[Stretch]:
    """Its pauses, holds and blocked keys, in order."""
    sql = (
        'SELECT "kind", "reason", "excluded", "from_t", "length_ms" FROM service_interval '
        'WHERE "service" = ? AND "hall" = ? AND "undone" = 0 ORDER BY "from_t", "id"'
    )
    return structs(db, Stretch, sql, (service, hall))
