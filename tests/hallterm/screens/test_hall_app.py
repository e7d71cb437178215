"""Leaders come to the hall board by themselves; who also serves comes there by menu 40 and goes back to his window."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from pathlib import Path

import pytest

from hallterm.screens.counter import CounterScreen
from hallterm.screens.hall_board import HallBoardScreen
from hallterm.screens.sign_on import SignOnScreen
from hallterm.workflows.reference import StaffDraft, add_staff
from hallterm.workflows.sign_on import change_password
from storage.facts import Role
from tests.hallterm.screens.pages import type_in, until
from tests.hallterm.screens.test_presses import FIRST, OWN, signed_on, text_of
from tests.hallterm.workflows.founded import HALL, at, founded

LEADER, DIRECTOR, CLERK = "0201", "0101", "0317"
ROLES = ((LEADER, "周磊", (Role.DUTY_LEADER, Role.CLERK)), (DIRECTOR, "王建国", (Role.HALL_DIRECTOR,)))


@pytest.fixture(autouse=True)
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.vault.PASSES", 1)
    monkeypatch.setattr("hallterm.workflows.sign_on.PASSES", 1)


@pytest.fixture
def young_hall(tmp_path: Path) -> Path:
    """People with passwords, founded two days ago by this machine's clock: the real app signs them on by it."""
    day = (date.today() - timedelta(days=2)).isoformat()
    (tmp_path / "data").mkdir()
    with founded(tmp_path / "data", day=day) as made:
        for number, name, roles in (*ROLES, (CLERK, "张晓梅", (Role.CLERK,))):
            draft = StaffDraft(number, name, roles, password=FIRST)
            add_staff(made.desk(staff="0001"), made.vault, draft, at("08:05", day))
            change_password(made.desk(staff=number), made.vault, FIRST, OWN, OWN, at("08:06", day))
    return tmp_path


@pytest.mark.parametrize("staff", [LEADER, DIRECTOR])
async def test_a_leader_without_a_window_lands_on_the_board(young_hall: Path, staff: str) -> None:
    async with signed_on(young_hall, staff) as (app, pilot):
        assert isinstance(app.screen, HallBoardScreen)
        await until(pilot, lambda: ">1Hall" in text_of(app) and "Wait 0 " in text_of(app))
        await pilot.press("escape")
        await until(pilot, lambda: "40   Hall board and dispatch" in text_of(app))
        await until(pilot, lambda: "Type two digits or one letter; Esc goes back" in text_of(app))
        await pilot.press("f8")
        await until(pilot, lambda: "F8  Esc leads back to the page it belongs to" in text_of(app))
        await pilot.press("4", "5")
        await until(pilot, lambda: ">5Cases" in text_of(app))
        await pilot.press("ctrl+p")
        await until(pilot, lambda: "40   Hall board and dispatch" in text_of(app))
        await pilot.press("escape")
        await until(pilot, lambda: ">5Cases" in text_of(app))


async def test_a_leader_who_serves_comes_there_by_menu_40_and_back(young_hall: Path) -> None:
    async with signed_on(young_hall, LEADER, f"{HALL}-03") as (app, pilot):
        await until(pilot, lambda: app.view is not None)
        assert isinstance(app.screen, CounterScreen)
        await pilot.press("ctrl+p", "4", "0")
        await until(pilot, lambda: ">1Hall" in text_of(app) and "Wait 0 " in text_of(app))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, CounterScreen))


async def test_a_clerk_has_no_such_entry(young_hall: Path) -> None:
    async with signed_on(young_hall, CLERK, f"{HALL}-03") as (app, pilot):
        await until(pilot, lambda: app.view is not None)
        await pilot.press("ctrl+p")
        await until(pilot, lambda: "31 D Devices" in text_of(app))
        assert "Hall board" not in text_of(app)
        await pilot.press("4", "0")
        await until(pilot, lambda: "That is not in the menu" in text_of(app))


async def test_who_signs_on_next_at_a_window_finds_nothing_of_who_signed_off(young_hall: Path) -> None:
    async with signed_on(young_hall, CLERK, f"{HALL}-03") as (app, pilot):
        await until(pilot, lambda: f"张晓梅 {CLERK}" in text_of(app))
        assert len(app.screen_stack) == 2  # the page that is shown, above Textual's own; none below paints into it
        await asyncio.sleep(0.2)  # a person's pace
        await pilot.press("ctrl+p", "1", "3")
        await until(pilot, lambda: "within 3 seconds" in text_of(app))
        await asyncio.sleep(0.4)  # the question has been read
        await pilot.press("f9")
        await until(pilot, lambda: isinstance(app.screen, SignOnScreen))
        await asyncio.sleep(0.2)  # a person's pace
        await type_in(pilot, f"{LEADER}\n{OWN}\n")
        await until(pilot, lambda: f"周磊 {LEADER}" in text_of(app))
        await until(pilot, lambda: "张晓梅" not in text_of(app) and "signed off" not in text_of(app))
