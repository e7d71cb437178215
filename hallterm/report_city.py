"""What somebody at the PC of a hall may read at the centre: the places of his grants above the hall."""

from __future__ import annotations

from hallterm.granting import is_above_halls, refused_link
from hallterm.report_desk import ReportsLook, ScopeChoice
from hallterm.reports.registry import REPORTS
from hallterm.workflows.desk import Desk, Refused
from hallterm.workflows.granted import grants_of
from storage import nodes, views
from storage.access import TABLE, Action, city_of, level
from storage.facts import Moment
from storage.views.places import place_names

FIRST = ("R02", "R01", "R10", "R20", "R30")
"""What is asked for most of a city; the others follow."""


def city_look(desk: Desk, _now: Moment) -> ReportsLook:
    """The highest places first; raises Refused for who has no grant above the hall."""
    db = desk.journal.database
    grants, parents = grants_of(db, desk.staff), nodes.parents(db)
    letters = TABLE[Action.SEE_FIGURES]
    seen = {one.node for one in grants if is_above_halls(one.node) and letters.get(one.role, "s")[0] in "dc"}
    if not seen:
        raise Refused(refused_link(db, Action.SEE_FIGURES, city_of(desk.hall, parents)))
    names, person = place_names(db), views.staff(db, desk.staff)
    places = sorted(seen | {desk.hall}, key=lambda node: (-level(node), node))
    known = [*FIRST, *(id for id in REPORTS if id not in FIRST)]
    return ReportsLook(
        place=names.get(desk.hall, desk.hall),
        staff=person.name if person else desk.staff,
        ids=tuple(id for id in known if id in REPORTS and not REPORTS[id].own),
        scopes=tuple(ScopeChoice(code, names.get(code, code)) for code in places),
        people=(),
        imports=False,
    )
