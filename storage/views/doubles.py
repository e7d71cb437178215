"""What was done twice while two PCs of a hall were cut off from each other, with both services, as a list shows it."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from storage.database import Database
from storage.views.reading import structs

COLUMNS = ", ".join(
    f'coalesce({which}."{name}", {empty}) AS {which}_{name}'
    for which in ("one", "two")
    for name, empty in (("window", "''"), ("staff", "''"), ("start_t", "0"), ("end_t", "0"))
)
LIST = (
    f'SELECT d."hall", d."day", d."what", d."subject", d."found_t", {COLUMNS} FROM "double" d '
    'LEFT JOIN service one ON one."id" = d."first" AND one."hall" = d."hall" '
    'LEFT JOIN service two ON two."id" = d."second" AND two."hall" = d."hall" '
    'WHERE d."day" >= ? AND d."hall" IN ({halls}) ORDER BY d."day" DESC, d."found_t" DESC, d."id" LIMIT ?'
)
COUNT = 'SELECT count(*) FROM "double" WHERE "day" >= ?'


class DoubleLine(Struct, frozen=True):
    """``what`` is the value of a DoubleKind; times are ms UTC, an ``end_t`` of 0 was not over yet."""

    hall: str
    day: str
    what: str
    subject: str
    found_t: int
    one_window: str
    one_staff: str
    one_start_t: int
    one_end_t: int
    two_window: str
    two_staff: str
    two_start_t: int
    two_end_t: int


def double_lines(db: Database, halls: Sequence[str], since: str, most: int) -> list[DoubleLine]:
    """What was found in these halls of the days from ``since`` on, the newest first."""
    if not halls:
        return []
    sql = LIST.format(halls=", ".join("?" for _hall in halls))
    return structs(db, DoubleLine, sql, (since, *halls, most))


def count_doubles(db: Database, since: str) -> int:
    """How many are known here of the days from ``since`` on."""
    return int(db.value(COUNT, (since,)) or 0)
