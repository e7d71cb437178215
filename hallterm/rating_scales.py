"""By which scale the ratings of a hall and month are given and counted. Business rules 8.1 and 8.2.

A hall and month have one scale: that of the month's first rating, else the one set on its first day. So a change that
reaches a hall late begins with its next month there.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from hallterm.rules.assessment import Ratings
from hallterm.rules.ratings import SCALES, ScaleUse, bad_from
from hallterm.rules.settings_table import SettingName, numbers_of, understood
from storage.database import Database
from storage.facts import Scale
from storage.views.figures import Key, Sums, sums
from storage.views.scales import scale_of_month
from storage.views.settings import held_at, held_on, is_set_anywhere

NAME = SettingName.RATING_SCALE
USUAL = Scale.FIVE_SEED
WORTH: Mapping[Scale, SettingName] = {
    Scale.FIVE_SEED: SettingName.LEVEL_WEIGHTS,
    Scale.FIVE_NATIONAL: SettingName.LEVEL_WEIGHTS_NATIONAL,
    Scale.FOUR: SettingName.LEVEL_WEIGHTS_FOUR,
    Scale.THREE: SettingName.LEVEL_WEIGHTS_THREE,
}
POSITIVE: Mapping[Scale, SettingName] = {
    Scale.FIVE_SEED: SettingName.POSITIVE_SEED,
    Scale.FIVE_NATIONAL: SettingName.POSITIVE_NATIONAL,
    Scale.FOUR: SettingName.POSITIVE_FOUR,
    Scale.THREE: SettingName.POSITIVE_THREE,
}


def scale_at(db: Database, hall: str, day: str) -> Scale:
    """The scale of a hall on a business day: that of its month."""
    return scales_of(db, (hall,), (day[:7],))[hall, day[:7]]


def scales_of(db: Database, halls: Sequence[str], months: Iterable[str]) -> dict[tuple[str, str], Scale]:
    """The scale of each hall and month (``YYYY-MM``)."""
    wanted = tuple(dict.fromkeys(months))
    found = {(hall, month): USUAL for hall in halls for month in wanted}
    if not is_set_anywhere(db, NAME):
        return found
    for month in wanted:
        for hall, held in held_at(db, (NAME,), halls, f"{month}-01").items():
            given = scale_of_month(db, hall, month)
            found[hall, month] = Scale(given) if given else Scale(str(understood(NAME, held.get(NAME))))
    return found


def parts_by_scale(
    db: Database, keys: Sequence[str], halls: Sequence[str]
) -> list[tuple[Scale, tuple[str, ...], list[str]]]:
    """Days and months ``keys`` at halls, parted so that each part has one scale."""
    scales = scales_of(db, halls, (key[:7] for key in keys))
    parts: dict[tuple[Scale, tuple[str, ...]], list[str]] = defaultdict(list)
    for hall in halls:
        of_hall: dict[Scale, list[str]] = defaultdict(list)
        for key in keys:
            of_hall[scales[hall, key[:7]]].append(key)
        for scale, own in of_hall.items():
            parts[scale, tuple(own)].append(hall)
    return [(scale, own, places) for (scale, own), places in parts.items()]


def sums_by_scale(
    db: Database, keys: Sequence[str], halls: Sequence[str], by: Sequence[Key], wanted: Sequence[str], staff: str = ""
) -> list[tuple[Scale, Sums]]:
    """The sums of days and months, grouped; groups of several scales come once a scale."""
    return [
        (scale, one)
        for scale, own, places in parts_by_scale(db, keys, halls)
        for one in sums(db, own, places, by, wanted=wanted, staff=staff)
    ]


def level_counts(scale: Scale, one: Sums) -> dict[int, int]:
    """How often each level of a scale was given, the best first."""
    return {level.level: getattr(one, f"level_{level.level}") for level in SCALES[scale]}


def by_rank(ratings: Ratings) -> Counter[int]:
    """How often the best level (rank 0), the second and so on was given, whatever the scale."""
    found: Counter[int] = Counter()
    for scale, counts in ratings.counts.items():
        found.update({rank: counts.get(one.level, 0) for rank, one in enumerate(SCALES[scale])})
    return found


def bad_count(scale: Scale, one: Sums) -> int:
    """How many of these ratings were bad."""
    return sum(n for level, n in level_counts(scale, one).items() if level <= bad_from(scale))


def uses_of(held: Mapping[str, str]) -> dict[Scale, ScaleUse]:
    """How each scale counts, from the JSON texts of settings; what is not there is the default."""
    return {scale: _use(scale, held) for scale in Scale}


def _use(scale: Scale, held: Mapping[str, str]) -> ScaleUse:
    levels = [one.level for one in SCALES[scale]]
    worth = numbers_of(understood(WORTH[scale], held.get(WORTH[scale])))
    best = int(understood(POSITIVE[scale], held.get(POSITIVE[scale])))
    return ScaleUse(dict(zip(levels, worth, strict=True)), frozenset(levels[:best]))


def uses_at(db: Database, place: str, day: str) -> dict[Scale, ScaleUse]:
    """How each scale counts at a place on a day."""
    return uses_of(held_on(db, (*WORTH.values(), *POSITIVE.values()), place, day))
