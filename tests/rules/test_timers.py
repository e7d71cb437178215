"""Limits, credits, pauses, and the times of a service."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hallterm.rules import timers
from hallterm.rules.timers import Interval
from storage.facts import Moment, PauseReason, ServiceNow, ServiceState
from tests.rules.modest import MODEST
from tests.rules.vectors import Vector, vectors

MS = st.integers(min_value=0, max_value=10_000_000)
SPANS = st.builds(lambda start, length: Interval(start, start + length), MS, st.integers(0, 100_000))


def _ms(hh_mm_ss: str) -> int:
    hours, minutes, seconds = (int(part) for part in hh_mm_ss.split(":"))
    return ((hours * 60 + minutes) * 60 + seconds) * 1000


@pytest.mark.parametrize("vector", vectors("timers"), ids=repr)
def test_times_of_a_service(vector: Vector) -> None:
    given_ = vector.inputs
    pauses = [
        Interval(_ms(p["from"]), _ms(p["to"]), timers.pause_rule(PauseReason(p["reason"])).excluded)
        for p in given_["pauses"]
    ]
    excluded = timers.excluded_ms(pauses)
    counted = _ms(given_["finish"]) - _ms(given_["start"]) - excluded
    timing = timers.timing(counted, excluded, given_["limit_s"])
    assert {name: getattr(timing, name) for name in timing.__struct_fields__} == vector.expected


@pytest.mark.parametrize("vector", vectors("timers.batch"), ids=repr)
def test_limit_of_a_batch(vector: Vector) -> None:
    given_ = vector.inputs
    limit = timers.limit_s(given_["limit_min"], given_["quantity"], True, given_["batch_factor"])
    assert {"limit_s": limit} == vector.expected


def test_a_matter_that_is_no_batch_keeps_its_limit_and_credit() -> None:
    assert timers.limit_s(10, 1, False) == timers.limit_s(10, 5, False) == 600
    assert timers.std_milliminutes(10, 5, False) == 6000


@pytest.mark.parametrize(
    ("limit_min", "quantity", "expected"), [(10, 1, 6000), (2, 1, 1200), (3, 12, 5760), (1, 2, 720)]
)
def test_credit_in_thousandths_of_a_standard_minute(limit_min: int, quantity: int, expected: int) -> None:
    assert timers.std_milliminutes(limit_min, quantity, True) == expected


def test_credits_of_a_month_add_up_as_worked_by_hand() -> None:
    rows = [(10, 90, 1), (2, 300, 1), (3, 110, 1), (3, 10, 12), (15, 40, 1), (10, 60, 1)]
    total = sum(timers.std_milliminutes(limit, quantity, True) * count for limit, count, quantity in rows)
    assert total == 1_875_600


def test_milliseconds_above_the_limit_are_not_overtime() -> None:
    assert not timers.timing(120_999, 0, 120).overtime
    assert timers.timing(121_000, 0, 120).overtime_s == 1


def test_seconds_are_floored_once_from_the_sum() -> None:
    timing = timers.timing(counted_ms=1_600, excluded_ms=1_600, limit_s=60)
    assert (timing.wall_s, timing.counted_s, timing.excluded_s) == (3, 1, 1)


@pytest.mark.parametrize("quantity", [0, -1])
def test_a_quantity_below_one_is_refused(quantity: int) -> None:
    with pytest.raises(ValueError, match=str(quantity)):
        timers.limit_s(3, quantity, True)


def test_an_interval_that_ends_before_it_starts_is_refused() -> None:
    with pytest.raises(ValueError, match="5"):
        Interval(6, 5)


def test_all_pause_reasons_have_one_row_and_only_three_count() -> None:
    assert sorted(rule.reason for rule in timers.PAUSE_RULES) == sorted(PauseReason)
    assert {rule.reason for rule in timers.PAUSE_RULES if not rule.excluded} == {
        PauseReason.INTERNAL_CONSULT,
        PauseReason.LEADER_APPROVAL,
        PauseReason.OTHER,
    }


def test_a_fault_the_program_sees_well_cannot_be_chosen() -> None:
    refused = {rule.reason for rule, why in timers.pause_choices(network_ok=True, devices_ok=True) if why}
    assert refused == {PauseReason.NETWORK_FAULT, PauseReason.DEVICE_FAULT}
    assert not any(why for _, why in timers.pause_choices(network_ok=False, devices_ok=False))


def test_the_program_s_own_reasons_are_not_in_the_clerk_s_list() -> None:
    listed = [rule.reason for rule, _ in timers.pause_choices(network_ok=True, devices_ok=True)]
    assert len(listed) == 10
    assert listed[0] is PauseReason.MATERIAL_SUPPLEMENT
    assert listed[-1] is PauseReason.OTHER


@pytest.mark.parametrize(
    ("reason", "pause_ms", "nth", "expected"),
    [
        (PauseReason.SYSTEM_FAULT, 600_000, 1, False),
        (PauseReason.SYSTEM_FAULT, 601_000, 1, True),
        (PauseReason.SYSTEM_FAULT, 1_000, 4, True),
        (PauseReason.SYSTEM_FAULT, 1_000, 3, False),
        (PauseReason.TAXPAYER_LEFT, 9_000_000, 9, False),
        (PauseReason.APP_RESTART, 9_000_000, 9, False),
    ],
)
def test_long_or_many_declared_faults_need_the_leader(
    reason: PauseReason, pause_ms: int, nth: int, expected: bool
) -> None:
    assert timers.needs_confirmation(reason, pause_ms, nth) is expected


def test_a_running_clock_goes_by_boot_time_within_a_boot() -> None:
    now = ServiceNow(ServiceState.SERVING, counted_ms=5_000, run_t=1_000_000, run_m=200, run_boot="a")
    assert timers.running_counted_ms(now, Moment(t=9_999_999_999, m=1_200, boot="a")) == 6_000


def test_a_running_clock_of_another_boot_goes_by_the_wall_and_never_back() -> None:
    now = ServiceNow(ServiceState.SERVING, counted_ms=5_000, run_t=1_000_000, run_m=200, run_boot="a")
    assert timers.running_counted_ms(now, Moment(t=1_003_000, m=7, boot="b")) == 8_000
    assert timers.running_counted_ms(now, Moment(t=1, m=7, boot="b")) == 5_000


def test_a_stopped_clock_stands_still() -> None:
    now = ServiceNow(ServiceState.PAUSED, counted_ms=5_000, pause_excluded=True, pause_m=1_000, pause_boot="a")
    moment = Moment(t=0, m=46_000, boot="a")
    assert timers.running_counted_ms(now, moment) == 5_000
    assert timers.running_pause_ms(now, moment) == 45_000


def test_a_pause_that_counts_goes_on_counting() -> None:
    now = ServiceNow(ServiceState.PAUSED, counted_ms=5_000, pause_excluded=False, pause_m=1_000, pause_boot="a")
    assert timers.running_counted_ms(now, Moment(t=0, m=46_000, boot="a")) == 50_000


def test_a_finished_service_counts_no_more() -> None:
    now = ServiceNow(ServiceState.FINISHED, counted_ms=5_000)
    moment = Moment(t=9_999_999, m=46_000, boot="a")
    assert timers.running_counted_ms(now, moment) == 5_000
    assert timers.running_pause_ms(now, moment) == 0


def test_fifteen_seconds_are_not_suspicious() -> None:
    assert timers.is_suspicious(14)
    assert not timers.is_suspicious(15)


@MODEST
@given(MS, MS, st.integers(0, 10_000))
def test_times_are_never_negative_and_add_up(counted: int, excluded: int, limit: int) -> None:
    timing = timers.timing(counted, excluded, limit)
    assert min(timing.wall_s, timing.excluded_s, timing.counted_s, timing.overtime_s) >= 0
    assert timing.overtime is (timing.overtime_s > 0)
    assert timing.wall_s - timing.excluded_s - timing.counted_s in (0, 1)


@MODEST
@given(
    st.integers(1, 240),
    st.integers(1, 500),
    st.booleans(),
    st.decimals(min_value=0, max_value=1, places=2, allow_nan=False),
)
def test_limit_and_credit_never_shrink_with_the_quantity(
    limit_min: int, quantity: int, batchable: bool, factor: Decimal
) -> None:
    assert 60 * limit_min <= timers.limit_s(limit_min, quantity, batchable, factor)
    assert timers.limit_s(limit_min, quantity, batchable, factor) <= timers.limit_s(
        limit_min, quantity + 1, batchable, factor
    )
    assert timers.std_milliminutes(limit_min, quantity, batchable, factor) >= 600 * limit_min


@MODEST
@given(st.lists(st.builds(lambda a, n: Interval(a, a + n), st.integers(0, 300), st.integers(0, 80)), max_size=8))
def test_overlapping_intervals_count_once(intervals: list[Interval]) -> None:
    covered = {ms for interval in intervals for ms in range(interval.from_ms, interval.to_ms)}
    assert timers.excluded_ms(intervals) == len(covered)


@MODEST
@given(st.lists(SPANS, max_size=6), st.lists(SPANS, max_size=6))
def test_pauses_that_count_are_never_excluded(excluded: list[Interval], counting: list[Interval]) -> None:
    both = [*excluded, *(Interval(i.from_ms, i.to_ms, excluded=False) for i in counting)]
    assert timers.excluded_ms(both) == timers.excluded_ms(excluded)
