"""The station's process: one thread that owns the files, fed by the devices' thread, the sync thread and the journal."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

from devices.bindings import Binding, BindingError
from devices.bindings import load as load_bindings
from devices.card import CardReading
from devices.events import (
    KeyPressed,
    PadFault,
    RatePressed,
    Role,
    Scanned,
    StateChanged,
    Timing,
    WindowNotOpened,
    WindowTimedOut,
)
from devices.manager import DeviceManager
from devices.rating import ClosedBy
from devices.technician.tapping import Taps
from hallterm import __version__
from hallterm.config import DEVICES_FILE, BackupSettings, Settings
from hallterm.station import cards, faults, watching
from hallterm.station.device_desk import REQUESTS, DeviceDesk
from hallterm.station.keeping import Keeping
from hallterm.station.lock import StationLock
from hallterm.station.outputs import Outputs
from hallterm.station.ratings import RatingDesk
from hallterm.station.recalling import recall_due
from hallterm.station.scans import Scans
from hallterm.station.seeding import seed_displays, show_window
from hallterm.station.syncing import Bell
from hallterm.workflows.pads import MIRROR, STATION, mirror_there
from storage import ballast, facts, outbox, tail, views
from storage.claims import number_host
from storage.clock import now as read_clock
from storage.doctor import verify_chain
from storage.errors import StorageError, StorageFull
from storage.facts import Moment, NodeStarted, NodeStopped
from storage.journal import Journal
from storage.local import Board
from storage.projections import Placed

log = logging.getLogger(__name__)

BUSY_POLL_S = 0.05
IDLE_POLL_S = 0.25
MINUTE_MS = 60_000

SIMULATORS = "HALLTERM_SIMULATORS"
"""Environment: a folder of simulated ports (``by-id``), for demonstrations and tests."""


class Station:
    """Devices, rating windows, outputs and house-keeping of one data folder; ``run`` until ``stop`` is called."""

    def __init__(
        self,
        folder: Path,
        bindings: tuple[Binding, ...],
        by_id: Path | None = None,
        timing: Timing | None = None,
        *,
        backups: BackupSettings = BackupSettings(),  # noqa: B008
        fault: str = "",
        machine_folder: Path | None = None,
    ) -> None:
        self.folder = folder
        self.events: SimpleQueue[Any] = SimpleQueue()
        self.journal = Journal.open(folder / "hall.db")
        self.board = Board(folder / "local.db")
        hall = self.journal.identity.hall
        self.codes = {binding.window: window_code(hall, binding.window) for binding in bindings}
        self.names = {code: name for name, code in self.codes.items() if name}
        self.taps = Taps()
        self.manager = DeviceManager(
            bindings, self.events.put, by_id=by_id, timing=timing, transport=self.taps.transport
        )
        pads = {self.codes[b.window]: b for b in bindings if b.role is Role.RATING_DEVICE}
        self.ratings = RatingDesk(self.journal, self.manager, pads, self.names, partial(mirror_there, self.board))
        self.desk = DeviceDesk(
            self.journal, self.board, self.manager, self.ratings, bindings=bindings, codes=self.codes, names=self.names,
            pads=pads, code_of=lambda window: window_code(hall, window), machine_folder=machine_folder,
        )  # fmt: skip
        self.outputs = Outputs(self.journal, self.manager, self.names, self.events.put, lambda: self.desk.bindings)
        self.scans = Scans(self.board)
        self.keeping = Keeping(self.journal, folder, read_clock(), backups)
        self.pos = self.journal.last_pos()
        self._stopping = threading.Event()
        self._second = self._minute = -1
        self.each_minute: Callable[[], None] = lambda: None
        self.bell = Bell()
        self._chain_holds = True
        self._fault = fault

    def run(self) -> None:
        """Work until told to stop; whatever fails is tried again, the devices go on."""
        now = read_clock()
        self._chain_holds = verify_chain(self.journal.database).holds
        if not self._chain_holds:
            log.error("the hash chain of the journal does not hold: run hallterm doctor")
        self.keeping.second_copy.settle(now)
        with contextlib.suppress(StorageError):
            self._record(NodeStarted(app=__version__, process="station"), now)
        self.manager.start()
        self.desk.start()
        self.ratings.seed(now)
        seed_displays(self.journal.database, self.journal.identity.hall, self.manager, self.names)
        end_cards = cards.serve(self.folder, self._read_card, self.scans.take)
        end_watching = watching.serve(self.folder, self.taps, self.desk.bound, self.desk.port_of)
        busy = True
        while not self._stopping.is_set():
            event = self._next(BUSY_POLL_S if busy else IDLE_POLL_S)
            now = read_clock()
            try:
                if event is not None:
                    self._event(event, now)
                self._follow(now)
                self.outputs.tick(now)
                busy = self.ratings.tick(now) or views.somebody_served(
                    self.journal.database, self.journal.identity.hall
                )
                if now.m // 1000 != self._second:
                    self._second = now.m // 1000
                    self._each_second(now)
            except StorageError as error:
                log.error("storage: %s", type(error).__name__)
                if isinstance(error, StorageFull) and ballast.release(self.folder):
                    log.error("the disk is full: reserve space is free now, close the day and make room")
                self._stopping.wait(0.5)
        end_watching()
        end_cards()
        self.close()

    def _read_card(self, window: str, done: Callable[[CardReading], None]) -> bool:
        return self.manager.read_card(self.names.get(window, window), done)

    def stop(self) -> None:
        """From a signal handler or another thread."""
        self._stopping.set()
        self.events.put(None)

    def close(self) -> None:
        """Let the ports go, say that the station ended."""
        self.manager.stop()
        with contextlib.suppress(StorageError):
            self._record(NodeStopped(process="station"), read_clock())
        self.journal.close()
        self.board.close()

    def _next(self, wait_s: float) -> Any:
        with contextlib.suppress(Empty):
            return self.events.get(timeout=wait_s)
        return None

    def _record(self, fact: facts.Fact, now: Moment) -> None:
        with self.journal.write("-", now) as tx:
            tx.record(fact)

    # --- devices ------------------------------------------------------------------------------------------------------

    def _event(self, event: Any, now: Moment) -> None:
        if callable(event):
            event()
        elif isinstance(event, StateChanged):
            self.desk.state_changed(event, now)
        elif isinstance(event, PadFault):
            self.desk.pad_fault(event, now)
        else:
            window = self.codes.get(getattr(event, "window", ""), "")
            if isinstance(event, RatePressed):
                self.ratings.pressed(event, window, now)
            elif isinstance(event, KeyPressed):
                self.ratings.key_pressed(event, window, now)
            elif isinstance(event, WindowNotOpened):
                self.ratings.not_opened(event, window, now)
            elif isinstance(event, WindowTimedOut):
                self.ratings.pad_timed_out(event, window, now)
            elif isinstance(event, Scanned):
                self.scans.put(window, event.text, now)

    # --- the journal --------------------------------------------------------------------------------------------------

    def _follow(self, now: Moment) -> None:
        """Act on what was recorded since, by the station itself as by others; one act that fails stops no other."""
        if self.journal.last_pos() == self.pos:
            return
        found = tail.after(self.journal, self.pos)
        self.pos = found.pos
        for placed in found.facts:
            act = ACTS.get(placed.fact.kind)
            if act is not None:
                try:
                    act(self, placed, now)
                except StorageError as error:
                    log.error("%s of %s: %s", placed.fact.kind, placed.id, type(error).__name__)

    def issued(self, p: Placed) -> None:
        """A ticket is printed where it was taken."""
        if p.node == self.journal.identity.node:
            self.outputs.print_ticket(p.id)

    def _each_second(self, now: Moment) -> None:
        self.board.process_beat(STATION, os.getpid(), now, {"chain_holds": self._chain_holds, "fault": self._fault})
        for request in self.board.take_requests(now):
            answer: dict[str, Any] = {}
            if request.kind in REQUESTS:
                answer = self.desk.answer(request.kind, request.data, now)
            elif request.kind == "ask_again":
                self.ratings.ask_again(str(request.data.get("window", "")), now)
            elif request.kind == "backup":
                self.keeping.backup(now)
            elif request.kind == "print":
                self.outputs.print_again(str(request.data.get("ticket", "")))
            elif request.kind == "print_card":
                self.outputs.print_card(str(request.data.get("card", "")))
            elif request.kind == "send":
                self.bell.ring()
            self.board.answer(request.id, answer)
        self.desk.second(now)
        self.scans.drop_old(now)
        self.keeping.second(now)
        recall_due(self.journal, now)
        faults.each_second(self.journal, self.board, now)
        if now.t // MINUTE_MS != self._minute:
            self._minute = now.t // MINUTE_MS
            self.each_minute()


def _undone(station: Station, p: Placed, now: Moment) -> None:
    if p.fact.finished is not None:
        station.ratings.cancelled(p.fact.window, ClosedBy.CANCELLED, now)
    station.outputs.speaking.undone(p.fact.of_fact)
    station.outputs.free(p)
    show_window(station.journal.database, p.fact.window, station.manager, station.names)


def _joined(station: Station, p: Placed, now: Moment) -> None:
    if p.fact.ask:
        station.ratings.cancelled(p.fact.window, ClosedBy.CANCELLED, now)
    if p.fact.frees_window:
        station.outputs.free(p)


def _rated(station: Station, p: Placed, now: Moment) -> None:
    if p.fact.pad == MIRROR:
        station.ratings.cancelled(p.fact.window, ClosedBy.RATED, now)
    station.outputs.rated(p)


def _missing(station: Station, p: Placed, now: Moment) -> None:
    if p.fact.by or p.fact.reason is facts.UnratedReason.REFUSED:
        station.ratings.cancelled(p.fact.window, ClosedBy.CLERK, now)
    station.outputs.free(p)


def _called(station: Station, p: Placed, now: Moment) -> None:
    station.ratings.next_customer(p.fact.window, now)
    station.outputs.called(p)


def _started(station: Station, p: Placed, now: Moment) -> None:
    station.ratings.next_customer(p.fact.window, now)
    station.outputs.serving(p)


ACTS: dict[str, Callable[[Station, Placed, Moment], None]] = {
    facts.TicketIssued.kind: lambda station, p, now: station.issued(p),
    facts.TicketCalled.kind: _called,
    facts.ServiceStarted.kind: _started,
    facts.TicketTakenBack.kind: lambda station, p, now: station.outputs.serving(p),
    facts.TicketNoShow.kind: lambda station, p, now: station.outputs.free(p),
    facts.TicketHeld.kind: lambda station, p, now: station.outputs.free(p),
    facts.TicketTransferred.kind: lambda station, p, now: station.outputs.free(p),
    facts.RatingGiven.kind: _rated,
    facts.RatingMissing.kind: _missing,
    facts.RatingJoined.kind: _joined,
    facts.ActionUndone.kind: _undone,
    facts.WindowOpened.kind: lambda station, p, now: station.outputs.opened(p),
    facts.WindowClosed.kind: lambda station, p, now: station.outputs.closed(p),
    facts.BreakStarted.kind: lambda station, p, now: station.outputs.closed(p),
    facts.BreakEnded.kind: lambda station, p, now: station.outputs.free(p),
}
"""What the station does for a fact, whoever wrote it."""


def window_code(hall: str, window: str) -> str:
    """A binding names a window by its painted number or by its code; '' stays (a hall's printer)."""
    return f"{hall}-{int(window):02d}" if window.isdigit() and len(window) <= 2 else window


def main(settings: Settings) -> int:
    """Be the station of the data folder until SIGTERM; 0 at once if another process is it already."""
    folder = settings.data.path
    lock = StationLock(folder)
    if not lock.take():
        return 0
    _log_to(folder / "log", settings.log.level)
    by_id = os.environ.get(SIMULATORS)
    bindings, fault = usable_bindings(settings)
    station = Station(
        folder, bindings, Path(by_id) if by_id else None, backups=settings.backup, fault=fault,
        machine_folder=settings.machine_folder,
    )  # fmt: skip
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: station.stop())
    end_sync = _start_sync(station, settings)
    try:
        station.run()
    finally:
        end_sync()
        lock.free()
    return 0


