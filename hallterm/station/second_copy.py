"""What a PC does for its log beside sending it: a second copy of what no backup upstream has, room where one has it, and
a log of its own when the disk finds itself in another machine.
"""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING

from storage import epochs, nodes
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
    """Of one data folder; nothing of it happens on a PC that never joined a centre."""

    def __init__(self, journal: Journal, folder: Path) -> None:
        self._journal = journal
        self._folder = folder
        self._spool: Spool | None = None

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
        try:
            if nodes.upstream(self._journal.database) is not None:
                self._opened(now).tick(now)
        except (StorageError, OSError, ValueError) as error:
            log.error("spool: %s", type(error).__name__)

    def _opened(self, now: Moment) -> Spool:
        if self._spool is None:
            from sync.keys import load_or_make
            from sync.spool import Spool

            self._spool = Spool(self._journal, self._folder / FOLDER, load_or_make(self._folder), now)
        return self._spool

    def night(self, now: Moment) -> None:
        """Once a night: lines that are in a verified backup upstream make room."""
        try:
            done = prune_lines(self._journal, now, worth=WORTH)
        except (StorageError, OSError) as error:
            log.error("prune: %s", type(error).__name__)
            return
        if done.lines:
            log.info("%s lines made room", done.lines)
