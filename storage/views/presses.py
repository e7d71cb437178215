"""How the pads of a hall were pressed, by window: what supervisors read beside the days of the devices."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from storage.database import Database
from storage.views.devices import longest_runs
from storage.views.reading import structs


class WindowPresses(Struct, frozen=True):
    """The ratings of one window in a period, and the services that found no pad; sums, no judgement.

    ``fast`` and ``weak`` as in :class:`storage.views.devices.PressPattern`; ``unrated`` includes ``no_pad``.
    """

    window: str
    rated: int = 0
    fast: int = 0
    weak: int = 0
    unrated: int = 0
    no_pad: int = 0
    longest_run: int = 0


class RefusedPresses(Struct, frozen=True):
    """So many presses at a window did not count, for this reason."""

    window: str
    why: str
    presses: int


class PadSeen(Struct, frozen=True):
    """The pad that a window's last question went to."""

    window: str
    pad: str


_PERIOD = '"hall" = ? AND "day" >= ? AND "day" <= ?'


def window_presses(db: Database, hall: str, from_day: str, to_day: str) -> dict[str, WindowPresses]:
    """By window code. Whoever shows it asks first for ``Action.SEE_PRESS_PATTERNS``."""
    period = (hall, from_day, to_day)
    rated = db.rows(
        'SELECT "window", count(*), sum(CASE WHEN "suspect" = \'fast\' THEN 1 ELSE 0 END), sum("weak") '
        f'FROM rating WHERE {_PERIOD} GROUP BY "window"',
        period,
    )
    missing = db.rows(
        'SELECT "window", count(*), sum(CASE WHEN "first_reason" = \'device_fault\' THEN 1 ELSE 0 END) '
        f'FROM unrated WHERE {_PERIOD} AND "undone" = 0 GROUP BY "window"',
        period,
    )
    runs = longest_runs(db, "window", hall, from_day, to_day)
    found = {
        window: WindowPresses(window, int(count), int(fast), int(weak), longest_run=int(runs[window]))
        for window, count, fast, weak in rated
    }
    for window, count, no_pad in missing:
        of_window = found.get(window) or WindowPresses(window)
        found[window] = replace(of_window, unrated=int(count), no_pad=int(no_pad))
    return found


def refused_presses(db: Database, hall: str, from_t: int, to_t: int) -> list[RefusedPresses]:
    """Presses that did not count, by window and reason; they carry no day and are taken by the clock, ms UTC."""
    sql = (
        'SELECT "window", "why", count(*) AS "presses" FROM rating_refused '
        'WHERE "hall" = ? AND "at_t" >= ? AND "at_t" < ? GROUP BY "window", "why" ORDER BY "window", "why"'
    )
    return structs(db, RefusedPresses, sql, (hall, from_t, to_t))


def pads_asked(db: Database, hall: str, from_day: str, to_day: str) -> list[PadSeen]:
    """The pad of each window that was asked in the period."""
    sql = (
        'SELECT "window", "pad" FROM (SELECT "window", "pad", '
        'row_number() OVER (PARTITION BY "window" ORDER BY "asked_t" DESC, "id" DESC) AS "newest" '
        f'FROM rating_ask WHERE {_PERIOD}) AS "asked" WHERE "newest" = 1 ORDER BY "window"'
    )
    return structs(db, PadSeen, sql, (hall, from_day, to_day))
