"""Rights of a place that is cut off age: shown as old, and where it matters a sync is asked for."""

from __future__ import annotations

import pytest

from hallterm.rules.policy_age import MS_PER_DAY, SYNC_FIRST, PolicyAge, back_office_refusal, policy_age
from hallterm.rules.words import Reason
from storage.facts import HallKind

NOW = 1_772_400_000_000


@pytest.mark.parametrize(
    ("heard_t", "place", "age"),
    [
        (None, HallKind.HALL, PolicyAge.FRESH),
        (NOW, HallKind.HALL, PolicyAge.FRESH),
        (NOW + MS_PER_DAY, HallKind.HALL, PolicyAge.FRESH),
        (NOW - 30 * MS_PER_DAY, HallKind.HALL, PolicyAge.FRESH),
        (NOW - 30 * MS_PER_DAY - 1, HallKind.HALL, PolicyAge.STALE),
        (NOW - 30 * MS_PER_DAY - 1, HallKind.POINT, PolicyAge.OLD),
    ],
)
def test_rights_are_old_after_thirty_days(heard_t: int | None, place: HallKind, age: PolicyAge) -> None:
    assert policy_age(heard_t, NOW, place) is age
    refused = back_office_refusal(heard_t, NOW, place)
    assert refused == (Reason(SYNC_FIRST, {"days": 31}) if age is PolicyAge.STALE else None)
