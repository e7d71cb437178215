"""Attendance by half-days: punches against the schedule, absence, deductions, attended half-days."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hallterm.rules import attendance as rules
from hallterm.rules.attendance import (
    AttendanceSums,
    Covered,
    HalfDayRecord,
    Planned,
    Presence,
    Punch,
    Times,
    absence_occurrences,
    attendance_sums,
    deducted,
    half_day,
    half_times,
    minute,
    presences,
    sign_off_mark,
    sign_on_mark,
    worked_noon,
)
from hallterm.rules.day import minutes
from hallterm.rules.leave import Cover
from storage.facts import Duty, Half, HallSet, LeaveType, PunchKind
from tests.rules.modest import MODEST
from tests.rules.moments import t
from tests.rules.vectors import Vector, vectors

ON, OFF, AWAY, BACK = PunchKind.SIGN_ON, PunchKind.SIGN_OFF, PunchKind.OFF_POST, PunchKind.BACK
MORNING = Times(minutes("08:30"), minutes("12:00"))
DAY = "2026-03-02"
PLAN = Planned("0317", DAY, Half.AM, Duty.WINDOW)
APPROVED_ANNUAL = Covered(LeaveType.ANNUAL, Cover.COVERED)
PUNCHES = st.lists(st.builds(Punch, st.integers(0, 1439), st.sampled_from(PunchKind)), max_size=8)


def there(*punches: str) -> tuple[Presence, ...]:
    """``"08:25 sign_on"`` and so on."""
    read = (one.split() for one in punches)
    return presences(Punch(minutes(at), PunchKind(kind)) for at, kind in read)


def judged(*punches: str, plan: Planned = PLAN, leave: Covered | None = None, now: str = "") -> HalfDayRecord:
    record = half_day(plan, MORNING, there(*punches), leave, minutes(now) if now else None)
    assert record is not None
    return record


@pytest.mark.parametrize("vector", vectors("attendance.sign_on"), ids=repr)
def test_a_sign_on_is_on_time_late_or_the_half_day_is_missing(vector: Vector) -> None:
    start = minutes(vector.inputs["start"])
    marks = [sign_on_mark(start, minutes(signed)).value for signed in vector.inputs["signed"]]
    assert {"result": marks} == vector.expected


@pytest.mark.parametrize("vector", vectors("attendance.occurrence"), ids=repr)
def test_an_absence_is_counted_once_a_day(vector: Vector) -> None:
    absent = [(one[:10], Half(one[10:])) for one in vector.inputs["absent_half_days"]]
    occurrences = absence_occurrences(absent)
    points = deducted(AttendanceSums(absences=occurrences))
    assert {"absent_occurrences": occurrences, "deduction": points} == vector.expected


def test_seconds_are_cut_off() -> None:
    assert sign_on_mark(minutes("08:30"), minute(t("2026-03-02T08:30:59"))) is rules.Mark.ON_TIME


def test_the_duty_rota_starts_a_quarter_earlier() -> None:
    start = minutes("08:30")
    assert sign_on_mark(start, minutes("08:15"), duty_rota=True) is rules.Mark.ON_TIME
    assert sign_on_mark(start, minutes("08:16"), duty_rota=True) is rules.Mark.LATE
    record = judged("08:20 sign_on", plan=Planned("0317", DAY, Half.AM, Duty.LEADER, duty_rota=True))
    assert (record.late_min, record.attended) == (5, True)


def test_leaving_early_is_judged_like_coming_late() -> None:
    end = minutes("12:00")
    marks = [sign_off_mark(end, minutes(at)) for at in ("12:00", "11:59", "11:30", "11:29")]
    assert marks == [rules.Mark.ON_TIME, rules.Mark.EARLY, rules.Mark.EARLY, rules.Mark.HALF_DAY_MISSING]


@pytest.mark.parametrize(
    ("punches", "late", "early", "away", "missing"),
    [
        (("08:25 sign_on",), 0, 0, (), False),
        (("08:25 sign_on", "12:05 sign_off"), 0, 0, (), False),
        (("08:33 sign_on", "11:50 sign_off"), 3, 10, (), False),
        (("09:01 sign_on",), 0, 0, (), True),
        (("08:25 sign_on", "11:29 sign_off"), 0, 0, (), True),
        (("08:25 sign_on", "10:00 off_post", "10:30 back"), 0, 0, (30,), False),
        (("08:25 sign_on", "10:00 off_post", "10:31 back"), 0, 0, (), True),
        (("08:25 sign_on", "10:00 sign_off", "10:05 sign_on"), 0, 0, (), False),
        (("08:25 sign_on", "10:00 sign_off", "10:06 sign_on"), 0, 0, (6,), False),
        (("08:25 sign_on", "10:00 off_post", "10:03 back"), 0, 0, (3,), False),
        (("08:25 sign_on", "10:00 off_post", "10:00 back"), 0, 0, (), False),
        (("08:25 sign_on", "08:40 sign_on", "12:00 sign_off"), 0, 0, (), False),
        ((), 0, 0, (), True),
        (("13:50 sign_on",), 0, 0, (), True),
        (("08:00 sign_on", "08:20 sign_off"), 0, 0, (), True),
    ],
)
def test_a_half_day_by_its_punches(
    punches: tuple[str, ...], late: int, early: int, away: tuple[int, ...], missing: bool
) -> None:
    record = judged(*punches)
    assert (record.late_min, record.early_min, record.off_post_min, record.missing) == (late, early, away, missing)
    assert record.absent is missing
    assert record.attended is not missing


def test_signing_off_and_on_in_the_minute_of_coming_is_coming() -> None:
    assert judged("08:30 off_post", "08:30 sign_on", "08:30 off_post", "08:30 back").attended


def test_whoever_stays_signed_on_over_noon_needs_no_second_punch() -> None:
    all_day = there("08:25 sign_on", "18:05 sign_off")
    afternoon = half_day(Planned("0317", DAY, Half.PM, Duty.WINDOW), Times(840, 1080), all_day)
    assert afternoon is not None
    assert afternoon.attended
    assert afternoon.late_min == 0


def test_an_approved_leave_covers_the_half_day() -> None:
    record = judged(leave=APPROVED_ANNUAL)
    assert (record.leave, record.missing, record.absent, record.attended) == (LeaveType.ANNUAL, False, False, False)
    assert judged(leave=Covered(LeaveType.PERSONAL, Cover.ABSENCE)).absent
    assert judged(leave=Covered(LeaveType.PERSONAL, Cover.PENDING)).pending


def test_what_is_not_over_is_pending() -> None:
    assert half_day(PLAN, MORNING, (), None, minutes("08:29")) is None
    waiting = judged(now="08:45")
    assert (waiting.pending, waiting.absent, waiting.attended) == (True, False, False)
    late = judged(now="09:01")
    assert (late.pending, late.absent) == (True, True)
    at_work = judged("08:31 sign_on", now="08:31")
    assert (at_work.pending, at_work.late_min, at_work.attended) == (True, 1, True)
    gone = judged("08:25 sign_on", "10:00 sign_off", now="10:20")
    assert (gone.early_min, gone.attended) == (0, True)
    assert not judged("08:25 sign_on", now="12:00").pending


def test_nothing_is_judged_that_was_not_planned() -> None:
    for duty in (Duty.OFF, Duty.LUNCH):
        assert half_day(Planned("0317", DAY, Half.AM, duty), MORNING, there("08:25 sign_on")) is None


def test_only_window_duty_counts_for_business() -> None:
    assert judged("08:25 sign_on").counts_for_business
    assert not judged("08:25 sign_on", plan=Planned("0317", DAY, Half.AM, Duty.GUIDE)).counts_for_business
    assert not judged(leave=Covered(LeaveType.MEETING, Cover.COVERED)).counts_for_business


def test_lunch_duty_is_being_there_at_noon() -> None:
    times = half_times(HallSet("360600001", "市办税厅"))
    assert times == {Half.AM: MORNING, Half.PM: Times(840, 1080)}
    assert worked_noon(times, there("08:25 sign_on", "18:00 sign_off"))
    assert worked_noon(times, there("12:30 sign_on"))
    assert not worked_noon(times, there("08:25 sign_on", "12:00 sign_off", "14:00 sign_on"))
    morning_only = half_times(HallSet("360600071", "点", opening_pm="", closing_pm=""))
    assert morning_only == {Half.AM: MORNING}
    assert not worked_noon(morning_only, there("08:25 sign_on"))


def test_a_month_is_added_up() -> None:
    records = [
        judged("08:33 sign_on"),
        judged("08:25 sign_on", "11:55 sign_off"),
        judged("08:25 sign_on", "09:00 off_post", "09:10 back", "10:00 off_post", "10:10 back"),
        judged(),
        judged(leave=Covered(LeaveType.SICK, Cover.COVERED)),
        judged(leave=APPROVED_ANNUAL),
    ]
    sums = attendance_sums(records, lunches=2)
    assert (sums.scheduled, sums.attended, sums.window_halves, sums.lunches) == (6, 3, 3, 2)
    assert (sums.late, sums.early, sums.off_post, sums.absences, sums.absent_halves) == (1, 1, 2, 1, 1)
    assert sums.leave == {LeaveType.SICK: 1, LeaveType.ANNUAL: 1}
    assert not sums.alert
    assert deducted(sums) == Fraction(2 + 2 + 4 + 20) + Fraction(5, 2)


def test_two_absences_raise_an_alert() -> None:
    assert AttendanceSums(absences=2).alert


def test_only_personal_and_sick_leave_cost_points() -> None:
    costs = {kind: deducted(AttendanceSums(leave={kind: 2})) for kind in LeaveType}
    assert {kind: points for kind, points in costs.items() if points} == {LeaveType.PERSONAL: 12, LeaveType.SICK: 5}


@MODEST
@given(PUNCHES)
def test_presences_never_overlap_and_never_run_backwards(punches: list[Punch]) -> None:
    found = presences(punches)
    for before, after in pairwise(found):
        assert before.to_min is not None
        assert before.from_min <= before.to_min <= after.from_min


@MODEST
@given(PUNCHES, st.none() | st.integers(0, 1439))
def test_a_half_day_is_one_thing_only(punches: list[Punch], now: int | None) -> None:
    record = half_day(PLAN, MORNING, presences(punches), None, now)
    if record is None:
        return
    assert record.attended + record.absent + (record.pending and not record.attended and not record.absent) == 1
    assert all(0 <= over <= 30 for over in (record.late_min, record.early_min, *record.off_post_min))
