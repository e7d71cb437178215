"""The sync thread of a station: it has its own connection, and posts what it knows on the bulletin board."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from hallterm import __version__
from storage import ballast, outbox
from storage.claims import number_host
from storage.errors import StorageFull
from storage.journal import Journal
from storage.local import Board, SyncWord
from storage.vault import Vault

NO_CENTRE = "none"
TRYING = "trying"
JOIN_S = 1.0
AGAIN_S = 1.0
IN_THE_HALL: Mapping[str, Any] = {"at_once": 1, "look_s": 0.1}
"""The others of the hall follow within a second."""

log = logging.getLogger(__name__)


class Bell:
    """Rings for an exchange now; whoever sends puts its own ear to it."""

    def __init__(self) -> None:
        self.ring: Callable[[], None] = lambda: None


def start(folder: Path, upstream: str, ca: Path | None = None, bell: Bell | None = None) -> Callable[[], None]:
    """Send facts to ``upstream`` until the answered function is called; ``ca`` is the file of its private authority,
    ``bell`` asks for an exchange between two of them.
    """
    stop = threading.Event()
    thread = threading.Thread(target=_run, args=(folder, upstream, ca, stop, bell or Bell()), name="sync", daemon=True)
    thread.start()

    def end() -> None:
        stop.set()
        thread.join(JOIN_S)

    return end


def _run(folder: Path, upstream: str, ca: Path | None, stop: threading.Event, bell: Bell) -> None:
    """Send until told to stop; whatever ends the sending is noted, and it begins again: facts rest here meanwhile."""
    while not stop.is_set():
        try:
            _send(folder, upstream, ca, stop, bell)
        except Exception as error:
            log.error("sending began again after %s", type(error).__name__)
            stop.wait(AGAIN_S)


def _send(folder: Path, upstream: str, ca: Path | None, stop: threading.Event, bell: Bell) -> None:
    from sync.client import SyncClient, SyncState
    from sync.keys import load_or_make

    board = Board(folder / "local.db")

    def tell(state: SyncState) -> None:
        word = SyncWord(
            online=state.online,
            since_t=state.since_t,
            waiting=state.waiting,
            last_contact_t=state.since_t,
            skew_ms=state.skew_ms,
            detail=state.reason,
        )
        if StorageFull.__name__ in state.reason and ballast.release(folder):
            log.error("the disk is full: reserve space is free now")
        board.set_sync(word)

    client = SyncClient(
        lambda: Journal.open(folder / "hall.db"),
        upstream,
        load_or_make(folder),
        on_state=tell,
        app=__version__,
        open_vault=lambda: Vault.open(folder),
        ca=ca,
        **(IN_THE_HALL if _is_in_a_hall(folder) else {}),
    )
    bell.ring = client.wake
    board.set_sync(SyncWord(waiting=outbox.all_waiting(client.journal), detail=TRYING))
    try:
        client.run(stop)
    finally:
        board.close()


def _is_in_a_hall(folder: Path) -> bool:
    """Whether it sends to the number host of its hall."""
    journal = Journal.open(folder / "hall.db")
    try:
        return bool(number_host(journal.database, journal.identity.hall))
    finally:
        journal.close()


def without_centre(board: Board, waiting: int) -> None:
    """A node that has no upstream says so, and how much rests here."""
    board.set_sync(SyncWord(online=False, since_t=0, waiting=waiting, last_contact_t=0, skew_ms=0, detail=NO_CENTRE))
