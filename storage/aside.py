"""After a file was damaged: a base where there is no backup, and work that goes on at once while the rest is merged later.

What is opened at once is the last backup with a log of its own from now on (as a disk that was put back has), so that the
lines between the backup and the damage can still come in beside it: from the damaged file, from the second copy, and, as
after every disk that went back, from the centre. Until that is done this PC gives numbers with its own digit, for those of
the hall may have been given already.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from msgspec import Struct

from storage import epochs
from storage.backup import Backup, put_in_place, spools_of
from storage.database import Database
from storage.facts import Moment
from storage.journal import Journal
from storage.own_numbers import OWN_NUMBERS
from storage.salvage import Remains, continue_from

META = "SELECT value FROM meta WHERE name = ?"
SET_META = "INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value"
DROP_META = "DELETE FROM meta WHERE name = ?"
JOINED = "SELECT name, value FROM meta WHERE name IN ('upstream_node', 'upstream_key', 'upstream_box', 'scope')"
ASIDE = "aside"
MOST = 200
"""Lines of a log in one transaction: a counter beside it must not wait."""


class OpenedAtOnce(Struct, frozen=True):
    """Files set aside, the lines that can be worked with at once, the node whose digit its numbers have."""

    set_aside: tuple[str, ...]
    events: int
    node: str


def alone(folder: Path, spool: Path | None = None) -> Backup | None:
    """An empty base for what the damaged file and the second copy still give, where there is no backup; None if nothing
    tells whose they are. It lies in a folder of its own; :func:`forget` removes it.
    """
    bad = folder / "hall.db"
    with Remains(bad if bad.exists() else None, *spools_of(folder, spool)) as remains:
        node, hall = remains.identity()
        joined = _joined(remains)
    if not node:
        return None
    place = _place(folder)
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir()
    journal = Journal.open(place / "hall.db")
    try:
        journal.found(node, hall)
        with journal.transaction() as database:
            for row in joined:
                database.execute(SET_META, row)
    finally:
        journal.close()
    return Backup("", place, 0)


def whose(folder: Path, spool: Path | None = None) -> str:
    """The node that the damaged file or the second copy belongs to; empty where nothing tells."""
    bad = folder / "hall.db"
    with Remains(bad if bad.exists() else None, *spools_of(folder, spool)) as remains:
        return remains.identity()[0]


def forget(folder: Path) -> None:
    """Remove the base again."""
    shutil.rmtree(_place(folder), ignore_errors=True)


def _place(folder: Path) -> Path:
    return folder / f".alone-{os.getpid()}"


def _joined(remains: Remains) -> list[tuple[str, str]]:
    """What the file knew of its centre."""
    if remains.database is None:
        return []
    try:
        return [(str(name), str(value)) for name, value in remains.database.rows(JOINED)]
    except Exception:  # any page may be broken in any way
        return []


def open_at_once(folder: Path, backup: Backup, now: Moment, day: str) -> OpenedAtOnce:
    """Put the backup in place and begin a log of its own after it; ``day`` is the business day. Nobody may have the
    folder open. Raises StorageDamaged when the backup does not hold, StorageFull, StorageDenied.
    """

    def prepare(draft: Path, bad: str) -> str:
        journal = Journal.open(draft)
        try:
            node = journal.identity.node
            head, epoch = journal.head()
            epochs.part(journal, epoch, head.seq, epochs.Cause.WENT_BACK, now.t)
            with journal.transaction() as database:
                database.execute(DROP_META, ("store",))
                database.execute(SET_META, (ASIDE, bad))
                database.execute(SET_META, (OWN_NUMBERS, day))
        finally:
            journal.close()
        return node

    placed, node = put_in_place(folder, backup, now, prepare)
    return OpenedAtOnce(placed.set_aside, placed.events, node)


def waits(database: Database) -> bool:
    """Whether there is something to merge."""
    return database.value(META, (ASIDE,)) is not None


def merge(journal: Journal, folder: Path, spool: Path | None = None) -> int:
    """Take in what was set aside, part by part, each in one short transaction; returns the lines."""
    name = str(journal.database.value(META, (ASIDE,)) or "")
    bad = folder / name if name and (folder / name).exists() else None
    taken = 0
    with Remains(bad, *spools_of(folder, spool)) as remains:
        while True:
            with journal.transaction() as database:
                _head, written = journal.head()
                some = continue_from(database, journal.identity.node, written, remains, MOST)
                if not some:
                    database.execute(DROP_META, (ASIDE,))
                    return taken
            taken += some
