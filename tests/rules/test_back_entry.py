"""What was done by hand in an outage and is entered afterwards."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hallterm.rules import back_entry as rules
from hallterm.rules.back_entry import TOLERANCE_MS, Entry, Outage, Stretch, confirmer_refusal, entry_due, entry_refusal
from hallterm.rules.words import Reason
from tests.rules.modest import MODEST
from tests.rules.moments import HOURS, t, text
from tests.rules.vectors import Vector, vectors

DAY = "2026-03-02"
OUTAGE = Outage(t(f"{DAY}T10:00"), t(f"{DAY}T11:30"))
NEXT_EVENING = t("2026-03-03T17:59")
MOMENTS = st.integers(t(f"{DAY}T09:00"), t(f"{DAY}T13:00"))


def worked(start: str, end: str) -> Stretch:
    return Stretch(t(f"{DAY}T{start}"), t(f"{DAY}T{end}"))


def entry(start: str = "10:05", end: str = "10:12", slip: str = "0007", entered_t: int = NEXT_EVENING) -> Entry:
    return Entry(slip, worked(start, end), entered_t)


@pytest.mark.parametrize("vector", vectors("back_entry"), ids=repr)
def test_an_entry_lies_inside_its_outage(vector: Vector) -> None:
    given_in = vector.inputs
    assert given_in["tolerance_min"] * 60_000 == TOLERANCE_MS
    outage = Outage(*(t(one) for one in given_in["outage"]))
    entered = t(given_in["entered_at"])
    refusals = [entry_refusal(entry(start, end, entered_t=entered), outage, HOURS) for start, end in given_in["cases"]]
    assert {"accepted": [refused is None for refused in refusals]} == vector.expected
    assert refusals[1:] == [rules.OUTSIDE, rules.OUTSIDE, rules.ENDS_BEFORE]


def test_it_needs_a_slip_of_its_own() -> None:
    assert entry_refusal(entry(slip=" "), OUTAGE, HOURS) is rules.NO_SLIP
    used = entry_refusal(entry(), OUTAGE, HOURS, slips=("0006", "0007"))
    assert used == Reason(rules.SLIP_USED, {"slip": "0007"})


def test_it_is_entered_by_the_end_of_the_next_working_day() -> None:
    due = entry_due(OUTAGE, HOURS)
    assert due is not None
    assert text(due.t) == "2026-03-03T18:00"
    assert entry_refusal(entry(entered_t=due.t), OUTAGE, HOURS) is None
    late = entry_refusal(entry(entered_t=due.t + 1), OUTAGE, HOURS)
    assert late == Reason(rules.TOO_LATE, {"day": "2026-03-03", "time": "18:00"})


def test_an_outage_that_goes_on_takes_entries_up_to_now() -> None:
    going_on = Outage(OUTAGE.from_t)
    assert entry_due(going_on, HOURS) is None
    assert entry_refusal(entry(entered_t=t(f"{DAY}T10:12")), going_on, HOURS) is None
    assert entry_refusal(entry(entered_t=t(f"{DAY}T10:11")), going_on, HOURS) is rules.NOT_YET


def test_a_clerk_does_one_thing_at_a_time() -> None:
    before, after = worked("09:50", "10:05"), worked("10:12", "10:20")
    assert entry_refusal(entry(), OUTAGE, HOURS, [before, after]) is None
    assert entry_refusal(entry(), OUTAGE, HOURS, [worked("10:11", "10:20")]) is rules.OVERLAPS
    assert entry_refusal(entry(), OUTAGE, HOURS, [worked("10:06", "10:07")]) is rules.OVERLAPS


def test_another_person_confirms_it() -> None:
    assert confirmer_refusal("0303", "0303", "0303") is rules.SAME_PERSON
    assert confirmer_refusal("0301", "0303", "0303") is rules.SAME_PERSON
    assert confirmer_refusal("0301", "0303", "0301") is rules.SAME_PERSON
    assert confirmer_refusal("0303", "0303", "0301") is None


@MODEST
@given(MOMENTS, MOMENTS, st.lists(st.tuples(MOMENTS, MOMENTS).map(lambda two: Stretch(min(two), max(two))), max_size=3))
def test_what_is_taken_is_never_outside_nor_over_another_matter(start: int, end: int, others: list[Stretch]) -> None:
    one = Entry("0007", Stretch(start, end), NEXT_EVENING)
    if entry_refusal(one, OUTAGE, HOURS, others) is None:
        assert OUTAGE.from_t - TOLERANCE_MS <= start <= end <= OUTAGE.to_t + TOLERANCE_MS
        assert all(end <= other.from_t or other.to_t <= start for other in others)
