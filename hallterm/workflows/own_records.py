"""Who may do something with records of his own: at his window, or anywhere in the hall."""

from __future__ import annotations

from hallterm.workflows.desk import Desk
from hallterm.workflows.rights import is_allowed, refuse_unless_allowed
from storage.access import Action
from storage.database import Database


def refuse_unless_own(db: Database, desk: Desk, action: Action) -> None:
    """A grant for the person's window is enough; raises Refused."""
    if not (desk.window and is_allowed(db, desk.staff, action, desk.window, own=True)):
        refuse_unless_allowed(db, desk, action, own=True)
