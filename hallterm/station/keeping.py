"""House-keeping of a data folder: checkpoints, wall-clock jumps, visits that lapse, the end of the day, backups."""

from __future__ import annotations

import contextlib
import logging
from datetime import date, timedelta
from pathlib import Path

from hallterm.config import BackupSettings
from hallterm.month_keeper import MonthKeeper
from hallterm.rules.counter import NEXT_SERVICE_WITHIN_S
from hallterm.rules.day import business_day, local
from hallterm.station import faults
from hallterm.station.forgetting import forget_identities
from hallterm.station.second_copy import SecondCopy
from hallterm.workflows.adjustments import note_adjustments
from hallterm.workflows.day import close_day, ensure_day
from hallterm.workflows.visit_rating import settle_left
from hallterm.workflows.warnings import watch
from hallterm.workflows.workdays import hall_opening
from storage import ballast, views
from storage.backup import list_backups, make_backup, prune
from storage.claims import is_here
from storage.errors import StorageError
from storage.facts import BackupMade, ClockJumped, Moment, VisitClosed, WindowState
from storage.journal import Journal

log = logging.getLogger(__name__)

CHECKPOINT_S = 10
JUMP_MS = 2_000
DAY_END_AFTER_MIN = 240
BACKUP_HOUR = 2
SETTLED_WITHIN_DAYS = 7


class Keeping:
    """What the station does because time passed, always in a way that may be repeated."""

    def __init__(
        self,
        journal: Journal,
        folder: Path,
        now: Moment,
        backups: BackupSettings = BackupSettings(),  # noqa: B008
    ) -> None:
        self.journal = journal
        self.backups = backups
        self.folder = folder
        self._offset_ms = now.t - now.m
        self._checkpoint_m = now.m
        self._minute = -1
        self.second_copy = SecondCopy(journal, folder, backups.spool)
        self._months = MonthKeeper(journal.identity.hall)

    def second(self, now: Moment) -> None:
        """Once a second."""
        jump_ms = (now.t - now.m) - self._offset_ms
        if abs(jump_ms) > JUMP_MS:
            with self.journal.write("-", now) as tx:
                tx.record(ClockJumped(jump_ms=jump_ms))
        self._offset_ms = now.t - now.m
        if now.m - self._checkpoint_m >= CHECKPOINT_S * 1000:
            self._checkpoint_m = now.m
            self.journal.database.execute("PRAGMA wal_checkpoint(PASSIVE)")
        minute = now.t // 60_000
        if minute != self._minute:
            self._minute = minute
            self.minute(now)

    def minute(self, now: Moment) -> None:
        """Once a minute: lapsed visits, the day's end, warnings, the daily backup, the second copy, the reserve of the disk,
        a month of half-days.
        """
        self._close_visits(now)
        self._settle_ratings(now)
        self._day(now)
        watch(self.journal, now)
        faults.each_minute(self.journal, now)
        self._daily_backup(now)
        self.second_copy.minute(now)
        with contextlib.suppress(OSError):
            ballast.keep(self.folder)
        self._months.step(self.journal.database, now)

    def _close_visits(self, now: Moment) -> None:
        hall = self.journal.identity.hall
        for window in views.windows(self.journal.database, hall):
            lapsed = now.t - window.since_t >= NEXT_SERVICE_WITHIN_S * 1000
            idle = window.visit and window.state is WindowState.IDLE
            if idle and lapsed and is_here(self.journal.database, self.journal.identity.node, window.code):
                with self.journal.write("-", now) as tx:
                    visit = views.visit(tx.database, window.visit)
                    if visit is not None and not visit.closed_t:
                        tx.record(VisitClosed(visit=visit.id, window=window.code, ticket=visit.ticket))

    def _settle_ratings(self, now: Moment) -> None:
        """A visit that ended before its one rating was asked for is unrated: the person has left."""
        last = views.last_day(self.journal.database, self.journal.identity.hall)
        since = (date.fromisoformat(last) - timedelta(days=SETTLED_WITHIN_DAYS)).isoformat() if last else ""
        if last and views.visits_without_rating(self.journal.database, self.journal.identity.hall, since):
            with self.journal.write("-", now) as tx:
                settle_left(tx, since)

    def _day(self, now: Moment) -> None:
        db, hall_code = self.journal.database, self.journal.identity.hall
        hall = views.hall(db, hall_code)
        last = views.last_day(db, hall_code)
        if hall is None or not last:
            return
        if business_day(now.t, last) != last:
            with self.journal.write("-", now) as tx:
                ensure_day(tx)
        elif self._is_over(now, last) and not hall_opening(db, hall, now).may_issue and not hall.open_always:
            with self.journal.write("-", now) as tx:
                close_day(tx, last)
            note_adjustments(self.journal, [hall_code], now)

    def _is_over(self, now: Moment, day: str) -> bool:
        """Long after closing, with nobody at a window: what is open is closed the same evening."""
        hall = views.hall(self.journal.database, self.journal.identity.hall)
        if hall is None or views.day_closed(self.journal.database, hall.code, day):
            return False
        closing = hall.closing_pm or hall.closing_am
        hours, minutes = (int(part) for part in closing.split(":"))
        at = local(now.t)
        late = at.hour * 60 + at.minute >= min(23 * 60 + 50, hours * 60 + minutes + DAY_END_AFTER_MIN)
        windows = views.windows(self.journal.database, hall.code)
        return late and all(window.state is WindowState.CLOSED for window in windows)

    def _daily_backup(self, now: Moment) -> None:
        """At the first idle moment after closing, else at two in the night; once a day."""
        at = local(now.t)
        made = list_backups(self.folder, self.backups.folder)
        if made and made[0].name.startswith(f"{at:%Y%m%d}"):
            return
        hall = self.journal.identity.hall
        row = views.hall(self.journal.database, hall)
        windows = views.windows(self.journal.database, hall)
        idle = all(window.state is WindowState.CLOSED for window in windows)
        closing = (row.closing_pm or row.closing_am) if row else ""
        if at.hour == BACKUP_HOUR or (idle and closing and f"{at:%H:%M}" >= closing):
            forget_identities(self.journal, self.folder, now)
            self.backup(now)
            if idle:
                self.second_copy.night(now)

    def backup(self, now: Moment) -> None:
        """Make a backup now and drop the old ones; a failure is logged and tried again the next minute."""
        try:
            report = make_backup(self.folder, now, self.backups.folder)
            prune(self.folder, self.backups.keep_daily, self.backups.keep_weekly, self.backups.folder)
        except (StorageError, OSError) as error:
            log.error("backup failed: %s", type(error).__name__)
            return
        with self.journal.write("-", now) as tx:
            tx.record(BackupMade(name=report.name, seq=report.seq, size=report.size))
