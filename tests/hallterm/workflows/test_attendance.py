"""Half-days from plans, punches, corrections and notes; the schedule and posts with two people, on real files."""

from __future__ import annotations

import pytest

from hallterm.half_days import planned_months, read_book
from hallterm.month_half_days import attendance_months
from hallterm.rules.attendance import HalfDayRecord, deducted
from hallterm.workflows.attendance import CorrectionDraft, correct_attendance, note_off_post
from hallterm.workflows.attendance_look import month_look, person_look, week_look
from hallterm.workflows.desk import Refused
from hallterm.workflows.posts import set_post
from hallterm.workflows.schedule import Slot, copy_week, plan_slots, plan_usual, rota_lunch
from storage.facts import (
    CalendarDay,
    CalendarImported,
    DayKind,
    DaySlot,
    Duty,
    Half,
    Moment,
    PunchKind,
)
from storage.views import attendance as rows
from storage.views.posts import posts
from tests.hallterm.workflows.crew import ASSESSOR, DAY, DIRECTOR, LEADER, crew, planned, punched
from tests.hallterm.workflows.founded import ADMIN, HALL, at
from tests.hallterm.workflows.shift import FANG, MEI, W1, WEI, Shift

MON, WED = "2026-11-23", "2026-11-25"
EVENING = at("19:00")
AM, NOON, PM = DaySlot.AM, DaySlot.NOON, DaySlot.PM


@pytest.fixture
def hall(shift: Shift) -> Shift:
    crew(shift.stores)
    return shift


def records(hall: Shift, staff: str, when: Moment = EVENING, day: str = DAY) -> list[HalfDayRecord]:
    book = read_book(hall.db, [HALL], day, day, when, staff=staff)
    return [one for plan in book.plans if (one := book.record(plan)) is not None]


def refused(work: object) -> str:
    with pytest.raises(Refused) as no:
        work()  # type: ignore[operator]
    return no.value.reason.msgid


def test_a_day_as_it_was(hall: Shift) -> None:
    for staff in (MEI, WEI, FANG):
        planned(hall.stores, staff, slots=DaySlot)
    punched(hall.stores, MEI, "08:30", "18:00")
    punched(hall.stores, WEI, "08:58", "17:45", window=2)
    assert [(one.late_min, one.early_min, one.attended) for one in records(hall, MEI)] == [(0, 0, True), (0, 0, True)]
    assert [(one.late_min, one.early_min, one.attended) for one in records(hall, WEI)] == [(28, 0, True), (0, 15, True)]
    assert [one.absent for one in records(hall, FANG)] == [True, True]
    months = attendance_months(hall.db, [HALL], ["2026-10", "2026-11"], EVENING)
    found = {staff: planned_months(by_month) for staff, by_month in months.items()}
    assert {staff: [int(deducted(one)) for one in many] for staff, many in found.items()} == {
        MEI: [0],
        WEI: [4],
        FANG: [20],
    }
    assert [(one.window_halves, one.lunches) for one in (found[MEI][0], found[FANG][0])] == [(2, 1), (0, 0)]


def test_a_running_day_counts_what_has_begun(hall: Shift) -> None:
    planned(hall.stores, MEI)
    assert records(hall, MEI, at("08:29")) == []
    (waits,) = records(hall, MEI, at("08:50"))
    assert (waits.absent, waits.pending) == (False, True)
    (missing,) = records(hall, MEI, at("09:01"))
    assert (missing.absent, missing.pending) == (True, True)


def test_a_window_that_is_changed_is_no_leaving(hall: Shift) -> None:
    planned(hall.stores, MEI)
    punched(hall.stores, MEI, "08:20", "10:00")
    punched(hall.stores, MEI, "10:05", "12:00", window=2)
    punched(hall.stores, MEI, "13:55", "18:00")
    assert [one.off_post_min for one in records(hall, MEI)] == [(), ()]


