"""The sync thread of a station: it has its own connection, and posts what it knows on the bulletin board."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from pathlib import Path

from hallterm import __version__
from storage.journal import Journal
from storage.local import Board, SyncWord
from storage.vault import Vault

NO_CENTRE = "none"
JOIN_S = 1.0
AGAIN_S = 1.0

log = logging.getLogger(__name__)


def start(folder: Path, upstream: str, ca: Path | None = None) -> Callable[[], None]:
    """Send facts to ``upstream`` until the answered function is called; ``ca`` is the file of its private authority."""
    stop = threading.Event()
    thread = threading.Thread(target=_run, args=(folder, upstream, ca, stop), name="sync", daemon=True)
    thread.start()

    def end() -> None:
        stop.set()
        thread.join(JOIN_S)

    return end


def _run(folder: Path, upstream: str, ca: Path | None, stop: threading.Event) -> None:
    """Send until told to stop; whatever ends the sending is noted, and it begins again: facts rest here meanwhile."""
    while not stop.is_set():
        try:
            _send(folder, upstream, ca, stop)
        except Exception as error:
            log.error("sending began again after %s", type(error).__name__)
            stop.wait(AGAIN_S)


def _send(folder: Path, upstream: str, ca: Path | None, stop: threading.Event) -> None:
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
        board.set_sync(word)

    client = SyncClient(
        lambda: Journal.open(folder / "hall.db"),
        upstream,
        load_or_make(folder),
        on_state=tell,
        app=__version__,
        open_vault=lambda: Vault.open(folder),
        ca=ca,
    )
    try:
        client.run(stop)
    finally:
        board.close()


def without_centre(board: Board, waiting: int) -> None:
    """A node that has no upstream says so, and how much rests here."""
    board.set_sync(SyncWord(online=False, since_t=0, waiting=waiting, last_contact_t=0, skew_ms=0, detail=NO_CENTRE))
