"""The pages of attendance in the real app: the clerk's five keys from the counter, page 2 of the leader by its digit."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from hallterm.screens.attendance import AttendanceScreen
from hallterm.screens.counter import CounterScreen
from hallterm.screens.my_leave import MyLeaveScreen
from tests.hallterm.screens.pages import until
from tests.hallterm.screens.test_presses import CLERK, LEADER, W3, signed_on, text_of
from tests.hallterm.screens.test_presses import founded_with_people as founded_with_people
from tests.hallterm.screens.test_presses import young_hall as young_hall


async def test_leave_from_the_counter_takes_five_keys(young_hall: Path) -> None:
    async with signed_on(young_hall, CLERK, W3) as (app, pilot):
        await until(pilot, lambda: app.view is not None)
        await pilot.press("ctrl+p", "l")
        await until(pilot, lambda: isinstance(app.screen, MyLeaveScreen) and "When?" in text_of(app))
        await pilot.press("3", "2")
        await until(pilot, lambda: "0.5 days, 6 points off" in text_of(app))
        await pilot.press("f8")
        await until(pilot, lambda: "is sent; the duty leader decides" in text_of(app))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, CounterScreen))


async def test_the_case_at_the_window_is_told_meanwhile(young_hall: Path) -> None:
    async with signed_on(young_hall, CLERK, W3) as (app, pilot):
        await until(pilot, lambda: app.view is not None)
        await pilot.press("insert", "1")
        await until(pilot, lambda: app.view is not None and app.view.service is not None)
        for letter in ("l", "q"):
            await asyncio.sleep(0.2)  # a person's pace: keys that come at once are a reader's
            await pilot.press("ctrl+p")
            await until(pilot, lambda: "Type two digits or one letter" in text_of(app))
            await pilot.press(letter)
            await until(pilot, lambda: "serving " in text_of(app).splitlines()[1] and " since " in text_of(app))
            await pilot.press("escape")
            await until(pilot, lambda: isinstance(app.screen, CounterScreen))


async def test_a_clerk_sees_his_own_attendance_only(young_hall: Path) -> None:
    async with signed_on(young_hall, CLERK, W3) as (app, pilot):
        await until(pilot, lambda: app.view is not None)
        await pilot.press("ctrl+p", "q")
        await until(pilot, lambda: "My attendance" in text_of(app) and "planned 0.0" in text_of(app))
        assert all(page.screen != "attendance" for page in app.mode)


async def test_a_leader_opens_page_2_by_its_digit(young_hall: Path) -> None:
    async with signed_on(young_hall, LEADER) as (app, pilot):
        page = next((one for one in app.mode if one.screen == "attendance"), None)
        assert page is not None
        assert page.number == 2
        page.open()
        await until(pilot, lambda: isinstance(app.screen, AttendanceScreen) and ">2Attend" in text_of(app))
        await until(pilot, lambda: "Nobody is planned" in text_of(app))


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.vault.PASSES", 1)
    monkeypatch.setattr("hallterm.workflows.sign_on.PASSES", 1)
