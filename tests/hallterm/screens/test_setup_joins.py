"""A PC joins the number host of its hall on the first page: real enrolment over HTTP, nothing founded anew."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.pilot import Pilot

from hallterm.screens.setup import SetupScreen
from hallterm.workflows.setup import needs_setup
from storage import clock, nodes, views
from storage.claims import number_host
from storage.journal import Journal
from sync.enrol import make_offer
from tests.faults.clerk import HALL
from tests.faults.halls import make_hall
from tests.hallterm.screens.pages import House, shown, type_in, until
from tests.sync.centres import CentreProcess


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[CentreProcess]:
    make_hall(tmp_path / "hub", 3)
    made = CentreProcess(tmp_path / "hub")
    made.start()
    yield made
    made.stop()


def said(house: House) -> str:
    return house.rows[21].strip()


async def fill_in(pilot: Pilot[None], url: str, code: str) -> None:
    await type_in(pilot, f"1\n\n{HALL}\n")
    await pilot.press("backspace", "backspace")
    await type_in(pilot, f"03\n{url}\n\n{code}")
    await pilot.press("f8")


async def test_a_wrong_code_is_told_and_nothing_is_joined(hub: CentreProcess, tmp_path: Path) -> None:
    async with shown(SetupScreen(), tmp_path) as (house, pilot):
        await fill_in(pilot, hub.url, "7K3M-PQ9T-2H")
        await until(pilot, lambda: said(house).startswith("X"))
        assert "不认这个厅的这个码" in said(house)
        assert not house.heard
    journal = Journal.open(tmp_path / "hall.db")
    assert needs_setup(journal)
    journal.close()


async def test_a_pc_joins_with_the_code_of_the_number_host(hub: CentreProcess, tmp_path: Path) -> None:
    own = Journal.open(hub.folder / "hall.db")
    code = make_offer(own, HALL, clock.now())
    screen = SetupScreen(tmp_path / "hallterm.d")
    (tmp_path / "pc").mkdir()
    async with shown(screen, tmp_path / "pc") as (house, pilot):
        await fill_in(pilot, hub.url, code)
        await until(pilot, lambda: house.heard)
    journal = Journal.open(tmp_path / "pc" / "hall.db")
    assert (journal.identity.node, number_host(journal.database, HALL)) == (f"{HALL}-03", f"{HALL}-01")
    assert not needs_setup(journal)
    assert views.all_staff(journal.database) == []
    journal.close()
    assert nodes.registered(own.database, f"{HALL}-03") is not None
    own.close()
    written = tomllib.loads((tmp_path / "hallterm.d" / "sync.toml").read_text(encoding="utf-8"))
    assert written == {"sync": {"upstream": hub.url}}


async def test_the_number_host_itself_is_number_one(tmp_path: Path) -> None:
    async with shown(SetupScreen(), tmp_path) as (house, pilot):
        await type_in(pilot, f"1\n\n{HALL}\n\nhttp://10.0.0.2:8443\n\n7K3M-PQ9T-2H")
        await pilot.press("f8")
        assert said(house).startswith("X")
        assert "2 到 99" in said(house)
