"""The assessment: four parts of 0 to 100 points and their total, for one clerk and one period. Business rule 9.

Everything is exact (fractions) until it is shown, rounded once; absent is None, never 0 and never 100.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from enum import StrEnum
from fractions import Fraction
from functools import reduce

from msgspec import Struct, field

from hallterm.locale import N_
from hallterm.rules.attendance import USUAL, AttendanceSums, Deductions, deducted
from hallterm.rules.exact import ratio
from hallterm.rules.ratings import EVALUATION_DUTY_PCT, level_of
from storage.facts import BusinessMode, Part, Scale

FULL = Fraction(100)
ERROR_POINTS = 2
AVERAGE_POINTS = 80
"""What the hall's own average is worth in the mode ``hall_average``."""
NO_RECORD = N_("no record")
PART_WORDS: Mapping[Part, str] = {
    Part.RATING: N_("Rated by citizens"),
    Part.BUSINESS: N_("Business"),
    Part.EFFICIENCY: N_("Efficiency"),
    Part.ATTENDANCE: N_("Attendance"),
}


class WeightsError(StrEnum):
    """Why weights cannot be taken."""

    SUM_NOT_100 = "weights_sum_not_100"
    NEGATIVE = "weights_negative"
    MISSING = "weights_missing"


WEIGHTS_WORDS: Mapping[WeightsError, str] = {
    WeightsError.SUM_NOT_100: N_("the weights must add to 100"),
    WeightsError.NEGATIVE: N_("a weight is not below 0"),
    WeightsError.MISSING: N_("each of the four parts needs a weight"),
}
WEIGHTS: Mapping[Part, int] = {Part.RATING: 30, Part.BUSINESS: 25, Part.EFFICIENCY: 20, Part.ATTENDANCE: 25}


def weights_error(weights: Mapping[Part, int]) -> WeightsError | None:
    """What is wrong with the weights; None when they can be taken."""
    if set(weights) != set(Part):
        return WeightsError.MISSING
    if any(weight < 0 for weight in weights.values()):
        return WeightsError.NEGATIVE
    return None if sum(weights.values()) == FULL else WeightsError.SUM_NOT_100


_FOUR = re.compile(r"\s*([0-9]{1,3})\s*[/, ]\s*([0-9]{1,3})\s*[/, ]\s*([0-9]{1,3})\s*[/, ]\s*([0-9]{1,3})\s*", re.ASCII)


def weights_of(text: str) -> Mapping[Part, int] | None:
    """``30/25/20/25`` as weights in the order of the parts; None for what cannot be taken."""
    found = _FOUR.fullmatch(text)
    weights = {part: int(one) for part, one in zip(Part, found.groups(), strict=True)} if found else {}
    return weights if weights_error(weights) is None else None


class Rule(Struct, frozen=True, kw_only=True):
    """The settings of the assessment, as they hold for a period. Raises ValueError for weights that cannot be taken.

    ``target_std_min`` is what half a day is worth in standard minutes (a point: 15); ``complaint_points`` leave the total
    for each founded complaint (0: off).
    """

    weights: Mapping[Part, int] = field(default_factory=lambda: WEIGHTS)
    coverage_penalty: bool = True
    duty_pct: int = EVALUATION_DUTY_PCT
    level_weights: Mapping[Scale, Mapping[int, int]] = {}
    scale: Scale = Scale.FIVE_SEED
    mode: BusinessMode = BusinessMode.TARGET
    target_std_min: int = 75
    error_points: int = ERROR_POINTS
    average_points: int = AVERAGE_POINTS
    free_pct: Fraction = Fraction(5)
    points_per_pct: Fraction = Fraction(2)
    on_time_weight: Fraction = Fraction(3, 5)
    deductions: Deductions = USUAL
    complaint_points: Fraction = Fraction()

    def __post_init__(self) -> None:
        wrong = weights_error(self.weights)
        if wrong is not None:
            raise ValueError(wrong)


RULE = Rule()


