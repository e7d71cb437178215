"""Page 5: a case from the list to its end by keys; unrated, comments, rewards; a clerk's own page with his appeal."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import pytest
from textual.pilot import Pilot

from hallterm.screens.cases import CasesScreen
from hallterm.screens.my_opinions import MyOpinionsScreen
from hallterm.screens.panes import PaneScreen
from hallterm.workflows import appeals, bad_ratings, counter, rating
from hallterm.workflows.identifying import identify
from storage.facts import AppealDecision, BadRatingClass, GrantSet, Role, StaffSet, UnratedReason
from storage.views import cases as rows
from tests.hallterm.screens.pages import House, shown, type_in, until, until_golden
from tests.hallterm.workflows.founded import HALL, Stores, at
from tests.hallterm.workflows.shift import MEI, WEI, Shift, make_hall, on_copy

DIRECTOR, LEADER, DEPT, GUIDE, ASSESSOR = "0101", "0201", "0900", "0601", "0801"
CITIZEN = "11010519491231002X"
PEOPLE = (
    (DIRECTOR, "赵主任", Role.HALL_DIRECTOR, HALL),
    (LEADER, "李值班", Role.DUTY_LEADER, HALL),
    (DEPT, "孙征管", Role.COLLECTION_DEPT, "360600"),
    (GUIDE, "吴导税", Role.GUIDE, HALL),
    (MEI, "张晓梅", Role.CLERK, HALL),
    (WEI, "李伟", Role.CLERK, HALL),
)
WIDE = (120, 40)


def rated(shift: Shift, level: int, *, named: bool, staff: str, window: int, code: str) -> None:
    desk = shift.desk(window, staff)
    if shift.window(desk).staff != staff:
        shift.open(window, staff)
    shift.serve(desk, code)
    if named:
        identify(desk, shift.clock.after(1), CITIZEN)
    shift.do(counter.finish, desk, after_s=340)
    service = shift.window(desk).service
    assert rating.ask(shift.stores.journal, service, "HT25A0000001", 30, shift.clock.after(0.1))
    assert shift.rate(service, level)


@pytest.fixture(scope="module")
def a_month(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four bad ratings of a Tuesday: one named, one anonymous, one corrected, one revoked; and one without a rating."""
    folder = tmp_path_factory.mktemp("cases")
    make_hall(folder / "founded")
    with on_copy(folder / "founded", folder / "data") as shift:
        with shift.stores.journal.write("0001", at("08:10")) as tx:
            for number, name, role, node in PEOPLE:
                tx.record(StaffSet(number, name, HALL))
                tx.record(GrantSet(number, role, node))
        rated(shift, 2, named=False, staff=WEI, window=2, code="B02")
        rated(shift, 2, named=True, staff=MEI, window=1, code="B01")
        rated(shift, 1, named=True, staff=MEI, window=1, code="B01")
        rated(shift, 2, named=True, staff=MEI, window=1, code="A01")
        rated(shift, 5, named=False, staff=MEI, window=1, code="B01")
        first, second = rows.open_cases(shift.db, HALL)[:2]
        director, now = shift.stores.desk(0, DIRECTOR), shift.clock.after(60)
        bad_ratings.classify(director, now, first.id, BadRatingClass.UNFOUNDED)
        bad_ratings.close(director, shift.clock.after(60), first.id, told=False)
        appeals.file_appeal(shift.stores.desk(0, MEI), shift.clock.after(60), second.id, "不是我办的")
        appeals.forward_appeal(director, shift.clock.after(60), second.id, "属实")
        dept = shift.stores.desk(0, DEPT)
        appeals.decide_appeal(dept, shift.clock.after(60), second.id, AppealDecision.REVOKE, "录像")
        service = shift.await_rating(shift.desk(1, MEI))
        assert rating.miss(shift.stores.journal, service, UnratedReason.NO_RESPONSE, shift.clock.after(31))
        shift.check()
    return folder


@pytest.fixture
def folder(a_month: Path, tmp_path: Path) -> Path:
    shutil.copytree(a_month / "data", tmp_path / "data")
    return tmp_path / "data"


@asynccontextmanager
async def page(
    screen: PaneScreen,
    folder: Path,
    staff: str,
    *,
    when: str = "10:45",
    day: str = "2026-11-25",
    language: str = "en",
    size: tuple[int, int] = (80, 24),
) -> AsyncIterator[tuple[House, Pilot[None]]]:
    async with shown(screen, folder, at(when, day), language=language, staff=staff, size=size) as (house, pilot):
        await until(pilot, lambda: screen.pane.is_read or screen.message)
        yield house, pilot


@asynccontextmanager
async def facts(folder: Path) -> AsyncIterator[Stores]:
    stores = Stores(folder)
    try:
        yield stores
    finally:
        stores.close()


async def press_twice(house: House, pilot: Pilot[None], key: str) -> None:
    """A key that is asked for a second time."""
    await pilot.press(key)
    await until(pilot, lambda: house.screen._question.painted_m is not None)  # type: ignore[attr-defined]
    house.later(0.5)
    await pilot.press(key)


