"""What the page of the assessment reads, on the storage thread: a list of halls or clerks, a person, the rows of a part.

Rights are asked here, of :mod:`storage.access` alone: who sees names in order only, who sees figures without names.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from hallterm.assessing import rules_of
from hallterm.locale import N_
from hallterm.own_assessment import PartRows, PersonLook, part_rows, person_look
from hallterm.own_history import Beside, MonthPoints, beside, last_months, months_of_halls
from hallterm.reports.make import Unfit, make, nothing_missing
from hallterm.reports.model import By, Missing, Report
from hallterm.reports.scope import Scope, UnknownScope, find
from hallterm.rules.assessment import Rule
from hallterm.rules.day import business_day
from hallterm.rules.periods import Period, PeriodKind
from hallterm.rules.periods import period as read_period
from hallterm.rules.words import Reason
from hallterm.workflows.coverage import missing_halls
from hallterm.workflows.desk import Desk, Refused
from hallterm.workflows.look import health
from hallterm.workflows.months import MonthLook, look_at_month
from hallterm.workflows.outstanding import VoteLook, vote_look
from hallterm.workflows.rights import refuse_unless_allowed_at
from hallterm.workflows.seen import Health
from hallterm.workflows.sign_on import grants_of
from storage import nodes, views
from storage.access import Action, Sight, level, sight, upwards
from storage.database import Database
from storage.facts import Moment, Part
from storage.views import assessment as rows
from storage.views import reporting

NO_PLACE = Reason(N_("there is no hall here whose scores you may see"))
FIGURES_ONLY = Reason(N_("you see figures without names: what stands behind them has names"))
NOBODY = N_("{staff} is not assessed in this time")
HIDDEN = ("rating", "business", "efficiency", "attendance", "total")
"""Columns of others' points: who sees the ranking only does not see them."""


class Ask(Struct, frozen=True):
    """What is looked at. ``node`` "": the widest place of the grants; ``staff`` a person, ``part`` the rows behind it,
    ``trend`` the last months of the person, or the means of the place.
    """

    period: str = ""
    node: str = ""
    staff: str = ""
    part: Part | None = None
    own: bool = False
    trend: bool = False


class PlaceName(Struct, frozen=True):
    code: str
    name: str


class AssessmentLook(Struct, frozen=True, kw_only=True):
    """One of ``report`` (a list), ``person`` (``own``: his own page; without a person only his vote); with the person what
    stands ``beside``, ``part`` and ``trend`` where asked for.

    ``may_*`` and ``sees_points``: the person's rights at this place.
    """

    place: str
    place_name: str
    viewer: str
    period: Period
    is_hall: bool
    health: Health
    report: Report | None = None
    person: PersonLook | None = None
    own: bool = False
    part: PartRows | None = None
    beside: Beside | None = None
    trend: tuple[MonthPoints, ...] = ()
    month: MonthLook | None = None
    vote: VoteLook | None = None
    places: tuple[PlaceName, ...] = ()
    waiting: tuple[tuple[str, str], ...] = ()
    sees_points: bool = False
    may_open: bool = False
    may_propose: bool = False
    may_freeze: bool = False
    may_note_errors: bool = False


def assessment_look(desk: Desk, now: Moment, ask: Ask) -> AssessmentLook:
    """Read one page; raises Refused."""
    db = desk.journal.database
    with db.one_moment():
        return _own(desk, now, ask) if ask.own else _others(desk, now, ask)


def _period(text: str, now: Moment) -> Period:
    """A month or longer; the running month for nothing."""
    found = read_period(text or business_day(now.t)[:7])
    if isinstance(found, Reason):
        raise Refused(found)
    if found.kind in (PeriodKind.DAY, PeriodKind.WEEK):
        return read_period(found.first[:7])  # type: ignore[return-value]
    return found


def _name(db: Database, staff: str) -> str:
    person = views.staff(db, staff)
    return person.name if person else staff


def _own(desk: Desk, now: Moment, ask: Ask) -> AssessmentLook:
    db = desk.journal.database
    refuse_unless_allowed_at(db, desk.staff, Action.SEE_OWN_FIGURES, desk.hall, own=True)
    period, hall = _period(ask.period, now), views.hall(db, desk.hall)
    person = person_look(db, desk.staff, [desk.hall], period, now, own=True)
    vote = vote_look(desk, _vote_month(desk, period))
    if person is None and not vote.is_open:
        raise Refused(Reason(NOBODY, {"staff": desk.staff}))
    return AssessmentLook(
        place=desk.hall,
        place_name=hall.name if hall else desk.hall,
        viewer=_name(db, desk.staff),
        period=period,
        is_hall=True,
        health=health(desk, now, desk.window),
        person=person,
        own=True,
        **(_with(db, person, ask, [desk.hall], now) if person else {}),
        vote=vote,
    )


def _vote_month(desk: Desk, period: Period) -> str:
    """The month whose vote is open, the newest first; else that of the page."""
    found = rows.open_votes(desk.journal.database, desk.hall)
    return found[-1] if found else period.months[-1]


def _seen(desk: Desk) -> dict[str, Sight]:
    """The places of the grants from which somebody may see scores, or the ranking, and how."""
    db, parents = desk.journal.database, nodes.parents(desk.journal.database)
    grants = grants_of(db, desk.staff)
    found: dict[str, Sight] = {}
    for grant in grants:
        node = grant.node
        seen = max(sight(grants, action, node, parents=parents) for action in (Action.SEE_SCORES, Action.SEE_RANKING))
        if seen is not Sight.NOTHING:
            found[node] = seen
    return found


