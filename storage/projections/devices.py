"""Projections of devices over days and of locked ones."""

from __future__ import annotations

from collections.abc import Iterator

from storage import facts as f
from storage.projections.register import Placed, projects
from storage.statements import Step, latest

NUMBERS = (
    *("link_ok", "link_bad", "boots", "connections", "dropped_bytes", "echoes", "asked", "rated", "no_pad", "refused"),
    *("jobs_printed", "jobs_failed", "supply_mv", "rtt_p95_ms"),
)
"""Which counters of ``device.daily`` become columns; the fact keeps them all."""
DEVICE_DAY = latest("device_day", ("hall", "node", "role", "window", "day"), NUMBERS)
LOCK = latest("device_lock", ("hall", "node", "role", "window"), ("locked", "reason", "since_t", "by"))
TAMPERED, RELEASED = "quarantined", "released"


@projects(f.DeviceDaily)
def daily(p: Placed) -> Iterator[Step]:
    """Said again for the same day, the later one holds: sums of a whole day are not added to each other."""
    d = p.fact
    numbers = (d.counters.get(name, 0) for name in NUMBERS)
    yield Step(DEVICE_DAY, (p.hall, p.node, d.role, d.window, d.day, *numbers, p.ord))


def lock(p: Placed) -> Iterator[Step]:
    """A change of state that locks a device or ends the lock; nothing for all others."""
    d = p.fact
    if d.state == TAMPERED or d.reason == RELEASED:
        locked = d.reason != RELEASED
        by = "" if locked else p.actor
        yield Step(LOCK, (p.hall, p.node, d.role, d.window, int(locked), d.reason, p.t, by, p.ord))