@pytest.mark.parametrize("language", ["zh_CN", "en"])
@pytest.mark.parametrize("size", [(80, 24), WIDE], ids=["80", "120"])
async def test_the_cases(folder: Path, language: str, size: tuple[int, int]) -> None:
    screen = CasesScreen()
    async with page(screen, folder, DIRECTOR, language=language, size=size) as (house, pilot):
        await until(pilot, lambda: screen.cases.known is not None)
        name = f"cases-{language}" + ("" if size[0] == 80 else "-wide")
        await until_golden(pilot, house, name, size)


@pytest.mark.parametrize("language", ["zh_CN", "en"])
async def test_the_other_lists(folder: Path, language: str) -> None:
    screen = CasesScreen()
    async with page(screen, folder, DIRECTOR, language=language, day="2026-11-24") as (house, pilot):
        for pane, name in ((1, "unrated"), (2, "comments"), (3, "rewards")):
            house.later(1)
            await pilot.press("f7")
            await until(pilot, partial(lambda at: screen.pane is screen._views[at] and screen.pane.is_read, pane))
            await until_golden(pilot, house, f"cases-{name}-{language}")
        house.later(1)
        await pilot.press("f7")
        await until(pilot, lambda: screen.pane is screen.cases)


async def test_a_case_is_handled_by_digits_and_f_keys(folder: Path) -> None:
    screen = CasesScreen()
    async with page(screen, folder, DIRECTOR) as (house, pilot):
        await until(pilot, lambda: screen.cases.known is not None)
        chosen = screen.cases.chosen
        assert chosen is not None
        assert chosen.todo == "call"
        await pilot.press("f8")
        assert "first the result of the call-back" in house.rows[21]
        await pilot.press("f6", "1")
        await until(pilot, lambda: screen.cases.known and screen.cases.known.line.todo == "classify")
        await pilot.press("1")
        await until(pilot, lambda: "again within 3 seconds" in house.rows[21])
        await until(pilot, lambda: screen._question is not None and screen._question.painted_m is not None)
        house.later(0.5)
        await pilot.press("f8")
        await until(pilot, lambda: screen.cases.known and screen.cases.known.line.todo == "measure")
        await pilot.press("f6")
        await type_in(pilot, "taught\n")
        await until(pilot, lambda: screen.cases.known and screen.cases.known.line.todo == "close")
        await pilot.press("f8", "1")
        await until(pilot, lambda: "closed: corrected" in house.rows[21])
    async with facts(folder) as stores:
        row = rows.case(stores.journal.database, chosen.row.id)
        assert row is not None
        assert (row.contact, row.cls, row.measure, row.result, row.told) == (
            "reached",
            "clear",
            "taught",
            "rectified",
            True,
        )


async def test_a_digit_that_was_meant_for_another_page_judges_nothing(folder: Path) -> None:
    async with facts(folder) as stores:
        contacted = stores.facts("case.contacted")
    screen = CasesScreen()
    async with page(screen, folder, DIRECTOR) as (house, pilot):
        await until(pilot, lambda: screen.cases.known is not None)
        await pilot.press("2")
        await until(pilot, lambda: "again within 3 seconds" in house.rows[21])
    async with facts(folder) as stores:
        assert stores.facts("case.contacted") == contacted


async def test_the_rater_is_shown_for_a_reason(folder: Path) -> None:
    screen = CasesScreen()
    async with page(screen, folder, DIRECTOR) as (house, pilot):
        await until(pilot, lambda: "110***002X" in house.text())
        assert CITIZEN not in house.text()
        await pilot.press("ctrl+r")
        await type_in(pilot, "to call\n")
        await until(pilot, lambda: CITIZEN in house.rows[21])
        await pilot.press("down")
        await until(pilot, lambda: CITIZEN not in house.text())
    async with facts(folder) as stores:
        assert [fact["reason"] for fact in stores.facts("rater.revealed")] == ["to call"]


