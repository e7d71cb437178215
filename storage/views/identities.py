"""Who is served, as references: the identity itself is in the vault, for whoever may open it."""

from __future__ import annotations

from msgspec import Struct

from storage.database import Database
from storage.views.reading import columns, one


class Identified(Struct, frozen=True):
    """The reference of a sealed identity, and its keyed hash; both empty where nobody was named."""

    ref: str = ""
    hash: str = ""


NOBODY = Identified()


def identified(db: Database, ticket: str, visit: str) -> Identified:
    """Of a ticket, or of a visit without one."""
    sql = f'SELECT {columns(Identified)} FROM identification WHERE "subject" = ?'
    subject = ticket or visit
    return (one(db, Identified, sql, (subject,)) if subject else None) or NOBODY


OLD = """
SELECT i."subject", i."ref" FROM identification i
LEFT JOIN ticket t ON t."id" = i."subject" AND t."hall" = i."hall"
LEFT JOIN visit v ON v."id" = i."subject" AND v."hall" = i."hall"
WHERE i."hall" = ? AND i."ref" <> '' AND coalesce(t."day", v."day") < ?
"""
OLD_CHECKS = 'SELECT "visit", "ref" FROM entry_check WHERE "hall" = ? AND "ref" <> \'\' AND "day" < ?'
IN_CASES = """
SELECT c."visit", s."ticket" FROM rating_case c LEFT JOIN service s ON s."id" = c."service" AND s."hall" = c."hall"
WHERE c."hall" = ? AND (c."closed_t" = 0 OR c."closed_t" > ?)
"""


def old_refs(db: Database, hall: str, before: str, cases_since_t: int) -> set[str]:
    """References of people, and of what they were shown, of days before this one; not where a case is open, or was closed
    after ``cases_since_t`` (ms): who gave its rating is kept for it.
    """
    kept = {str(name) for row in db.rows(IN_CASES, (hall, cases_since_t)) for name in row if name}
    found = [*db.rows(OLD, (hall, before)), *db.rows(OLD_CHECKS, (hall, before))]
    return {str(ref) for subject, ref in found if subject not in kept}
