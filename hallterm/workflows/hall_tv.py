"""What the screen on the wall of the hall shows: the last calls and how long each group waits. Nobody's name, no matter."""

from __future__ import annotations

from msgspec import Struct

from hallterm.locale import N_, _
from hallterm.rules.day import business_day, local
from hallterm.rules.numbers import window_number
from hallterm.rules.outages import FAULTS
from hallterm.rules.settings_table import SettingName
from hallterm.workflows.hall_settings import text
from hallterm.workflows.ticketing import GroupEstimate, queue_groups
from storage import views
from storage.database import Database
from storage.facts import Moment, WindowState
from storage.views.outages import open_outages

BIG_CALLS = 3
LAST_CALLS = 10
FAULT = N_("{fault} is down since {since}. Wait, or get a card at the guide's desk to go first later")
FAULT_UNTIL = N_("{fault} down since {since}, back about {back}. Wait, or get a card at the guide's desk")


class Call(Struct, frozen=True):
    """A number that was called to a window (painted number), when last (ms UTC), and for how many times."""

    number: str
    window: int
    called_t: int
    calls: int


class BoardView(Struct, frozen=True):
    """Everything the hall TV draws; calls newest first; ``notice`` is the setting ``hall_notice``.

    ``host_away_t``: the number host has been away since then, ms UTC, and calls of other PCs are not seen here (0: they are).
    """

    hall: str
    day: str
    calls: tuple[Call, ...]
    before: tuple[Call, ...]
    groups: tuple[GroupEstimate, ...]
    notice: str = ""
    host_away_t: int = 0


def fault_notice(db: Database, hall: str) -> str:
    """What citizens are told while the hall has a fault that a leader confirmed; "" without one."""
    row = next((one for one in open_outages(db, hall) if one.confirmed_t), None)
    if row is None:
        return ""
    values = {
        "fault": _(FAULTS[row.fault]),
        "since": f"{local(row.from_t):%H:%M}",
        "back": f"{local(row.back_t):%H:%M}",
    }
    return _(FAULT_UNTIL if row.back_t else FAULT).format(**values)


def board_view(db: Database, hall: str, now: Moment, big: int = BIG_CALLS) -> BoardView:
    """The last calls and the groups; a window that pauses or has a break takes its line away."""
    day = business_day(now.t, views.last_day(db, hall))
    windows = {one.name: one for one in views.windows(db, hall)}
    calls = []
    for row in views.recent_calls(db, hall, day, LAST_CALLS + big):
        window = windows.get(row.window)
        if window is not None and window.state not in (WindowState.PAUSED, WindowState.BREAK):
            calls.append(Call(row.number, window_number(window.code), row.last_called_t, row.calls))
    found = views.hall(db, hall)
    return BoardView(
        hall=found.name if found else hall,
        day=day,
        calls=tuple(calls[:big]),
        before=tuple(calls[big : big + LAST_CALLS]),
        groups=tuple(queue_groups(db, hall, day, now)),
        notice=fault_notice(db, hall) or text(db, SettingName.HALL_NOTICE, hall, day),
    )