async def test_from_afar_a_step_is_asked_twice(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSH_CONNECTION", "10.0.0.9 5022 10.0.0.1 22")
    monkeypatch.setattr("hallterm.screens.panes.is_remote", lambda: True)
    screen = CasesScreen()
    async with page(screen, folder, DIRECTOR) as (house, pilot):
        await until(pilot, lambda: screen.cases.known is not None)
        await pilot.press("2")
        await until(pilot, lambda: "again within 3 seconds" in house.rows[21])
        await until(pilot, lambda: screen._question is not None and screen._question.painted_m is not None)
        house.later(0.5)
        await pilot.press("f8")
        await until(pilot, lambda: screen.cases.known and screen.cases.known.line.row.contact == "no_answer")


async def test_a_duty_leader_has_no_cases_but_the_other_lists(folder: Path) -> None:
    screen = CasesScreen()
    async with page(screen, folder, LEADER) as (house, pilot):
        await until(pilot, lambda: screen.pane is screen.unrated and screen.unrated.is_read)
        assert "D-202611" not in house.text()
        assert screen.cases not in screen._views


async def test_a_guide_enters_a_card_and_sees_nothing_else(folder: Path) -> None:
    screen = CasesScreen()
    async with page(screen, folder, GUIDE, day="2026-11-24") as (house, pilot):
        await until(pilot, lambda: screen.pane is screen.unrated and screen.unrated.chosen)
        await pilot.press("insert", "4")
        await type_in(pilot, "K-0012\n")
        await until(pilot, lambda: screen.choice is not None and "Attitude" in house.text())
        await pilot.press("3", "1", "1")
        await until(pilot, lambda: "* Slow" in house.text() and "* Attitude" not in house.text())
        await pilot.press("0")
        await until(pilot, lambda: screen._question is not None and screen._question.painted_m is not None)
        house.later(0.5)
        await pilot.press("insert")
        await until(pilot, lambda: "card K-0012 entered" in house.rows[21])
        await pilot.press("f7")
        await until(pilot, lambda: screen._views == [screen.unrated])
    async with facts(folder) as stores:
        assert [(fact["level"], fact["options"]) for fact in stores.facts("rating.card_entered")] == [(2, ["slow"])]
        assert ["slow"] in [fact.get("options") for fact in stores.facts("case.opened")]


async def test_a_comment_and_a_reward_by_keys(folder: Path) -> None:
    screen = CasesScreen()
    async with page(screen, folder, DIRECTOR) as (house, pilot):
        await pilot.press("f7")
        house.later(1)
        await pilot.press("f7")
        await until(pilot, lambda: screen.pane is screen.comments and screen.comments.chosen)
        await pilot.press("f6")
        await type_in(pilot, "good week\n")
        await until(pilot, lambda: "good week" in house.rows[4])
        house.later(1)
        await pilot.press("f7")
        await until(pilot, lambda: screen.pane is screen.rewards and screen.rewards.is_read)
        await pilot.press("insert", "1", "1")
        await type_in(pilot, "best\n200\n")
        await until(pilot, lambda: "200.00" in house.rows[4])
        await press_twice(house, pilot, "f8")
        await until(pilot, lambda: "published 11-25" in house.rows[4])
    async with facts(folder) as stores:
        assert [fact["amount_fen"] for fact in stores.facts("reward.given")] == [20_000]
        assert len(stores.facts("reward.published")) == 1


async def test_an_assessor_drafts_and_the_director_adopts(folder: Path) -> None:
    async with facts(folder) as stores:
        with stores.journal.write("0001", at("10:40", "2026-11-25")) as tx:
            tx.record(StaffSet(ASSESSOR, "钱考核", HALL))
            tx.record(GrantSet(ASSESSOR, Role.ASSESSOR, HALL))
    screen = CasesScreen()
    async with page(screen, folder, ASSESSOR) as (house, pilot):
        await until(pilot, lambda: screen.pane is screen.comments and screen.comments.chosen)
        await pilot.press("f6")
        await type_in(pilot, "calm\n")
        await until(pilot, lambda: "draft by 钱考核: calm" in house.rows[4])
        assert "only" in house.text() or "needs" in house.text(), "F8 says who writes it"
    async with page(CasesScreen(), folder, DIRECTOR) as (house, pilot):
        await pilot.press("f7")
        house.later(1)
        await pilot.press("f7")
        await until(pilot, lambda: "draft by 钱考核: calm" in house.rows[4])
        house.later(1)
        await pilot.press("f8")
        await until(pilot, lambda: "calm" in house.rows[4] and "draft" not in house.rows[4])
    async with facts(folder) as stores:
        assert [fact["text"] for fact in stores.facts("comment.written")] == ["calm"]


@pytest.mark.parametrize("language", ["zh_CN", "en"])
async def test_a_clerk_sees_his_own_on_the_next_day(folder: Path, language: str) -> None:
    screen = MyOpinionsScreen()
    async with page(screen, folder, MEI, language=language) as (house, pilot):
        await until_golden(pilot, house, f"my-opinions-{language}")
        assert "110***002X" not in house.text()


async def test_on_the_day_itself_a_clerk_sees_no_rating(folder: Path) -> None:
    screen = MyOpinionsScreen()
    async with page(screen, folder, MEI, day="2026-11-24", when="17:00") as (house, pilot):
        await until(pilot, lambda: "No bad rating" in house.text())


async def test_a_clerk_appeals_and_withdraws(folder: Path) -> None:
    screen = MyOpinionsScreen()
    async with page(screen, folder, MEI) as (house, pilot):
        await pilot.press("f6")
        await type_in(pilot, "not so\n")
        await until(pilot, lambda: screen._question is not None and screen._question.painted_m is not None)
        house.later(0.5)
        await pilot.press("f6")
        await until(pilot, lambda: "appealed" in house.rows[21])
        await until(pilot, lambda: "filed" in house.text())
        house.later(1)
        await press_twice(house, pilot, "f9")
        await until(pilot, lambda: "the appeal is withdrawn" in house.rows[21])
    async with facts(folder) as stores:
        assert len(stores.facts("appeal.withdrawn")) == 1
