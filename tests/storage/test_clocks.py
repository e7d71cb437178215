"""When it really was: exact for boots that talked to the store, a marked guess between neighbours for the others."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from storage.clocks import (
    EVERY_MS,
    Corrected,
    DayDoubt,
    Reading,
    Sample,
    business_day,
    corrected,
    day_doubts,
    keep_sample,
)
from storage.facts import Moment, TicketIssued
from storage.journal import Journal

T0 = 1_772_400_000_000
YEARS_20_MS = 20 * 365 * 86_400_000


def test_a_sampled_boot_is_exact_whatever_its_wall_clock_says() -> None:
    sample = {"b": Sample(5_000, T0, 905_000, T0 + 900_000)}
    readings = [Reading(T0 - YEARS_20_MS, 1_000, "b"), Reading(T0 + YEARS_20_MS, 904_000, "b")]
    assert corrected(readings, sample) == [Corrected(T0 - 4_000, False), Corrected(T0 + 899_000, False)]


def test_an_unknown_boot_is_clamped_between_its_neighbours() -> None:
    samples = {"a": Sample(0, T0, 0, T0), "c": Sample(0, T0 + 9_000, 0, T0 + 9_000)}
    between = [Reading(T0 - YEARS_20_MS, 1, "x"), Reading(T0 + 3_000, 2, "x"), Reading(T0 + YEARS_20_MS, 3, "x")]
    readings = [Reading(0, 1_000, "a"), *between, Reading(0, 0, "c")]
    assert [one.at_t - T0 for one in corrected(readings, samples)] == [1_000, 1_000, 3_000, 9_000, 9_000]
    assert [one.is_guess for one in corrected(readings, samples)] == [False, True, True, True, False]


@given(
    st.lists(st.tuples(st.integers(-(10**12), 10**12), st.integers(0, 10**6), st.sampled_from("abc")), max_size=20),
    st.dictionaries(st.sampled_from("abc"), st.tuples(st.integers(0, 10**6), st.integers(0, 10**12)), max_size=3),
)
def test_durations_within_a_sampled_boot_never_change(
    readings: list[tuple[int, int, str]], samples: dict[str, tuple[int, int]]
) -> None:
    known = {boot: Sample(m, at_t, m, at_t) for boot, (m, at_t) in samples.items()}
    found = corrected([Reading(*one) for one in readings], known)
    assert len(found) == len(readings)
    exact = [(one, time) for one, time in zip(readings, found, strict=True) if not time.is_guess]
    assert {one[2] for one, _ in exact} <= set(known)
    for (first, first_time), (second, second_time) in pairwise(exact):
        if first[2] == second[2]:
            assert second_time.at_t - first_time.at_t == second[1] - first[1]


def test_a_day_that_cannot_have_been_is_doubted(tmp_path: Path) -> None:
    journal = Journal.open(tmp_path / "hall.db")
    journal.found("n1", "3301")
    day = business_day(T0)
    for t, m, boot, said in ((T0, 1_000, "a", day), (T0 + 5, 2_000, "a", "2006-01-01"), (5, 5, "z", "1970-01-01")):
        with journal.write("-", Moment(t, m, boot)) as tx:
            tx.record(TicketIssued(day=said, number="A1", prefix="A"))
    keep_sample(journal.database, "n1", "a", 3_000, T0 + 2_000)
    assert day_doubts(journal.database, "n1") == [
        DayDoubt(2, "2006-01-01", day, False),
        DayDoubt(3, "1970-01-01", day, True),
    ]
    journal.close()


def test_samples_are_kept_first_and_last_and_not_more_often_than_needed(tmp_path: Path) -> None:
    journal = Journal.open(tmp_path / "centre.db")
    for m in (1_000, 2_000, 1_000 + EVERY_MS, 1_500 + EVERY_MS):
        keep_sample(journal.database, "n1", "a", m, T0 + m)
    rows = journal.database.rows("SELECT first_m, first_at_t, last_m, last_at_t FROM clock_sample")
    assert rows == [(1_000, T0 + 1_000, 1_000 + EVERY_MS, T0 + 1_000 + EVERY_MS)]
    journal.close()


def test_a_time_beyond_any_calendar_has_no_day() -> None:
    assert business_day(2**70) == ""
