"""One thread with one journal: whatever is asked of it is done in line, and its faults become problems."""

from __future__ import annotations

import asyncio
import logging
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from typing import TypeVar

from storage.journal import Journal
from storage.serving import Standing
from sync.problem import RETRY_AFTER_S, Problem, known_problem

log = logging.getLogger("sync.centre")
R = TypeVar("R")


class Turn:
    """``journal`` is opened by the thread and used only there."""

    def __init__(self, open_journal: Callable[[], Journal], name: str) -> None:
        self._open = open_journal
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix=name)
        self._journal: Journal | None = None
        self._standing: Standing | None = None

    @property
    def journal(self) -> Journal:
        """This thread's connection."""
        if self._journal is None:
            found = self._open()
            self._standing = Standing(found.database)
            self._journal = self.opened(found)
        return self._journal

    def begin(self) -> None:
        """Open the journal, in the thread."""
        assert self.journal

    def opened(self, journal: Journal) -> Journal:
        """What is done first with a journal."""
        return journal

    async def in_turn(self, work: Callable[[], R]) -> R:
        """Run in the thread, turning faults into problems; raises one at once where the open file is gone."""
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, self._standing_here, work)
        except Problem:
            raise
        except Exception as error:
            problem = known_problem(error)
            if problem is None:  # a mistake of ours: said by kind and place, for its message may hold a value
                place = traceback.extract_tb(error.__traceback__)[-1]
                log.error("fault: %s at %s:%s", type(error).__name__, place.name, place.lineno)
                problem = Problem(HTTPStatus.SERVICE_UNAVAILABLE, "fault", RETRY_AFTER_S)
            elif problem.retry_after_s:
                log.warning("not done: %s", type(error).__name__)
            raise problem from error

    def _standing_here(self, work: Callable[[], R]) -> R:
        if self._standing is not None:
            self._standing.check()
        return work()

    async def take(self, work: Callable[[bytes], bytes], body: bytes) -> bytes:
        """Do with a body what is asked, in the thread."""
        return await self.in_turn(lambda: work(body))

    def end(self) -> None:
        """Finish what is in hand, then close."""
        self._thread.submit(self.close).result()
        self._thread.shutdown()

    def close(self) -> None:
        """Let the journal go, in its thread."""
        if self._journal is not None:
            self._journal.close()
            self._journal = None
