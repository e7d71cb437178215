"""Menu 24 and 39: the matters with their limits, and the state of the program, for everybody at a hall."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from hallterm.config import load
from hallterm.screens.mode_screen import InMode
from hallterm.screens.reading import MattersScreen, ProgramScreen
from tests.hallterm.screens.pages import check_golden, shown, until
from tests.hallterm.workflows.founded import ADMIN, HALL, Stores, founded


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Stores, Path]]:
    folder = tmp_path_factory.mktemp("reading")
    with founded(folder, day="2026-11-24") as made:
        yield made, folder


@pytest.mark.parametrize("language", ["zh_CN", "en"])
async def test_the_matters_are_listed_with_their_limits(hall: tuple[Stores, Path], language: str) -> None:
    _stores, folder = hall
    async with shown(MattersScreen(), folder, staff=ADMIN, language=language) as (house, pilot):
        await until(pilot, lambda: ">A01" in house.text())
        await pilot.press("end")
        await until(pilot, lambda: "1-" not in house.rows[20] and "/73" in house.rows[20])
        await pilot.press("home", "down", "down", "down")
        await until(pilot, lambda: ">A04" in house.text())
        check_golden(house, f"matters-{language}")
        await pilot.press("ctrl+g")
        await until(pilot, lambda: any(isinstance(one, InMode.Left) for one in house.heard))


async def test_the_program_names_itself_and_nobody(hall: tuple[Stores, Path]) -> None:
    _stores, folder = hall
    screen = ProgramScreen(load(None, {}, data=folder))
    async with shown(screen, folder, staff=ADMIN) as (house, pilot):
        await until(pilot, lambda: f"{HALL}-01" in house.text())
        for words in ("程序", "hallterm 0.", "SQLite 3.", "数据版本", "备份", "还没有", "配置在", "80x24"):
            assert words in house.text()
