"""Backups of a centre: made, verified, the old ones removed; by ``hallterm serve`` itself once a day, in a thread of its own.

Only a verified backup lets the PCs drop lines. A hall's number host makes none: the station of its PC does.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from hallterm.centre_place import CENTRE_FILE
from hallterm.config import Settings
from hallterm.rules.day import local

if TYPE_CHECKING:
    from storage.durable import StoreBackup, Told
    from storage.facts import Moment
    from storage.journal import Journal

QUIET_HOUR: Final = 2
MISSED_AFTER_S: Final = 25 * 3600
"""A centre that is off at night makes its backup by day."""
SETTLED_MS: Final = 3_600_000
"""By day only after so long, so that a start or a failure does not make one; as long to the next try."""
LOOKS_EVERY_S: Final = 60.0
JOIN_S: Final = 30.0
"""How long the end of the process waits for a backup in hand; one that is cut off leaves only a draft."""
log = logging.getLogger("sync.centre")


class Made(NamedTuple):
    """What was made, and the names of those that were removed."""

    backup: StoreBackup
    removed: list[str]


def folder_of(settings: Settings) -> Path:
    """Where backups go and are looked for."""
    return settings.backup.folder or settings.data.path / "backup"


def make(settings: Settings, journal: Journal, now: Moment, told: Told = lambda _percent: None) -> Made:
    """One now, in the folder of backups; the old ones there go. Raises StorageError."""
    from storage import centre_back, durable

    target, keep = folder_of(settings), settings.backup
    made = durable.back_up(journal, target, now, told)
    return Made(made, centre_back.prune(target, keep.keep_daily, keep.keep_weekly))


class DailyBackup:
    """Whether one is due, and making it; ``file`` is that of the centre, None on PostgreSQL."""

    def __init__(self, settings: Settings, opener: Callable[[], Journal], file: Path | None, now: Moment) -> None:
        self._settings = settings
        self._opener = opener
        self._file = file
        self._not_before_m = now.m
        self._by_day_m = now.m + SETTLED_MS

    def minute(self, now: Moment) -> Made | None:
        """Make one if it is time; a failure is logged and tried again after an hour."""
        from storage.errors import StorageError

        if now.m < self._not_before_m or not self._is_due(now):
            return None
        self._not_before_m = self._by_day_m = now.m + SETTLED_MS
        try:
            if self._file is not None and not self._file.exists():  # opening would found another centre
                raise FileNotFoundError
            journal = self._opener()
            try:
                made = make(self._settings, journal, now)
            finally:
                journal.close()
        except (StorageError, OSError) as error:
            log.error("backup failed: %s", type(error).__name__)
            return None
        said = {"name": made.backup.path.parent.name, "events": made.backup.events, "raised": made.backup.raised}
        log.info("backup", extra={"fields": said | {"removed": len(made.removed)}})
        return made

    def _is_due(self, now: Moment) -> bool:
        from storage import durable
        from storage.backup import STAMP

        at, last = local(now.t), durable.last_made(folder_of(self._settings))
        if last.startswith(f"{at:%Y%m%d}"):
            return False
        if at.hour == QUIET_HOUR:
            return True
        before = datetime.strptime(last[:15], STAMP).replace(tzinfo=at.tzinfo) if last else None
        is_missed = before is None or (at - before).total_seconds() > MISSED_AFTER_S
        return is_missed and now.m >= self._by_day_m


@contextmanager
def backups_made(settings: Settings, opener: Callable[[], Journal], url: str, *, is_hub: bool) -> Iterator[None]:
    """Look every minute until the block ends; nothing where ``[backup] centre_daily`` is off."""
    from storage.clock import now

    if is_hub or not settings.backup.centre_daily:
        yield
        return
    daily = DailyBackup(settings, opener, None if url else settings.data.path / CENTRE_FILE, now())
    stop = threading.Event()
    maker = threading.Thread(target=_look, args=(daily, stop), name="backups", daemon=True)
    maker.start()
    try:
        yield
    finally:
        stop.set()
        maker.join(JOIN_S)


def _look(daily: DailyBackup, stop: threading.Event) -> None:
    """Whatever ends one look is noted; the next comes all the same."""
    from storage.clock import now

    while not stop.wait(LOOKS_EVERY_S):
        try:
            daily.minute(now())
        except Exception as error:
            log.error("backup failed: %s", type(error).__name__)
