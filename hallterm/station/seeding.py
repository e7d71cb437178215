"""What is true now, shown without a fact that says it: after a restart of the station, and after an undo."""

from __future__ import annotations

from collections.abc import Mapping

from devices.manager import DeviceManager
from hallterm.locale import _
from hallterm.rules.numbers import window_number
from hallterm.station.outputs import CALL, PAUSED, SERVING, WINDOW
from storage import views
from storage.database import Database
from storage.facts import WindowState
from storage.views import WindowRow

NOT_STAFFED = (WindowState.CLOSED, WindowState.BREAK, WindowState.SUBSTITUTED)
WITH_A_PERSON = (WindowState.SERVING, WindowState.PAUSED, WindowState.AWAITING_RATING)


def seed_displays(db: Database, hall: str, manager: DeviceManager, names: Mapping[str, str]) -> None:
    """Every window of this PC: its display, and whose it is on the pad. ``names``: window code to binding name."""
    for window in views.windows(db, hall):
        name = names.get(window.code)
        if name is not None:
            manager.show_text(name, window_text(db, window))
            if window.state not in NOT_STAFFED:
                manager.show_idle(name, window.staff, 0)


def show_window(db: Database, code: str, manager: DeviceManager, names: Mapping[str, str]) -> None:
    """One window as it is now."""
    window, name = views.window(db, code), names.get(code)
    if window is not None and name is not None:
        manager.show_text(name, window_text(db, window))


def window_text(db: Database, window: WindowRow) -> str:
    """The line for a window's state; no name, no matter."""
    ticket = views.ticket(db, window.ticket) if window.ticket else None
    number, label = ticket.number if ticket else "", str(window_number(window.code))
    if window.state in NOT_STAFFED:
        return _(PAUSED)
    if window.state is WindowState.CALLED and number:
        return _(CALL).format(number=number, window=label)
    if window.state in WITH_A_PERSON and number:
        return _(SERVING).format(number=number)
    return _(WINDOW).format(window=label)
