"""The storage thread of a terminal: the only thread that touches a file; the screens ask it and are told what is true.

One write is in flight at a time. A write counts from the press of its key; while it hangs or fails, ``finish`` cannot be
taken, so that stretch is recorded as blocked and never counted against the limit.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, NamedTuple, TypeVar

from hallterm.station.scans import waiting_since_m
from hallterm.workflows.desk import Desk, Refused
from hallterm.workflows.number_host import state_on
from hallterm.workflows.pads import STATION, is_there, mirror_there
from hallterm.workflows.presence import leave
from hallterm.workflows.serving import blocked
from storage import ballast
from storage.clock import now as read_clock
from storage.errors import StorageError, StorageFull
from storage.facts import Moment
from storage.journal import Journal
from storage.local import Board, Holder
from storage.vault import Vault

POLL_S = 0.25
BEAT_S = 5.0
BOARD_S = 3.0
"""How often the bulletin board is looked at although nobody wrote on it: a station that died writes nothing."""
SLOW_MS = 1000
"""A write that takes longer than this has blocked the keys."""

T = TypeVar("T")
Work = Callable[[Desk, Moment], T]
Viewer = Callable[[Desk, Moment], Any]


class _Job(NamedTuple):
    work: Work[Any]
    pressed: Moment
    answer: Future[Any]
    writes: bool


class Store:
    """Give it a folder and somebody to tell; ``start`` it, ``do`` things, ``close`` it.

    ``tell`` is called from the storage thread with each new view (only when it differs from the one before), ``failed``
    when that thread ends by an error nobody foresaw: nothing can be saved any more, so the program has to stop.
    ``scanned`` is told the window's code when its scanner read something; ``open_journal`` opens another journal than
    the hall's, on the storage thread.
    """

    def __init__(
        self,
        folder: Path,
        tell: Callable[[Any], None],
        clock: Callable[[], Moment] = read_clock,
        process: str = "terminal",
        failed: Callable[[Exception], None] | None = None,
        scanned: Callable[[str], None] | None = None,
        open_journal: Callable[[], Journal] | None = None,
    ) -> None:
        self.folder = folder
        self._open = open_journal or (lambda: Journal.open(folder / "hall.db"))
        self.process = process
        self._tell = tell
        self._failed = failed
        self._scanned = scanned
        self._scan_m = 0
        self._clock = clock
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="storage", daemon=True)
        self._opened: Future[Desk] = Future()
        self._viewer: Viewer | None = None
        self._view: Any = None
        self._lease: Holder | None = None
        self._board_version = -1
        self._board_read_m = 0
        self._board_shown: tuple[Any, ...] = ()
        self.blocked_since: Moment | None = None
        self.in_flight_since: Moment | None = None
        self.vault: Vault
        self.desk: Desk

    def start(self) -> Desk:
        """Open the files on the storage thread; raises the StorageError of opening them."""
        self._thread.start()
        self.desk = self._opened.result()
        return self.desk

    def sit(self, *, window: str = "", staff: str = "", lease: Holder | None = None) -> None:
        """Somebody signed on (or off) here: who and where, for everything that follows."""
        desk = self.desk
        self._lease = lease
        if (window, staff) != (desk.window, desk.staff):
            self.blocked_since = None
        hall = desk.journal.identity.hall
        self.desk = Desk(desk.journal, desk.board, hall, window, staff, desk.opened, self.vault)

    def watch(self, viewer: Viewer | None) -> None:
        """What to read after each change; its views are told from now on."""
        self._viewer = viewer
        self._view = None
        if viewer is not None:
            self.submit(lambda desk, now: None, writes=False)

    async def do(self, work: Work[T], pressed: Moment | None = None, *, writes: bool = True) -> T:
        """Run ``work(desk, pressed)`` on the storage thread; raises Refused or StorageError."""
        return await asyncio.wrap_future(self.submit(work, pressed, writes=writes))

    def submit(self, work: Work[T], pressed: Moment | None = None, *, writes: bool = True) -> Future[T]:
        """The same for callers without an event loop."""
        answer: Future[T] = Future()
        self._jobs.put(_Job(work, pressed or self._clock(), answer, writes))
        return answer

    def close(self, timeout_s: float = 0.8) -> None:
        """End the thread; an open matter is paused until its clerk is back."""
        if self._thread.is_alive():
            self._jobs.put(None)
            self._thread.join(timeout_s)

    # --- on the storage thread ---------------------------------------------------------------------------------------

    def _run(self) -> None:
        try:
            journal = self._open()
            board = Board(self.folder / "local.db")
            self.vault = Vault.open(self.folder)
            hall = journal.identity.hall if journal.is_set_up else ""
            self._opened.set_result(Desk(journal, board, hall, opened=self._clock(), vault=self.vault))
        except BaseException as error:
            self._opened.set_exception(error)
            return
        try:
            self._serve(journal, board)
        except Exception as error:
            if self._failed is None:
                raise
            self._failed(error)
        finally:
            self._leave(journal, board)

    def _serve(self, journal: Journal, board: Board) -> None:
        versions: tuple[Any, ...] = ()
        beaten_m = 0
        while True:
            try:
                job = self._jobs.get(timeout=POLL_S)
            except Empty:
                self._unblock()
            else:
                if job is None:
                    return
                self._work(job)
            now = self._clock()
            if now.m - beaten_m >= BEAT_S * 1000:
                self._beat(now)
                beaten_m = now.m
            found = self._versions(journal, board, now)
            if found != versions and self._look(now):
                versions = found

    def _versions(self, journal: Journal, board: Board, now: Moment) -> tuple[Any, ...]:
        """What tells that somebody changed something; a second while something on screen depends on the time."""
        state = getattr(getattr(self._view, "window", None), "state", "")
        second = now.m // 1000 if state in ("called", "awaiting_rating") else now.t // 60_000
        with contextlib.suppress(StorageError):
            version = (
                int(journal.database.value("PRAGMA data_version") or 0) if journal.database.sqlite else now.m // 1000
            )
            return (version, self._board_words(board, now), second)
        return (-1, (), second)

    def _board_words(self, board: Board, now: Moment) -> tuple[Any, ...]:
        """What of the bulletin board is shown; its heartbeats alone are no reason to read everything again."""
        version = board.version()
        if version != self._board_version or now.m - self._board_read_m >= BOARD_S * 1000:
            self._board_version, self._board_read_m = version, now.m
            self._notice_scan(board, now)
            sync = board.sync()
            alive = is_there(board.process(STATION), now)
            states = tuple((device.role, device.window, device.state) for device in board.devices())
            host = state_on(board)
            mirror = bool(self.desk.window) and mirror_there(board, self.desk.window, now)
            words = (sync.online, sync.waiting, sync.skew_ms // 60_000, sync.detail)
            self._board_shown = (states, *words, alive, host, mirror)
        return self._board_shown

    def _notice_scan(self, board: Board, now: Moment) -> None:
        """Tell, once a scan, that the scanner of this window read something."""
        window = self.desk.window
        if self._scanned is None or not window:
            return
        since_m = waiting_since_m(board, window, now)
        if since_m and since_m != self._scan_m:
            self._scan_m = since_m
            self._scanned(window)

    def _work(self, job: _Job) -> None:
        wanted = job.answer.set_running_or_notify_cancel()
        if not wanted and not job.writes:
            return  # whoever asked is gone; what was pressed is recorded all the same
        self.in_flight_since = job.pressed if job.writes else None
        try:
            if job.writes and self.blocked_since is not None:
                blocked(self.desk, self.blocked_since, job.pressed)
                self.blocked_since = None
            result = job.work(self.desk, job.pressed)
        except StorageError as error:
            if isinstance(error, StorageFull):
                error.values["reserve"] = ballast.release(self.folder)
            if job.writes:
                self._block(job.pressed)
            if wanted:
                job.answer.set_exception(error)
        except BaseException as error:
            if wanted:
                job.answer.set_exception(error)
        else:
            if job.writes and self._clock().m - job.pressed.m > SLOW_MS:
                self._block(job.pressed)
                self._unblock()
            self._look(self._clock())
            if wanted:
                job.answer.set_result(result)
        finally:
            self.in_flight_since = None

    def _block(self, since: Moment) -> None:
        """From here on ``finish`` could not be taken at this window."""
        if self.desk.window and self.blocked_since is None:
            self.blocked_since = since

    def _unblock(self) -> None:
        """Exclude the stretch as soon as the file can be written again; tried again until it can."""
        if self.blocked_since is not None:
            with contextlib.suppress(StorageError):
                with contextlib.suppress(Refused):
                    blocked(self.desk, self.blocked_since, self._clock())
                self.blocked_since = None
                self._look(self._clock())

    def _look(self, now: Moment) -> bool:
        """Read what is shown and tell it; False if the file could not be read now."""
        if self._viewer is None:
            return True
        try:
            view = self._viewer(self.desk, now)
        except Refused:
            return True
        except StorageError:
            return False
        if view != self._view:
            self._view = view
            self._tell(view)
        return True

    def _beat(self, now: Moment) -> None:
        """A sign of life on the board; a board that cannot be written (a full disk) must not end this thread."""
        desk = self.desk
        if not desk.window:
            return
        service = getattr(getattr(self._view, "service", None), "id", "")
        with contextlib.suppress(StorageError):
            if self._lease is not None:
                desk.board.renew_window(self._lease)
            desk.board.beat(desk.window, service, now)

    def _leave(self, journal: Journal, board: Board) -> None:
        desk = self.desk
        if desk.window and desk.staff:
            self._unblock()
            with contextlib.suppress(StorageError, Refused):
                leave(desk, self._clock())
            with contextlib.suppress(StorageError):
                board.release_window(desk.window)
        journal.close()
        board.close()
