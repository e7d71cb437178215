"""What a process that takes in other nodes' lines all day may have, and a counter PC need not: memory."""

from __future__ import annotations

import gc
from typing import Final

from storage.database import Database

CACHE_KB: Final = 64 * 1024
OBJECTS: Final = 50_000
"""Python looks for cycles after so many new objects; a batch of 500 lines makes about 20,000, and none of them is one."""


def roomy(database: Database) -> None:
    """The pages that a batch changes stay in memory until its commit; PostgreSQL has memory of its own."""
    if database.sqlite:
        database.execute(f"PRAGMA cache_size = -{CACHE_KB}")


def few_collections() -> None:
    """For the whole process, once its modules are loaded."""
    gc.freeze()
    gc.set_threshold(OBJECTS)
