"""A centre that is itself a node of a higher one: what its figures gain is told there, by the protocol of every node.

The log it tells them in rests in ``upwards`` of its data folder: an ordinary node's folder (journal, keys, bulletin board),
sent by the same thread that sends a hall PC's facts.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from hallterm.config import Settings

if TYPE_CHECKING:
    from storage.journal import Journal

EVERY_S = 60.0
"""How often what was gained is told, unless the centre's own pace is faster."""
JOIN_S = 5.0
log = logging.getLogger("sync.centre")


@contextmanager
def told_upwards(settings: Settings, opener: Callable[[], Journal], every_s: float) -> Iterator[None]:
    """Tell and send until the block ends; nothing for a centre that joined no other."""
    from storage.rollup import FOLDER, has_folder

    folder = settings.data.path
    if not settings.sync.upstream or not has_folder(folder):
        yield
        return
    from hallterm.station import syncing

    stop = threading.Event()
    teller = threading.Thread(target=_tell, args=(folder, opener, every_s, stop), name="upwards", daemon=True)
    teller.start()
    end = syncing.start(folder / FOLDER, settings.sync.upstream, settings.sync.ca)
    try:
        yield
    finally:
        stop.set()
        end()
        teller.join(JOIN_S)


def _tell(folder: Path, opener: Callable[[], Journal], every_s: float, stop: threading.Event) -> None:
    """Whatever ends the telling is noted, and it begins again: the difference is still there."""
    while not stop.is_set():
        try:
            _tell_on(folder, opener, every_s, stop)
        except Exception as error:
            log.error("telling began again after %s", type(error).__name__)
            stop.wait(every_s)


def _tell_on(folder: Path, opener: Callable[[], Journal], every_s: float, stop: threading.Event) -> None:
    from storage.clock import now
    from storage.rollup import Rollup, open_folder

    centre, told = opener(), open_folder(folder)
    try:
        rollup = Rollup(centre, told)
        while not stop.is_set():
            rollup.tell(now())
            stop.wait(every_s)
    finally:
        centre.close()
        told.close()