def test_off_post_is_noted_by_a_leader(hall: Shift) -> None:
    planned(hall.stores, MEI)
    punched(hall.stores, MEI, "08:20", "18:00")
    note_off_post(hall.desk(0, LEADER), MEI, "10:05", "10:30", EVENING, note="不在窗口")
    morning, _afternoon = records(hall, MEI)
    assert (morning.off_post_min, morning.attended) == ((25,), True)
    assert "was not signed on" in refused(lambda: note_off_post(hall.desk(0, LEADER), WEI, "10:05", "10:30", EVENING))
    assert "{what} needs" in refused(lambda: note_off_post(hall.desk(0, MEI), WEI, "10:05", "10:30", EVENING))
    note_off_post(hall.desk(0, LEADER), MEI, "14:30", "15:01", EVENING)
    assert [one.absent for one in records(hall, MEI)] == [False, True]
    hall.check()


def correction(staff: str, clock: str, **more: object) -> CorrectionDraft:
    known = {"day": DAY, "half": Half.AM, "what": PunchKind.SIGN_ON, "reason": "终端坏了"}
    return CorrectionDraft(staff, clock=clock, **{**known, **more})  # type: ignore[arg-type]


def test_a_correction_stands_beside_the_punch(hall: Shift) -> None:
    planned(hall.stores, WEI)
    punched(hall.stores, WEI, "08:50", "18:00")
    (punch,) = [one for one in rows.punches(hall.db, [HALL], DAY, DAY, WEI) if one.kind is PunchKind.SIGN_ON]
    desk = hall.desk(0, DIRECTOR)
    correct_attendance(desk, correction(WEI, "08:28"), EVENING)
    assert [one.late_min for one in records(hall, WEI)] == [0, 0]
    looked = person_look(desk, EVENING, WEI)
    morning = next(one for one in looked.lines if one.half is Half.AM)
    assert [(one.by, one.reason) for one in morning.corrections] == [(DIRECTOR, "终端坏了")]
    (first,) = morning.corrections
    correct_attendance(hall.desk(0, ASSESSOR), correction(WEI, "08:28", of=first.id, withdrawn=True), EVENING)
    assert [one.late_min for one in records(hall, WEI)] == [20, 0]
    correct_attendance(desk, correction(WEI, "09:10", of=punch.id), EVENING)
    assert [one.absent for one in records(hall, WEI)] == [True, False]
    hall.check()


def test_who_may_correct(hall: Shift) -> None:
    for staff in (LEADER, MEI):
        assert "{what} needs" in refused(
            lambda staff=staff: correct_attendance(hall.desk(0, staff), correction(WEI, "08:28"), EVENING)
        )
    assert "his own" in refused(
        lambda: correct_attendance(hall.desk(0, DIRECTOR), correction(DIRECTOR, "08:28"), EVENING)
    )
    assert "say why" in refused(
        lambda: correct_attendance(hall.desk(0, DIRECTOR), correction(WEI, "08:28", reason=" "), EVENING)
    )
    assert "not happened" in refused(
        lambda: correct_attendance(hall.desk(0, DIRECTOR), correction(WEI, "19:01"), EVENING)
    )
    assert "no time of day" in refused(
        lambda: correct_attendance(hall.desk(0, DIRECTOR), correction(WEI, "25:00"), EVENING)
    )


# the schedule


def test_everybody_is_planned_on_working_days(hall: Shift) -> None:
    leader, now = hall.desk(0, LEADER), at("08:10")
    done = plan_usual(leader, DAY, "2026-11-29", now)
    serving = {ADMIN, MEI, WEI, FANG, LEADER, DIRECTOR}
    found = rows.plans(hall.db, [HALL], DAY, "2026-11-30")
    assert ({one.staff for one in found}, {one.day for one in found}) == (
        serving,
        {DAY, WED, "2026-11-26", "2026-11-27"},
    )
    assert done.count == len(found) == 6 * 4 * 2
    assert plan_usual(leader, DAY, "2026-11-29", now).count == 0
    hall.check()


