"""Page 2 and one's own leave and attendance, on real files: keys, sentences, and what is recorded."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot

from hallterm.rules.leave import Span
from hallterm.screens.attendance import AttendanceScreen
from hallterm.screens.my_attendance import MyAttendanceScreen
from hallterm.screens.my_leave import MyLeaveScreen, nearest_day
from hallterm.screens.panes import PaneScreen
from hallterm.workflows.attendance import CorrectionDraft, correct_attendance
from hallterm.workflows.leave import LeaveDraft, ask_leave
from hallterm.workflows.leave_deciding import approve_leaves
from hallterm.workflows.posts import set_post
from storage.facts import DaySlot, Half, LeaveState, LeaveType, PunchKind
from storage.views import attendance as rows
from tests.hallterm.screens.pages import SIZE, House, check_golden, shown, type_in, until
from tests.hallterm.workflows.crew import DAY, DIRECTOR, LEADER, crew, planned, punched
from tests.hallterm.workflows.founded import HALL, Stores, at
from tests.hallterm.workflows.shift import FANG, MEI, W3, WEI, make_hall

AM, PM = Half.AM, Half.PM
MON, WED, THU, FRI = "2026-11-23", "2026-11-25", "2026-11-26", "2026-11-27"
WIDE = (120, 40)
NOW = at("10:45")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three clerks with a week's plan; today one came in time, one late, one not at all."""
    folder = tmp_path_factory.mktemp("attendance") / "data"
    make_hall(folder)
    stores = Stores(folder)
    crew(stores)
    for staff in (MEI, WEI, FANG):
        planned(stores, staff, MON, DAY, WED, THU, FRI)
        punched(stores, staff, "08:20", "18:02", MON)
    planned(stores, FANG, DAY, "2026-12-01", slots=[DaySlot.NOON])
    planned(stores, MEI, "2026-11-30", "2026-12-01")
    punched(stores, MEI, "08:24")
    punched(stores, WEI, "08:33", window=2)
    correction = CorrectionDraft(WEI, MON, PM, PunchKind.SIGN_OFF, "17:40", "早走 接孩子")
    correct_attendance(stores.desk(0, DIRECTOR), correction, at("08:30"))
    set_post(stores.desk(0, LEADER), W3, FANG, MEI, at("08:31"))
    stores.close()
    return folder


@pytest.fixture
def stores(made: Path, tmp_path: Path) -> Iterator[Stores]:
    shutil.copytree(made, tmp_path / "data")
    stores = Stores(tmp_path / "data")
    yield stores
    stores.close()


@asynccontextmanager
async def page(
    screen: PaneScreen, folder: Path, staff: str, language: str = "zh_CN", size: tuple[int, int] = SIZE
) -> AsyncIterator[tuple[House, Pilot[None]]]:
    options = {"language": language, "staff": staff}
    async with shown(screen, folder / "data", NOW, size=size, **options) as (house, pilot):
        await until(pilot, lambda: screen.pane.is_read or screen.message)
        yield house, pilot


def three_requests(stores: Stores) -> list[str]:
    """Half a day of sick leave, a day of annual leave, half a day of personal leave."""
    asked = (
        (MEI, LeaveType.SICK, Span((WED, AM), (WED, AM))),
        (FANG, LeaveType.ANNUAL, Span((THU, AM), (THU, PM))),
        (WEI, LeaveType.PERSONAL, Span((FRI, PM), (FRI, PM))),
    )
    return [
        ask_leave(stores.desk(0, staff), LeaveDraft(kind, span), at("09:00", second=place)).leave
        for place, (staff, kind, span) in enumerate(asked)
    ]


def states(stores: Stores, leaves: list[str]) -> set[LeaveState]:
    found = [rows.leave(stores.journal.database, one) for one in leaves]
    return {one.state for one in found if one is not None}


def said(house: House) -> str:
    return house.rows[-3].strip()


