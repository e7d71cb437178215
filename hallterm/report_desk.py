"""Reports for the person at a terminal: which ones, of which places, made with the rights of the person.

Figures of a place need the grant for it; everybody reads the own ones. Who may see figures without people gets masked
names. Raises Refused with the sentence of what cannot be made or seen.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial

from msgspec import Struct

from hallterm.granting import refused_link
from hallterm.locale import N_
from hallterm.reports.make import Unfit, make, make_detail, spec_of
from hallterm.reports.model import Cell, Column, Drill, Missing, Report
from hallterm.reports.registry import REPORTS, Spec
from hallterm.reports.scope import UnknownScope, find
from hallterm.reports.trend import monthly
from hallterm.rules.periods import PeriodKind
from hallterm.rules.words import Reason
from hallterm.workflows.coverage import missing_halls
from hallterm.workflows.desk import Desk, Refused
from hallterm.workflows.rights import NOBODY_MAY
from hallterm.workflows.sign_on import grants_of
from storage import nodes, views
from storage.access import OWN_ONLY, TABLE, Action, Grant, Sight, level, sight, upwards
from storage.database import Database
from storage.facts import Moment
from storage.views.places import place_names
from storage.views.reporting import people, places

NO_TREND = Reason(N_("this report is not made for whole months: it has no trend"))
NO_SCOPE = N_("{scope} is no place and no staff number here")
NO_PERSON = Reason(N_("it is about one person: open it from a line of somebody, or give the staff number with 0"))


class ReportRequest(Struct, frozen=True):
    """What is to be made; texts as people write them, "": what suits."""

    id: str
    period: str = ""
    scope: str = ""
    by: str = ""


class ScopeChoice(Struct, frozen=True):
    """A place, or a person, that a report may be of."""

    code: str
    name: str


class ReportsLook(Struct, frozen=True):
    """The list: who looks from where, the reports there are for the person, and the places and people to choose from.

    ``imports``: whether the person may take in a list of the tax software here.
    """

    place: str
    staff: str
    ids: tuple[str, ...]
    scopes: tuple[ScopeChoice, ...]
    people: tuple[ScopeChoice, ...]
    imports: bool


def reports_look(desk: Desk, _now: Moment) -> ReportsLook:
    """What the person may read; raises Refused for who may read nothing."""
    db = desk.journal.database
    grants, parents = grants_of(db, desk.staff), nodes.parents(db)
    seen = seen_places(grants, desk.hall)
    mine = sight(grants, Action.SEE_OWN_FIGURES, desk.hall, own=True, parents=parents) if desk.hall else Sight.NOTHING
    if not seen and mine is Sight.NOTHING:
        raise Refused(refused_link(db, Action.SEE_FIGURES, desk.hall) if desk.hall else NOBODY_MAY)
    names, person = place_names(db), views.staff(db, desk.staff)
    start = desk.hall or seen[0]
    scopes = _scopes(db, seen) if seen else ()
    return ReportsLook(
        place=names.get(start, start),
        staff=person.name if person else desk.staff,
        ids=tuple(one.id for one in REPORTS.values() if _is_for(one, grants, desk.hall)),
        scopes=scopes,
        people=_people(db, desk, grants, scopes),
        imports=sight(grants, Action.IMPORT, start, parents=parents) is not Sight.NOTHING,
    )


def _is_for(spec: Spec, grants: Iterable[Grant], hall: str) -> bool:
    """Everybody has the reports about oneself, others who sees a whole place."""
    return spec.own or bool(seen_places(grants, hall, spec.action))


def seen_places(grants: Iterable[Grant], hall: str, action: Action = Action.SEE_FIGURES) -> list[str]:
    """The highest places that the grants show; at a hall's own PC that hall at most."""
    held = [one for one in grants if TABLE[action].get(one.role, OWN_ONLY)[0] not in OWN_ONLY]
    if hall:
        return [hall] if sight(held, action, hall) is not Sight.NOTHING else []
    found = {one.node for one in held}
    return sorted(found, key=lambda node: (-level(node), node))


def _scopes(db: Database, seen: list[str]) -> tuple[ScopeChoice, ...]:
    """The places of the grants and all below them that hold halls, the highest first."""
    known = {one.code: one.name for one in places(db)}
    parents = nodes.parents(db)
    codes = {node for hall in known for node in upwards(hall, parents) if set(seen) & {*upwards(node, parents)}}
    ordered = sorted(codes, key=lambda node: (-level(node), node))
    return tuple(ScopeChoice(code, known.get(code) or code) for code in ordered)


