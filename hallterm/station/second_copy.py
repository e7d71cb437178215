"""What a PC does for its log beside sending it: a second copy of what no backup upstream has, room where one has it, and
a log of its own when the disk finds itself in another machine.
"""

from __future__ import annotations

import logging
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from storage import aside, epochs, nodes
from storage.claims import number_host
from storage.errors import StorageError
from storage.facts import Moment
from storage.journal import Journal
from storage.machine import fingerprint
from storage.prune import prune_lines
from storage.spooled import FOLDER

if TYPE_CHECKING:
    from sync.spool import Spool

log = logging.getLogger(__name__)
WORTH = 20_000
"""Lines that may make room before the tables are made anew for it."""


class SecondCopy:
    """Of one data folder; nothing of it happens on a PC that never joined a centre. ``elsewhere`` is a folder of another
    disk: while it is not there (a stick that was pulled), the copy is kept in the data folder.
    """

    def __init__(self, journal: Journal, folder: Path, elsewhere: Path | None = None) -> None:
        self._journal = journal
        self._folder = folder
        self._elsewhere = elsewhere
        self._spools: dict[Path, Spool] = {}
        self._merging: threading.Thread | None = None

    def settle(self, now: Moment) -> None:
        """At the start: a copied disk goes on under a new epoch."""
        try:
            parted = epochs.settle(self._journal, fingerprint(self._folder), now.t)
        except StorageError as error:
            log.error("epoch: %s", type(error).__name__)
            return
        if parted is not None:
            log.warning("this disk is in another machine: epoch %s begins", parted.epoch)

    def minute(self, now: Moment) -> None:
        """Once a minute; a fault is logged and tried again."""
        self._merge()
        try:
            if nodes.upstream(self._journal.database) is not None:
                self._opened(now).tick(now)
        except (StorageError, OSError, ValueError) as error:
            log.error("spool: %s", type(error).__name__)

    def _merge(self) -> None:
        """Where work went on at once after a damage: what was set aside comes in, beside everything else."""
        if not aside.waits(self._journal.database) or (self._merging is not None and self._merging.is_alive()):
            return
        self._merging = threading.Thread(target=self._merge_all, name="merge", daemon=True)
        self._merging.start()

    def _merge_all(self) -> None:
        try:
            journal = Journal.open(self._folder / "hall.db")
            try:
                log.info("%s lines that were set aside came in", aside.merge(journal, self._folder, self._elsewhere))
            finally:
                journal.close()
        except (StorageError, OSError) as error:
            log.error("merge: %s", type(error).__name__)

    def _opened(self, now: Moment) -> Spool:
        outside = self._elsewhere
        place = outside if outside is not None and outside.is_dir() else self._folder / FOLDER
        if place not in self._spools:
            from sync.keys import load_or_make
            from sync.spool import Spool

            self._spools[place] = Spool(self._journal, place, load_or_make(self._folder), now)
        return self._spools[place]

    def _is_read_by_others(self) -> bool:
        """Whether this is the number host of other PCs: a new one of them reads its log from the beginning."""
        journal = self._journal
        return bool(nodes.everybody(journal.database)) and not number_host(journal.database, journal.identity.hall)

    def night(self, now: Moment) -> None:
        """Once a night: lines that are in a verified backup upstream make room; never those that other PCs still read."""
        try:
            if self._is_read_by_others():
                return
            done = prune_lines(self._journal, now, worth=WORTH)
        except (StorageError, OSError) as error:
            log.error("prune: %s", type(error).__name__)
            return
        if done.lines:
            log.info("%s lines made room", done.lines)
