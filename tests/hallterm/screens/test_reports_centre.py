"""The reports at a centre: all halls on one page, from the city down to one hall, with the rights of a bureau leader."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from hallterm.centre import FILE
from hallterm.config import load
from hallterm.screens.reports import ReportsScreen
from tests.hallterm.screens.centre_house import LEADER, CentreStores, centre
from tests.hallterm.screens.pages import shown, until
from tests.hallterm.screens.test_reports import opened, press, said
from tests.hallterm.workflows.founded import at


@pytest.fixture
def stores(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[CentreStores]:
    monkeypatch.setattr("storage.vault.PASSES", 1)
    with centre(tmp_path) as made:
        yield made


async def test_the_whole_city_and_one_hall_of_it(stores: CentreStores, tmp_path: Path) -> None:
    screen = ReportsScreen(load(None, {}, data=tmp_path))
    async with shown(screen, tmp_path, at("10:45"), language="en", staff=LEADER, file=FILE) as (house, pilot):
        await until(pilot, lambda: screen.look is not None)
        await opened(house, pilot, "R04")
        halls = [row for row in house.rows if row[1:5] == "3606"]
        assert len(halls) > 1
        assert "not all in" in house.rows[1]
        await press(house, pilot, "enter")
        await until(pilot, lambda: halls[0][1:10].strip() not in house.text() or "nothing was recorded" in house.text())
        await press(house, pilot, "escape")
        await until(pilot, lambda: any(row.startswith(">3606") for row in house.rows))


async def test_a_report_of_one_hall_asks_for_the_hall_first(stores: CentreStores, tmp_path: Path) -> None:
    screen = ReportsScreen(load(None, {}, data=tmp_path))
    async with shown(screen, tmp_path, at("10:45"), language="en", staff=LEADER, file=FILE) as (house, pilot):
        await until(pilot, lambda: screen.look is not None)
        place = next(row.split()[0].lstrip(">") for row in house.rows if "  R07  " in row)
        await press(house, pilot, place)
        await until(pilot, lambda: "Of which one?" in house.text())
        await press(house, pilot, "1")
        await until(pilot, lambda: " R07 " in house.rows[1])
        await until(pilot, lambda: "nothing has come from 市办税厅 yet" in house.text())
        assert said(house) == ""
