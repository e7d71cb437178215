"""R29: what a clerk sees of himself: work, time and ratings, by matter of a day or by day of a longer time.

Levels count a working day late and only from five ratings up, so that no citizen can be told from a figure that moves.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from hallterm.locale import N_
from hallterm.own_assessment import person_look
from hallterm.rating_scales import sums_by_scale, uses_at
from hallterm.reports.asked import Asked, named_columns
from hallterm.reports.efficiency import SECONDS, mean
from hallterm.reports.model import By, Cell, Column, Drill, Kind, Row, Table
from hallterm.reports.satisfaction import WANTED as RATED
from hallterm.reports.satisfaction import Rated, ratings_of
from hallterm.reports.workload import minutes, verified_share
from hallterm.rules.calendar import days
from hallterm.rules.exact import half_up, percent
from hallterm.rules.periods import PeriodKind
from hallterm.rules.ratings import evaluation_rate
from hallterm.rules.words import Reason, Value
from storage.facts import Part
from storage.views.figures import Key, Sums, added, sums

LEAST_RATINGS = 5
PARTS_OF_MONTH = N_("E {rating}  B {business}  F {efficiency}  A {attendance}  total {total}")
ATTENDED = N_("planned {planned} days, attended {attended} days")
FIGURES = (
    Column("services", N_("Services"), Kind.COUNT),
    Column("quantity", N_("Quantity"), Kind.COUNT),
    Column("std_minutes", N_("Credit"), Kind.MINUTES, N_("min")),
    Column("verified_share", N_("Verified"), Kind.SHARE, "%"),
    Column("timed", N_("Timed"), Kind.COUNT),
    Column("mean_counted", N_("Mean used"), Kind.SECONDS, SECONDS),
    Column("overtime", N_("Overtime"), Kind.COUNT),
    Column("overtime_share", N_("Portion"), Kind.SHARE, "%"),
    Column("rated", N_("Rated"), Kind.COUNT),
    Column("unrated", N_("Unrated"), Kind.COUNT),
    Column("exempt", N_("Exempt"), Kind.COUNT),
    Column("evaluation_rate", N_("Evaluated"), Kind.SHARE, "%"),
    Column("score", N_("Score"), Kind.SCORE),
)
SCORE_LATER = Reason(
    N_("The score counts up to yesterday and from {count} ratings up, in the line of sums"), {"count": LEAST_RATINGS}
)


def build(asked: Asked) -> Table:
    """The score stands in the line of sums only: a day or a matter alone would tell who pressed what."""
    one_day = asked.period.kind is PeriodKind.DAY
    keys = list(days(asked.period.first, min(asked.period.last, asked.today)))
    by: Key = "code" if one_day else "period"
    found = sums(asked.db, keys, asked.scope.halls, (by,), staff=asked.scope.staff)
    first = named_columns(By.MATTER) if one_day else (Column("day", N_("Day"), Kind.DAY),)
    served = [one for one in found if one.services or one.rated or one.unrated]
    rows = tuple(
        Row((*_first(asked, one), *_cells(one)), Drill(staff=asked.scope.staff, code=one.code)) for one in served
    )
    score = _score(asked, keys)
    whole = (*_cells(added(served))[:-1], score) if served else (None,) * len(FIGURES)
    total = Row((*(None,) * len(first), *whole))
    notes = (SCORE_LATER, *_parts(asked))
    return Table((*first, *FIGURES), rows, total, notes, "services", (first[-1].key,))


def _parts(asked: Asked) -> tuple[Reason, ...]:
    """Of a month the four parts, the total and the attendance, as far as he may know them today."""
    if asked.period.kind is not PeriodKind.MONTH:
        return ()
    look = person_look(asked.db, asked.scope.staff, asked.scope.halls, asked.period, asked.now, own=True)
    if look is None:
        return ()
    found = look.one.score
    values: dict[str, Value] = {part.value: _points(found.parts[part]) for part in Part}
    months = look.one.work.attendance
    days = {
        "planned": _days(sum(one.scheduled for one in months)),
        "attended": _days(sum(one.attended for one in months)),
    }
    return (Reason(PARTS_OF_MONTH, {**values, "total": _points(found.total)}), Reason(ATTENDED, {**days}))


def _points(points: Fraction | None) -> str:
    return "--" if points is None else f"{half_up(points):.2f}"


def _days(halves: int) -> str:
    return f"{halves / 2:.1f}"


def _first(asked: Asked, one: Sums) -> tuple[Cell, ...]:
    return (one.code, asked.name_of(By.MATTER, one.code)) if one.code else (one.period,)


def _cells(one: Sums) -> tuple[Cell, ...]:
    due = one.rated + one.unrated - one.exempt
    times = (one.timed, mean(one.timed_counted_s, one.timed), one.overtime, percent(one.overtime, one.timed))
    rated = (one.rated, one.unrated, one.exempt, evaluation_rate(one.rated, due), None)
    return (one.services, one.quantity, minutes(one.std_milliminutes), verified_share(one), *times, *rated)


def _score(asked: Asked, keys: Sequence[str]) -> Cell:
    past = [day for day in keys if day < asked.today]
    parts = sums_by_scale(asked.db, past, asked.scope.halls, (), RATED, asked.scope.staff)
    whole = Rated(ratings_of(parts), uses_at(asked.db, asked.scope.node, asked.today))
    return whole.score if whole.ratings.rated >= LEAST_RATINGS else None
