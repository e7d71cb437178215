"""Leave: asked for, decided, taken back, and what it does to the half-days, on real files."""

from __future__ import annotations

import pytest

from hallterm.half_days import read_book
from hallterm.month_half_days import attendance_months
from hallterm.rules.attendance import deducted
from hallterm.rules.leave import HAS_BEGUN, MAY_NOT_APPROVE, NO_HALF_DAY, OVER_ONE_DAY, OWN_REQUEST, Cover, Span
from hallterm.workflows.desk import Refused
from hallterm.workflows.leave import (
    LeaveDraft,
    ask_leave,
    explain_leave,
    next_half_days,
    span_text,
    void_leave,
    weighed,
)
from hallterm.workflows.leave_deciding import (
    approve_leaves,
    certify_leave,
    reject_leave,
    undo_decision,
    waiting,
)
from storage.facts import Half, LeaveState, LeaveType, Moment
from storage.views import attendance as rows
from tests.hallterm.workflows.crew import ASSESSOR, BUREAU, DIRECTOR, LEADER, crew, planned, punched
from tests.hallterm.workflows.founded import HALL, at
from tests.hallterm.workflows.shift import FANG, MEI, WEI, Shift

AM, PM = Half.AM, Half.PM
WED, THU, FRI = "2026-11-25", "2026-11-26", "2026-11-27"


@pytest.fixture
def hall(shift: Shift) -> Shift:
    crew(shift.stores)
    return shift


def draft(kind: LeaveType, first: tuple[str, Half], last: tuple[str, Half] | None = None, **more: str) -> LeaveDraft:
    return LeaveDraft(kind, Span(first, last or first), **more)


def asked(hall: Shift, staff: str, one: LeaveDraft, when: Moment | None = None) -> str:
    return ask_leave(hall.desk(0, staff), one, when or at("10:45")).leave


def state(hall: Shift, leave: str) -> LeaveState:
    row = rows.leave(hall.db, leave)
    assert row is not None
    return row.state


def refused(work: object) -> str:
    with pytest.raises(Refused) as no:
        work()  # type: ignore[operator]
    return no.value.reason.msgid


def test_half_a_day_is_asked_for_and_approved(hall: Shift) -> None:
    planned(hall.stores, MEI, WED)
    leave = asked(hall, MEI, draft(LeaveType.PERSONAL, (WED, AM)))
    (one,) = waiting(hall.db, HALL, LEADER, at("10:50"))
    assert (one.row.id, one.clean, one.refusal, one.row.half_days) == (leave, True, None, 1)
    done = approve_leaves(hall.desk(0, LEADER), [leave], at("10:50"))
    assert "0317 Personal leave 11-25 morning, 0.5 days" in done.words.text()
    assert state(hall, leave) is LeaveState.APPROVED
    punched(hall.stores, MEI, "13:55", "18:00", WED)
    (sums,) = attendance_months(hall.db, [HALL], ["2026-11"], at("19:00", WED))[MEI].values()
    assert (sums.scheduled, sums.attended, sums.leave, int(deducted(sums))) == (2, 1, {LeaveType.PERSONAL: 1}, 6)
    hall.check()


def test_a_rest_day_between_two_ends_does_not_count(hall: Shift) -> None:
    one = weighed(hall.db, HALL, MEI, draft(LeaveType.ANNUAL, (FRI, PM), ("2026-11-30", AM)), at("10:45"))
    assert (one.span.half_days, one.refusal, one.points_milli) == (2, None, 0)
    assert span_text(one.leave_type, one.span).text() == "Annual leave 11-27 afternoon to 11-30 morning, 1.0 days"
    nothing = weighed(hall.db, HALL, MEI, draft(LeaveType.ANNUAL, ("2026-11-28", AM)), at("10:45"))
    assert nothing.refusal == NO_HALF_DAY


