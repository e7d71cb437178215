"""The real program on a PC whose wall clock somebody sets: ``FILE ARGUMENTS``; FILE holds by how many ms it is set.

Only the operating system's answer to "what time is it" is replaced, below everything of the house. The clocks that no
hand can set (boot time, monotonic) are the machine's own.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

FILE = Path(sys.argv.pop(1))
time_ns = time.time_ns


def moved_ns() -> int:
    """The wall clock as it is set now."""
    return time_ns() + int(FILE.read_text("ascii") or 0) * 1_000_000


time.time_ns = moved_ns
time.time = lambda: moved_ns() / 1e9

from hallterm.__main__ import main  # noqa: E402

if __name__ == "__main__":
    main()
