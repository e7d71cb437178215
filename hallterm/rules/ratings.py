"""Ratings: the four scales, the reasons for none, and the figures of a period. Business rules 7.2, 8 and 9.

Figures are exact and rounded once, half up, to 2 decimals; thresholds are tested on exact values; absent is None.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from decimal import Decimal
from fractions import Fraction

from msgspec import Struct

from hallterm.locale import N_
from hallterm.rules.exact import half_up, percent, ratio
from hallterm.rules.words import Reason
from storage.facts import Scale, UnratedReason

TIMEOUT_S = 30
TIMEOUT_RANGE_S = (15, 60)
GRACE_S = 3
FAST_MS = 300
ASK_WHY_AFTER_S = 10
EVALUATION_DUTY_PCT = 95


class Level(Struct, frozen=True):
    """One level of a scale; ``weight`` is its worth in the satisfaction score."""

    level: int
    label: str
    weight: int
    positive: bool = False
    bad: bool = False


_VERY_SATISFIED = N_("Very satisfied")
_SATISFIED = N_("Satisfied")
_DISSATISFIED = N_("Dissatisfied")
_FAIR = N_("Fair")

SCALES: Mapping[Scale, tuple[Level, ...]] = {
    Scale.FIVE_SEED: (
        Level(5, N_("Very good"), 100, positive=True),
        Level(4, N_("Good"), 80, positive=True),
        Level(3, _FAIR, 60),
        Level(2, N_("Poor"), 30, bad=True),
        Level(1, N_("Very poor"), 0, bad=True),
    ),
    Scale.FIVE_NATIONAL: (
        Level(5, _VERY_SATISFIED, 100, positive=True),
        Level(4, _SATISFIED, 80, positive=True),
        Level(3, N_("Basically satisfied"), 60, positive=True),
        Level(2, _DISSATISFIED, 30, bad=True),
        Level(1, N_("Very dissatisfied"), 0, bad=True),
    ),
    Scale.FOUR: (
        Level(4, N_("Well satisfied"), 100, positive=True),
        Level(3, _SATISFIED, 80, positive=True),
        Level(2, _FAIR, 60),
        Level(1, _DISSATISFIED, 0, bad=True),
    ),
    Scale.THREE: (
        Level(3, _VERY_SATISFIED, 100, positive=True),
        Level(2, _SATISFIED, 80, positive=True),
        Level(1, _DISSATISFIED, 0, bad=True),
    ),
}
"""Levels of each scale, best first."""


class UnratedRule(Struct, frozen=True):
    """A reason for no rating; exempt ones leave the denominator of the evaluation rate."""

    reason: UnratedReason
    label: str
    exempt: bool = False
    note_required: bool = False
    by_program: bool = False


UNRATED_RULES: tuple[UnratedRule, ...] = (
    UnratedRule(UnratedReason.NO_RESPONSE, N_("No key was pressed")),
    UnratedRule(UnratedReason.LEFT, N_("Taxpayer has left")),
    UnratedRule(UnratedReason.REFUSED, N_("Taxpayer does not want to rate")),
    UnratedRule(UnratedReason.DEVICE_FAULT, N_("Rating device fault, exempt"), exempt=True),
    UnratedRule(UnratedReason.POWER_FAILURE, N_("Power failure, exempt"), exempt=True),
    UnratedRule(UnratedReason.OTHER, N_("Other, say what"), note_required=True),
    UnratedRule(UnratedReason.BACK_ENTRY, N_("Entered afterwards, exempt"), exempt=True, by_program=True),
)
"""In the order of the clerk's list, in which "ask again" stands first; the program's own reason last."""

_BY_REASON: Mapping[UnratedReason, UnratedRule] = {rule.reason: rule for rule in UNRATED_RULES}

PAD_WELL = Reason(N_("the rating device works"))
POWER_WELL = Reason(N_("there was no power failure"))


def unrated_rule(reason: UnratedReason) -> UnratedRule:
    """The row of one reason."""
    return _BY_REASON[reason]


def unrated_choices(*, pad_fault_seen: bool, power_failure_seen: bool) -> tuple[tuple[UnratedRule, Reason | None], ...]:
    """The clerk's list, and why a reason is not his to choose: exempt ones only while the program saw the fault."""
    refused = {} if pad_fault_seen else {UnratedReason.DEVICE_FAULT: PAD_WELL}
    if not power_failure_seen:
        refused[UnratedReason.POWER_FAILURE] = POWER_WELL
    return tuple((rule, refused.get(rule.reason)) for rule in UNRATED_RULES if not rule.by_program)


