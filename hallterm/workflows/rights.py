"""Who may: asked where the work is recorded, answered by the grants alone."""

from __future__ import annotations

from hallterm.granting import refused_link
from hallterm.locale import N_
from hallterm.rules.words import Reason
from hallterm.workflows.desk import Desk, Refused
from hallterm.workflows.granted import grants_of
from storage import nodes
from storage.access import Action, may
from storage.database import Database

NOBODY_MAY = Reason(N_("your roles do not allow this here"))


def is_allowed(db: Database, staff: str, action: Action, place: str, *, own: bool = False) -> bool:
    """Whether somebody may do it at a place; ``own``: with a record of his own."""
    return may(grants_of(db, staff), action, place, own=own, parents=nodes.parents(db))


def refuse_unless_allowed(db: Database, desk: Desk, action: Action, *, own: bool = False) -> None:
    """Whether the person at the desk may do it in this hall; raises Refused with who may grant it."""
    if not is_allowed(db, desk.staff, action, desk.hall, own=own):
        raise Refused(refused_link(db, action, desk.hall))


def refuse_unless_allowed_at(db: Database, staff: str, action: Action, place: str, *, own: bool = False) -> None:
    """The same for any place, at a centre too; raises Refused with who may grant it."""
    if not is_allowed(db, staff, action, place, own=own):
        raise Refused(refused_link(db, action, place))
