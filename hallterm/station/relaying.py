"""The number host of a hall passes on to the centre what its PCs sent to it: a thread beside the one that sends its own log."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from pathlib import Path

from storage.errors import StorageError
from storage.journal import Journal
from sync.post import NoAnswer, Post
from sync.relay import pass_on

EVERY_S = 1.0
AWAY_S = 30.0
JOIN_S = 1.0
log = logging.getLogger(__name__)


def start(folder: Path, upstream: str, ca: Path | None = None) -> Callable[[], None]:
    """Begin; what ends it. Where no other PC sent anything there is nothing to do."""
    stop = threading.Event()
    thread = threading.Thread(target=_run, args=(folder, upstream, ca, stop), name="relay", daemon=True)
    thread.start()

    def end() -> None:
        stop.set()
        thread.join(JOIN_S)

    return end


def _run(folder: Path, upstream: str, ca: Path | None, stop: threading.Event) -> None:
    journal, post = Journal.open(folder / "hall.db"), Post(upstream, ca=ca)
    try:
        while not stop.is_set():
            stop.wait(_turn(journal, post))
    finally:
        post.close()
        journal.close()


def _turn(journal: Journal, post: Post) -> float:
    """One segment of each log; seconds until the next turn."""
    try:
        return 0.0 if pass_on(journal, post) else EVERY_S
    except (NoAnswer, StorageError) as error:
        log.warning("not passed on: %s", getattr(error, "code", type(error).__name__))
        return AWAY_S
