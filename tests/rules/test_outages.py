"""A pause that counts again, cards, and the hands that an outage leaves free."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hallterm.rules.back_entry import Stretch, overlap, without
from hallterm.rules.calendar import EVERY_DAY
from hallterm.rules.outages import FAULTS, PAUSES, Recount, Times, card_number, last_card_day, recount
from hallterm.rules.timers import pause_rule
from storage.facts import FaultKind


def test_every_fault_has_words_and_pauses_for_a_reason_that_stops_the_limit() -> None:
    assert set(FAULTS) == set(PAUSES) == set(FaultKind)
    assert all(pause_rule(reason).fault and pause_rule(reason).excluded for reason in PAUSES.values())


def test_a_pause_that_counts_again_may_make_it_overtime() -> None:
    times = Times(counted_ms=500_900, excluded_ms=700_200, excluded_s=700, counted_s=500, overtime=False, limit_s=600)
    assert recount(times, [700_200]) == Recount(0, 1201, True, -700, 701, 1)
    assert recount(times, [99_000]) == Recount(601, 599, False, -99, 99, 0)
    assert recount(times, [99_200]) == Recount(601, 600, False, -99, 100, 0)


ms = st.integers(0, 10**6)


@given(counted=ms, pauses=st.lists(ms, min_size=1, max_size=4), other=ms, limit_s=st.integers(0, 2000))
def test_pauses_counted_one_after_the_other_come_to_the_same(
    counted: int, pauses: list[int], other: int, limit_s: int
) -> None:
    excluded = sum(pauses) + other
    counted_s, excluded_s = counted // 1000, excluded // 1000
    overtime = counted_s > limit_s
    first = Times(counted, excluded, excluded_s, counted_s, overtime, limit_s)
    at_once, now, changed = recount(first, pauses), first, 0
    for n in range(1, len(pauses) + 1):
        found = recount(now, pauses[:n])
        changed += found.counted_change_s
        now = Times(counted, excluded, found.excluded_s, found.counted_s, found.overtime, limit_s)
    assert (now.counted_s, now.excluded_s, now.overtime) == (at_once.counted_s, at_once.excluded_s, at_once.overtime)
    assert counted_s + changed == at_once.counted_s


def test_a_card_is_good_for_five_working_days() -> None:
    assert last_card_day(EVERY_DAY, "2026-11-24") == "2026-11-29"
    assert (card_number("2026-11-24", 3), card_number("2026-11-24", 12, 2)) == ("K1124-003", "K1124-2-012")


stretches = st.tuples(st.integers(0, 60), st.integers(0, 60)).map(lambda pair: Stretch(min(pair), max(pair)))


@given(whole=stretches, gaps=st.lists(stretches, max_size=4))
def test_what_is_left_is_the_whole_without_its_gaps(whole: Stretch, gaps: list[Stretch]) -> None:
    left = without(whole, gaps)
    assert not [one for one in left for gap in gaps if overlap(one, gap)]
    moments = {t for t in range(whole.from_t, whole.to_t) if not any(gap.from_t <= t < gap.to_t for gap in gaps)}
    assert {t for one in left for t in range(one.from_t, one.to_t)} == moments
