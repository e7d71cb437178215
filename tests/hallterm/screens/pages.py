"""An app around one screen with a real store on real files, and what the screen shows as text, cell by cell."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from concurrent.futures import CancelledError
from contextlib import asynccontextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

from msgspec.structs import replace
from rich.cells import cell_len
from textual.app import App
from textual.message import Message
from textual.pilot import Pilot

from hallterm.keys import resolve
from hallterm.locale import use
from hallterm.store import Store
from hallterm.widgets.frame import FrameScreen
from hallterm.widgets.host import ModePage
from storage.facts import Moment
from storage.journal import Journal
from tests.hallterm.workflows.founded import at

GOLDEN = Path(__file__).parent / "golden"
DEADLINE_S = 120.0
SIZE = (80, 24)


class House(App[None]):
    """The smallest app that can show a screen: key map, store, clock."""

    ENABLE_COMMAND_PALETTE = False

    def __init__(self, screen: FrameScreen, folder: Path, when: Moment, file: str) -> None:
        super().__init__()
        self.key_map = resolve()
        self.moment = when
        self.mode: tuple[ModePage, ...] = ()
        self.pages: dict[str, Callable[[], None]] = {}
        journal = partial(Journal.open, folder / file)
        self.store = Store(folder, self.told, self.now, open_journal=journal)
        self.first = screen
        self.heard: list[Message] = []

    def told(self, view: Any) -> None:
        """On the storage thread; an app that is closing shows nothing more."""
        with suppress(CancelledError):
            self.call_from_thread(self.first.show_view, view)

    def now(self) -> Moment:
        return self.moment

    def later(self, seconds: float) -> None:
        ms = int(seconds * 1000)
        self.moment = Moment(self.moment.t + ms, self.moment.m + ms, self.moment.boot)

    def on_mount(self) -> None:
        self.push_screen(self.first)

    def post_message(self, message: Message) -> bool:
        if type(message).__module__.startswith("hallterm."):
            self.heard.append(message)
        return super().post_message(message)

    @property
    def rows(self) -> list[str]:
        """What the terminal shows; reversed spaces are ``#``."""
        return [
            "".join(
                "#" * len(segment.text)
                if segment.style and segment.style.reverse and segment.text.isspace()
                else segment.text
                for segment in strip
            )
            for strip in self.screen._compositor.render_strips()
        ]

    def text(self) -> str:
        return "\n".join(self.rows)


@asynccontextmanager
async def shown(
    screen: FrameScreen,
    folder: Path,
    when: Moment | None = None,
    *,
    language: str = "zh_CN",
    staff: str = "",
    size: tuple[int, int] = SIZE,
    file: str = "hall.db",
) -> AsyncIterator[tuple[House, Pilot[None]]]:
    """Show a screen over the files of a folder."""
    use(language)
    house = House(screen, folder, when or at("08:21"), file)
    house.store.start()
    house.store.desk = replace(house.store.desk, opened=None)  # no station comes up beside a single screen
    if staff:
        house.store.sit(staff=staff)
    try:
        async with house.run_test(size=size) as pilot:
            await pilot.pause()
            yield house, pilot
    finally:
        house.store.close(120)
        use("en")


async def until(pilot: Pilot[None], is_so: Callable[[], object]) -> None:
    """Wait for a state; the deadline is generous and only ends a hung test."""
    async with asyncio.timeout(DEADLINE_S):
        while not is_so():
            await pilot.pause()
            await asyncio.sleep(0.01)
    await pilot.pause()


async def type_in(pilot: Pilot[None], text: str) -> None:
    """Press the keys of a text."""
    for character in text:
        await pilot.press(KEYS.get(character, character))


KEYS = {
    " ": "space",
    "-": "minus",
    ":": "colon",
    ",": "comma",
    "*": "asterisk",
    "+": "plus",
    "/": "slash",
    "\n": "enter",
}


def check_golden(house: House, name: str, size: tuple[int, int] = SIZE) -> None:
    """The screen is as it was agreed; with HALLTERM_GOLDEN=write the file is written anew for review in the diff."""
    rows = house.rows
    assert len(rows) == size[1]
    assert {cell_len(row) for row in rows} == {size[0]}
    text = "".join(f"{row}\n" for row in rows)
    path = GOLDEN / f"{name}.txt"
    if os.environ.get("HALLTERM_GOLDEN") == "write":
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


async def until_golden(pilot: Pilot[None], house: House, name: str, size: tuple[int, int] = SIZE) -> None:
    """The same for a screen whose layout has just changed: it may need another turn to be drawn."""
    path = GOLDEN / f"{name}.txt"
    if path.exists() and os.environ.get("HALLTERM_GOLDEN") != "write":
        agreed = path.read_text(encoding="utf-8")
        with suppress(TimeoutError):
            await until(pilot, lambda: f"{house.text()}\n" == agreed)
    check_golden(house, name, size)