@pytest.mark.parametrize("language", ["zh_CN", "en"])
@pytest.mark.parametrize("size", [SIZE, WIDE])
async def test_the_month_of_a_hall(stores: Stores, tmp_path: Path, language: str, size: tuple[int, int]) -> None:
    name = "" if size == SIZE else "-120x40"
    async with page(AttendanceScreen(tmp_path), tmp_path, DIRECTOR, language, size) as (house, pilot):
        await until(pilot, lambda: "0317" in house.text() and (size == SIZE or "2026-11-30" in house.text()))
        check_golden(house, f"attendance-month-{language}{name}", size)
        await pilot.press("f7")
        await until(pilot, lambda: "2026-11-23" in house.text())
        check_golden(house, f"attendance-week-{language}{name}", size)


@pytest.mark.parametrize("language", ["zh_CN", "en"])
async def test_the_half_days_of_one_person(stores: Stores, tmp_path: Path, language: str) -> None:
    async with page(AttendanceScreen(tmp_path), tmp_path, DIRECTOR, language) as (house, pilot):
        await until(pilot, lambda: "0317" in house.text())
        await pilot.press("down", "enter")
        await until(pilot, lambda: "08:33-" in house.text())
        await pilot.press("down", "down")
        check_golden(house, f"attendance-person-{language}")
        await pilot.press("escape")
        await until(pilot, lambda: "0319" in house.text())


@pytest.mark.parametrize("language", ["zh_CN", "en"])
async def test_it_opens_at_the_requests_that_wait(stores: Stores, tmp_path: Path, language: str) -> None:
    three_requests(stores)
    async with page(AttendanceScreen(tmp_path), tmp_path, LEADER, language) as (house, pilot):
        await pilot.press("f6")
        check_golden(house, f"attendance-requests-{language}")


async def test_who_is_absent_is_told_until_when_to_explain_it(stores: Stores, tmp_path: Path) -> None:
    async with page(AttendanceScreen(tmp_path), tmp_path, DIRECTOR, "zh_CN") as (house, pilot):
        await until(pilot, lambda: "陈芳" in house.text())
        await pilot.press("end")
        await until(pilot, lambda: "上午没有签到,也没有批准的假: 现在记旷工,补说明限 11-25" in house.text())
        await pilot.press("ctrl+r")
        await until(pilot, lambda: "陈芳: 旷工 1   20 -> 80.00" in house.text())


async def test_three_requests_are_approved_by_two_keys_and_taken_back(stores: Stores, tmp_path: Path) -> None:
    leaves = three_requests(stores)
    async with page(AttendanceScreen(tmp_path), tmp_path, LEADER) as (house, pilot):
        await pilot.press("f6", "f8")
        await until(pilot, lambda: "批准 3 张" in said(house))
        assert states(stores, leaves) == {LeaveState.APPROVED}
        house.later(3)
        await pilot.press("backspace")
        await until(pilot, lambda: states(stores, leaves) == {LeaveState.SUBMITTED})
        await until(pilot, lambda: "撤回" in said(house))


