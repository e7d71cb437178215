"""R01: ratings by level, the evaluation rate, satisfaction rate and score, and the change to the time before."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from hallterm.assessing_settings import SCALE, level_weights_at
from hallterm.locale import N_
from hallterm.reports.asked import KEY_OF, Asked, drill, named_columns
from hallterm.reports.model import By, Cell, Column, Kind, Row, Table
from hallterm.rules.exact import half_up
from hallterm.rules.periods import before as before_period
from hallterm.rules.ratings import SCALES, Satisfaction, satisfaction, satisfaction_score
from storage.views.figures import Sums, added

LEVELS = SCALES[SCALE]
WANTED = (*(f"level_{one.level}" for one in LEVELS), "rated", "unrated", "exempt")


def columns(by: By) -> tuple[Column, ...]:
    return (
        *named_columns(by),
        Column("due", N_("Due"), Kind.COUNT),
        Column("rated", N_("Rated"), Kind.COUNT),
        *(Column(f"level_{one.level}", one.label, Kind.COUNT) for one in LEVELS),
        Column("unrated", N_("Unrated"), Kind.COUNT),
        Column("exempt", N_("Exempt"), Kind.COUNT),
        Column("evaluation_rate", N_("Evaluated"), Kind.SHARE, "%"),
        Column("satisfaction_rate", N_("Satisfied"), Kind.SHARE, "%"),
        Column("score", N_("Score"), Kind.SCORE),
        Column("bad", N_("Bad"), Kind.COUNT),
        Column("change", N_("Change"), Kind.SCORE),
    )


def build(asked: Asked) -> Table:
    key = KEY_OF[asked.by]
    now = {getattr(one, key): one for one in asked.sums(key, wanted=WANTED) if getattr(one, key)}
    earlier = asked.sums(key, wanted=WANTED, period=before_period(asked.period))
    before = {getattr(one, key): one for one in earlier}
    codes = asked.scope.halls if asked.by is By.HALL else sorted(now)
    worth = level_weights_at(asked.db, asked.scope.node, min(asked.period.last, asked.today))
    rows = tuple(
        Row(
            (code, asked.name_of(asked.by, code), *_cells(worth, now.get(code), before.get(code))),
            drill(asked.by, code),
        )
        for code in codes
    )
    total = _cells(worth, added(now.values()) if now else None, added(earlier) if earlier else None)
    return Table(
        columns(asked.by), rows, Row(("", "", *total)), chart="score", labels=(named_columns(asked.by)[1].key,)
    )


def _counts(sums: Sums) -> Mapping[int, int]:
    return {one.level: getattr(sums, f"level_{one.level}") for one in LEVELS}


def of_sums(sums: Sums, worth: Mapping[int, int]) -> Satisfaction:
    """The figures of one group of sums; ``worth`` of each level."""
    return satisfaction(SCALE, _counts(sums), sums.unrated, sums.exempt, worth)


def _cells(worth: Mapping[int, int], sums: Sums | None, before: Sums | None) -> tuple[Cell, ...]:
    """Everything after the name; a place without any record has no figure at all."""
    if sums is None:
        return (None,) * (len(columns(By.HALL)) - 2)
    found = of_sums(sums, worth)
    counts = _counts(sums)
    bad = sum(counts[one.level] for one in LEVELS if one.bad)
    return (
        *(found.due, found.rated),
        *counts.values(),
        *(sums.unrated, sums.exempt, found.evaluation_rate_pct, found.satisfaction_rate_pct),
        *(found.satisfaction_score, bad, _change(worth, sums, before)),
    )


def _change(worth: Mapping[int, int], sums: Sums, before: Sums | None) -> Decimal | None:
    """The difference of the two exact scores, rounded once."""
    score = satisfaction_score(SCALE, _counts(sums), worth)
    earlier = satisfaction_score(SCALE, _counts(before), worth) if before else None
    return None if score is None or earlier is None else half_up(score - earlier)
