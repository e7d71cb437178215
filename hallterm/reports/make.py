"""Make a report: check what is asked, read it as of one moment, put the header around it.

Errors: ``Unfit`` with the sentence for the person (no such report, period, place or rows, and what there is).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from importlib import import_module
from typing import Final

import msgspec

from hallterm.locale import N_, _
from hallterm.reports.asked import Asked
from hallterm.reports.model import By, Drill, Missing, Report, Table
from hallterm.reports.period import KIND_WORDS
from hallterm.reports.registry import REPORTS, Spec
from hallterm.reports.scope import Scope, UnknownScope, find
from hallterm.reports.workload import verified_share
from hallterm.rules.day import business_day
from hallterm.rules.periods import Period
from hallterm.rules.periods import period as read_period
from hallterm.rules.words import Reason
from storage.database import Database
from storage.facts import Moment
from storage.views import reporting

Coverage = Callable[[Database, str, str], Iterable[Missing]]
"""The halls at a place and below whose data up to a day are not all here."""

NO_REPORT = N_("there is no report {id}; there are {known}")
NO_PERIOD = N_("{period} is no time that a report can be of; {id} takes {known}")
NO_SCOPE = N_("{scope} is no place and no staff number here; there are {known}")
NO_ROWS = N_("{id} has no rows by {by}; it has {known}")
ONE_HALL = N_("{id} is made for one hall: name one of {known}")
ONE_PERSON = N_("{id} is made for one person: give the staff number as the place")
TODAY: Final = "today"
VERIFIED = N_("verified by the tax software: {share} %")
VERIFIED_BY: Final = ("services", "verified_yes", "verified_no", "verified_outside")
MOST_NAMED: Final = 12


class Unfit(ValueError):
    """What was asked cannot be made; ``reason`` says why and what can."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.msgid)
        self.reason = reason


def nothing_missing(_db: Database, _scope: str, _upto: str) -> tuple[Missing, ...]:
    """At a PC that holds one hall, its own."""
    return ()


def spec_of(id: str) -> Spec:
    """The report of an id as people type it; raises Unfit."""
    spec = REPORTS.get(id.strip().upper())
    if spec is None:
        raise Unfit(Reason(NO_REPORT, {"id": id, "known": " ".join(REPORTS)}))
    return spec


def make(
    db: Database,
    id: str,
    period: str,
    scope: str,
    now: Moment,
    *,
    by: str = "",
    masked: bool = False,
    coverage: Coverage = nothing_missing,
) -> Report:
    """The report as of now. ``period`` and ``scope`` as people write them; ``by`` "": what suits the place."""
    spec = spec_of(id)
    today = business_day(now.t)
    with db.one_moment():
        time = _period(spec, period or today[:7], today)
        place = _scope(db, spec, scope)
        asked = Asked(db, place, time, _by(spec, by, place), now, today, masked=masked)
        return _with_header(spec, asked, _build(spec, asked), coverage)


def make_detail(
    db: Database,
    id: str,
    period: str,
    scope: str,
    now: Moment,
    drill: Drill,
    *,
    by: str = "",
    masked: bool = False,
    coverage: Coverage = nothing_missing,
) -> Report:
    """What stands behind one line of the same report, under the same header."""
    spec = spec_of(id)
    today = business_day(now.t)
    with db.one_moment():
        place = _scope(db, spec, scope)
        asked = Asked(db, place, _period(spec, period, today), _by(spec, by, place), now, today, masked=masked)
        table = _function(spec.detail)(asked, drill)
        found = _with_header(spec, asked, table, coverage)
        return msgspec.structs.replace(found, of=table.of or drill.key or drill.staff)


def _period(spec: Spec, text: str, today: str) -> Period:
    known = ", ".join(_(KIND_WORDS[kind]) for kind in spec.periods)
    found = read_period(today if text == TODAY else text)
    if isinstance(found, Reason) or found.kind not in spec.periods:
        raise Unfit(Reason(NO_PERIOD, {"period": text, "id": spec.id, "known": known}))
    return found


def _scope(db: Database, spec: Spec, text: str) -> Scope:
    try:
        found = find(db, text)
    except UnknownScope as error:
        raise Unfit(Reason(NO_SCOPE, {"scope": text or "--", "known": _some(error.known)})) from error
    if spec.own and not found.staff:
        raise Unfit(Reason(ONE_PERSON, {"id": spec.id}))
    if spec.one_hall and len(found.halls) > 1:
        raise Unfit(Reason(ONE_HALL, {"id": spec.id, "known": _some(found.halls)}))
    return found


def _some(codes: tuple[str, ...]) -> str:
    """Not all halls of a province in one sentence."""
    shown = " ".join(codes[:MOST_NAMED])
    return f"{shown} .." if len(codes) > MOST_NAMED else shown or "--"


def _by(spec: Spec, text: str, scope: Scope) -> By:
    """Halls in a city, clerks in a hall, unless something else was asked for."""
    if text and text not in spec.rows:
        known = " ".join(spec.rows) or "--"
        raise Unfit(Reason(NO_ROWS, {"id": spec.id, "by": text, "known": known}))
    if text:
        return By(text)
    wanted = By.CLERK if scope.staff or scope.is_hall else By.HALL
    return wanted if wanted in spec.rows or not spec.rows else spec.rows[0]


def _build(spec: Spec, asked: Asked) -> Table:
    build: Callable[[Asked], Table] = _function(spec.builder)
    return build(asked)


def _function(named: str) -> Callable[..., Table]:
    module, _colon, name = named.partition(":")
    found: Callable[..., Table] = getattr(import_module(f"hallterm.reports.{module}"), name)
    return found


def _verified(spec: Spec, asked: Asked) -> Iterator[Reason]:
    """Of all services of the time and place; ``--`` where no list of the tax software was compared."""
    if spec.of_work:
        found = asked.sums(wanted=VERIFIED_BY)
        share = verified_share(found[0]) if found else None
        yield Reason(VERIFIED, {"share": "--" if share is None else str(share)})


def _with_header(spec: Spec, asked: Asked, table: Table, coverage: Coverage) -> Report:
    last = asked.period.last
    yesterday = (date.fromisoformat(asked.today) - timedelta(days=1)).isoformat()
    missing = tuple(
        one for one in coverage(asked.db, asked.scope.node, min(last, yesterday)) if one.hall in asked.scope.halls
    )
    return Report(
        id=spec.id,
        name=spec.name,
        scope=asked.scope,
        period=asked.period,
        settings_version=reporting.settings_version(asked.db, asked.scope.node, last),
        made_t=asked.now.t,
        provisional=last >= asked.today,
        missing=missing,
        columns=table.columns,
        rows=table.rows,
        total=table.total,
        notes=(*_verified(spec, asked), *table.notes),
        chart=table.chart,
        labels=table.labels,
    )
