"""What a process that takes in other nodes' lines all day may have, and a counter PC need not: memory."""

from __future__ import annotations

import gc
import os
from contextlib import suppress
from typing import Final

from storage.database import Database
from storage.errors import StorageGone

CACHE_KB: Final = 64 * 1024
OBJECTS: Final = 50_000
"""Python looks for cycles after so many new objects; a batch of 500 lines makes about 20,000, and none of them is one."""


def roomy(database: Database) -> None:
    """The pages that a batch changes stay in memory until its commit; PostgreSQL has memory of its own."""
    if database.sqlite:
        database.execute(f"PRAGMA cache_size = -{CACHE_KB}")


class Standing:
    """Whether the file that was opened stands where it stood. What is written into one that was removed, or whose disk was
    unmounted, is lost with the process. It may come back to its place; once another file stood there, that one has used
    the same write-ahead log, and only a new start will do. A server keeps its own files.
    """

    def __init__(self, database: Database) -> None:
        self._path = database.where if database.sqlite and database.where != ":memory:" else ""
        self._seen = self._now()
        self._was_replaced = False

    def check(self) -> None:
        """Raises StorageGone."""
        if not self._path:
            return
        seen = self._now()
        if seen != self._seen or self._was_replaced:
            self._was_replaced |= seen not in (None, self._seen)
            raise StorageGone(self._path)

    def _now(self) -> tuple[int, int] | None:
        with suppress(OSError):
            found = os.stat(self._path)
            return found.st_dev, found.st_ino
        return None


def few_collections() -> None:
    """For the whole process, once its modules are loaded."""
    gc.freeze()
    gc.set_threshold(OBJECTS)
