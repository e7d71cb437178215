"""The clocks of this machine: wall time as a label, CLOCK_BOOTTIME for durations, and which boot it is."""

from __future__ import annotations

import time
from pathlib import Path

from storage.facts import Moment

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


def _boot() -> str:
    try:
        return _BOOT_ID.read_text(encoding="ascii")[:8]
    except OSError:
        return f"{int(time.time() - time.monotonic()) // 60:08x}"[-8:]


BOOT = _boot()
_CLOCK = getattr(time, "CLOCK_BOOTTIME", None)


def now() -> Moment:
    """Read the clocks once."""
    m_ns = time.clock_gettime_ns(_CLOCK) if _CLOCK is not None else time.monotonic_ns()
    return Moment(t=time.time_ns() // 1_000_000, m=m_ns // 1_000_000, boot=BOOT)
