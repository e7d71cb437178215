"""Whether a program has nothing to do just now, however long the machine lets it wait for its turn."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

LOOKS = 3
APART_S = 0.01
"""Longer than a frame waits for the next paint."""
AT_MOST_S = 5.0
"""A program that never rests is looked at all the same."""


def wait_until_at_rest(pid: int, is_read: Callable[[], bool]) -> None:
    """Until all threads slept through some looks in a row, and ``is_read``: all it wrote has been read."""
    until, rests, before = time.monotonic() + AT_MOST_S, 0, None
    while rests < LOOKS and time.monotonic() < until:
        work = _work(pid)
        rests = rests + 1 if work is not None and work == before and is_read() else 0
        before = work
        time.sleep(APART_S)


def _work(pid: int) -> list[str] | None:
    """How often each thread has run so far; None while one of them runs, waits for its turn or for a disk."""
    found = []
    try:
        for thread in sorted(Path(f"/proc/{pid}/task").iterdir()):
            status = (thread / "status").read_text("utf-8", "replace").splitlines()
            if any(line.startswith("State:") and line.split()[1] in "RD" for line in status):
                return None
            found += [f"{thread.name} {line}" for line in status if "ctxt_switches" in line]
    except OSError:
        return None if Path(f"/proc/{pid}/task").exists() else []
    return found