def _others(desk: Desk, now: Moment, ask: Ask) -> AssessmentLook:
    db = desk.journal.database
    parents, grants = nodes.parents(db), grants_of(db, desk.staff)
    tops = sorted(_seen(desk), key=lambda node: (-level(node), node))
    place, scope = _scope(desk, ask.node, tops)
    period = _period(ask.period, now)
    seen = sight(grants, Action.SEE_SCORES, place, parents=parents)
    head = AssessmentLook(
        place=place,
        place_name=scope.name,
        viewer=_name(db, desk.staff),
        period=period,
        is_hall=scope.is_hall,
        health=health(desk, now),
        places=_places(db, tops),
        waiting=_waiting(desk, tops),
        sees_points=seen is not Sight.NOTHING,
        may_open=seen is Sight.CLEAR or not scope.is_hall,
        may_propose=_may(desk, Action.PROPOSE_FREEZE, place),
        may_freeze=_may(desk, Action.FREEZE_MONTH, place),
        may_note_errors=_may(desk, Action.RECORD_ERROR, place) and desk.hall in (place, "") and scope.is_hall,
    )
    if ask.staff:
        return replace(head, **_person(desk, now, ask, period, scope.halls, seen))
    month = look_at_month(db, place, period, now) if scope.is_hall and len(period.months) == 1 else None
    trend = months_of_halls(db, scope.halls, period, now) if ask.trend and head.sees_points else ()
    return replace(head, report=_report(desk, now, head, seen), month=month, trend=trend)


def _scope(desk: Desk, node: str, tops: Sequence[str]) -> tuple[str, Scope]:
    """A place below those from which somebody may see, the widest for none; raises Refused."""
    db = desk.journal.database
    place = node or next(iter(tops), "")
    if not place or not any(top in upwards(place, nodes.parents(db)) for top in tops):
        raise Refused(NO_PLACE)
    try:
        return place, find(db, place)
    except UnknownScope:
        raise Refused(NO_PLACE) from None


def rules_seen(desk: Desk, now: Moment, ask: Ask) -> dict[str, Rule]:
    """The settings by which people of a place are scored in a time, by hall; raises Refused."""
    db = desk.journal.database
    with db.one_moment():
        _place, scope = _scope(desk, ask.node, sorted(_seen(desk)))
        return rules_of(db, scope.halls, _period(ask.period, now), now)


def _may(desk: Desk, action: Action, place: str) -> bool:
    db = desk.journal.database
    return sight(grants_of(db, desk.staff), action, place, parents=nodes.parents(db)) is Sight.CLEAR


def _places(db: Database, tops: list[str]) -> tuple[PlaceName, ...]:
    """Every place below what somebody may see, the highest first."""
    parents = nodes.parents(db)
    known = {one.code: one.name for one in reporting.places(db)}
    found = {
        node for code in known for node in upwards(code, parents) if any(top in upwards(node, parents) for top in tops)
    }
    return tuple(
        PlaceName(node, known.get(node, "") or node) for node in sorted(found, key=lambda one: (-level(one), one))
    )


def _waiting(desk: Desk, tops: list[str]) -> tuple[tuple[str, str], ...]:
    """Months that were proposed and that this person may freeze, oldest first."""
    db = desk.journal.database
    parents = nodes.parents(db)
    proposed = rows.proposed_months(db)
    inside = [one for one in proposed if any(top in upwards(one[0], parents) for top in tops)]
    return tuple(one for one in inside if _may(desk, Action.FREEZE_MONTH, one[0]))


def _person(
    desk: Desk, now: Moment, ask: Ask, period: Period, halls: tuple[str, ...], seen: Sight
) -> dict[str, object]:
    db = desk.journal.database
    if seen is not Sight.CLEAR:
        raise Refused(FIGURES_ONLY)
    person = person_look(db, ask.staff, halls, period, now, own=False)
    if person is None:
        raise Refused(Reason(NOBODY, {"staff": ask.staff}))
    return {"person": person, **_with(db, person, ask, halls, now)}


def _with(db: Database, person: PersonLook, ask: Ask, halls: Sequence[str], now: Moment) -> dict[str, Any]:
    """What is shown with a person; a list of rows stands alone."""
    if ask.part:
        return {"part": part_rows(db, person, ask.part, now)}
    trend = last_months(db, person, halls, now) if ask.trend else ()
    return {"beside": beside(db, person, halls, now), "trend": trend}


def _report(desk: Desk, now: Moment, head: AssessmentLook, seen: Sight) -> Report:
    by = By.CLERK if head.is_hall else By.HALL
    try:
        made = make(
            desk.journal.database,
            "R02",
            head.period.code,
            head.place,
            now,
            by=by.value,
            masked=seen is Sight.MASKED,
            coverage=nothing_missing if desk.hall else _not_in,
        )
    except Unfit as unfit:
        raise Refused(unfit.reason) from unfit
    return made if seen is not Sight.NOTHING else _ranking_only(made)


def _not_in(db: Database, scope: str, upto: str) -> list[Missing]:
    return [Missing(gap.hall, gap.name, gap.since) for gap in missing_halls(db, scope, upto)]


def _ranking_only(made: Report) -> Report:
    """Names in their order, without anybody's points."""
    hidden = {place for place, column in enumerate(made.columns) if column.key in HIDDEN}
    lines = tuple(
        replace(row, cells=tuple(None if at in hidden else cell for at, cell in enumerate(row.cells)))
        for row in made.rows
    )
    return replace(made, rows=lines)
