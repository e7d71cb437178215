"""The clock of a service when it stops: totals with the stretch that ends now."""

from __future__ import annotations

from typing import NamedTuple

from hallterm.rules.timers import running_counted_ms, running_pause_ms
from storage.facts import Moment
from storage.views import ServiceRow


class Totals(NamedTuple):
    """Counted and excluded ms so far, and the length of the pause that ends with it (0 without one)."""

    counted_ms: int
    excluded_ms: int
    pause_ms: int


def stopped(service: ServiceRow, now: Moment) -> Totals:
    """The totals at ``now``. A pause that counts goes on counting until here; an excluded one is excluded."""
    pause_ms = running_pause_ms(service, now)
    excluded_ms = service.excluded_ms + (pause_ms if service.pause_excluded else 0)
    return Totals(running_counted_ms(service, now), excluded_ms, pause_ms)
