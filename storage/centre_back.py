"""A centre's damaged file: its newest verified backup in place, with what the damaged file still has beyond it.

The centre's own log (what was decided there) is taken line by line as far as its chain goes on, the logs of the halls as the
raw segments that were received. What neither has, the halls send again by themselves: they keep every line that is in no
verified backup, and the file has a new store id, so that nobody trusts an old position in it. The own log goes on under a new
name, for nobody could tell the centre which of its lines others have seen.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

from msgspec import Struct

from storage import epochs, salvage
from storage.backup import Backup, flush_file, flush_folder, prune_listed, set_file_aside
from storage.database import Database, open_sqlite
from storage.doctor import integrity, verify_chain
from storage.durable import FILE
from storage.errors import StorageBusy, StorageDamaged, StorageFull, translated
from storage.facts import Moment
from storage.journal import Journal
from storage.rebuild import rebuild_in_place
from storage.receive import Batch, Verdict, accept
from storage.salvage import Remains

LOGS = "SELECT DISTINCT node, epoch FROM segment"
BODIES = "SELECT body, received_t FROM segment WHERE node = ? AND epoch = ? AND last > ? ORDER BY last"
HAVE = "SELECT have FROM log WHERE node = ? AND epoch = ?"
BARE = "SELECT (SELECT count(*) FROM node) = 0 AND (SELECT count(*) FROM event) > 0"
"""A backup of PostgreSQL holds the journal alone: its tables are made here."""
MOST_RAW = 256 * 1024 * 1024
"""A larger file is read through SQLite only."""

Read = Callable[[Database, bytes], Batch | None]
"""The lines of a raw segment, if its sender is known here and signed it."""
Told = Callable[[int, int], None]
"""Told how many lines are there, and how many there may be."""


class CentreBack(Struct, frozen=True):
    """Files set aside; lines in the backup; lines of the own log and of the halls that the damaged file gave; lines of the own
    log that are known to be lost.
    """

    backup: str
    set_aside: tuple[str, ...]
    in_backup: int
    own: int
    of_halls: int
    missing: int

    @property
    def total(self) -> int:
        """Lines that are there now."""
        return self.in_backup + self.own + self.of_halls


def backups(folder: Path, target: Path | None = None) -> list[Backup]:
    """All finished backups of a centre, the newest first."""
    place = target or folder / "backup"
    found = [path for path in place.iterdir() if path.name[:8].isdigit()] if place.is_dir() else []
    made = [Backup(one.name, one, (one / FILE).stat().st_size) for one in found if (one / FILE).is_file()]
    return sorted(made, key=lambda one: (one.made, len(one.name), one.name), reverse=True)


def prune(target: Path, keep_daily: int, keep_weekly: int) -> list[str]:
    """Remove old ones from their folder, by the rule of a hall's; the names that went."""
    return prune_listed(backups(target, target), keep_daily, keep_weekly)


def node_of(path: Path) -> str:
    """The node that a damaged file says it is of; empty where it tells nothing."""
    with Remains(path if path.exists() else None, most_raw=0) as remains:
        return remains.identity()[0]


def restore(
    folder: Path,
    base: Backup | None,
    now: Moment,
    read: Read | None,
    told: Told = lambda _n, _of: None,
    *,
    keep: bool = True,
) -> CentreBack:
    """Put ``base`` in place (None: an empty centre of the same node). ``read`` None leaves the damaged file as it is: only the
    backup counts. Without ``keep`` nothing is put in place, it is only said what would be. Nobody may have the folder open.

    Raises StorageDamaged when the backup does not hold, or nothing tells whose an empty one would be; StorageFull and
    StorageDenied.
    """
    bad, draft = folder / FILE, folder / f".restoring-{os.getpid()}"
    _make_room(folder, (base.size if base else 0) + (2 * bad.stat().st_size if read and bad.exists() else 0))
    shutil.rmtree(draft, ignore_errors=True)
    try:
        with translated(str(folder)):
            draft.mkdir()
            if base is not None:
                shutil.copyfile(base.path / FILE, draft / FILE)
        in_backup = _sound(draft / FILE) if base is not None else _founded(draft / FILE, bad)
        own, of_halls, missing = _filled(draft / FILE, bad, now, read, told)
        aside = _swapped(folder, draft / FILE, now) if keep else ()
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return CentreBack(base.name if base else "", aside, in_backup, own, of_halls, missing)


def _make_room(folder: Path, needed: int) -> None:
    if shutil.disk_usage(folder).free < needed:
        raise StorageFull(str(folder), needed=needed)


def _sound(path: Path) -> int:
    database = open_sqlite(path)
    try:
        report = verify_chain(database)
        if integrity(database) or not report.holds:
            raise StorageDamaged(str(path), detail="backup")
        if database.value(BARE):
            rebuild_in_place(database)
        return report.events
    finally:
        database.close()


def held(path: Path) -> bool:
    """Whether another process has this file open; a file that cannot be read is held by nobody."""
    if not path.exists():
        return False
    try:
        database = open_sqlite(path)
    except StorageDamaged:
        return False
    try:
        database.execute("PRAGMA busy_timeout = 200")
        database.execute("PRAGMA locking_mode = EXCLUSIVE")
        database.execute("BEGIN EXCLUSIVE")
        database.execute("ROLLBACK")
    except StorageBusy:
        return True
    except StorageDamaged:
        return False
    finally:
        database.close()
    return False


def _founded(path: Path, bad: Path) -> int:
    node = node_of(bad)
    if not node:
        raise StorageDamaged(str(bad), detail="identity")
    journal = Journal.open(path)
    try:
        journal.found(node, "")
    finally:
        journal.close()
    return 0


def _filled(draft: Path, bad: Path, now: Moment, read: Read | None, told: Told) -> tuple[int, int, int]:
    """Lines of the own log and of the halls that came from the damaged file, own lines that are lost."""
    with Remains(bad if read is not None and bad.exists() else None, most_raw=MOST_RAW) as remains:
        found = salvage.take_over_own(draft, remains)
        journal = Journal.open(draft)
        try:
            journal.database.execute("PRAGMA synchronous = OFF")  # it is flushed as a whole before it counts
            head, epoch = journal.head()
            epochs.part(journal, epoch, head.seq, epochs.Cause.WENT_BACK, now.t)
            before = journal.last_pos()
            if read is not None and remains.database is not None:
                _segments(journal, remains.database, read, told)
            taken = journal.last_pos() - before
            journal.database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            journal.close()
    return found.taken, taken, found.missing


def _segments(journal: Journal, source: Database, read: Read, told: Told) -> None:
    """Each log by itself, as far as it can be read and follows on what is there."""
    for n, (node, epoch) in enumerate(_logs(source)):
        have = int(journal.database.value(HAVE, (node, epoch)) or 0)
        with suppress(Exception):  # any page may be broken in any way
            for body, received_t in source.rows(BODIES, (node, epoch, have)):
                batch = read(journal.database, bytes(body))
                if batch is None or accept(journal, batch, int(received_t)).verdict is not Verdict.STORED:
                    break
        told(n + 1, n + 1)


def _logs(source: Database) -> Iterator[tuple[str, int]]:
    with suppress(Exception):  # any page may be broken in any way
        yield from [(str(node), int(epoch)) for node, epoch in source.rows(LOGS)]


def _swapped(folder: Path, draft: Path, now: Moment) -> tuple[str, ...]:
    aside = set_file_aside(folder, FILE, now)
    with translated(str(folder)):
        flush_file(draft)
        draft.replace(folder / FILE)
        flush_folder(folder)
    return tuple(aside)