def _people(
    db: Database, desk: Desk, grants: Iterable[Grant], scopes: tuple[ScopeChoice, ...]
) -> tuple[ScopeChoice, ...]:
    """The people of the own hall, for who sees them in clear; else oneself."""
    everybody = people(db)
    if desk.hall and scopes and sight(grants, Action.SEE_FIGURES, desk.hall) is Sight.CLEAR:
        return tuple(ScopeChoice(one.number, one.name) for one in everybody.values() if one.hall == desk.hall)
    own = everybody.get(desk.staff)
    return (ScopeChoice(own.number, own.name),) if own and desk.hall else ()


def read_report(desk: Desk, now: Moment, request: ReportRequest) -> Report:
    """Make it; raises Refused."""
    db = desk.journal.database
    try:
        spec = spec_of(request.id)
        scope, masked = _allowed(desk, spec, request.scope)
        return make(
            db, spec.id, request.period, scope, now, by=request.by, masked=masked, coverage=partial(_missing, desk)
        )
    except Unfit as unfit:
        raise Refused(unfit.reason) from unfit


def read_inside(desk: Desk, now: Moment, request: ReportRequest, drill: Drill) -> Report:
    """What stands behind a line of it, where only the report can open that; raises Refused."""
    db = desk.journal.database
    try:
        spec = spec_of(request.id)
        scope, masked = _allowed(desk, spec, request.scope)
        coverage = partial(_missing, desk)
        return make_detail(
            db, spec.id, request.period, scope, now, drill, by=request.by, masked=masked, coverage=coverage
        )
    except Unfit as unfit:
        raise Refused(unfit.reason) from unfit


def read_trend(
    desk: Desk, now: Moment, request: ReportRequest, last: str
) -> tuple[Column, tuple[tuple[str, Cell], ...]]:
    """The figure that charts show in the six months up to ``last``; raises Refused."""
    spec = spec_of(request.id)
    scope, _masked = _allowed(desk, spec, request.scope)
    if PeriodKind.MONTH not in spec.periods:
        raise Refused(NO_TREND)
    try:
        return monthly(desk.journal.database, spec.id, "", scope, last, now)
    except Unfit as unfit:
        raise Refused(unfit.reason) from unfit
    except KeyError as none:
        raise Refused(NO_TREND) from none


def _allowed(desk: Desk, spec: Spec, text: str) -> tuple[str, bool]:
    """The place as it is asked for, and whether names are masked."""
    db = desk.journal.database
    grants = grants_of(db, desk.staff)
    scope = text or _start(desk, grants, spec)
    try:
        found = find(db, scope)
    except UnknownScope as error:
        raise Refused(Reason(NO_SCOPE, {"scope": text or "--"})) from error
    if spec.own and not found.staff:
        raise Refused(NO_PERSON)
    seen = sight_of(desk, found.node, found.staff, spec.action)
    if seen is Sight.NOTHING:
        action = Action.SEE_FIGURES if spec.action is Action.SEE_OWN_FIGURES else spec.action
        raise Refused(refused_link(db, action, found.node))
    return scope, seen is Sight.MASKED


def _start(desk: Desk, grants: Iterable[Grant], spec: Spec) -> str:
    """Where a report begins: the highest place of the grants; what is about one person, with oneself."""
    seen = seen_places(grants, desk.hall, spec.action)
    return desk.staff if spec.own or not seen else seen[0]


def sight_of(desk: Desk, node: str, staff: str = "", action: Action = Action.SEE_FIGURES) -> Sight:
    """How much the person at the desk sees of a place, or of one person there; the own figures are everybody's."""
    db = desk.journal.database
    grants, parents, own = grants_of(db, desk.staff), nodes.parents(db), bool(staff) and staff == desk.staff
    figures = {Action.SEE_FIGURES, Action.SEE_OWN_FIGURES}
    asked = figures if action in figures else {action}
    return max(sight(grants, one, node, own=own, parents=parents) for one in asked)


def _missing(desk: Desk, database: Database, scope: str, upto: str) -> Iterator[Missing]:
    """At a centre the halls whose days are not all here; a hall has its own."""
    for gap in () if desk.hall else missing_halls(database, scope, upto):
        yield Missing(gap.hall, gap.name, gap.since)
