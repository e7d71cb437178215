"""Which scale a hall's ratings of a month are of, as they themselves say."""

from __future__ import annotations

from typing import Final

from storage.database import Database

GIVEN: Final = (
    "SELECT r.scale FROM service s JOIN rating r ON r.service = s.id AND r.hall = s.hall "
    'WHERE s.hall = ? AND s."day" BETWEEN ? AND ? ORDER BY s."day" LIMIT 1'
)
CARD: Final = 'SELECT scale FROM rating_card WHERE hall = ? AND "day" BETWEEN ? AND ? ORDER BY "day" LIMIT 1'


def scale_of_month(db: Database, hall: str, month: str) -> str:
    """The scale of a rating that a hall got in a month (``YYYY-MM``), at a window or on paper; "" while there is none, or
    none is kept here.
    """
    span = (hall, f"{month}-01", f"{month}-31")
    return next((str(found) for sql in (GIVEN, CARD) if (found := db.value(sql, span)) is not None), "")
