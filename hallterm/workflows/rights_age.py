"""How old the rights of this PC are, and what follows. Business rule 5: over 30 days they are shown as old.

A node that nobody stands above grants itself: its rights do not age.
"""

from __future__ import annotations

from msgspec import Struct

from hallterm.locale import N_
from hallterm.rules.policy_age import PolicyAge, back_office_refusal, days_old, policy_age
from hallterm.rules.words import Reason
from hallterm.workflows.desk import Desk
from storage import views
from storage.facts import HallKind, Moment
from storage.nodes import upstream
from storage.outbox import heard_t as heard

OLD = N_("The rights here are {days} days old: everything goes on, sync when there is a line")
STALE = N_("The rights here are {days} days old: calling and serving go on, office pages need a sync first")


class RightsAge(Struct, frozen=True):
    """``said`` once after the sign-on, None while they are new; ``refused`` is why the pages of the office stay shut."""

    said: Reason | None = None
    refused: Reason | None = None


NEW_RIGHTS = RightsAge()


def rights_age(desk: Desk, now: Moment) -> RightsAge:
    """By the last exchange with the node above, over the line or on a stick."""
    db = desk.journal.database
    heard_t = heard(db)
    hall = views.hall(db, desk.hall) if desk.hall else None
    if hall is None or not heard_t or upstream(db) is None or desk.board.sync().online:
        return NEW_RIGHTS
    kind = HallKind.POINT if hall.hall_kind == HallKind.POINT else HallKind.HALL
    age = policy_age(heard_t, now.t, kind)
    if age is PolicyAge.FRESH:
        return NEW_RIGHTS
    words = OLD if age is PolicyAge.OLD else STALE
    return RightsAge(Reason(words, {"days": days_old(heard_t, now.t)}), back_office_refusal(heard_t, now.t, kind))
