"""What the screen on the wall of the hall shows: the last calls and how long each group waits. Nobody's name, no matter."""

from __future__ import annotations

from msgspec import Struct

from hallterm.rules.day import business_day
from hallterm.rules.numbers import window_number
from hallterm.rules.settings_table import SettingName
from hallterm.workflows.hall_settings import text
from hallterm.workflows.ticketing import GroupEstimate, queue_groups
from storage import views
from storage.database import Database
from storage.facts import Moment, WindowState

BIG_CALLS = 3
LAST_CALLS = 10


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
        notice=text(db, SettingName.HALL_NOTICE, hall, day),
    )
