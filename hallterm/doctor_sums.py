"""Do the reports agree with each other? The last two months of a hall, or of all halls of a centre and what is above them,
as ``hallterm doctor`` tells it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from hallterm.reports import checks
from hallterm.reports.make import Unfit, make
from hallterm.reports.model import By, Report
from hallterm.rules.consistency import Misfit
from hallterm.rules.day import business_day
from hallterm.rules.periods import month_before
from storage.access import Level, level, upwards
from storage.database import Database
from storage.facts import Moment
from storage.nodes import parents
from storage.views import reporting

Make = Callable[[str, By | None], Report]


def misfits(db: Database, now: Moment) -> tuple[str, ...] | None:
    """What does not add up, in words, beginning with month and place; None where there is no hall with a day."""
    this_month = business_day(now.t)[:7]
    places = _places(db)
    found: list[str] = []
    for month in (month_before(this_month), this_month):
        for place in places:
            wrong = _of_place(db, place, month, now)
            if wrong is None:
                return None
            named = f"{month} {place} " if len(places) > 1 else f"{month} "
            found += [f"{named}{checks.words(one)}" for one in wrong]
    return tuple(found) if places else None


def _of_place(db: Database, place: str, month: str, now: Moment) -> Sequence[Misfit] | None:
    def of_month(id: str, by: By | None) -> Report:
        return make(db, id, month, place, now, by=by.value if by else "")

    try:
        if level(place) is not Level.HALL:
            return checks.check_place(of_month)
        return [*checks.check_hall(of_month), *checks.days_fit(db, place, month)]
    except Unfit:
        return None


def _places(db: Database) -> list[str]:
    """The hall of this PC; at a centre every hall of which a day is here, and what stands above them."""
    own = reporting.own_hall(db)
    return [own] if own else list(_known(db))


def _known(db: Database) -> Iterator[str]:
    named = {one.code for one in reporting.places(db) if one.name and level(one.code) is Level.HALL}
    halls = sorted(named & set(reporting.last_days(db)))
    known = parents(db)
    above = {hall: upwards(hall, known)[1:] for hall in halls}
    yield from halls
    yield from sorted(_with_more_than_below(above), key=lambda node: (level(node), node))


def _with_more_than_below(above: Mapping[str, Sequence[str]]) -> set[str]:
    """Of the places above halls, the lowest first, those that do not just hold the halls of the place below them."""
    within = {
        node: frozenset(hall for hall in above if node in above[hall]) for nodes in above.values() for node in nodes
    }
    return {
        node
        for nodes in above.values()
        for below, node in zip(("", *nodes), nodes, strict=False)
        if within.get(below) != within[node]
    }
