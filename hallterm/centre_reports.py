"""Reports of a centre for who asks over the line: the same builders, with the grants of the person, in the same words."""

from __future__ import annotations

from collections.abc import Iterator
from http import HTTPStatus

from hallterm.locale import language, use
from hallterm.reports.make import Unfit, make, spec_of
from hallterm.reports.model import Missing, Report
from hallterm.reports.scope import UnknownScope, find
from hallterm.reports.wire import sent
from hallterm.workflows.coverage import missing_halls
from hallterm.workflows.sign_on import grants_of
from storage import nodes
from storage.access import Action, Sight, sight
from storage.database import Database
from storage.facts import Moment
from storage.journal import Journal
from sync.problem import Problem
from sync.reads import not_granted
from sync.report_wire import ReportTable
from sync.reports import ReportQuery

SUITS = "suits"


def make_report(journal: Journal, staff: str, asked: ReportQuery, now: Moment) -> ReportTable:
    """In the thread that reads; raises Problem: not granted (with who would be), or not to be made."""
    before = language()
    if before != asked.language:
        use(asked.language)
    try:
        return sent(_made(journal.database, staff, asked, now))
    except Unfit as unfit:
        raise Problem(HTTPStatus.BAD_REQUEST, "unfit-report") from unfit
    finally:
        if language() != before:
            use(before)


def _made(db: Database, staff: str, asked: ReportQuery, now: Moment) -> Report:
    spec = spec_of(asked.id)
    try:
        place = find(db, asked.scope)
    except UnknownScope as unknown:
        raise Problem(HTTPStatus.BAD_REQUEST, "unfit-report") from unknown
    seen = _sight(db, staff, spec.action, place.node, own=bool(place.staff) and place.staff == staff)
    if seen is Sight.NOTHING:
        raise not_granted(db, spec.action, place.node)
    by = "" if asked.rows == SUITS else asked.rows
    masked = seen is Sight.MASKED
    return make(db, spec.id, asked.period, asked.scope, now, by=by, masked=masked, coverage=not_in)


def not_in(db: Database, scope: str, upto: str) -> Iterator[Missing]:
    """The halls whose days are not all here, and since when."""
    for gap in missing_halls(db, scope, upto):
        yield Missing(gap.hall, gap.name, gap.since)


def _sight(db: Database, staff: str, action: Action, node: str, *, own: bool) -> Sight:
    """How much the person sees; the own figures count where the report is about oneself."""
    grants, parents = grants_of(db, staff), nodes.parents(db)
    actions = {action, *((Action.SEE_OWN_FIGURES,) if own else ())}
    return max(sight(grants, one, node, own=own, parents=parents) for one in actions)
