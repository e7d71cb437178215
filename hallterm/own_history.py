"""What stands beside one person's assessment: what leaders said of it, rewards made known, the points of the last months;
and the means of halls in those months.

Importable by screens and reports.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from msgspec import Struct

from hallterm.assessing import assess
from hallterm.own_assessment import PersonLook, person_look
from hallterm.rules.assessment import mean_of
from hallterm.rules.averages import mean
from hallterm.rules.day import business_day
from hallterm.rules.periods import Period, month_before, period
from hallterm.rules.words import Reason
from storage.database import Database
from storage.facts import Moment, Part
from storage.views import cases, reporting
from storage.views.cases import CommentRow, RewardRow

MONTHS = 6
MOST_COMMENTS = 60


class MonthPoints(Struct, frozen=True):
    """The points of a month; None: absent. ``running``: it may still change."""

    month: str
    parts: Mapping[Part, Fraction | None]
    total: Fraction | None
    running: bool


class Beside(Struct, frozen=True):
    """Comments on weeks that the period touches, the newest first, and rewards made known in its months.

    ``so_far``: one's own running month, where another time is looked at.
    """

    comments: tuple[CommentRow, ...]
    rewards: tuple[RewardRow, ...]
    names: Mapping[str, str]
    so_far: MonthPoints | None = None


def beside(db: Database, look: PersonLook, halls: Sequence[str], now: Moment) -> Beside:
    """Read it; ``halls`` are those the person is ranked among."""
    months = look.period.months
    rewards = cases.rewards(db, [look.hall], months[0], months[-1])
    known = cases.own_comments(db, look.hall, look.staff, MOST_COMMENTS)
    this = business_day(now.t)[:7]
    return Beside(
        comments=tuple(one for one in known if _touches(one.week, look.period)),
        rewards=tuple(one for one in rewards if one.staff == look.staff and one.published_t and not one.withdrawn_t),
        names={number: person.name for number, person in reporting.people(db).items()},
        so_far=points_of(db, look, halls, this, now) if look.own and this not in months else None,
    )


def _touches(week: str, wanted: Period) -> bool:
    days = period(week)
    return not isinstance(days, Reason) and days.first <= wanted.last and days.last >= wanted.first


def last_months(db: Database, look: PersonLook, halls: Sequence[str], now: Moment) -> tuple[MonthPoints, ...]:
    """The six months up to the last one of the period, the oldest first."""
    return tuple(points_of(db, look, halls, month, now) for month in _up_to(look.period, now))


def _up_to(wanted: Period, now: Moment) -> tuple[str, ...]:
    last = min(wanted.months[-1], business_day(now.t)[:7])
    return tuple(month_before(last, by) for by in reversed(range(MONTHS)))


def months_of_halls(db: Database, halls: Sequence[str], wanted: Period, now: Moment) -> tuple[MonthPoints, ...]:
    """The means over everybody in these halls, for the same six months."""
    return tuple(_means(db, halls, month, now) for month in _up_to(wanted, now))


def _means(db: Database, halls: Sequence[str], month: str, now: Moment) -> MonthPoints:
    wanted = period(month)
    scores = [] if isinstance(wanted, Reason) else [one.score for one in assess(db, halls, wanted, now).people]
    parts = {part: mean_of(points for one in scores if (points := one.parts[part]) is not None) for part in Part}
    total = mean(one.total for one in scores)
    return MonthPoints(month, parts, total, running=month == business_day(now.t)[:7])


def points_of(db: Database, look: PersonLook, halls: Sequence[str], month: str, now: Moment) -> MonthPoints:
    """One month, as the person who looks may see it."""
    wanted = period(month)
    found = None if isinstance(wanted, Reason) else person_look(db, look.staff, halls, wanted, now, own=look.own)
    if found is None:
        return MonthPoints(month, dict.fromkeys(Part), None, running=False)
    score = found.one.score
    return MonthPoints(month, score.parts, score.total, running=found.running)