def test_overlaps_and_attended_half_days_are_refused(hall: Shift) -> None:
    punched(hall.stores, MEI, "08:20")
    asked(hall, MEI, draft(LeaveType.SICK, (WED, PM), (THU, AM)))
    assert "overlaps" in refused(lambda: asked(hall, MEI, draft(LeaveType.ANNUAL, (THU, AM))))
    assert "attended" in refused(lambda: asked(hall, MEI, draft(LeaveType.PERSONAL, ("2026-11-24", AM))))
    asked(hall, MEI, draft(LeaveType.PERSONAL, ("2026-11-24", PM)))
    asked(hall, WEI, draft(LeaveType.ANNUAL, (THU, AM)))
    assert len(hall.stores.facts("leave.submitted")) == 3


def test_who_may_decide(hall: Shift) -> None:
    short = asked(hall, MEI, draft(LeaveType.ANNUAL, (WED, AM), (WED, PM)))
    long = asked(hall, WEI, draft(LeaveType.ANNUAL, (WED, AM), (THU, AM)))
    own = asked(hall, LEADER, draft(LeaveType.ANNUAL, (WED, AM)))

    def decide(staff: str, leave: str) -> str:
        return refused(lambda: approve_leaves(hall.desk(0, staff), [leave], at("10:50")))

    assert "{what} needs" in decide(FANG, short)
    assert "{what} needs" in decide(ASSESSOR, short)
    assert decide(LEADER, long) == OVER_ONE_DAY.msgid
    assert decide(LEADER, own) == OWN_REQUEST.msgid
    seen = {one.row.id: one.refusal for one in waiting(hall.db, HALL, LEADER, at("10:50"))}
    assert seen == {short: None, long: OVER_ONE_DAY, own: OWN_REQUEST}
    assert waiting(hall.db, HALL, FANG, at("10:50"))[0].refusal == MAY_NOT_APPROVE
    approve_leaves(hall.desk(0, LEADER), [short], at("10:50"))
    approve_leaves(hall.desk(0, DIRECTOR), [own, long], at("10:51"))
    assert rows.leaves_waiting(hall.db, HALL) == []
    assert "this request is" in decide(DIRECTOR, short)


def test_all_marked_requests_or_none(hall: Shift) -> None:
    first = asked(hall, MEI, draft(LeaveType.ANNUAL, (WED, AM)))
    second = asked(hall, WEI, draft(LeaveType.ANNUAL, (WED, AM), (THU, PM)))
    refused(lambda: approve_leaves(hall.desk(0, LEADER), [first, second], at("10:50")))
    assert {state(hall, first), state(hall, second)} == {LeaveState.SUBMITTED}


def test_a_decision_is_taken_back_within_ten_seconds(hall: Shift) -> None:
    leaves = [asked(hall, one, draft(LeaveType.ANNUAL, (WED, AM))) for one in (MEI, WEI, FANG)]
    done = approve_leaves(hall.desk(0, LEADER), leaves, at("10:50"))
    assert "approved 3 requests" in done.words.text()
    assert done.undo is not None
    undo = done.undo
    assert "10 seconds" in refused(lambda: undo_decision(hall.desk(0, LEADER), undo, at("10:50", second=11)))
    undo_decision(hall.desk(0, LEADER), undo, at("10:50", second=9))
    assert {state(hall, one) for one in leaves} == {LeaveState.SUBMITTED}
    approve_leaves(hall.desk(0, DIRECTOR), leaves, at("10:51"))
    refused(lambda: undo_decision(hall.desk(0, LEADER), undo, at("10:50", second=9)))
    assert not any(row.contested for row in rows.leaves(hall.db, [HALL], WED, WED))
    hall.check()


