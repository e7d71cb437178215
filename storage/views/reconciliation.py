"""What the comparison with the tax software reads: the services of a day, and what was compared before."""

from __future__ import annotations

from msgspec import Struct

from storage.database import Database
from storage.views.reading import structs

SERVICES = (
    'SELECT s."id", s."staff", s."code", s."start_t", s."end_t", coalesce(t."number", \'\'), s."std_milliminutes", '
    's."suspicious", coalesce(v."verified", \'unknown\'), coalesce(v."tax_core_no", \'\') FROM service s '
    'LEFT JOIN ticket t ON t."id" = s."ticket" AND t."hall" = s."hall" '
    'LEFT JOIN verification v ON v."service" = s."id" AND v."hall" = s."hall" '
    'WHERE s."hall" = ? AND s."day" = ? AND s."state" = \'finished\' ORDER BY s."end_t", s."id"'
)
IMPORTS = (
    'SELECT "day", "file_hash", min("at_t"), min("by"), CAST(sum("lines") AS BIGINT), CAST(sum("matched") AS BIGINT), '
    'min("in_time") FROM reconciliation WHERE "hall" = ? GROUP BY "day", "file_hash" '
    'ORDER BY "day" DESC, min("at_t") DESC LIMIT 60'
)


class ServiceToVerify(Struct, frozen=True):
    """A finished service as it stands; moments in ms UTC, ``number`` of its ticket ("": none)."""

    id: str
    staff: str
    code: str
    start_t: int
    end_t: int
    number: str
    std_milliminutes: int
    suspicious: bool
    verified: str
    tax_core_no: str


class ImportRow(Struct, frozen=True):
    """A day of a hall that was compared with a file: its lines, those that were found here, when and by whom."""

    day: str
    file_hash: str
    at_t: int
    by: str
    lines: int
    matched: int
    in_time: bool


def services_to_verify(db: Database, hall: str, day: str) -> list[ServiceToVerify]:
    """The finished services of a day, the oldest first."""
    return structs(db, ServiceToVerify, SERVICES, (hall, day))


def is_imported(db: Database, hall: str, day: str, file_hash: str) -> bool:
    """Whether this file was the last that the day was compared with."""
    sql = (
        'SELECT "file_hash" FROM reconciliation WHERE "hall" = ? AND "day" = ? ORDER BY "at_t" DESC, "id" DESC LIMIT 1'
    )
    return str(db.value(sql, (hall, day)) or "") == file_hash


def imports(db: Database, hall: str) -> list[ImportRow]:
    """What was compared, the newest day first."""
    return structs(db, ImportRow, IMPORTS, (hall,))


def matter_codes(db: Database) -> dict[str, str]:
    """The code of each matter, by its code and by its name in the tax software; in capitals."""
    rows = db.rows('SELECT "code", "tax_core_ref" FROM service_type ORDER BY "number", "hall"')
    refs = {str(ref).upper(): str(code) for code, ref in rows if str(ref).strip("-")}
    return refs | {str(code).upper(): str(code) for code, _ref in rows}
