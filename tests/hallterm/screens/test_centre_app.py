"""The terminal program at a centre: its first administrator, who lands where, the numbered pages, the menu."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import cast

import pytest
from textual.pilot import Pilot

from hallterm import modes
from hallterm.centre import FILE, found
from hallterm.centre_place import REOPEN, is_centre
from hallterm.config import load
from hallterm.keys import resolve
from hallterm.modes import SIGN_ON
from hallterm.screens.assessment import AssessmentScreen
from hallterm.screens.centre_editor import CentreEditorScreen
from hallterm.screens.centre_setup import CentreSetupScreen
from hallterm.screens.mode_menu import ModeMenuScreen
from hallterm.screens.setup import SetupScreen
from hallterm.screens.sign_on import SignOnScreen
from hallterm.screens.sync_page import SyncScreen
from hallterm.screens.technician_status import DeviceStatusScreen
from hallterm.wiring import TerminalApp
from storage import views
from storage.journal import Journal
from tests.hallterm.screens.centre_house import ADMIN, CLERK, DEPT, DIRECTOR, LEADER, TECHNICIAN, CentreStores, centre
from tests.hallterm.screens.pages import type_in, until
from tests.hallterm.workflows.founded import PASSWORD, founded

WORDS = "one two three four"
OFFICE = ["fault.report", "reference", "reports", "sync"]
PAGES = {
    ADMIN: ([1, 2, 3, 4, 5, 6], OFFICE),
    DEPT: ([1, 2, 3, 4, 5, 6], OFFICE),
    DIRECTOR: ([1, 2, 3, 4, 5, 6], OFFICE),
    LEADER: ([1, 2, 3, 4, 5], ["reports"]),
    TECHNICIAN: ([6], ["fault.report", "sync"]),
}
"""The numbered pages and the pages of the menu of each role at a centre, all of them."""


@pytest.fixture(autouse=True)
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.vault.PASSES", 1)
    monkeypatch.setattr("hallterm.workflows.sign_on.PASSES", 1)
    monkeypatch.setenv("HALLTERM_NO_STATION", "1")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("centre")
    with pytest.MonkeyPatch.context() as quick:
        quick.setattr("storage.vault.PASSES", 1)
        with centre(folder):
            pass
    return folder


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    return tmp_path


@asynccontextmanager
async def terminal(folder: Path) -> AsyncIterator[tuple[TerminalApp, Pilot[None]]]:
    app = TerminalApp(load(None, {}, data=folder), resolve(), SIGN_ON)
    try:
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.pause()
            yield app, cast(Pilot[None], pilot)
    finally:
        await asyncio.to_thread(app.storage.close, 5.0)


async def sign_on(app: TerminalApp, pilot: Pilot[None], number: str) -> None:
    await until(pilot, lambda: isinstance(app.screen, SignOnScreen))
    await type_in(pilot, f"{number}\n{PASSWORD}\n")
    await until(pilot, lambda: not isinstance(app.screen, SignOnScreen))


def rows(app: TerminalApp) -> list[str]:
    return [strip.text for strip in app.screen._compositor.render_strips()]


@pytest.mark.parametrize("number", [ADMIN, DEPT, DIRECTOR, TECHNICIAN])
async def test_who_sees_nodes_lands_on_their_page(folder: Path, number: str) -> None:
    async with terminal(folder) as (app, pilot):
        await sign_on(app, pilot, number)
        await until(pilot, lambda: isinstance(app.screen, SyncScreen) and app.screen.look is not None)
        numbers, pages = PAGES[number]
        assert [page.number for page in app.mode] == numbers
        assert sorted(app.pages) == pages
        await until(pilot, lambda: ">6" in rows(app)[0])


@pytest.mark.parametrize("number", [CLERK])
async def test_who_has_no_page_yet_gets_the_menu(folder: Path, number: str) -> None:
    async with terminal(folder) as (app, pilot):
        await sign_on(app, pilot, number)
        await until(pilot, lambda: isinstance(app.screen, ModeMenuScreen))
        assert app.mode == ()
        assert set(app.pages) == set()


async def test_a_bureau_leader_lands_on_the_assessment_of_the_city(folder: Path) -> None:
    async with terminal(folder) as (app, pilot):
        await sign_on(app, pilot, LEADER)
        await until(pilot, lambda: isinstance(app.screen, AssessmentScreen))
        numbers, pages = PAGES[LEADER]
        assert [page.number for page in app.mode] == numbers
        assert sorted(app.pages) == pages
        await until(pilot, lambda: "R02" in rows(app)[1] and ">3" in rows(app)[0])


async def test_the_menu_leads_to_the_data_of_the_centre_and_back(folder: Path) -> None:
    async with terminal(folder) as (app, pilot):
        await sign_on(app, pilot, ADMIN)
        await until(pilot, lambda: isinstance(app.screen, SyncScreen))
        await pilot.press("ctrl+p")
        await until(pilot, lambda: isinstance(app.screen, ModeMenuScreen))
        await pilot.press("4", "3")
        await until(pilot, lambda: isinstance(app.screen, CentreEditorScreen))
        await pilot.press("ctrl+p")
        await until(pilot, lambda: isinstance(app.screen, ModeMenuScreen))
        await pilot.press("1", "3")
        await until(pilot, lambda: isinstance(app.screen, SignOnScreen))
        assert app.mode == ()


async def test_a_signing_on_at_a_centre_opens_no_day(folder: Path) -> None:
    async with terminal(folder) as (app, pilot):
        await sign_on(app, pilot, ADMIN)
    stores = CentreStores(folder)
    assert stores.kinds().count("sign_on.done") == 1
    assert "day.opened" not in stores.kinds()
    stores.close()


async def test_at_a_hall_digits_switch_the_pages_of_a_director(tmp_path: Path) -> None:
    with founded(tmp_path):
        pass
    async with terminal(tmp_path) as (app, pilot):
        await until(pilot, lambda: isinstance(app.screen, SignOnScreen))
        await type_in(pilot, f"0001\n{PASSWORD}\n")
        await until(pilot, lambda: any("  0  " in row for row in rows(app)))
        await pilot.press("0")
        await until(pilot, lambda: [page.number for page in app.mode] == [1, 2, 3, 4, 5, 6, 7])
        app.pages["sync"]()
        await until(pilot, lambda: isinstance(app.screen, SyncScreen) and app.screen.look is not None)
        await pilot.press("7")
        await until(pilot, lambda: isinstance(app.screen, DeviceStatusScreen))
        await until(pilot, lambda: ">7" in rows(app)[0])
        await pilot.press("6")
        await until(pilot, lambda: isinstance(app.screen, SyncScreen) and ">6" in rows(app)[0])


async def test_a_centre_without_an_administrator_asks_for_the_first(tmp_path: Path) -> None:
    found(tmp_path)
    async with terminal(tmp_path) as (app, pilot):
        await until(pilot, lambda: isinstance(app.screen, CentreSetupScreen))
        await pilot.press("down")
        await type_in(pilot, f"City\n360600\n\n\n\n0001\nWang\n{WORDS}\n{WORDS}")
        await pilot.press("f8")
        await until(pilot, lambda: app.return_code == REOPEN)
    journal = Journal.open(tmp_path / FILE)
    assert [(one.role, one.node) for one in views.grants(journal.database, "0001")] == [
        ("admin", "360600"),
        ("collection_dept", "360600"),
    ]
    journal.close()
    async with terminal(tmp_path) as (app, pilot):
        await until(pilot, lambda: isinstance(app.screen, SignOnScreen))


async def test_a_new_pc_can_become_a_centre(tmp_path: Path) -> None:
    async with terminal(tmp_path) as (app, pilot):
        await until(pilot, lambda: isinstance(app.screen, SetupScreen))
        assert not is_centre(tmp_path)
        await pilot.press("5", "down")
        await type_in(pilot, f"City\n360600\n\n\n\n0001\nWang\n{WORDS}\n{WORDS}")
        await pilot.press("f8")
        await until(pilot, lambda: app.return_code == REOPEN)
    assert is_centre(tmp_path)


def test_every_screen_of_the_table_can_be_made() -> None:
    for name, row in modes.SCREENS.items():
        assert callable(modes.named(row.make)), name
        for view in filter(None, (row.view, row.roomy_view)):
            assert callable(modes.named(view)), name
    for place in (modes.Where.HALL, modes.Where.CENTRE):
        numbers = [row.number for row in modes.SCREENS.values() if row.number and row.where & place]
        assert len(numbers) == len(set(numbers)), place
