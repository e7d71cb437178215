"""The pages of a hall at its centre: the halls with what waits, one of them opened, a decision recorded as that hall's."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import cast

import pytest
from textual.pilot import Pilot

from hallterm.centre import FILE
from hallterm.config import load
from hallterm.keys import resolve
from hallterm.locale import use
from hallterm.modes import SIGN_ON
from hallterm.screens.of_a_hall import CentreAttendanceScreen, CentreCasesScreen, CentreOutagesScreen
from hallterm.screens.sign_on import SignOnScreen
from hallterm.wiring import TerminalApp
from storage.facts import DayOpened, Half, LeaveSpan, LeaveSubmitted, LeaveType
from tests.hallterm.screens.centre_house import CLERK, DEPT, LEADER, CentreStores, centre
from tests.hallterm.screens.pages import shown, type_in, until
from tests.hallterm.workflows.founded import PASSWORD, at

HALL = "360600001"


@pytest.fixture(autouse=True)
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.vault.PASSES", 1)
    monkeypatch.setattr("hallterm.workflows.sign_on.PASSES", 1)
    monkeypatch.setenv("HALLTERM_NO_STATION", "1")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A centre at which somebody of one hall asks for leave."""
    folder = tmp_path_factory.mktemp("centre")
    with pytest.MonkeyPatch.context() as quick:
        quick.setattr("storage.vault.PASSES", 1)
        with centre(folder) as stores, stores.journal.speaking_of(HALL).write(CLERK, at("08:10")) as tx:
            tx.record(DayOpened("2026-11-24"))
            span = LeaveSpan("2026-12-02", Half.AM, "2026-12-02", Half.PM, 2)
            tx.record(LeaveSubmitted(CLERK, LeaveType.ANNUAL, span))
    return folder


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    return tmp_path


@asynccontextmanager
async def terminal(folder: Path, number: str) -> AsyncIterator[tuple[TerminalApp, Pilot[None]]]:
    use("en")
    app = TerminalApp(load(None, {}, data=folder), resolve(), SIGN_ON)
    try:
        async with app.run_test(size=(80, 24)) as running:
            pilot = cast(Pilot[None], running)
            await until(pilot, lambda: isinstance(app.screen, SignOnScreen))
            await type_in(pilot, f"{number}\n{PASSWORD}\n")
            await until(pilot, lambda: not isinstance(app.screen, SignOnScreen))
            yield app, pilot
    finally:
        await asyncio.to_thread(app.storage.close, 5.0)


def text(app: TerminalApp) -> str:
    return "\n".join(strip.text for strip in app.screen._compositor.render_strips())


def recorded(folder: Path, kind: str) -> list[dict[str, object]]:
    stores = CentreStores(folder)
    try:
        rows = stores.journal.database.rows("SELECT line FROM event ORDER BY pos")
        return [line for (raw,) in rows if (line := json.loads(bytes(raw)))["k"] == kind]
    finally:
        stores.close()


async def test_the_bureau_leader_grants_leave_of_a_hall(folder: Path) -> None:
    async with terminal(folder, LEADER) as (app, pilot):
        await pilot.press("2")
        await until(pilot, lambda: isinstance(app.screen, CentreAttendanceScreen))
        await until(pilot, lambda: "360600001 市办税厅" in text(app))
        await until(pilot, lambda: "360681001 贵溪" in text(app))
        await until(pilot, lambda: "next exchange" in text(app))
        await pilot.press("enter")
        await until(pilot, lambda: "Annual" in text(app))
        await until(pilot, lambda: "张晓梅" in text(app))
        await pilot.press("f8")
        await until(pilot, lambda: bool(recorded(folder, "leave.approved")))
        await until(pilot, lambda: "approved: 0317" in text(app))
        await asyncio.sleep(0.2)  # a person's pace
        await pilot.press("escape")
        await until(pilot, lambda: "360681001 贵溪" in text(app))
    (line,) = recorded(folder, "leave.approved")
    assert (line["h"], line["a"]) == (HALL, LEADER)


async def test_the_collection_department_opens_cases_and_declares_a_fault_of_a_hall(folder: Path) -> None:
    async with terminal(folder, DEPT) as (app, pilot):
        await pilot.press("5")
        await until(pilot, lambda: isinstance(app.screen, CentreCasesScreen))
        await until(pilot, lambda: "360671001 园区" in text(app))
        await pilot.press("down")
        await until(pilot, lambda: "> 360603001" in text(app))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, CentreCasesScreen) and app.screen.cases.look is not None)
        await until(pilot, lambda: "余江" in text(app))
        await asyncio.sleep(0.2)  # a person's pace
        await pilot.press("escape")
        await until(pilot, lambda: "360671001 园区" in text(app))
        app.pages["fault.report"]()
        await until(pilot, lambda: isinstance(app.screen, CentreOutagesScreen))
        await until(pilot, lambda: "Faults open" in text(app))
        await until(pilot, lambda: "> 360600001" in text(app))
        await asyncio.sleep(0.2)  # a person's pace
        await pilot.press("enter")
        await until(pilot, lambda: "No fault is on record" in text(app))
        await pilot.press("f7")
        await until(pilot, lambda: "No pause waits" in text(app))
        await asyncio.sleep(0.3)  # a person's pace
        await pilot.press("f7")
        await until(pilot, lambda: "No fault is on record" in text(app))  # two lists: slips are entered in the hall
        await pilot.press("insert")
        await until(pilot, lambda: "What is out of order" in text(app))
        await pilot.press("1")
        await until(pilot, lambda: bool(recorded(folder, "outage.confirmed")))
        await until(pilot, lambda: "pauses with its next exchange" in text(app))
        await asyncio.sleep(0.2)  # a person's pace
        await pilot.press("escape")
        await until(pilot, lambda: "Faults open" in text(app))
        await until(pilot, lambda: re.search(r"> 360600001 市办税厅 +1 +0 ", text(app)) is not None)
    assert [line["h"] for line in recorded(folder, "outage.declared")] == [HALL]


async def test_an_empty_list_says_that_nothing_has_come_from_the_hall(made: Path, tmp_path: Path) -> None:
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    options = {"staff": DEPT, "file": FILE, "language": "zh_CN"}
    async with shown(CentreOutagesScreen(), tmp_path, at("10:45"), **options) as (house, pilot):  # type: ignore[arg-type]
        await until(pilot, lambda: "未了故障" in house.text() and "金屯点" in house.text())
        await pilot.press("end")
        await until(pilot, lambda: "> 360681902" in house.text())
        await pilot.press("enter")
        await until(pilot, lambda: "没有登记的故障" in house.rows[5])
        await until(pilot, lambda: "没有数据: 金屯点从没传来过" in house.rows[6])
