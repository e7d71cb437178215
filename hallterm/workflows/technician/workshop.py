"""The thread in which ports are opened: coroutines of the device library run in a loop of their own."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from typing import Any, TypeVar

T = TypeVar("T")
END_S = 1.5
"""Whatever is cancelled closes its port within this time."""


class Workshop:
    """``await workshop.run(make)`` from any loop; a cancelled call returns when the work has let its port go."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    async def run(self, make: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """The result of the coroutine that ``make`` makes in the workshop's thread; its errors are raised here."""
        loop = self._running()
        ended: Future[None] = Future()

        async def whole() -> T:
            try:
                return await make()
            finally:
                ended.set_result(None)

        work = asyncio.run_coroutine_threadsafe(whole(), loop)
        try:
            return await asyncio.wrap_future(work)
        except asyncio.CancelledError:
            work.cancel()
            await _wait(ended)
            raise

    def close(self) -> None:
        """Cancel what runs and end the thread; bounded, ports that hang are left to the end of the process."""
        loop, thread = self._loop, self._thread
        self._loop = self._thread = None
        if loop is None or thread is None:
            return
        loop.call_soon_threadsafe(lambda: [task.cancel() for task in asyncio.all_tasks(loop)])
        loop.call_soon_threadsafe(lambda: loop.call_later(END_S / 2, loop.stop))
        thread.join(END_S)

    def _running(self) -> asyncio.AbstractEventLoop:
        if self._loop is None:
            self._loop = asyncio.new_event_loop()
            self._thread = threading.Thread(target=_turn, args=(self._loop,), name="workshop", daemon=True)
            self._thread.start()
        return self._loop


def _turn(loop: asyncio.AbstractEventLoop) -> None:
    asyncio.set_event_loop(loop)
    loop.run_forever()
    loop.run_until_complete(loop.shutdown_asyncgens())
    loop.close()


async def _wait(ended: Future[None]) -> None:
    done = asyncio.wrap_future(ended)
    await asyncio.wait([done], timeout=END_S)
