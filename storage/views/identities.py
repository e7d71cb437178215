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
