"""The filter in an app: what goes to the screen, in which order, and that it is not there without a reader."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual._time import get_time
from textual.app import ComposeResult
from textual.events import Key, Paste

from devices.wedge import ScanKind
from hallterm.app import HalltermApp
from hallterm.config import load
from hallterm.keys import resolve
from hallterm.locale import use
from hallterm.reader_settings import TypingReader
from hallterm.swipes import Swipes
from hallterm.widgets.field import Field
from hallterm.widgets.frame import FrameScreen
from hallterm.wiring import TerminalApp
from tests.hallterm.screens.conftest import Recorder

RESIDENT = "11010519491231002X"
CARD = "4111111111111111"
READER = TypingReader("*", patterns=("BADGE-([0-9]{4})",))


@pytest.fixture(autouse=True)
def _english() -> None:
    use("en")


class Page(FrameScreen):
    """A field, or a list; notes what it was told in the order in which it was told."""

    def __init__(self) -> None:
        super().__init__(id="page")
        self.entry = Field(30, id="entry")
        self.heard: list[str] = []

    def compose_body(self) -> ComposeResult:
        yield self.entry

    def act(self, action: str) -> None:
        self.heard.append(action)

    def digit(self, digit: int) -> None:
        self.heard.append(str(digit))

    def field_entered(self, field: Field) -> None:
        self.heard.append(f"entered {field.value}")


class Reading:
    """A page in an app with a reader."""

    def __init__(self, app: HalltermApp, page: Page) -> None:
        self.app, self.page = app, page

    async def send(self, keys: Iterable[str], at_s: float | None = None) -> None:
        """Keys of one read."""
        moment = get_time() if at_s is None else at_s
        for name in keys:
            event = Key(name, name if len(name) == 1 else None)
            event.time = moment
            self.app.post_message(event)

    async def until(self, heard: list[str]) -> None:
        await came(lambda: self.page.heard == heard)

    async def until_message(self, text: str) -> None:
        await came(lambda: text in self.page.message)

    async def until_value(self, text: str) -> None:
        await came(lambda: self.page.entry.value == text)


async def came(state: Callable[[], bool]) -> None:
    """Wait for a state."""
    async with asyncio.timeout(120):
        while not state():
            await asyncio.sleep(0.01)


@asynccontextmanager
async def reading(folder: Path, *, field: bool = False) -> AsyncIterator[Reading]:
    page = Page()
    app = HalltermApp(
        store=Recorder(), key_map=resolve(), screens={"page": lambda: page}, first="page", log_folder=folder
    )
    Swipes(app, READER).install()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        if field:
            page.open_field(page.entry)
        yield Reading(app, page)


async def test_keys_come_in_order_after_their_wait(tmp_path: Path) -> None:
    async with reading(tmp_path) as line:
        await line.send(["f5", "4", "enter", "f8"])
        await line.until(["counter.call", "4", "counter.finish"])


async def test_a_key_that_is_seen_late_is_not_lost(tmp_path: Path) -> None:
    async with reading(tmp_path) as line:
        await line.send(["f5"], at_s=get_time() - 3.0)
        await line.until(["counter.call"])
        await line.send(["f6"], at_s=get_time() - 0.035)
        await line.until(["counter.call", "counter.take_up"])


async def test_a_card_is_a_sentence_and_nothing_else(tmp_path: Path) -> None:
    async with reading(tmp_path) as line:
        await line.send(["f5", *CARD, "enter"])
        await line.until_message("A bank card was read here")
        assert line.page.heard == []


async def test_a_page_that_learns_keys_gets_every_one(tmp_path: Path) -> None:
    async with reading(tmp_path) as line:
        line.page.raw_keys = True
        await line.send(["f5", *CARD, "enter"])
        await line.until(["counter.call", *(sign for sign in CARD if sign.isdigit())])
        assert line.page.message == ""


async def test_a_scan_fills_the_field_that_takes_it_and_enters_only_if_it_says_so(tmp_path: Path) -> None:
    async with reading(tmp_path, field=True) as line:
        field = line.page.entry
        field.takes = frozenset({ScanKind.RESIDENT_ID})
        field.value = "old"
        await line.send([*RESIDENT, "enter"])
        await line.until_value(RESIDENT)
        assert line.page.heard == []
        field.submits = True
        await line.send([*RESIDENT, "enter"], at_s=get_time() + 2)
        await line.until([f"entered {RESIDENT}"])


async def test_a_code_is_typed_into_a_field_of_text_and_told_elsewhere(tmp_path: Path) -> None:
    async with reading(tmp_path, field=True) as line:
        line.page.entry.value = "see "
        await line.send([*"BADGE-0317", "enter"])
        await line.until_value("see 0317")
        line.page.close_field()
        await line.send([*"BADGE-0317", "enter"], at_s=get_time() + 1)
        await line.until_message("A code was read")
        assert line.page.heard == []


async def test_an_id_card_goes_into_no_other_field(tmp_path: Path) -> None:
    async with reading(tmp_path, field=True) as line:
        await line.send([*RESIDENT, "enter"])
        await line.until_message("An ID card was read")
        assert line.page.entry.value == ""


async def test_a_paste_lets_go_what_was_held_and_arrives(tmp_path: Path) -> None:
    async with reading(tmp_path, field=True) as line:
        await line.send("41111")
        line.app.post_message(Paste("1111"))
        await line.until_value("411111111")


@pytest.mark.parametrize("has_reader", [True, False])
def test_without_a_reader_keys_take_no_longer_way(tmp_path: Path, has_reader: bool) -> None:
    config = tmp_path / "hallterm.toml"
    config.write_text(f'[data]\npath = "{tmp_path}"\n[window]\ntyping_reader = {str(has_reader).lower()}\n')
    app = TerminalApp(load(config, {}), resolve(), "sign_on")
    try:
        assert ("on_event" in vars(app)) is has_reader
    finally:
        app.storage.close()
