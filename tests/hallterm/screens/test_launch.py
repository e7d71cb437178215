"""A matter that starts at the counter opens the tax software: the app with its real store, and a real program."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from textual.pilot import Pilot

from hallterm.config import load
from hallterm.keys import resolve
from hallterm.locale import language, use
from hallterm.modes import SIGN_ON
from hallterm.screens.counter import CounterScreen
from hallterm.screens.sign_on import SignOnScreen
from hallterm.workflows.reference import as_fact
from storage import views
from tests.end_to_end.hall import HALL, MEI, PASSWORD, Hall, window
from tests.hallterm.screens.pages import type_in, until
from tests.hallterm.screens.test_presses import Terminal, text_of
from tests.hallterm.test_launching import TOOL


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    before = language()
    use("en")
    yield
    use(before)


def ready(folder: Path, command: str) -> Hall:
    """A hall that is always open; somebody waits with a matter that the tax software knows."""
    hall = Hall(folder).make()
    text = hall.config.read_text(encoding="utf-8")
    hall.config.write_text(f"{text}[launch]\ncommand = '''{command}'''\n", encoding="utf-8")
    matter = hall.read(lambda desk: views.matter(desk.journal.database, HALL, "B02"))
    assert matter is not None
    hall.record(msgspec.structs.replace(as_fact(matter), number=matter.number + 1, tax_core_ref="FP02"))
    hall.issue()
    return hall


async def signed_on(app: Terminal, pilot: Pilot[None]) -> None:
    await until(pilot, lambda: isinstance(app.screen, SignOnScreen))
    await pilot.press(*MEI, "enter")
    await type_in(pilot, PASSWORD)
    await pilot.press("enter")
    await until(pilot, lambda: isinstance(app.screen, CounterScreen) and app.view is not None)


async def served(hall: Hall, wanted: str, ends: Path | None = None) -> str:
    """Call and start; the screen once it shows ``wanted``, or once a file is there."""
    app = Terminal(load(hall.config, {}, window=window(1)), resolve(), SIGN_ON)
    try:
        async with app.run_test(size=(80, 24)) as pilot:
            await signed_on(app, pilot)
            await pilot.press("f5")
            await until(pilot, lambda: app.view is not None and app.view.ticket is not None)
            await pilot.press("f6")
            await until(pilot, lambda: app.view is not None and app.view.service is not None)
            await until(pilot, lambda: ends.exists() if ends else wanted in text_of(app))
            return text_of(app)
    finally:
        app.storage.close(120)


async def test_the_start_of_a_matter_opens_its_module(tmp_path: Path) -> None:
    tool, note = tmp_path / "tool.py", tmp_path / "opened.json"
    tool.write_text(TOOL, encoding="utf-8")
    hall = ready(tmp_path / "hall", f"'{sys.executable}' '{tool}' '{note}' {{ref}} {{code}} {{window}} {{staff}}")
    text = await served(hall, "", note)
    assert json.loads(note.read_text(encoding="utf-8")) == ["FP02", "B02", window(1), MEI]
    assert "was not opened" not in text


async def test_what_cannot_be_started_is_told_on_row_22_and_the_matter_runs(tmp_path: Path) -> None:
    hall = ready(tmp_path / "hall", f"{tmp_path}/nowhere {{ref}}")
    await served(hall, "the tax software was not opened")
    assert "service.started" in hall.kinds()


async def test_a_clerk_opens_the_own_figures_from_the_menu_and_comes_back_to_the_counter(tmp_path: Path) -> None:
    hall = Hall(tmp_path / "hall").make()
    app = Terminal(load(hall.config, {}, window=window(1)), resolve(), SIGN_ON)
    try:
        async with app.run_test(size=(80, 24)) as pilot:
            await signed_on(app, pilot)
            await pilot.press("ctrl+p")
            await until(pilot, lambda: "27 V My figures, my services" in text_of(app))
            await pilot.press("2", "7")
            await until(pilot, lambda: "R29" in text_of(app))
            assert "R03" not in text_of(app)
            await pilot.press("1")
            await until(pilot, lambda: f"张晓梅 {MEI}" in text_of(app))
            await pilot.press("escape")
            await until(pilot, lambda: "Which report?" in text_of(app))
            await pilot.press("ctrl+g")
            await until(pilot, lambda: isinstance(app.screen, CounterScreen))
    finally:
        app.storage.close(120)
