"""Who leads a hall: the one check of everything the hall board writes."""

from __future__ import annotations

from hallterm.locale import N_
from hallterm.rules.words import Reason
from hallterm.workflows.desk import Desk, Refused
from hallterm.workflows.rights import refuse_unless_allowed
from storage.access import Action
from storage.database import Database

ONLY_THERE = Reason(N_("at a centre the board is only read: dispatch from a PC of that hall"))


def leads(desk: Desk, db: Database) -> None:
    """Raise Refused unless the person of the desk may dispatch in its hall, and this file is that hall's."""
    if desk.journal.identity.hall != desk.hall:
        raise Refused(ONLY_THERE)
    refuse_unless_allowed(db, desk, Action.DISPATCH)
