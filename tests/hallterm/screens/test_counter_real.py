"""The counter on its real storage thread, workflows and files: what is pressed is recorded, what is recorded is shown."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot

from hallterm import locale
from hallterm.app import HalltermApp
from hallterm.keys import resolve
from hallterm.screens.counter import CounterScreen
from hallterm.store import Store
from hallterm.workflows.look import look
from storage import views
from storage.facts import SettingSet
from tests.hallterm.workflows.founded import HALL
from tests.hallterm.workflows.shift import MEI, W1, Shift, make_hall, on_copy

DEADLINE_S = 120.0


class Desk:
    """A person at the keyboard."""

    def __init__(self, app: HalltermApp, pilot: Pilot[int], shift: Shift) -> None:
        self.app, self.pilot, self.shift = app, pilot, shift

    def rows(self) -> list[str]:
        return [strip.text for strip in self.app.screen._compositor.render_strips()]

    async def sees(self, text: str, row: int) -> None:
        """Wait until a row shows a text."""
        until = time.monotonic() + DEADLINE_S
        while text not in self.rows()[row - 1]:
            assert time.monotonic() < until, "\n".join([f"row {row} has no {text}", *self.rows()])
            await self.pilot.pause(0.02)

    async def lacks(self, text: str, row: int) -> None:
        """Wait until a row no longer shows a text."""
        until = time.monotonic() + DEADLINE_S
        while text in self.rows()[row - 1]:
            assert time.monotonic() < until, "\n".join([f"row {row} still has {text}", *self.rows()])
            await self.pilot.pause(0.02)

    async def press(self, *keys: str) -> None:
        for key in keys:
            self.shift.clock.after(1)
            await self.pilot.press(key)


@asynccontextmanager
async def at_work(folder: Path, shift: Shift, state: str = "空闲") -> AsyncIterator[Desk]:
    store = Store(folder, lambda view: app.tell(view), shift.clock)
    app = HalltermApp(
        store=store,
        key_map=resolve(),
        screens={"counter": CounterScreen},
        first="counter",
        log_folder=folder / "log",
        clock=shift.clock,
    )
    store.start()
    try:
        store.sit(window=W1, staff=MEI)
        async with app.run_test(size=(80, 24)) as pilot:
            store.watch(look)
            desk = Desk(app, pilot, shift)
            await desk.sees(state, 4)
            yield desk
    finally:
        store.close(DEADLINE_S)


async def test_one_matter_in_three_keys_and_its_undo(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> None:
    founded = tmp_path_factory.mktemp("hall") / "founded"
    make_hall(founded)
    with on_copy(founded, tmp_path / "data") as shift:
        desk = shift.open()
        shift.issue("B", "B01")
        shift.issue("B", "B02")
        shift.show_pad(W1, "ready")
        locale.use("zh_CN")  # the hall was founded in the language of its own tests
        async with at_work(tmp_path / "data", shift) as person:
            await person.press("f5")
            await person.sees("已叫号", 4)
            await person.sees("B001", 5)
            await person.press("backspace")
            await person.sees("空闲", 4)
            await person.press("f5")
            await person.sees("已叫号", 4)
            await person.press("f6")
            await person.sees("办理中", 4)
            await person.sees("B01", 6)
            await person.press("f6", "b", "0", "3")
            await person.sees("B03", 6)
            await person.press("f4", "1")
            await person.sees("已暂停", 4)
            await person.press("f4")
            await person.sees("办理中", 4)
            await person.press("ctrl+o", "1")
            await person.sees("空闲", 4)
            await person.press("ctrl+o", "1")
            await person.sees("办理中", 4)
            shift.show_pad(W1, "ready")
            await person.press("f8")
            await person.sees("等待评价", 4)
        assert shift.window(desk).state == "awaiting_rating"
        shift.check()


async def test_the_next_matter_of_a_visit_before_its_rating_and_its_undo(
    tmp_path_factory: pytest.TempPathFactory, tmp_path: Path
) -> None:
    founded = tmp_path_factory.mktemp("hall") / "founded"
    make_hall(founded)
    with on_copy(founded, tmp_path / "data") as shift:
        with shift.stores.journal.write("0001", shift.clock()) as tx:
            tx.record(SettingSet("rating_unit", '"per_visit"', HALL))
        desk = shift.open()
        shift.issue("B", "B01")
        shift.show_pad(W1, "ready")
        locale.use("zh_CN")
        async with at_work(tmp_path / "data", shift) as person:
            await person.press("f5")
            await person.sees("已叫号", 4)
            await person.press("f6")
            await person.sees("办理中", 4)
            shift.show_pad(W1, "ready")
            await person.press("f8")
            await person.sees("等待评价", 4)
            await person.press("f6", "b", "0", "3")
            await person.sees("B03", 6)
            await person.sees("全部办完评价一次", 22)
            await person.press("backspace")
            await person.sees("等待评价", 4)
            await person.press("f6", "b", "0", "3")
            await person.sees("B03", 6)
            shift.show_pad(W1, "ready")
            await person.press("f8")
            await person.sees("等待评价", 4)
        assert [one.rating for one in views.services_of_visit(shift.db, shift.window(desk).visit)] == [
            "with_visit",
            "",
            "",
        ]
        shift.check()
