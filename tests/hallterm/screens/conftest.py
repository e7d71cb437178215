"""A counter screen in a headless app: real rules, words and keys; the clock and the storage thread are the edge."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any, cast

import pytest
from textual.pilot import Pilot

from hallterm import locale
from hallterm.app import HalltermApp
from hallterm.keys import resolve
from hallterm.rules.words import Reason
from hallterm.screens.counter import CounterScreen
from hallterm.workflows.desk import Done
from hallterm.workflows.seen import CounterView
from storage.facts import Moment
from tests.hallterm.screens.views import moment


class HandClock:
    """A clock that goes when a test says so."""

    def __init__(self, clock: str = "10:45:23") -> None:
        self.moment = moment(clock)

    def __call__(self) -> Moment:
        return self.moment

    def set(self, clock: str) -> None:
        self.moment = moment(clock)

    def wait_ms(self, ms: int) -> None:
        self.moment = Moment(self.moment.t + ms, self.moment.m + ms, self.moment.boot)


class Recorder:
    """The storage thread's place: notes what it was asked, and answers what the test prepared."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, Any], Moment]] = []
        self.answers: list[Done | Exception] = []
        self.release: Callable[[], Any] | None = None

    async def do(self, work: Any, pressed: Moment | None = None, *, writes: bool = True) -> Any:
        task = cast("partial[Any]", work)
        assert pressed is not None
        self.asked.append((task.func.__name__, dict(task.keywords), pressed))
        if self.release is not None:
            await self.release()
        answer = self.answers.pop(0) if self.answers else Done(Reason("back on duty"))
        if isinstance(answer, Exception):
            raise answer
        return answer

    @property
    def calls(self) -> list[tuple[str, dict[str, Any]]]:
        return [(name, keywords) for name, keywords, _pressed in self.asked]


class Counter:
    """A running counter and its edges."""

    def __init__(self, app: HalltermApp, pilot: Pilot[int], store: Recorder, clock: HandClock) -> None:
        self.app, self.pilot, self.store, self.clock = app, pilot, store, clock

    @property
    def screen(self) -> CounterScreen:
        return cast(CounterScreen, self.app.made("counter"))

    async def show(self, view: CounterView) -> None:
        self.app.tell(view)
        await self.settled()

    async def press(self, *keys: str) -> None:
        """Keys as a person presses them: a second apart."""
        for key in keys:
            self.clock.wait_ms(1000)
            await self.pilot.press(key)
        await self.settled()

    async def settled(self) -> None:
        await self.pilot.pause()
        await self.app.workers.wait_for_complete()
        await self.pilot.pause()

    def rows(self) -> list[str]:
        """What the terminal shows, one text a row."""
        return [strip.text for strip in self.app.screen._compositor.render_strips()]

    def row(self, number: int) -> str:
        """Row 1-24."""
        return self.rows()[number - 1]


Opened = Callable[..., AbstractAsyncContextManager[Counter]]


@pytest.fixture
def opened(tmp_path: Path) -> Opened:
    @asynccontextmanager
    async def open_counter(
        view: CounterView, clock: str = "10:45:23", size: tuple[int, int] = (80, 24)
    ) -> AsyncIterator[Counter]:
        hand, store = HandClock(clock), Recorder()
        app = HalltermApp(
            store=store,
            key_map=resolve(),
            screens={"counter": CounterScreen},
            first="counter",
            log_folder=tmp_path,
            clock=hand,
        )
        async with app.run_test(size=size) as pilot:
            counter = Counter(app, pilot, store, hand)
            await counter.show(view)
            yield counter

    return open_counter


@pytest.fixture(autouse=True)
def chinese() -> Iterator[None]:
    locale.use("zh_CN")
    yield
    locale.use("en")