def test_a_rejected_request_comes_again(hall: Shift) -> None:
    leave = asked(hall, MEI, draft(LeaveType.PERSONAL, (WED, AM)))
    reject_leave(hall.desk(0, LEADER), leave, "收期太忙", at("10:50"))
    assert refused(lambda: void_leave(hall.desk(0, WEI), leave, at("10:51")))
    again = asked(hall, MEI, draft(LeaveType.PERSONAL, (FRI, PM), again=leave), at("11:00"))
    assert (again, state(hall, leave)) == (leave, LeaveState.RESUBMITTED)
    approve_leaves(hall.desk(0, DIRECTOR), [leave], at("11:01"))
    row = rows.leave(hall.db, leave)
    assert row is not None
    assert (row.from_day, row.contested) == (FRI, False)
    hall.check()


def test_what_has_begun_is_not_withdrawn(hall: Shift) -> None:
    leave = asked(hall, MEI, draft(LeaveType.PERSONAL, (WED, AM)))
    approve_leaves(hall.desk(0, LEADER), [leave], at("10:50"))
    assert refused(lambda: void_leave(hall.desk(0, MEI), leave, at("08:31", WED))) == HAS_BEGUN.msgid
    void_leave(hall.desk(0, MEI), leave, at("08:29", WED))
    assert state(hall, leave) is LeaveState.VOID


def test_an_explanation_in_time_covers_what_was_asked_for_afterwards(hall: Shift) -> None:
    for staff in (MEI, WEI):
        planned(hall.stores, staff)
    leaves = {one: asked(hall, one, draft(LeaveType.PERSONAL, ("2026-11-24", AM)), at("13:00")) for one in (MEI, WEI)}
    explain_leave(hall.desk(0, MEI), leaves[MEI], "孩子发烧", at("17:59", WED))
    approve_leaves(hall.desk(0, LEADER), list(leaves.values()), at("13:10"))
    late = explain_leave(hall.desk(0, WEI), leaves[WEI], "堵车", at("18:01", WED))
    assert "was due by 11-25 18:00" in late.words.text()
    months = attendance_months(hall.db, [HALL], ["2026-11"], at("18:05", WED))
    assert (months[MEI]["2026-11"].leave, months[WEI]["2026-11"].leave) == ({LeaveType.PERSONAL: 1}, {})
    assert (months[MEI]["2026-11"].absent_halves, months[WEI]["2026-11"].absent_halves) == (1, 2)
    hall.check()


def test_sick_leave_without_its_certificate_is_absence(hall: Shift) -> None:
    planned(hall.stores, MEI, WED, slots=())
    leave = asked(hall, MEI, draft(LeaveType.SICK, (WED, AM)))
    approve_leaves(hall.desk(0, LEADER), [leave], at("10:50"))

    def holds(when: Moment) -> Cover:
        found = read_book(hall.db, [HALL], WED, WED, when).leave_on(MEI, WED, AM)
        assert found is not None
        return found[1].cover

    assert holds(at("17:59", THU)) is Cover.PENDING
    assert holds(at("18:01", THU)) is Cover.ABSENCE
    assert "{what} needs" in refused(lambda: certify_leave(hall.desk(0, MEI), leave, "", at("09:00", THU)))
    certify_leave(hall.desk(0, LEADER), leave, "市一院 病假条", at("09:00", THU))
    assert holds(at("18:01", THU)) is Cover.COVERED
    hall.check()


def test_the_list_begins_with_the_next_half_day(hall: Shift) -> None:
    assert next_half_days(hall.db, HALL, at("10:45"), 8) == [
        *[("2026-11-24", PM), (WED, AM), (WED, PM), (THU, AM), (THU, PM), (FRI, AM), (FRI, PM), ("2026-11-30", AM)]
    ]


def test_the_bureau_leader_decides_on_long_leave(hall: Shift) -> None:
    leave = asked(hall, WEI, draft(LeaveType.MATERNITY, (WED, AM), ("2027-03-31", PM)))
    row = rows.leave(hall.db, leave)
    assert row is not None
    assert row.provisional
    approve_leaves(hall.desk(0, BUREAU), [leave], at("10:50"))
    assert state(hall, leave) is LeaveState.APPROVED