async def test_from_afar_the_key_is_pressed_again(
    stores: Stores, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSH_CONNECTION", "10.0.0.1 5 10.0.0.2 22")
    leaves = three_requests(stores)
    async with page(AttendanceScreen(tmp_path), tmp_path, LEADER) as (house, pilot):
        await pilot.press("f6", "f8")
        await until(pilot, lambda: "3 秒内" in said(house))
        assert states(stores, leaves) == {LeaveState.SUBMITTED}
        await pilot.pause()
        house.later(1)
        await pilot.press("f8")
        await until(pilot, lambda: states(stores, leaves) == {LeaveState.APPROVED})


async def test_a_request_is_rejected_with_a_reason(stores: Stores, tmp_path: Path) -> None:
    leaves = three_requests(stores)
    async with page(AttendanceScreen(tmp_path), tmp_path, LEADER) as (house, pilot):
        await pilot.press("f9")
        await type_in(pilot, "busy")
        await pilot.press("enter")
        await until(pilot, lambda: "3 秒内" in said(house))
        await pilot.pause()
        house.later(1)
        await pilot.press("f9")
        await until(pilot, lambda: LeaveState.REJECTED in states(stores, leaves))
        assert stores.facts("leave.rejected")[0]["reason"] == "busy"


async def test_the_key_that_grants_does_nothing_while_the_reason_of_a_refusal_is_typed(
    stores: Stores, tmp_path: Path
) -> None:
    leaves = three_requests(stores)
    async with page(AttendanceScreen(tmp_path), tmp_path, LEADER) as (house, pilot):
        await pilot.press("f9")
        await type_in(pilot, "busy")
        await pilot.press("f8")
        await until(pilot, lambda: "先回车" in said(house))
        await pilot.press("enter")
        await until(pilot, lambda: "3 秒内" in said(house))
        assert states(stores, leaves) == {LeaveState.SUBMITTED}


async def test_a_leader_may_not_decide_on_more_than_a_day(stores: Stores, tmp_path: Path) -> None:
    draft = LeaveDraft(LeaveType.ANNUAL, Span((WED, AM), (THU, AM)))
    leave = ask_leave(stores.desk(0, MEI), draft, at("09:00")).leave
    async with page(AttendanceScreen(tmp_path), tmp_path, LEADER) as (house, pilot):
        await pilot.press("f8")
        await until(pilot, lambda: "主任" in said(house))
        assert states(stores, [leave]) == {LeaveState.SUBMITTED}


async def test_the_director_corrects_a_punch_with_a_reason(stores: Stores, tmp_path: Path) -> None:
    async with page(AttendanceScreen(tmp_path), tmp_path, DIRECTOR, "en") as (house, pilot):
        await until(pilot, lambda: "0317" in house.text())
        await pilot.press("end", "enter")
        await until(pilot, lambda: "absent" in house.text())
        await pilot.press("f6")
        await until(pilot, lambda: "What really happened" in house.text())
        await pilot.press("1")
        await type_in(pilot, "08:22 the terminal was down")
        await pilot.press("enter")
        await until(pilot, lambda: "corrected: 0319" in said(house))
        (fact,) = [one for one in stores.facts("attendance.corrected") if one["staff"] == FANG]
        assert (fact["reason"], fact["at_t"]) == ("the terminal was down", at("08:22").t)
        await until(pilot, lambda: "0302 corrected: signed on 08:22" in house.text())


async def test_a_week_is_planned_by_digits(stores: Stores, tmp_path: Path) -> None:
    async with page(AttendanceScreen(tmp_path), tmp_path, LEADER, "en") as (house, pilot):
        await pilot.press("f7")
        await until(pilot, lambda: "Plan of the week" in house.text())
        await pilot.press("pagedown")
        await until(pilot, lambda: "2026-11-30" in house.text())
        await pilot.press("insert")
        await until(pilot, lambda: "week before" in house.text())
        await pilot.press("3")
        await until(pilot, lambda: "slots are planned" in said(house))
        plans = rows.plans(stores.journal.database, [HALL], "2026-11-30", "2026-12-06")
        assert len(plans) == 31
        await pilot.press("end", "f6")
        await until(pilot, lambda: "off, all day" in house.text())
        await pilot.press("6")
        await until(pilot, lambda: "slots are planned, 12-01 to 12-01" in said(house))


async def test_the_table_of_the_month_is_saved_by_two_keys(stores: Stores, tmp_path: Path) -> None:
    async with page(AttendanceScreen(tmp_path), tmp_path, DIRECTOR, "en") as (house, pilot):
        await until(pilot, lambda: "0317" in house.text())
        await pilot.press("f8", "2")
        await until(pilot, lambda: said(house).startswith("saved:"))
        (file,) = (tmp_path / "reports").glob("R10_*.csv")
        assert "0317,张晓梅,1.5,1.5,0,0,0,0,0.00,100.00" in file.read_text("utf-8-sig")


async def test_posts_and_closing_days_are_set_from_the_week(stores: Stores, tmp_path: Path) -> None:
    async with page(AttendanceScreen(tmp_path), tmp_path, DIRECTOR, "en") as (house, pilot):
        await pilot.press("f7")
        await until(pilot, lambda: "Plan of the week" in house.text())
        await pilot.press("insert", "8")
        await type_in(pilot, "1 0318 0319")
        await pilot.press("enter")
        await until(pilot, lambda: "window 1 is the post of 0318, 0319 stands in" in said(house))
        assert ("0318", "0319") in [(one["staff_a"], one["staff_b"]) for one in stores.facts("post.set")]
        house.later(1)
        await pilot.press("right", "insert", "5")
        await until(pilot, lambda: "is closed on 2026-11-25" in said(house))
        house.later(1)
        await pilot.press("insert", "6")
        await until(pilot, lambda: "works on 2026-11-25 as usual" in said(house))


async def test_a_clerk_may_not_see_the_hall(stores: Stores, tmp_path: Path) -> None:
    async with page(AttendanceScreen(tmp_path), tmp_path, MEI) as (house, pilot):
        await until(pilot, lambda: said(house).startswith("X"))
        assert "0318" not in house.text()


@pytest.mark.parametrize("language", ["zh_CN", "en"])
async def test_half_a_day_is_asked_for_with_three_keys(stores: Stores, tmp_path: Path, language: str) -> None:
    async with page(MyLeaveScreen(), tmp_path, MEI, language) as (house, pilot):
        await until(pilot, lambda: "11-30" in house.text())
        check_golden(house, f"leave-first-{language}")
        await pilot.press("3", "2")
        await until(pilot, lambda: "0.5" in house.rows[14])
        check_golden(house, f"leave-weighed-{language}")
        await pilot.press("f8")
        await until(pilot, lambda: "0.5" in said(house))
        (fact,) = stores.facts("leave.submitted")
        assert (fact["leave_type"], fact["span"]) == (
            "personal",
            {"from_day": WED, "from_half": "PM", "to_day": WED, "to_half": "PM", "half_days": 1, "provisional": False},
        )
        await pilot.press("f7")
        await until(pilot, lambda: "11-25" in house.rows[4])
        check_golden(house, f"leave-own-{language}")


async def test_a_span_until_another_half_day(stores: Stores, tmp_path: Path) -> None:
    async with page(MyLeaveScreen(), tmp_path, MEI, "en") as (house, pilot):
        await until(pilot, lambda: "11-30" in house.text())
        await pilot.press("3", "f6", "9")
        await type_in(pilot, "12-01 1")
        await pilot.press("enter", "5", "3")
        await until(pilot, lambda: "Maternity leave 11-25 afternoon to 12-01 morning, 4.0 days" in house.text())
        await pilot.press("f8")
        await until(pilot, lambda: "is sent; the hall" in said(house))


async def test_an_overlap_is_told_before_it_is_sent(stores: Stores, tmp_path: Path) -> None:
    three_requests(stores)
    async with page(MyLeaveScreen(), tmp_path, MEI, "en") as (house, pilot):
        await until(pilot, lambda: "11-30" in house.text())
        await pilot.press("2", "2")
        await until(pilot, lambda: "X overlaps the leave from 2026-11-25" in house.text())
        await pilot.press("f8")
        await until(pilot, lambda: "see the line above" in said(house))
        assert len(stores.facts("leave.submitted")) == 3


async def test_one_withdraws_what_has_not_begun(stores: Stores, tmp_path: Path) -> None:
    leaves = three_requests(stores)
    approve_leaves(stores.desk(0, LEADER), leaves[:1], at("10:00"))
    async with page(MyLeaveScreen(), tmp_path, MEI, "en") as (house, pilot):
        await pilot.press("f7", "f9")
        await until(pilot, lambda: "Withdraw it?" in said(house))
        await pilot.pause()
        house.later(1)
        await pilot.press("f9")
        await until(pilot, lambda: LeaveState.VOID in states(stores, leaves))


@pytest.mark.parametrize("language", ["zh_CN", "en"])
async def test_ones_own_half_days(stores: Stores, tmp_path: Path, language: str) -> None:
    async with page(MyAttendanceScreen(), tmp_path, WEI, language) as (house, pilot):
        await until(pilot, lambda: "08:33-" in house.text())
        check_golden(house, f"my-attendance-{language}")
        await pilot.press("f6")
        await until(pilot, lambda: said(house).startswith("X F6"))
        assert "0319" not in house.text()


def test_a_day_without_a_year_is_the_nearest() -> None:
    assert nearest_day("12-03", "2026-11-24") == "2026-12-03"
    assert nearest_day("1-4", "2026-12-24") == "2027-01-04"
    assert nearest_day("12-31", "2027-01-04") == "2026-12-31"
    assert nearest_day("13-01", "2026-11-24") == ""
    assert nearest_day("2026-12-03", "2026-11-24") == "2026-12-03"