def level_of(scale: Scale, level: int) -> Level:
    """The row of one level; ValueError when the scale has no such level."""
    for row in SCALES[scale]:
        if row.level == level:
            return row
    raise ValueError((scale, level))


def bad_from(scale: Scale) -> int:
    """The highest level of a scale that is a bad rating: it and all below it open a case."""
    return max(row.level for row in SCALES[scale] if row.bad)


class ScaleUse(Struct, frozen=True):
    """How a hall counts the ratings of a scale: what each level is worth, and which are positive."""

    worth: Mapping[int, int]
    positive: Collection[int]


def use_of(scale: Scale) -> ScaleUse:
    """How a scale counts where nothing was set."""
    rows = SCALES[scale]
    return ScaleUse({row.level: row.weight for row in rows}, frozenset(row.level for row in rows if row.positive))


class Satisfaction(Struct, frozen=True):
    """The figures of a period; ``None`` is absent."""

    due: int
    rated: int
    evaluation_rate_pct: Decimal | None
    evaluation_ok: bool | None
    satisfaction_rate_pct: Decimal | None
    satisfaction_score: Decimal | None
    best_share_pct: Decimal | None


def evaluation_rate(rated: int, due: int) -> Decimal | None:
    """Rated of due, in percent."""
    return percent(rated, due)


def evaluation_ok(rated: int, due: int, duty_pct: int = EVALUATION_DUTY_PCT) -> bool | None:
    """Whether the duty is met, on the exact quotient; None where nothing was due."""
    return rated * 100 >= duty_pct * due if due else None


def satisfaction_score(
    scale: Scale, counts: Mapping[int, int], weights: Mapping[int, int] | None = None
) -> Fraction | None:
    """The unrounded score 0-100; ``weights`` (by level) replace those of the scale."""
    worth = weights or {row.level: row.weight for row in SCALES[scale]}
    total = sum(worth[level_of(scale, level).level] * n for level, n in counts.items())
    return ratio(total, sum(counts.values()))


def satisfaction(
    scale: Scale,
    counts: Mapping[int, int],
    unrated: int,
    exempt: int = 0,
    use: ScaleUse | None = None,
    duty_pct: int = EVALUATION_DUTY_PCT,
) -> Satisfaction:
    """Figures from the ratings by level, the unrated services, and how many of these are exempt; ``use`` replaces weights
    and positive levels of the scale, ``duty_pct`` of the services have to be rated.
    """
    counts_as = use or use_of(scale)
    rated = sum(counts.values())
    due = rated + unrated - exempt
    positive = sum(n for level, n in counts.items() if level_of(scale, level).level in counts_as.positive)
    score = satisfaction_score(scale, counts, counts_as.worth)
    return Satisfaction(
        due=due,
        rated=rated,
        evaluation_rate_pct=evaluation_rate(rated, due),
        evaluation_ok=evaluation_ok(rated, due, duty_pct),
        satisfaction_rate_pct=percent(positive, rated),
        satisfaction_score=None if score is None else half_up(score),
        best_share_pct=percent(counts.get(SCALES[scale][0].level, 0), rated),
    )


def own_service(staff: str, rater: str, staff_hash: str = "", rater_hash: str = "") -> bool:
    """Whether a clerk would rate himself (rule 7.5.6): the same staff number, or the same keyed hash of an identity."""
    return (bool(staff) and staff == rater) or (bool(staff_hash) and staff_hash == rater_hash)


def pad_levels(keys: Mapping[int, int], scale: Scale) -> Mapping[int, int]:
    """What the keys of a pad mean in a scale: its map of key to level, by rank where it was taught for another scale of as
    many levels. A pad with more or fewer keys than the scale has levels means nothing until it is taught anew.
    """
    levels = sorted((row.level for row in SCALES[scale]), reverse=True)
    taught = sorted(set(keys.values()), reverse=True)
    by_rank = dict(zip(taught, levels, strict=False)) if len(taught) == len(levels) else {}
    return {key: by_rank[level] for key, level in keys.items() if level in by_rank}


def map_hash(keys: Mapping[int, int]) -> str:
    """Eight hex digits of a key map (key to level), so that a later change cannot re-read old ratings."""
    return hashlib.sha256(json.dumps(sorted(keys.items())).encode()).hexdigest()[:8]