class Ratings(Struct, frozen=True):
    """Ratings of a period by scale and level, the unrated, and how many of these are exempt; revoked ones are left out."""

    counts: Mapping[Scale, Mapping[int, int]] = {}
    unrated: int = 0
    exempt: int = 0

    @property
    def rated(self) -> int:
        """How many were rated."""
        return sum(sum(levels.values()) for levels in self.counts.values())

    @property
    def due(self) -> int:
        """How many should have been."""
        return self.rated + self.unrated - self.exempt

    def satisfaction(self, weights: Mapping[Scale, Mapping[int, int]] | None = None) -> Fraction | None:
        """The satisfaction score, over all scales of the period; ``weights`` replace those of a scale."""
        worth = weights or {}
        total = sum(
            worth[scale][level] * n if scale in worth else level_of(scale, level).weight * n
            for scale, levels in self.counts.items()
            for level, n in levels.items()
        )
        return ratio(total, self.rated)


class Work(Struct, frozen=True, kw_only=True):
    """The raw counts of one clerk: what is added up over months, and what the parts are made of.

    ``std_milliminutes`` is the credited work, ``timed_std_milliminutes`` and ``timed_counted_s`` are of timed services
    only; ``attendance`` has one entry a month.
    """

    ratings: Ratings = Ratings()
    std_milliminutes: int = 0
    window_halves: int = 0
    errors: int = 0
    timed: int = 0
    overtime: int = 0
    timed_std_milliminutes: int = 0
    timed_counted_s: int = 0
    attendance: tuple[AttendanceSums, ...] = ()
    complaints: int = 0


def pooled(works: Iterable[Work]) -> Work:
    """The raw counts of several months together."""
    return reduce(_added, works, Work())


def _added(one: Work, other: Work) -> Work:
    return Work(
        ratings=ratings_added(one.ratings, other.ratings),
        std_milliminutes=one.std_milliminutes + other.std_milliminutes,
        window_halves=one.window_halves + other.window_halves,
        errors=one.errors + other.errors,
        timed=one.timed + other.timed,
        overtime=one.overtime + other.overtime,
        timed_std_milliminutes=one.timed_std_milliminutes + other.timed_std_milliminutes,
        timed_counted_s=one.timed_counted_s + other.timed_counted_s,
        attendance=one.attendance + other.attendance,
        complaints=one.complaints + other.complaints,
    )


def ratings_added(one: Ratings, other: Ratings) -> Ratings:
    """Both together, each scale for itself."""
    scales = one.counts.keys() | other.counts.keys()
    counts = {scale: Counter(one.counts.get(scale, {})) + Counter(other.counts.get(scale, {})) for scale in scales}
    return Ratings(counts, one.unrated + other.unrated, one.exempt + other.exempt)


def clamped(points: Fraction) -> Fraction:
    """Between 0 and 100."""
    return min(FULL, max(Fraction(), points))


def rating_part(ratings: Ratings, rule: Rule = RULE) -> Fraction | None:
    """E: the satisfaction score, less where fewer than the duty were rated. None when nothing was due."""
    if ratings.due <= 0:
        return None
    score = ratings.satisfaction(rule.level_weights)
    if score is None:
        return Fraction()
    covered = min(Fraction(1), Fraction(ratings.rated, ratings.due) / Fraction(rule.duty_pct, 100))
    return score * covered if rule.coverage_penalty else score


class HallWork(Struct, frozen=True):
    """The work of a whole hall: what the mode ``hall_average`` compares with."""

    std_milliminutes: int
    window_halves: int


def business_part(work: Work, months: int = 1, rule: Rule = RULE, hall: HallWork | None = None) -> Fraction | None:
    """B: standard minutes against the target of the attended half-days, less verified errors. None without half-days."""
    if not work.window_halves:
        return None
    if rule.mode is BusinessMode.TARGET:
        share = ratio(work.std_milliminutes, 1000 * rule.target_std_min * work.window_halves)
        points = None if share is None else 100 * share
    else:
        points = _against_hall(work, rule, hall)
    if points is None:
        return None
    return max(Fraction(), min(FULL, points) - Fraction(rule.error_points * work.errors, months))