def usable_bindings(settings: Settings) -> tuple[tuple[Binding, ...], str]:
    """The bindings; none, and where the fault is, when the file cannot be used: everything else goes on."""
    try:
        return read_bindings(settings), ""
    except (BindingError, OSError, UnicodeDecodeError) as error:
        detail = str(error) if isinstance(error, BindingError) else type(error).__name__
        fault = f"{settings.machine_folder / DEVICES_FILE}: {detail}"
        log.error("no devices: %s", fault)
        print(fault, file=sys.stderr)
        return (), fault


def read_bindings(settings: Settings) -> tuple[Binding, ...]:
    """The devices of ``hallterm.d/devices.toml``; none without the file. Raises BindingError with table and key."""
    path = settings.machine_folder / DEVICES_FILE
    return load_bindings(path.read_text(encoding="utf-8")) if path.exists() else ()


def _log_to(folder: Path, level: str) -> None:
    from logging.handlers import RotatingFileHandler

    folder.mkdir(parents=True, exist_ok=True)
    handler = RotatingFileHandler(folder / "station.log", maxBytes=1_000_000, backupCount=5, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=level.upper(), handlers=[handler])
    logging.getLogger("httpx").setLevel(logging.WARNING)


def _start_sync(station: Station, settings: Settings) -> Callable[[], None]:
    """The sync thread, if there is a centre; answers what stops it."""
    from hallterm.station.syncing import start, without_centre

    if not settings.sync.upstream:
        station.each_minute = lambda: without_centre(station.board, outbox.all_waiting(station.journal))
        return lambda: None
    ends = [start(station.folder, settings.sync.upstream, settings.sync.ca, station.bell)]
    if number_host(station.journal.database, station.journal.identity.hall):
        from hallterm.station.hub_line import HubLine

        line = HubLine(station.folder, settings.sync.upstream, settings.sync.ca, lambda: station.bell.ring())
        ends.append(line.start())
    else:
        from hallterm.station import relaying

        ends.append(relaying.start(station.folder, settings.sync.upstream, settings.sync.ca))

    def end() -> None:
        for one in reversed(ends):
            one()

    return end
