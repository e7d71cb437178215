"""Windows with the groups they have today: a leader may have changed them until the end of the day."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from storage.database import Database
from storage.views.reading import columns, one, structs
from storage.views.rows import WindowRow

TODAY = (
    'SELECT "window", "primary", "secondary" FROM window_groups WHERE "hall" = ? AND "day" <> \'\' AND "day" = '
    '(SELECT max("day") FROM day WHERE "hall" = ?)'
)


def window(db: Database, code: str) -> WindowRow | None:
    """A window with today's groups."""
    row = one(db, WindowRow, f'SELECT {columns(WindowRow)} FROM "window" WHERE "code" = ?', (code,))
    return row if row is None else _today(db, row.hall, [row])[0]


def windows(db: Database, hall: str) -> list[WindowRow]:
    """The windows in use, with today's groups."""
    return _today(db, hall, standing_windows(db, hall))


def standing_windows(db: Database, hall: str) -> list[WindowRow]:
    """The same with the groups that they have by themselves, whatever was dispatched today."""
    sql = f'SELECT {columns(WindowRow)} FROM "window" WHERE "hall" = ? AND "active" = 1 ORDER BY "code"'
    return structs(db, WindowRow, sql, (hall,))


def _today(db: Database, hall: str, rows: Iterable[WindowRow]) -> list[WindowRow]:
    groups = {str(code): (str(primary), str(secondary)) for code, primary, secondary in db.rows(TODAY, (hall, hall))}
    return [
        replace(row, primary=groups[row.code][0], secondary=groups[row.code][1]) if row.code in groups else row
        for row in rows
    ]
