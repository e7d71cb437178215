"""The grants of a person, as the rights ask for them."""

from __future__ import annotations

from storage import views
from storage.access import Grant
from storage.database import Database
from storage.facts import Role
from storage.views import GrantRow


def grants_of(db: Database, number: str) -> list[Grant]:
    """The grants of a staff number as ``storage.access`` asks for them."""
    return [Grant(Role(row.role), row.node) for row in views.grants(db, number) if _is_role(row)]


def _is_role(row: GrantRow) -> bool:
    """A role that a newer program granted is not known here."""
    return row.role in Role.__members__.values()
