"""Who may: asked where the work is recorded, answered by the grants alone."""

from __future__ import annotations

from collections.abc import Mapping

from hallterm.locale import N_, _
from hallterm.rules.words import Reason
from hallterm.workflows.desk import Desk, Refused
from hallterm.workflows.sign_on import grants_of
from storage import nodes
from storage.access import Action, may, who_may
from storage.database import Database
from storage.facts import Role

MAY_NOT = N_("your roles do not allow this here; {roles} may")
NOBODY_MAY = Reason(N_("your roles do not allow this here"))
ROLES: Mapping[Role, str] = {
    Role.CLERK: N_("clerk"),
    Role.GUIDE: N_("guide"),
    Role.DUTY_LEADER: N_("duty leader"),
    Role.HALL_DIRECTOR: N_("hall director"),
    Role.ASSESSOR: N_("assessor"),
    Role.BUREAU_LEADER: N_("bureau leader"),
    Role.COLLECTION_DEPT: N_("collection department"),
    Role.ADMIN: N_("administrator"),
    Role.TECHNICIAN: N_("technician"),
    Role.POINT_CLERK: N_("point clerk"),
}


def is_allowed(db: Database, staff: str, action: Action, place: str, *, own: bool = False) -> bool:
    """Whether somebody may do it at a place; ``own``: with a record of his own."""
    return may(grants_of(db, staff), action, place, own=own, parents=nodes.parents(db))


def refuse_unless_allowed(db: Database, desk: Desk, action: Action, *, own: bool = False) -> None:
    """Whether the person at the desk may do it in this hall; raises Refused with the roles that may."""
    if not is_allowed(db, desk.staff, action, desk.hall, own=own):
        roles = [_(ROLES[role]) for role in who_may(action, desk.hall) if role in ROLES]
        raise Refused(Reason(MAY_NOT, {"roles": _(", ").join(roles)}) if roles else NOBODY_MAY)
