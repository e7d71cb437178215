"""A key in a headless terminal has done all it does when ``press`` returns: handlers, storage thread, view and paint.

Textual's own pilot waits until the process seems idle, which on a busy machine is also so when it merely was not its turn.
Here nothing is guessed: the event loop has nothing ready, no layout or paint is due, and no work that a screen gave to
another thread is under way. What comes by itself later (timers, other processes, what is polled) a test still waits for.
"""

from __future__ import annotations

import asyncio
import threading
import time
from asyncio.base_events import BaseEventLoop
from collections import Counter
from typing import Any

import pytest
from textual.app import App
from textual.pilot import Pilot
from textual.screen import Screen

from hallterm.store import Store

PATIENCE_S = 120.0
"""Only ends a hung test."""
BESIDE_PATIENCE_S = 1.0
"""What runs beside the storage thread may wait for a device or a person: not waited for longer."""
TURNS = 3
"""So many turns of the loop without news: what a thread hands over comes with the next."""


class Elsewhere:
    """How many pieces of work are under way: each store's, and what the loops gave to any other thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._stored: Counter[Store] = Counter()
        self._beside = 0

    def stored(self, store: Store, more: int) -> None:
        with self._lock:
            self._stored[store] += more

    def beside(self, more: int) -> None:
        with self._lock:
            self._beside += more

    def busy(self, since: float) -> bool:
        """Whether to wait for it; a store that was closed does no more."""
        with self._lock:
            if any(left > 0 and store._thread.is_alive() for store, left in self._stored.items()):
                return True
            return self._beside > 0 and time.monotonic() < since + BESIDE_PATIENCE_S


async def quiet(elsewhere: Elsewhere) -> None:
    """The loop has nothing ready and nothing is under way elsewhere."""
    ready = asyncio.get_running_loop()._ready  # type: ignore[attr-defined]
    since, turns = time.monotonic(), 0
    while turns < TURNS and time.monotonic() < since + PATIENCE_S:
        busy = elsewhere.busy(since)
        await asyncio.sleep(0.001 if busy else 0)
        turns = 0 if ready or busy or elsewhere.busy(since) else turns + 1


def is_due(screen: Screen[Any]) -> bool:
    """Something is still to be laid out or painted."""
    if not screen.is_current or screen.app._batch_count:
        return False
    wanted = (screen._layout_required, screen._scroll_required, screen._repaint_required, screen._recompose_required)
    return any(wanted) or bool(screen._dirty_widgets) or bool(screen._callbacks)


async def settled(app: App[Any], elsewhere: Elsewhere) -> None:
    """Nothing is left to do but what comes by itself later."""
    until = time.monotonic() + PATIENCE_S
    await quiet(elsewhere)
    while app.screen_stack and is_due(app.screen) and time.monotonic() < until:
        app.screen._on_timer_update()
        await quiet(elsewhere)


def settle_presses(patch: pytest.MonkeyPatch) -> None:
    """From now on a pilot's ``press`` and ``pause`` return when the app has settled."""
    elsewhere = Elsewhere()
    submit, work, run_in_executor = Store.submit, Store._work, BaseEventLoop.run_in_executor

    def submitted(store: Store, *arguments: Any, **options: Any) -> Any:
        elsewhere.stored(store, 1)
        return submit(store, *arguments, **options)

    def worked(store: Store, job: Any) -> None:
        try:
            work(store, job)
        finally:
            elsewhere.stored(store, -1)

    def run_elsewhere(loop: BaseEventLoop, executor: Any, function: Any, *arguments: Any) -> Any:
        future = run_in_executor(loop, executor, function, *arguments)
        elsewhere.beside(1)
        future.add_done_callback(lambda _: elsewhere.beside(-1))
        return future

    async def press(pilot: Pilot[Any], *keys: str) -> None:
        for key in keys:
            await pilot.app._press_keys([key])
            await settled(pilot.app, elsewhere)

    async def pause(pilot: Pilot[Any], delay: float | None = None) -> None:
        await settled(pilot.app, elsewhere)
        if delay is not None:
            await asyncio.sleep(delay)
            await settled(pilot.app, elsewhere)

    async def wait_for_idle(*_: Any) -> None:
        await quiet(elsewhere)

    patch.setattr(Store, "submit", submitted)
    patch.setattr(Store, "_work", worked)
    patch.setattr(BaseEventLoop, "run_in_executor", run_elsewhere)
    patch.setattr(Pilot, "press", press)
    patch.setattr(Pilot, "pause", pause)
    patch.setattr("textual.app.wait_for_idle", wait_for_idle)
    patch.setattr("textual.pilot.wait_for_idle", wait_for_idle)
