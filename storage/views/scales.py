"""Which scale a hall's ratings of a month are of, as they themselves say."""

from __future__ import annotations

from storage.database import Database
from storage.views.inherited import WITHDRAWN


def is_set_anywhere(db: Database, name: str) -> bool:
    """Whether any place ever set a setting: where nobody did, the default holds everywhere and nothing more is read."""
    sql = f'SELECT 1 FROM setting WHERE "name" = ? AND "value" <> \'{WITHDRAWN}\' LIMIT 1'
    return db.value(sql, (name,)) is not None


def scale_of_month(db: Database, hall: str, month: str) -> str:
    """The scale of a rating that a hall got in a month (``YYYY-MM``); "" while there is none, or none is kept here."""
    sql = (
        "SELECT r.scale FROM service s JOIN rating r ON r.service = s.id "
        'WHERE s.hall = ? AND s."day" BETWEEN ? AND ? ORDER BY s."day" LIMIT 1'
    )
    return str(db.value(sql, (hall, f"{month}-01", f"{month}-31")) or "")
