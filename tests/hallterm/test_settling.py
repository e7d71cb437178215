"""After ``press`` all is done that a key does, however many turns and threads it takes, and however busy the machine is."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

from textual.app import App, ComposeResult
from textual.widgets import Static

from hallterm.store import Store
from hallterm.workflows.desk import Desk
from storage.facts import Moment
from tests.hallterm.workflows.founded import at, founded

TURNS = 300


class Chain(App[None]):
    """One key: a long chain of handlers, a piece of work on the storage thread, and then a new row in the layout."""

    def __init__(self, store: Store, slow: threading.Event) -> None:
        super().__init__()
        self._store, self._slow = store, slow

    def compose(self) -> ComposeResult:
        yield Static("before")

    def on_key(self) -> None:
        self.link(TURNS)

    def link(self, left: int) -> None:
        if left:
            self.call_later(self.link, left - 1)
        else:
            self.run_worker(self.written())

    async def written(self) -> None:
        await self._store.do(self.work)
        await self.mount(Static("after"))

    def work(self, _desk: Desk, _now: Moment) -> None:
        self._slow.wait(0.2)  # never set: a slow disk


def rows(app: App[Any]) -> list[str]:
    return [strip.text.strip() for strip in app.screen._compositor.render_strips()]


async def test_a_press_ends_when_all_of_it_is_on_the_screen(tmp_path: Path) -> None:
    with founded(tmp_path):
        pass
    store = Store(tmp_path, lambda _view: None, lambda: at("08:30"))
    store.start()
    try:
        app = Chain(store, threading.Event())
        async with app.run_test(size=(20, 4)) as pilot:
            assert rows(app)[:2] == ["before", ""]
            await pilot.press("a")
            assert rows(app)[:2] == ["before", "after"]
    finally:
        store.close(60.0)
