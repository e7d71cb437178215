"""Averages of a hall and of a city, ranking, and the best clerk of a month. Business rule 9.

A mean is over clerks with a total, never over halls; clerks without a record are in none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction

from msgspec import Struct

from hallterm.rules.assessment import mean_of
from hallterm.rules.ratings import EVALUATION_DUTY_PCT, evaluation_ok

Totals = Iterable[Fraction | None]


class Standing(Struct, frozen=True, kw_only=True):
    """What ranking and the choice of the best clerk look at."""

    staff: str
    hall: str
    total: Fraction | None
    rating: Fraction | None = None
    efficiency: Fraction | None = None
    std_milliminutes: int = 0
    rated: int = 0
    due: int = 0
    founded_complaints: int = 0
    absences: int = 0


def mean(totals: Totals) -> Fraction | None:
    """The mean of those that have a total; None when nobody has."""
    return mean_of(one for one in totals if one is not None)


def city_mean(by_hall: Mapping[str, Totals]) -> Fraction | None:
    """The mean over all clerks of the city: no mean of means."""
    return mean(one for totals in by_hall.values() for one in totals)


def counted(totals: Totals) -> int:
    """How many clerks have a total."""
    return sum(one is not None for one in totals)


def _order(one: Standing) -> tuple[Fraction, bool, Fraction, int, str]:
    rating = one.rating if one.rating is not None else Fraction()
    return -(one.total or Fraction()), one.rating is None, -rating, -one.std_milliminutes, one.staff


def ranked(standings: Iterable[Standing]) -> tuple[Standing, ...]:
    """In the order of rank: total, then rating, then standard minutes, then staff number; without a total: not ranked."""
    return tuple(sorted((one for one in standings if one.total is not None), key=_order))


def ranks(standings: Iterable[Standing]) -> Mapping[str, int]:
    """The rank of each staff number, from 1."""
    return {one.staff: rank for rank, one in enumerate(ranked(standings), 1)}


def best_clerk(standings: Iterable[Standing], duty_pct: int = EVALUATION_DUTY_PCT) -> Standing | None:
    """Most standard minutes, weighed by efficiency, of those with enough rated, no founded complaint and no absence."""
    fit = [one for one in standings if _may_be_best(one, duty_pct)]
    return min(fit, key=lambda one: (-_worth(one), one.staff), default=None)


def _may_be_best(one: Standing, duty_pct: int) -> bool:
    spotless = not one.founded_complaints and not one.absences
    enough = bool(evaluation_ok(one.rated, one.due, duty_pct))
    return spotless and enough and one.efficiency is not None and _worth(one) > 0


def _worth(one: Standing) -> Fraction:
    return one.std_milliminutes * (one.efficiency or Fraction()) / 100
