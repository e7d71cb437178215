"""A hall at work on real parts: simulated devices on ptys, a station beside them, a clerk at a desk."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import msgspec

from devices.events import Timing
from devices.sim.bench import Bench
from devices.sim.pad import SimPad
from devices.sim.printer import SimPrinter
from devices.sim.window import SimWindowDisplay
from hallterm.locale import use
from hallterm.rules.day import business_day
from hallterm.station.main import Station
from hallterm.workflows import counter
from hallterm.workflows.desk import Desk, Done, Undoable
from hallterm.workflows.presence import open_window
from hallterm.workflows.setup import FirstRun, WindowSpec, first_run
from hallterm.workflows.ticketing import issue
from storage import clock, database, views
from storage.facts import Moment, SettingSet, StaffSet, WindowState
from storage.journal import Journal
from storage.local import Board
from storage.vault import Vault

HALL, CLERK = "360600001", "0317"
PATIENCE_S = 120
QUICK = Timing(
    heart_s=0.5, backoff_least_s=0.05, backoff_most_s=0.2, probe_s=0.2, scan_missing_s=0.05, scan_settled_s=0.3
)
RUN = FirstRun("市办税厅", HALL, (WindowSpec(1), WindowSpec(2)), "0001", "王建国", "correct horse", open_always=True)


def wait_until(condition: Callable[[], Any], what: str = "the state") -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline, f"{what} never came"
        time.sleep(0.01)


def make_hall(folder: Path, timeout_s: int = 20) -> None:
    """A hall open at all hours, with two clerks and a time-out for ratings."""
    folder.mkdir(parents=True)
    journal, vault = Journal.open(folder / "hall.db"), Vault.open(folder)
    now = clock.now()
    first_run(journal, vault, RUN, now)
    with journal.write("0001", now) as tx:
        tx.record(SettingSet("rating_timeout_s", str(timeout_s), HALL, business_day(now.t)))
        for number in (CLERK, "0318"):
            tx.record(StaffSet(number, f"办税员{number}", HALL))
    journal.close()
    vault.close()


class StationThread:
    """A station of this process, on a thread of its own as in real life."""

    def __init__(self, folder: Path, bench: Bench) -> None:
        self.station: Station
        self._made = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(folder, bench), name="station", daemon=True)
        self._thread.start()
        assert self._made.wait(PATIENCE_S)

    def _run(self, folder: Path, bench: Bench) -> None:
        self.station = Station(folder, bench.bindings(), bench.by_id, QUICK)
        self._made.set()
        self.station.run()

    @property
    def alive(self) -> bool:
        return self._thread.is_alive()

    def stop(self) -> None:
        self.station.stop()
        self._thread.join(PATIENCE_S)
        assert not self.alive


class StationProcess:
    """The station as it is run; the bindings stand in ``hallterm.d`` of the folder."""

    def __init__(self, folder: Path, bench: Bench) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "hallterm", "station", "--data", str(folder)],
            env={**os.environ, "HALLTERM_SIMULATORS": str(bench.by_id), "LANG": "en_US.UTF-8"},
            cwd=folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )

    def end(self, how: signal.Signals) -> int:
        """The exit code; negative for a signal."""
        self._process.send_signal(how)
        return self.ended()

    def ended(self) -> int:
        """The exit code of a process that ends by itself."""
        code = self._process.wait(PATIENCE_S)
        if self._process.stderr is not None:
            self._process.stderr.close()
        return code

    def stop(self) -> None:
        if self._process.poll() is None:
            self.end(signal.SIGKILL)


class Line:
    """One data folder with its devices; ``desk`` is the clerk's."""

    def __init__(self, folder: Path, bench: Bench) -> None:
        use("en")
        self.folder, self.bench = folder, bench
        self.journal, self.board = Journal.open(folder / "hall.db"), Board(folder / "local.db")
        self.db = self.journal.database
        self.desk = Desk(self.journal, self.board, HALL, f"{HALL}-01", CLERK)

    def close(self) -> None:
        self.journal.close()
        self.board.close()

    def open(self) -> None:
        now = clock.now()
        with self.journal.write(CLERK, now) as tx:
            open_window(tx, self.desk, views.last_day(tx.database, HALL), now)

    def do(self, action: Callable[..., Done], *values: object) -> Done:
        return action(self.desk, clock.now(), *values)

    def undo(self, last: Undoable) -> Done:
        return self.do(lambda desk, now: counter.undo(desk, now, last))

    def await_pad(self, state: str = "ready") -> None:
        wait_until(lambda: self.device("rating_device") == state and self.station_alive(), f"pad {state}")

    def device(self, role: str, window: str = f"{HALL}-01") -> str:
        return next((one.state for one in self.board.devices() if (one.role, one.window) == (role, window)), "none")

    def station_alive(self) -> bool:
        word = self.board.process("station")
        return word is not None and word.is_alive(clock.now(), 2)

    def serve(self) -> str:
        """Somebody is called and served; the service's id."""
        issue(self.desk, clock.now(), "B", service_code="B02")
        self.do(counter.call)
        self.do(counter.start)
        return self.window().service

    def finish(self) -> tuple[str, int, Done]:
        """A matter is finished and the pad's window is open: service, wid and what was done."""
        service = self.serve()
        done = self.do(counter.finish)
        wait_until(
            lambda: self.pad.window is not None and self.pad.window.wid in self.wids(service), "the pad's window"
        )
        return service, self.wids(service)[-1], done

    def wids(self, service: str) -> list[int]:
        return [row[0] for row in self.db.rows("SELECT wid FROM rating_ask WHERE service = ? ORDER BY ord", (service,))]

    @property
    def pad(self) -> SimPad:
        return self.bench.pad("1")

    @property
    def display(self) -> SimWindowDisplay:
        model = self.bench.device("display", "1").model
        assert isinstance(model, SimWindowDisplay)
        return model

    @property
    def printer(self) -> SimPrinter:
        model = self.bench.device("printer").model
        assert isinstance(model, SimPrinter)
        return model

    def window(self) -> views.WindowRow:
        row = views.window(self.db, self.desk.window)
        assert row is not None
        return row

    def await_idle(self) -> None:
        wait_until(lambda: self.window().state is WindowState.IDLE, "the idle window")

    def ratings(self) -> list[tuple[str, int]]:
        """``(service, level)`` of all ratings."""
        return [(row[0], row[1]) for row in self.db.rows("SELECT service, level FROM rating ORDER BY at_t")]

    def refused(self) -> list[str]:
        """Why presses were refused."""
        return [row[0] for row in self.db.rows("SELECT why FROM rating_refused ORDER BY at_t")]

    def facts(self, kind: str) -> list[dict[str, Any]]:
        rows = self.db.rows("SELECT line FROM event ORDER BY pos")
        lines = [msgspec.json.decode(bytes(row[0])) for row in rows]
        return [line["d"] for line in lines if line["k"] == kind]

    @contextmanager
    def locked(self) -> Any:
        """Another process holds the file."""
        other = database.open_sqlite(self.folder / "hall.db")
        other.execute("BEGIN IMMEDIATE")
        try:
            yield
        finally:
            with suppress(Exception):
                other.execute("ROLLBACK")
            other.close()


__all__ = ["CLERK", "HALL", "Line", "Moment", "StationProcess", "StationThread", "make_hall", "wait_until"]
