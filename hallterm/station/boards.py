"""The hall's boards: the last calls, newest first, and the windows that pause; two writes a second at most."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from devices.bindings import Binding
from devices.events import Role
from devices.manager import DeviceManager
from hallterm.locale import N_, _
from hallterm.rules.day import business_day
from hallterm.rules.numbers import window_number
from storage import views
from storage.database import Database
from storage.facts import Moment, WindowState
from storage.journal import Journal

CALLED = N_("{number} please go to window {window}")
PAUSED = N_("window {window} paused")
WRITE_EVERY_MS = 500
ROWS = "rows"
ROWS_MOST = 4
AWAY = frozenset({WindowState.BREAK, WindowState.PAUSED})


class Boards:
    """The ring of the last calls is read from the tables, so that a restart changes nothing on the wall."""

    def __init__(self, journal: Journal, manager: DeviceManager, bindings: Callable[[], Iterable[Binding]]) -> None:
        self.journal = journal
        self.manager = manager
        self._bindings = bindings
        self._pos = -1
        self._shown: dict[str, tuple[Binding, tuple[str, ...]]] = {}
        self._written_m = -WRITE_EVERY_MS

    def tick(self, now: Moment) -> None:
        """Writes what changed since, at most twice a second; call it often."""
        pos = self.journal.last_pos()
        if pos == self._pos or now.m - self._written_m < WRITE_EVERY_MS:
            return
        self._pos = pos
        boards = [binding for binding in self._bindings() if binding.role is Role.HALL_BOARD]
        if not boards:
            return
        lines = board_lines(self.journal.database, self.journal.identity.hall, now, max(map(_rows, boards)))
        for board in boards:
            rows = _rows(board)
            wanted = (board, (*lines[:rows], *[""] * (rows - len(lines))))
            if wanted != self._shown.get(board.window):
                self._shown[board.window] = wanted
                self._written_m = now.m
                self.manager.show_board(wanted[1], board.window)


def board_lines(db: Database, hall: str, now: Moment, rows: int) -> list[str]:
    """What is true now: calls and breaks, the latest first; a window that is away takes its calls off the board."""
    windows = {window.name: window for window in views.windows(db, hall)}
    found = [
        (window.since_t, _(PAUSED).format(window=window_number(window.code)))
        for window in windows.values()
        if window.state is WindowState.BREAK
    ]
    for call in views.recent_calls(db, hall, business_day(now.t, views.last_day(db, hall)), rows + len(windows)):
        called = windows.get(call.window)
        if called is not None and called.state not in AWAY:
            words = _(CALLED).format(number=call.number, window=window_number(called.code))
            found.append((call.last_called_t, words))
    found.sort(key=lambda line: line[0], reverse=True)
    return [words for _t, words in found[:rows]]


def _rows(board: Binding) -> int:
    rows = board.options.get(ROWS, ROWS_MOST)
    return max(1, min(ROWS_MOST, rows)) if isinstance(rows, int) else ROWS_MOST
