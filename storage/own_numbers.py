"""A day whose numbers may be known only in a damaged file: until that is taken in, this PC gives numbers with its own digit."""

from __future__ import annotations

from storage.database import Database

OWN_NUMBERS = "own_numbers"
"""The name in ``meta``; its value is the day."""


def gives_own_numbers(database: Database, day: str) -> bool:
    """Asked for each ticket, so here and not beside what mends files: a terminal need not load that."""
    return bool(database.value("SELECT value FROM meta WHERE name = ?", (OWN_NUMBERS,)) == day)
