"""``python -m tests.bench.flooder LINK``: a serial adapter gone mad, 1 MB/s of nothing behind LINK until stdin ends."""

from __future__ import annotations

import os
import select
import sys
import time
import tty
from contextlib import suppress
from pathlib import Path

RATE_BYTES_S = 1_000_000
STEP_S = 0.01


def main(link: Path) -> None:
    """Says ``ready`` once the link is there."""
    master, slave = os.openpty()
    tty.setraw(slave)
    os.set_blocking(master, False)
    fresh = link.with_name(f".{link.name}.new")
    fresh.symlink_to(os.ttyname(slave))
    os.replace(fresh, link)
    print("ready", flush=True)
    try:
        flood(master)
    finally:
        link.unlink(missing_ok=True)


def flood(master: int) -> None:
    """As much as 1 MB/s, less where the reader is slower; what the host writes is thrown away."""
    noise = os.urandom(int(RATE_BYTES_S * STEP_S))
    due = time.monotonic()
    while True:
        with suppress(BlockingIOError, OSError):
            os.write(master, noise)
        with suppress(BlockingIOError, OSError):
            os.read(master, 65_536)
        due = max(due + STEP_S, time.monotonic() - 1.0)
        if select.select([sys.stdin], [], [], max(0.0, due - time.monotonic()))[0]:
            return


if __name__ == "__main__":
    main(Path(sys.argv[1]))
