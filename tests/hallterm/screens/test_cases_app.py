"""How people come to the pages of cases in the real program: a digit, the menu; who is shown them at all."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, timedelta
from pathlib import Path

import pytest
from textual.pilot import Pilot

from hallterm.config import load
from hallterm.keys import resolve
from hallterm.modes import CASES, MY_OPINIONS, SCREENS, SIGN_ON, allowed
from hallterm.screens.my_opinions import MyOpinionsScreen
from hallterm.screens.sign_on import SignOnScreen
from hallterm.wiring import TerminalApp
from hallterm.workflows.reference import StaffDraft, add_staff
from hallterm.workflows.sign_on import SignedOn, change_password
from storage import views
from storage.access import Grant
from storage.facts import Role
from tests.hallterm.screens.pages import type_in, until
from tests.hallterm.workflows.founded import ADMIN, HALL, at, founded
from tests.hallterm.workflows.shift import MEI

DIRECTOR = "0101"
OWN = "my own words"


class Terminal(TerminalApp):
    """No station is started beside the test."""

    def _look_after_station(self) -> None:
        pass


@pytest.fixture
def young_hall(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A director and a clerk with passwords, founded two days ago by this machine's clock."""
    monkeypatch.setattr("storage.vault.PASSES", 1)
    monkeypatch.setattr("hallterm.workflows.sign_on.PASSES", 1)
    day = (date.today() - timedelta(days=2)).isoformat()
    (tmp_path / "data").mkdir()
    with founded(tmp_path / "data", day=day) as made:
        for number, name, role in ((DIRECTOR, "赵主任", Role.HALL_DIRECTOR), (MEI, "张晓梅", Role.CLERK)):
            draft = StaffDraft(number, name, (role,), password="first password")
            add_staff(made.desk(staff=ADMIN), made.vault, draft, at("08:05", day))
            change_password(made.desk(staff=number), made.vault, "first password", OWN, OWN, at("08:06", day))
    config = tmp_path / "hallterm.toml"
    config.write_text(f'[data]\npath = "{tmp_path / "data"}"\n[ui]\nlanguage = "en"\n', encoding="utf-8")
    return config


@asynccontextmanager
async def signed_on(config: Path, staff: str, window: str = "") -> AsyncIterator[tuple[Terminal, Pilot[None]]]:
    """The real app after a real sign-on."""
    app = Terminal(load(config, {}, window=window), resolve(), SIGN_ON)
    try:
        async with app.run_test(size=(80, 24)) as pilot:
            await until(pilot, lambda: isinstance(app.screen, SignOnScreen))
            await pilot.press(*staff, "enter")
            await type_in(pilot, OWN)
            await pilot.press("enter")
            if not window:
                await until(pilot, lambda: "without a window" in text_of(app))
                await pilot.press("0")
            await until(pilot, lambda: not isinstance(app.screen, SignOnScreen))
            yield app, pilot
    finally:
        app.storage.close(120)


def text_of(app: Terminal) -> str:
    return "\n".join(strip.text for strip in app.screen._compositor.render_strips())


async def test_a_director_comes_there_by_a_digit(young_hall: Path) -> None:
    async with signed_on(young_hall, DIRECTOR) as (app, pilot):
        await until(pilot, lambda: "5Cases" in text_of(app))
        await pilot.press("5")
        await until(pilot, lambda: ">5Cases" in text_of(app) and "No bad rating in" in text_of(app))


async def test_a_director_comes_there_by_the_menu(young_hall: Path) -> None:
    async with signed_on(young_hall, DIRECTOR) as (app, pilot):
        await pilot.press("ctrl+p")
        await until(pilot, lambda: "45   Bad ratings, comments" in text_of(app))
        await pilot.press("4", "5")
        await until(pilot, lambda: "No bad rating in" in text_of(app))


async def test_a_clerk_comes_to_his_own_by_the_menu(young_hall: Path) -> None:
    async with signed_on(young_hall, MEI, f"{HALL}-01") as (app, pilot):
        await until(pilot, lambda: app.view is not None)
        await pilot.press("ctrl+p")
        await until(pilot, lambda: "26 I" in text_of(app))
        await pilot.press("2", "6")
        await until(pilot, lambda: isinstance(app.screen, MyOpinionsScreen) and "No bad rating" in text_of(app))


def test_who_is_shown_the_pages() -> None:
    def pages(role: Role, node: str = HALL, window: str = "") -> set[str]:
        person = views.StaffRow("1", "x", HALL, active=True)
        signed = SignedOn(person, (role,), window, grants=(Grant(role, node),))
        return {CASES, MY_OPINIONS} & set(allowed(signed, HALL))

    assert pages(Role.HALL_DIRECTOR) == {CASES, MY_OPINIONS}
    assert pages(Role.DUTY_LEADER) == {CASES, MY_OPINIONS}
    assert pages(Role.COLLECTION_DEPT, "360600") == {CASES}
    assert pages(Role.GUIDE) == {CASES}
    assert pages(Role.TECHNICIAN) == set()
    assert pages(Role.CLERK, window=f"{HALL}-01") == {MY_OPINIONS}
    assert SCREENS[CASES].number == 5
