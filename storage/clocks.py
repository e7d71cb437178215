"""What time it really was when a node wrote a line: its CLOCK_BOOTTIME against the clock of the store it talked to.

A node's wall clock may be wrong by years; it is a label. Within a boot that talked to this store the time is exact to
the length of an exchange; of a boot that never did, the label is clamped between its neighbours and marked as a guess.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone
from typing import NamedTuple

import msgspec

from storage.database import Database
from storage.facts import Line

ZONE = timezone(timedelta(hours=8))
EVERY_MS = 600_000
"""The latest sample of a boot is kept anew when this much of its time has passed."""
SAMPLE = "SELECT first_m, first_at_t, last_m, last_at_t FROM clock_sample WHERE node = ? AND boot = ?"
LAST_SAMPLE = "SELECT last_m FROM clock_sample WHERE node = ? AND boot = ?"
ADD_SAMPLE = (
    "INSERT INTO clock_sample (node, boot, first_m, first_at_t, last_m, last_at_t) VALUES (?, ?, ?, ?, ?, ?) "
    "ON CONFLICT (node, boot) DO UPDATE SET last_m = excluded.last_m, last_at_t = excluded.last_at_t"
)
LINES = "SELECT line FROM event WHERE node = ? AND epoch = ? ORDER BY seq"
_lines = msgspec.json.Decoder(Line)


class Sample(NamedTuple):
    """Two readings of one boot: ``m`` CLOCK_BOOTTIME ms, ``at_t`` wall ms of the store."""

    first_m: int
    first_at_t: int
    last_m: int
    last_at_t: int


class Reading(NamedTuple):
    """The clocks as a line names them: wall ms, CLOCK_BOOTTIME ms, boot."""

    t: int
    m: int
    boot: str


class Corrected(NamedTuple):
    """When it was, wall ms of the store; ``is_guess`` when no clock but the node's own says so."""

    at_t: int
    is_guess: bool


def by_sample(m: int, sample: Sample) -> int:
    """The store's time when CLOCK_BOOTTIME stood at ``m``, from the nearer of the two readings."""
    if abs(m - sample.first_m) < abs(m - sample.last_m):
        return sample.first_at_t + m - sample.first_m
    return sample.last_at_t + m - sample.last_m


def corrected(readings: Sequence[Reading], samples: dict[str, Sample]) -> list[Corrected]:
    """The times of the lines of one log, in its order. Never runs backwards where it guesses."""
    exact = [by_sample(one.m, samples[one.boot]) if one.boot in samples else None for one in readings]
    not_after: list[int | None] = []
    following: int | None = None
    for known in reversed(exact):
        following = known if known is not None else following
        not_after.append(following)
    found: list[Corrected] = []
    low: int | None = None
    for one, known, high in zip(readings, exact, reversed(not_after), strict=True):
        at_t = one.t if known is None else known
        if known is None:
            at_t = max(at_t, low) if low is not None else at_t
            at_t = min(at_t, high) if high is not None else at_t
        found.append(Corrected(at_t, known is None))
        low = at_t
    return found


def business_day(at_t: int) -> str:
    """The day in the zone of the halls, ``YYYY-MM-DD``; "" for a time that no calendar knows."""
    try:
        return datetime.fromtimestamp(at_t / 1000, UTC).astimezone(ZONE).date().isoformat()
    except (OverflowError, ValueError, OSError):
        return ""


class Heard(NamedTuple):
    """Of a node that is talking just now: its boot and its CLOCK_BOOTTIME in ms."""

    node: str
    boot: str
    m: int


def keep_sample(database: Database, node: str, boot: str, m: int, at_t: int) -> None:
    """Note an exchange, within its transaction; most exchanges tell nothing new and write nothing."""
    if is_news(m, database.value(LAST_SAMPLE, (node, boot))):
        add_samples(database, [Heard(node, boot, m)], at_t)


def is_news(m: int, last_m: int | None) -> bool:
    """Whether a sample is to be kept; ``last_m``: the latest of its boot, None if there is none."""
    return last_m is None or abs(m - last_m) >= EVERY_MS


def add_samples(database: Database, heard: Sequence[Heard], at_t: int) -> None:
    """Keep samples of different nodes."""
    database.run_many(ADD_SAMPLE, [(one.node, one.boot, one.m, at_t, one.m, at_t) for one in heard])


class DayDoubt(NamedTuple):
    """A line whose fact names another business day than its corrected time."""

    seq: int
    day: str
    corrected_day: str
    is_guess: bool


def day_doubts(database: Database, node: str, epoch: int = 0) -> list[DayDoubt]:
    """The lines of a log that were counted on a day on which they cannot have happened."""
    lines = [read for (raw,) in database.rows(LINES, (node, epoch)) if (read := _read(bytes(raw))) is not None]
    boots = {line.b for line in lines}
    samples = {boot: Sample(*map(int, rows[0])) for boot in boots if (rows := database.rows(SAMPLE, (node, boot)))}
    times = corrected([Reading(line.t, line.m, line.b) for line in lines], samples)
    found = []
    for line, time in zip(lines, times, strict=True):
        day, right = _day_of(line), business_day(time.at_t)
        if day and day != right:
            found.append(DayDoubt(line.s, day, right, time.is_guess))
    return found


def _read(raw: bytes) -> Line | None:
    try:
        return _lines.decode(raw)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None


class _Day(msgspec.Struct, frozen=True):
    day: str = ""


def _day_of(line: Line) -> str:
    try:
        return msgspec.json.decode(line.d, type=_Day).day
    except msgspec.MsgspecError:
        return ""
