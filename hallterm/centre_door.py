"""Who gets a token at a centre: the counter's own way with passwords, its pauses and its record, on the centre's files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from hallterm.workflows.desk import Desk, Refused
from hallterm.workflows.sign_on import TOO_EARLY, unlock
from storage import clock
from storage.journal import Journal
from storage.local import Board
from storage.vault import Vault
from sync.tokens import Passed


class Door:
    """Checks passwords; its files are opened by the thread that asks, and used only there."""

    def __init__(self, folder: Path, open_journal: Callable[[], Journal]) -> None:
        self._folder = folder
        self._open = open_journal
        self._files: tuple[Journal, Board, Vault] | None = None

    def check(self, number: str, password: str, _now_t: int) -> Passed:
        """Whether this is the password of an active person; wrong ones wait 1, 2, 4 … 60 s, every fifth is a fact."""
        journal, board, vault = self._opened()
        number, now = number.strip().upper(), clock.now()
        try:
            unlock(Desk(journal, board, journal.identity.hall, staff=number), vault, number, password, now)
        except Refused as refused:
            wait_s = refused.reason.values.get("wait_s", 0)
            return Passed(False, int(wait_s) if refused.reason.msgid == TOO_EARLY and isinstance(wait_s, int) else 0)
        return Passed(True, must_change=vault.must_change(number))

    def _opened(self) -> tuple[Journal, Board, Vault]:
        if self._files is None:
            self._files = (self._open(), Board(self._folder / "local.db"), Vault.open(self._folder))
        return self._files
