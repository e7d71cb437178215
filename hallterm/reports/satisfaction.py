"""R01: ratings by level, the evaluation rate, satisfaction rate and score, and the change to the time before.

Levels are those of the scale of hall and month; where the ratings are of several scales the columns say best, second ..."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction

from msgspec import Struct

from hallterm.locale import N_
from hallterm.rating_scales import USUAL, by_rank, level_counts, sums_by_scale, uses_at
from hallterm.reports.asked import KEY_OF, Asked, drill, named_columns
from hallterm.reports.model import By, Cell, Column, Kind, Row, Table
from hallterm.reports.period import sum_keys
from hallterm.rules.assessment import Ratings, ratings_added
from hallterm.rules.exact import half_up, percent
from hallterm.rules.periods import Period
from hallterm.rules.periods import before as before_period
from hallterm.rules.ratings import SCALES, ScaleUse, bad_from, evaluation_rate
from storage.facts import Scale
from storage.views.figures import Sums

WANTED = (*(f"level_{level}" for level in (5, 4, 3, 2, 1)), "rated", "unrated", "exempt")
RANKS = (N_("Best level"), N_("2nd level"), N_("3rd level"), N_("4th level"), N_("5th level"))
Found = Mapping[str, Ratings]


class Rated(Struct, frozen=True):
    """The ratings of one line, and how each scale counts."""

    ratings: Ratings
    uses: Mapping[Scale, ScaleUse]

    @property
    def exact_score(self) -> Fraction | None:
        """The satisfaction score, not rounded."""
        return self.ratings.satisfaction({scale: use.worth for scale, use in self.uses.items()})

    @property
    def score(self) -> Decimal | None:
        """The same with two decimals."""
        exact = self.exact_score
        return None if exact is None else half_up(exact)

    @property
    def satisfied_pct(self) -> Decimal | None:
        """The share of positive ratings."""
        positive = (
            n
            for scale, counts in self.ratings.counts.items()
            for level, n in counts.items()
            if level in self.uses[scale].positive
        )
        return percent(sum(positive), self.ratings.rated)

    @property
    def bad(self) -> int:
        """How many were bad."""
        return sum(
            n
            for scale, counts in self.ratings.counts.items()
            for level, n in counts.items()
            if level <= bad_from(scale)
        )


def ratings_of(parts: Iterable[tuple[Scale, Sums]]) -> Ratings:
    """Sums of one group, one part a scale, as ratings."""
    found = Ratings()
    for scale, one in parts:
        found = ratings_added(found, Ratings({scale: level_counts(scale, one)}, one.unrated, one.exempt))
    return found


def level_columns(scale: Scale | None) -> tuple[Column, ...]:
    """A column a level; None: of several scales, by rank."""
    if scale is None:
        return tuple(Column(f"level_{5 - rank}", words, Kind.COUNT) for rank, words in enumerate(RANKS))
    return tuple(Column(f"level_{one.level}", one.label, Kind.COUNT) for one in SCALES[scale])


def columns(by: By, scale: Scale | None = USUAL) -> tuple[Column, ...]:
    return (
        *named_columns(by),
        Column("due", N_("Due"), Kind.COUNT),
        Column("rated", N_("Rated"), Kind.COUNT),
        *level_columns(scale),
        Column("unrated", N_("Unrated"), Kind.COUNT),
        Column("exempt", N_("Exempt"), Kind.COUNT),
        Column("evaluation_rate", N_("Evaluated"), Kind.SHARE, "%"),
        Column("satisfaction_rate", N_("Satisfied"), Kind.SHARE, "%"),
        Column("score", N_("Score"), Kind.SCORE),
        Column("bad", N_("Bad"), Kind.COUNT),
        Column("change", N_("Change"), Kind.SCORE),
    )


def build(asked: Asked) -> Table:
    now, scales = _read(asked, asked.period)
    before, _scales = _read(asked, before_period(asked.period))
    scale = None if len(scales) > 1 else next(iter(scales))
    codes = asked.scope.halls if asked.by is By.HALL else sorted(now)
    uses = uses_at(asked.db, asked.scope.node, min(asked.period.last, asked.today))
    rows = tuple(
        Row(
            (code, asked.name_of(asked.by, code), *_cells(uses, scale, now.get(code), before.get(code))),
            drill(asked.by, code),
        )
        for code in codes
    )
    total = _cells(uses, scale, _together(now), _together(before))
    return Table(
        columns(asked.by, scale),
        rows,
        Row(("", "", *total)),
        chart="score",
        labels=(named_columns(asked.by)[1].key,),
    )


def _read(asked: Asked, period: Period) -> tuple[Found, set[Scale]]:
    """The ratings by line, and the scales they are of (without any rating, those of the halls)."""
    key, scope = KEY_OF[asked.by], asked.scope
    parts: dict[str, list[tuple[Scale, Sums]]] = defaultdict(list)
    for scale, one in sums_by_scale(asked.db, sum_keys(period), scope.halls, (key,), WANTED, scope.staff):
        if getattr(one, key):
            parts[getattr(one, key)].append((scale, one))
    given = {scale for found in parts.values() for scale, one in found if one.rated}
    return {code: ratings_of(found) for code, found in parts.items()}, given or {USUAL}


def _together(found: Found) -> Ratings | None:
    whole = None
    for one in found.values():
        whole = one if whole is None else ratings_added(whole, one)
    return whole


def _cells(
    uses: Mapping[Scale, ScaleUse], scale: Scale | None, ratings: Ratings | None, before: Ratings | None
) -> tuple[Cell, ...]:
    """Everything after the name; a place without any record has no figure at all."""
    if ratings is None:
        return (None,) * (len(columns(By.HALL, scale)) - 2)
    found = Rated(ratings, uses)
    return (
        *(ratings.due, ratings.rated),
        *_levels(scale, ratings),
        *(ratings.unrated, ratings.exempt, evaluation_rate(ratings.rated, ratings.due), found.satisfied_pct),
        *(found.score, found.bad, _change(found, Rated(before, uses) if before else None)),
    )


def _levels(scale: Scale | None, ratings: Ratings) -> tuple[int, ...]:
    if scale is None:
        ranks = by_rank(ratings)
        return tuple(ranks[rank] for rank in range(len(RANKS)))
    counts: Mapping[int, int] = ratings.counts.get(scale, {})
    return tuple(counts.get(one.level, 0) for one in SCALES[scale])


def _change(now: Rated, before: Rated | None) -> Decimal | None:
    """The difference of the two exact scores, rounded once."""
    score, earlier = now.exact_score, before.exact_score if before else None
    return None if score is None or earlier is None else half_up(score - earlier)