def _against_hall(work: Work, rule: Rule, hall: HallWork | None) -> Fraction | None:
    if hall is None or not hall.window_halves or not hall.std_milliminutes:
        return None
    own = Fraction(work.std_milliminutes, work.window_halves)
    return rule.average_points * own / Fraction(hall.std_milliminutes, hall.window_halves)


class Efficiency(Struct, frozen=True):
    """F and the two halves it is made of; ``speed`` None: nothing was counted."""

    overtime_pct: Fraction
    on_time: Fraction
    speed: Fraction | None
    part: Fraction


def efficiency(work: Work, rule: Rule = RULE) -> Efficiency | None:
    """Overtime beyond the free share costs points, and standard time is held against counted time. None: none timed."""
    if not work.timed:
        return None
    overtime_pct = Fraction(100 * work.overtime, work.timed)
    on_time = clamped(FULL - rule.points_per_pct * max(Fraction(), overtime_pct - rule.free_pct))
    share = ratio(work.timed_std_milliminutes * 60, work.timed_counted_s * 1000)
    if share is None:
        return Efficiency(overtime_pct, on_time, None, on_time)
    speed = clamped(100 * share)
    part = rule.on_time_weight * on_time + (1 - rule.on_time_weight) * speed
    return Efficiency(overtime_pct, on_time, speed, part)


def attendance_part(months: Iterable[AttendanceSums], rule: Rule = RULE) -> Fraction | None:
    """A: what the deductions leave, the mean of the months that have a schedule. None without any."""
    off = [deducted(month, rule.deductions) for month in months if month.scheduled]
    return FULL - sum((min(FULL, one) for one in off if one), Fraction()) / len(off) if off else None


def mean_of(points: Iterable[Fraction]) -> Fraction | None:
    """The mean; None of nothing."""
    all_of = list(points)
    return sum(all_of, Fraction()) / len(all_of) if all_of else None


class Score(Struct, frozen=True):
    """The parts and the total of one clerk and period, unrounded.

    ``deducted`` is what founded complaints took off. ``missing`` parts are left out of the total, which is then marked.
    """

    parts: Mapping[Part, Fraction | None]
    total: Fraction | None
    missing: tuple[Part, ...] = ()
    deducted: Fraction = Fraction()

    @property
    def renormalised(self) -> bool:
        """Whether the total stands on fewer than four parts."""
        return bool(self.missing) and self.total is not None


def total(parts: Mapping[Part, Fraction | None], weights: Mapping[Part, int] = WEIGHTS) -> Score:
    """The weighted mean of the parts that are there; raises ValueError for weights that cannot be taken."""
    wrong = weights_error(weights)
    if wrong is not None:
        raise ValueError(wrong)
    there = {part: points for part, points in parts.items() if points is not None}
    weight = sum(weights[part] for part in there)
    weighted = sum((weights[part] * points for part, points in there.items()), Fraction())
    missing = tuple(part for part in Part if part not in there)
    return Score({part: parts.get(part) for part in Part}, weighted / weight if weight else None, missing)


def score(work: Work, months: int = 1, rule: Rule = RULE, hall: HallWork | None = None) -> Score:
    """The whole assessment of one clerk from his raw counts; ``months`` is the number of months of the period."""
    speed = efficiency(work, rule)
    parts = {
        Part.RATING: rating_part(work.ratings, rule),
        Part.BUSINESS: business_part(work, months, rule, hall),
        Part.EFFICIENCY: None if speed is None else speed.part,
        Part.ATTENDANCE: attendance_part(work.attendance, rule),
    }
    whole = total(parts, rule.weights)
    if whole.total is None or not rule.complaint_points:
        return whole
    off = min(whole.total, rule.complaint_points * work.complaints / months)
    return Score(whole.parts, whole.total - off, whole.missing, off)
