"""What each device did today: carried over restarts on the bulletin board, recorded once a day as a fact."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from devices.events import DeviceStatus, Role
from devices.health import Counters
from devices.telemetry import NOW, SUMS, figures
from storage import views
from storage.facts import DeviceDaily, Moment
from storage.journal import Journal
from storage.local import Board
from storage.views import devices as device_views

log = logging.getLogger(__name__)

Place = tuple[str, str]
Numbers = dict[str, int]
ADDED = tuple(name for name in (*SUMS, *Counters.__struct_fields__) if name not in NOW)
"""Figures that are summed over a day."""
MEASURED = ("supply_mv", "rtt_p95_ms")
TODAY = "today_"
DAY = "today"


class DeviceDays:
    """The sums of the running business day by (role, window code); used from the station's thread only."""

    def __init__(self, journal: Journal, board: Board, code_of: Callable[[str], str]) -> None:
        self.journal, self.board = journal, board
        self._code_of = code_of
        self._seen: dict[Place, Numbers] = {}
        self._sums: dict[Place, Numbers] = {}
        self._measures: dict[Place, Numbers] = {}
        self._written: dict[Place, Numbers] = {}
        self._day = ""
        for word in board.devices():
            self._carry((word.role, word.window), word.counters)

    def second(self, statuses: Iterable[DeviceStatus], now: Moment) -> None:
        """Once a second: add what was counted, show it on the board where it changed, close a day that is over."""
        for status in statuses:
            self._count((str(status.role), self._code_of(status.window)), figures(status))
        self._turn(now)

    def forget(self, role: str, window: str) -> None:
        """A binding was removed, or its device is another one now: its next counters begin at nothing."""
        self._seen.pop((role, window), None)

    def today(self, role: str, window: str) -> Numbers:
        """The sums of the running day."""
        return dict(self._sums.get((role, window), {}))

    def _carry(self, place: Place, counters: Numbers) -> None:
        """What the station before this one had counted; only the newest day is taken up."""
        day = _day_of(counters.get(DAY, 0))
        if day and day >= self._day:
            if day > self._day:
                self._sums.clear()
            self._day = day
            self._sums[place] = {
                name.removeprefix(TODAY): value for name, value in counters.items() if name.startswith(TODAY)
            }

    def _count(self, place: Place, numbers: Numbers) -> None:
        before, sums = self._seen.get(place, {}), self._sums.setdefault(place, {})
        for name in ADDED:
            value, last = numbers.get(name, 0), before.get(name, 0)
            grown = value - last if value >= last else value
            if grown:
                sums[name] = sums.get(name, 0) + grown
        self._seen[place] = numbers
        self._measures[place] = {name: numbers[name] for name in MEASURED if name in numbers}
        shown = numbers | {TODAY + name: value for name, value in sums.items()}
        if self._day:
            shown[DAY] = int(self._day.replace("-", ""))
        if self._written.get(place) != shown:
            self.board.set_counters(*place, shown)
            self._written[place] = shown

    def _turn(self, now: Moment) -> None:
        db, hall = self.journal.database, self.journal.identity.hall
        current = views.last_day(db, hall)
        if not self._day:
            self._day = current
        elif self._day != current or views.day_closed(db, hall, self._day):
            self._record(self._day, now)
            if self._day != current:
                self._day = current
                self._sums.clear()

    def _record(self, day: str, now: Moment) -> None:
        """Once: what was counted after the day's end is left out."""
        db, own = self.journal.database, self.journal.identity
        if not self._sums or device_views.day_recorded(db, own.hall, own.node, day):
            return
        with self.journal.write("-", now) as tx:
            for (role, window), sums in sorted(self._sums.items()):
                counters = sums | self._measures.get((role, window), {}) | self._ratings(role, window, day)
                tx.record(DeviceDaily(day=day, role=role, window=window, counters=counters))
        log.info("what %d devices did on %s is recorded", len(self._sums), day)

    def _ratings(self, role: str, window: str, day: str) -> Numbers:
        if role != Role.RATING_DEVICE:
            return {}
        start = datetime.fromisoformat(f"{day}T00:00:00+08:00")
        limits = (int(at.timestamp() * 1000) for at in (start, start + timedelta(days=1)))
        sums = device_views.rating_sums(self.journal.database, self.journal.identity.hall, window, day, *limits)
        return {name: getattr(sums, name) for name in sums.__struct_fields__}


def _day_of(number: int) -> str:
    text = str(number)
    return f"{text[:4]}-{text[4:6]}-{text[6:]}" if len(text) == 8 else ""
