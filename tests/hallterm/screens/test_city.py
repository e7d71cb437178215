"""The whole city at the PC of a hall: the password, the list, the reports of a real centre, and what goes wrong."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any, cast

import pytest
from textual.pilot import Pilot

from hallterm.centre_door import Door
from hallterm.centre_reports import make_report
from hallterm.config import Settings, load
from hallterm.keys import resolve
from hallterm.locale import use
from hallterm.modes import CITY, SIGN_ON, menu_pages
from hallterm.report_desk import ReportRequest
from hallterm.screens.city import CityPane, CityScreen, PassPane
from hallterm.screens.reports import ListPane
from hallterm.screens.sign_on import SignOnScreen
from hallterm.wiring import TerminalApp
from hallterm.workflows.sign_on import SignedOn
from storage import facts as f
from storage.access import Grant
from storage.facts import Role
from storage.journal import Journal
from storage.vault import Vault
from storage.views import StaffRow
from tests.hallterm.reports.city import drawn, put
from tests.hallterm.reports.test_reports import NOW
from tests.hallterm.screens.pages import DEADLINE_S, SIZE, shown, type_in, until, until_golden
from tests.hallterm.workflows.founded import ADMIN, HALL, PASSWORD, at, founded
from tests.sync.centres import centre_in_thread

LEADER, DIRECTOR = "0800", "0101"
DRAWN = ("R01", "R02", "R10", "R20")
WIDE = (120, 40)
PLACE = "360600"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr("storage.vault.PASSES", 1)
    monkeypatch.setattr("hallterm.workflows.sign_on.PASSES", 1)
    monkeypatch.setenv("HALLTERM_NO_STATION", "1")
    OPEN.set()
    yield
    OPEN.set()
    use("en")


OPEN = threading.Event()
"""Unless it is set, the centre gives no report."""


def make_when_open(*args: Any, **options: Any) -> Any:
    assert OPEN.wait(DEADLINE_S)
    return make_report(*args, **options)


def asking() -> bool:
    """Whether a child of this process still speaks with the centre."""
    children = Path(f"/proc/{os.getpid()}/task").glob("*/children")
    pids = " ".join(one.read_text() for one in children).split()
    return any(b"centre_child" in Path(f"/proc/{pid}/cmdline").read_bytes() for pid in pids)


@pytest.fixture
def centre_url(tmp_path: Path) -> Iterator[str]:
    """A centre with a drawn month of four halls, and a leader who reads there."""
    folder = tmp_path / "centre"
    folder.mkdir()
    journal, vault = Journal.open(folder / "centre.db"), Vault.open(folder)
    journal.found("centre-1", "")
    with journal.transaction() as database:
        put(database, drawn(range(4), ["2026-10-08", "2026-10-09"], 12))
    with journal.write("-", at("08:00")) as tx:
        tx.record(f.HallSet(PLACE, "鹰潭市"))
        tx.record(f.StaffSet(LEADER, "陈副局长", PLACE))
        tx.record(f.GrantSet(LEADER, Role.BUREAU_LEADER, PLACE))
    vault.set_password(LEADER, PASSWORD)
    vault.close()
    journal.close()
    opened = partial(Journal.open, folder / "centre.db")
    options = {"check": Door(folder, opened).check, "make_report": make_when_open, "clock": lambda: NOW}
    with centre_in_thread(opened, **options) as url:
        yield url


def hall_of(tmp_path: Path, url: str) -> Settings:
    """A hall whose centre this is, with the leader among its people."""
    data = tmp_path / "data"
    data.mkdir()
    with founded(data) as stores:
        with stores.journal.write(ADMIN, at("08:01")) as tx:
            tx.record(f.StaffSet(LEADER, "陈副局长", HALL))
            tx.record(f.GrantSet(LEADER, Role.BUREAU_LEADER, PLACE))
        stores.vault.set_password(LEADER, PASSWORD)
    file = tmp_path / "hallterm.toml"
    file.write_text(f'[sync]\nupstream = "{url}"\n', encoding="utf-8")
    return load(file, {}, data=data)


@asynccontextmanager
async def at_the_city(tmp_path: Path, url: str) -> AsyncIterator[tuple[TerminalApp, Pilot[None], CityScreen]]:
    """The page of that leader."""
    settings = hall_of(tmp_path, url)
    use("zh_CN")
    app = TerminalApp(settings, resolve(), SIGN_ON)
    try:
        async with app.run_test(size=(80, 24)) as running:
            pilot = cast("Pilot[None]", running)
            await until(pilot, lambda: isinstance(app.screen, SignOnScreen))
            await type_in(pilot, f"{LEADER}\n{PASSWORD}\n")
            await until(pilot, lambda: "city" in app.pages)
            app.pages["city"]()
            await until(pilot, lambda: isinstance(app.screen, CityScreen) and app.screen.field is not None)
            yield app, pilot, cast(CityScreen, app.screen)
    finally:
        await asyncio.to_thread(app.storage.close, 5.0)


def rows(app: TerminalApp) -> list[str]:
    return [strip.text for strip in app.screen._compositor.render_strips()]


async def test_the_city_is_one_list_with_one_sum(centre_url: str, tmp_path: Path) -> None:
    async with at_the_city(tmp_path, centre_url) as (app, pilot, city):
        await type_in(pilot, PASSWORD)
        assert PASSWORD not in "".join(rows(app))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(city.pane, ListPane))
        await until(pilot, lambda: any("R02" in row for row in rows(app)))
        OPEN.clear()
        await pilot.press("2")
        await until(pilot, lambda: "起等待中心应答。Esc 不等了" in rows(app)[21])
        assert asking()
        await pilot.press("escape")
        await until(pilot, lambda: "没有读完就停了" in rows(app)[21])
        await until(pilot, lambda: any("R02" in row for row in rows(app)))
        await until(pilot, lambda: not asking())
        OPEN.set()
        await asyncio.sleep(0.2)  # a person's pace
        await pilot.press("2")
        await until(pilot, lambda: isinstance(city.pane, CityPane) and city.pane.is_read)
        pane = cast(CityPane, city.pane)
        assert pane.shown.id == "R01"
        pane.change(type(pane.request)("R01", "2026-10", PLACE))
        await until(pilot, lambda: city.pane is not pane and city.pane.is_read)
        await until(pilot, lambda: any("合计" in row for row in rows(app)))
        text = "\n".join(rows(app))
        assert "市办税厅" in text
        assert "贵溪" in text
        assert len(cast(CityPane, city.pane).shown.rows) == 4
        await pilot.press("enter")
        await until(
            pilot, lambda: isinstance(city.pane, CityPane) and city.pane.is_read and city.pane.shown.scope.is_hall
        )
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(city.pane, CityPane) and not city.pane.shown.scope.is_hall)
        await pilot.press("ctrl+p")
        await until(pilot, lambda: app.screen is not city)
        assert city.token == "", "nothing of it stays"


async def test_the_pages_are_drawn_as_agreed(centre_url: str, tmp_path: Path) -> None:
    """Satisfaction, assessment, attendance and points of every hall, in both languages and dresses."""
    settings = hall_of(tmp_path, centre_url)
    city = CityScreen(settings)
    async with shown(city, settings.data.path, NOW, language="zh_CN", staff=LEADER) as (house, pilot):
        await until(pilot, lambda: city.field is not None)
        await type_in(pilot, f"{PASSWORD}\n")
        await until(pilot, lambda: isinstance(city.pane, ListPane))
        for id in DRAWN:
            city.open_report(ReportRequest(id, "2026-10", PLACE))
            await until(pilot, lambda id=id: is_drawn(city, id))  # type: ignore[misc]
            for (size, dress), language in product(((SIZE, ""), (WIDE, "-120x40")), ("zh_CN", "en")):
                use(language)
                await pilot.resize_terminal(*size)
                city.repaint()
                await until_golden(pilot, house, f"city-{id.lower()}-{language}{dress}", size)


def is_drawn(city: CityScreen, id: str) -> bool:
    return isinstance(city.pane, CityPane) and city.pane.is_read and city.pane.shown.id == id


async def test_a_wrong_password_is_said_and_asked_again(centre_url: str, tmp_path: Path) -> None:
    async with at_the_city(tmp_path, centre_url) as (app, pilot, city):
        await type_in(pilot, "wrong\n")
        await until(pilot, lambda: "中心没有这个工号和密码" in rows(app)[21])
        assert isinstance(city.pane, PassPane)
        await until(pilot, lambda: city.field is not None)


async def test_a_centre_that_is_away_is_a_sentence(tmp_path: Path) -> None:
    async with at_the_city(tmp_path, "http://127.0.0.1:9") as (app, pilot, _city):
        await type_in(pilot, f"{PASSWORD}\n")
        await until(pilot, lambda: "没有回答" in rows(app)[21])


def test_who_has_no_grant_above_the_hall_is_not_shown_it() -> None:
    def listed(*grants: Grant) -> bool:
        signed = SignedOn(StaffRow("0101", "王建国", HALL, True), (), grants=grants)
        return "city" in menu_pages(signed, HALL, lambda _name: None)

    assert listed(Grant(Role.BUREAU_LEADER, PLACE))
    assert listed(Grant(Role.COLLECTION_DEPT, PLACE))
    assert not listed(Grant(Role.HALL_DIRECTOR, HALL))
    assert not listed(Grant(Role.TECHNICIAN, PLACE))
    assert CITY == "city"
