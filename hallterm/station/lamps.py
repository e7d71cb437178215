"""The overtime lamps: on above the limit of what is being served, blinking from twice the limit, else off."""

from __future__ import annotations

from collections.abc import Mapping

from devices.events import LampPattern
from devices.manager import DeviceManager
from hallterm.rules.day import business_day
from hallterm.rules.lamp import USUAL, Lamp, LampShares, lamp
from hallterm.rules.timers import running_counted_ms
from hallterm.workflows.warning_settings import lamp_shares_on
from storage import views
from storage.facts import Moment
from storage.journal import Journal
from storage.views import ServiceRow

BLINKING_FROM_LIMITS = 2
REFRESH_MS = 60_000
OVER = frozenset({Lamp.RED, Lamp.ESCALATE})


def pattern(counted_s: int, limit_s: int, shares: LampShares = USUAL) -> LampPattern:
    """What the lamp shows; a matter without a limit lights none."""
    if limit_s <= 0 or lamp(counted_s, limit_s, shares) not in OVER:
        return LampPattern.OFF
    return LampPattern.BLINKING if counted_s >= BLINKING_FROM_LIMITS * limit_s else LampPattern.ON


class Lamps:
    """Computed from the tables whenever asked, told to the devices when it changes."""

    def __init__(self, journal: Journal, manager: DeviceManager, names: Mapping[str, str]) -> None:
        self.journal = journal
        self.manager = manager
        self.names = names
        self._shown: dict[str, LampPattern] = {}
        self._refreshed_m: int | None = None
        self._shares = USUAL

    def tick(self, now: Moment) -> None:
        """Once a second."""
        if (
            self._refreshed_m is None or now.m - self._refreshed_m >= REFRESH_MS
        ):  # another lamp may have been bound meanwhile
            self._refreshed_m = now.m
            self._shown.clear()
            own = self.journal.identity.hall
            day = business_day(now.t, views.last_day(self.journal.database, own))
            self._shares = lamp_shares_on(self.journal.database, own, day)
        services = views.open_services(self.journal.database, self.journal.identity.hall)
        wanted = {service.window: self._pattern_of(service, now) for service in services}
        for window, name in self.names.items():
            shows = wanted.get(window, LampPattern.OFF)
            if self._shown.get(name) is not shows:
                self._shown[name] = shows
                self.manager.set_lamp(name, shows)

    def _pattern_of(self, service: ServiceRow, now: Moment) -> LampPattern:
        return pattern(running_counted_ms(service, now) // 1000, service.limit_s, self._shares)