def test_a_week_is_copied_and_a_make_up_day_takes_the_last_day(hall: Shift) -> None:
    """2026-12-05 is a Saturday on which people work, for the Monday before it."""
    moved = (CalendarDay("2026-11-30", DayKind.HOLIDAY), CalendarDay("2026-12-05", DayKind.MAKEUP))
    with hall.stores.journal.write(ADMIN, at("08:05")) as tx:
        tx.record(CalendarImported(2026, moved, HALL))
    for day in (DAY, WED, "2026-11-26"):
        planned(hall.stores, MEI, day)
    planned(hall.stores, WEI, "2026-11-26", slots=[AM])
    copy_week(hall.desk(0, DIRECTOR), "2026-12-03", at("08:10"))
    found = {(one.staff, one.day, one.slot) for one in rows.plans(hall.db, [HALL], "2026-11-30", "2026-12-06")}
    days = [f"2026-12-0{n}" for n in (1, 2, 3, 4, 5)]
    assert found == {
        *((MEI, day, slot) for day in days for slot in (AM, PM)),
        *((WEI, day, AM) for day in days[2:]),
    }


def test_lunch_duty_goes_on_after_who_had_it_last(hall: Shift) -> None:
    leader, now = hall.desk(0, LEADER), at("08:10")
    rota_lunch(leader, DAY, WED, [MEI, WEI, FANG], now)
    rota_lunch(leader, "2026-11-26", "2026-11-30", [MEI, WEI, FANG], now)
    found = sorted((one.day, one.staff) for one in rows.plans(hall.db, [HALL], DAY, "2026-11-30"))
    assert [staff for _day, staff in found] == [MEI, WEI, FANG, MEI, WEI]


def test_what_cannot_be_planned(hall: Shift) -> None:
    leader, now = hall.desk(0, LEADER), at("08:10")

    def plan(*slots: Slot, staff: str = LEADER) -> str:
        return refused(lambda: plan_slots(hall.desk(0, staff), slots, now))

    assert "does not belong" in plan(Slot("9999", DAY, AM, Duty.WINDOW))
    assert "is not one of this hall" in plan(Slot(MEI, DAY, AM, Duty.WINDOW, "360600002-01"))
    assert "lunch duty is at noon" in plan(Slot(MEI, DAY, AM, Duty.LUNCH))
    assert "lunch duty is at noon" in plan(Slot(MEI, DAY, NOON, Duty.WINDOW))
    assert "is over" in plan(Slot(MEI, MON, AM, Duty.WINDOW))
    assert "{what} needs" in plan(Slot(MEI, DAY, AM, Duty.WINDOW), staff=ASSESSOR)
    plan_slots(hall.desk(0, DIRECTOR), [Slot(MEI, MON, AM, Duty.WINDOW)], now)
    plan_slots(leader, [Slot(MEI, DAY, AM, Duty.WINDOW, W1), Slot(MEI, DAY, AM, Duty.GUIDE)], now)
    look = week_look(leader, now)
    assert look.plans[MEI, DAY, AM].duty is Duty.GUIDE
    assert look.closed == {"2026-11-28", "2026-11-29"}
    assert month_look(leader, now).counts.expected == 1


# posts


def test_a_post_holds_from_its_day_until_another_is_set(hall: Shift) -> None:
    leader = hall.desk(0, LEADER)
    set_post(leader, W1, MEI, WEI, at("08:10"))
    said = set_post(leader, W1, WEI, FANG, at("08:11"), from_day=WED)
    assert said.words.text() == "window 1 is the post of 0318, 0319 stands in"
    assert [(one.staff_a, one.staff_b) for one in posts(hall.db, HALL, DAY)] == [(MEI, WEI)]
    assert [(one.staff_a, one.staff_b) for one in posts(hall.db, HALL, "2026-11-26")] == [(WEI, FANG)]
    set_post(leader, W1, "", "", at("08:12"), from_day=WED)
    assert posts(hall.db, HALL, WED) == []
    assert "two people" in refused(lambda: set_post(leader, W1, MEI, MEI, at("08:13")))
    assert "{what} needs" in refused(lambda: set_post(hall.desk(0, MEI), W1, MEI, WEI, at("08:13")))
    hall.check()
