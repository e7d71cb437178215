"""Devices over days, locked devices, and how people press: what technicians and supervisors read."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from storage.database import Database
from storage.views.reading import columns, structs


class DeviceDayRow(Struct, frozen=True):
    """One device on one business day."""

    hall: str
    node: str
    role: str
    window: str
    day: str
    link_ok: int
    link_bad: int
    boots: int
    connections: int
    dropped_bytes: int
    echoes: int
    asked: int
    rated: int
    no_pad: int
    refused: int
    jobs_printed: int
    jobs_failed: int
    supply_mv: int
    rtt_p95_ms: int


class LockRow(Struct, frozen=True):
    """A device that is locked, and since when (wall ms)."""

    hall: str
    node: str
    role: str
    window: str
    reason: str
    since_t: int


class RatingSums(Struct, frozen=True):
    """What became of the services of a window's day that wanted a rating."""

    asked: int
    rated: int
    no_pad: int
    refused: int


class PressPattern(Struct, frozen=True):
    """How the ratings of one clerk were pressed: sums for supervisors, no judgement.

    ``fast``: under 300 ms after the prompt. ``reach``: the best level within ``REACH_MS``, as a hand reaches that
    waited for the prompt. ``longest_run``: the same key so many times in a row. ``fast_days``: days with five ratings
    and more, all of them fast. ``weak``: came over a line that proves little about a press.
    """

    staff: str
    rated: int
    fast: int
    reach: int
    best: int
    longest_run: int = 0
    fast_days: int = 0
    weak: int = 0


REACH_MS = 1_500
BEST_LEVEL = 5
FAST_DAY_LEAST = 5


def device_days(db: Database, since_day: str, hall: str = "") -> list[DeviceDayRow]:
    """The days of all devices since a day, of one hall or of all that this node knows, oldest first."""
    sql = f'SELECT {columns(DeviceDayRow)} FROM device_day WHERE "day" >= ?'
    order = ' ORDER BY "hall", "node", "role", "window", "day"'
    if hall:
        return structs(db, DeviceDayRow, f'{sql} AND "hall" = ?{order}', (since_day, hall))
    return structs(db, DeviceDayRow, sql + order, (since_day,))


def day_recorded(db: Database, hall: str, node: str, day: str) -> bool:
    """Whether this node has said what its devices did on a day."""
    sql = 'SELECT 1 FROM device_day WHERE "hall" = ? AND "node" = ? AND "day" = ? LIMIT 1'
    return bool(db.value(sql, (hall, node, day)))


def locked(db: Database, hall: str, node: str = "") -> list[LockRow]:
    """The devices of a hall (or of one node in it) that nothing is accepted of until a technician releases them."""
    sql = f'SELECT {columns(LockRow)} FROM device_lock WHERE "locked" = 1 AND "hall" = ?'
    if node:
        return structs(db, LockRow, f'{sql} AND "node" = ? ORDER BY "window"', (hall, node))
    return structs(db, LockRow, f'{sql} ORDER BY "node", "window"', (hall,))


def rating_sums(db: Database, hall: str, window: str, day: str, from_t: int, to_t: int) -> RatingSums:
    """Of one window and day; refused presses carry no day and are taken by the clock, ms UTC."""
    place = (hall, window, day)
    rated = db.value('SELECT count(*) FROM rating WHERE "hall" = ? AND "window" = ? AND "day" = ?', place)
    missing = 'SELECT count(*) FROM unrated WHERE "hall" = ? AND "window" = ? AND "day" = ? AND "undone" = 0'
    unrated = db.value(missing, place)
    no_pad = db.value(f"{missing} AND \"first_reason\" = 'device_fault'", place)
    refused = db.value(
        'SELECT count(*) FROM rating_refused WHERE "hall" = ? AND "window" = ? AND "at_t" >= ? AND "at_t" < ?',
        (hall, window, from_t, to_t),
    )
    return RatingSums(int(rated) + int(unrated), int(rated), int(no_pad), int(refused))


def press_patterns(db: Database, hall: str, from_day: str, to_day: str) -> list[PressPattern]:
    """By staff number. For supervisors only: a clerk's own screens never show how people pressed.

    Whoever shows it asks first whether the person may ``Action.SEE_PRESS_PATTERNS`` at the hall.
    """
    period = (hall, from_day, to_day)
    where = '"hall" = ? AND "day" >= ? AND "day" <= ?'
    sums = db.rows(
        f'SELECT "staff", count(*), sum(CASE WHEN "suspect" = \'fast\' THEN 1 ELSE 0 END), '
        f'sum(CASE WHEN "t_ms" < {REACH_MS} AND "level" = {BEST_LEVEL} THEN 1 ELSE 0 END), '
        f'sum(CASE WHEN "level" = {BEST_LEVEL} THEN 1 ELSE 0 END), sum("weak") FROM rating WHERE {where} '
        f'GROUP BY "staff" ORDER BY "staff"',
        period,
    )
    runs = longest_runs(db, "staff", *period)
    fast_days: dict[str, int] = dict(db.rows(_FAST_DAYS.format(where=where), period))
    return [
        PressPattern(
            staff,
            int(rated),
            int(fast),
            int(reach),
            int(best),
            int(runs.get(staff, 0)),
            int(fast_days.get(staff, 0)),
            int(weak),
        )
        for staff, rated, fast, reach, best, weak in sums
    ]


def longest_runs(db: Database, by: Literal["staff", "window"], hall: str, from_day: str, to_day: str) -> dict[str, int]:
    """The same key so many times in a row, by clerk or by window."""
    where = '"hall" = ? AND "day" >= ? AND "day" <= ?'
    return dict(db.rows(_RUNS.format(where=where, by=by), (hall, from_day, to_day)))


_RUNS = """
SELECT "{by}", max("length") FROM (
  SELECT "{by}", count(*) AS "length" FROM (
    SELECT "{by}", "key",
      row_number() OVER (PARTITION BY "{by}" ORDER BY "at_t", "id")
      - row_number() OVER (PARTITION BY "{by}", "key" ORDER BY "at_t", "id") AS "run"
    FROM rating WHERE {where}
  ) AS "numbered" GROUP BY "{by}", "key", "run"
) AS "runs" GROUP BY "{by}"
"""
"""Rows of one run differ by the same number from their place among rows of the same key."""

_FAST_DAYS = f"""
SELECT "staff", count(*) FROM (
  SELECT "staff", "day" FROM rating WHERE {{where}} GROUP BY "staff", "day"
  HAVING count(*) >= {FAST_DAY_LEAST} AND sum(CASE WHEN "suspect" = 'fast' THEN 1 ELSE 0 END) = count(*)
) AS "days" GROUP BY "staff"
"""
