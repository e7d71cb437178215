"""A demonstration hall in a scratch folder, on real parts: simulated devices on ptys, a station, a centre on loopback."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import Self

from hallterm.config import DEVICES_FILE, Settings, load
from hallterm.demo_people import ADMIN, CLERK, enter_people
from hallterm.demo_people import HALL as HALL
from hallterm.demo_people import PASSWORD as PASSWORD
from hallterm.locale import N_
from hallterm.rules.words import Reason
from hallterm.workflows.desk import Desk, Refused
from hallterm.workflows.setup import FirstRun, WindowSpec, first_run
from hallterm.workflows.ticketing import issue
from storage.clock import now
from storage.facts import SettingSet
from storage.journal import Journal
from storage.local import Board
from storage.vault import Vault

WINDOW = f"{HALL}-03"
STAFF = CLERK
SEED = 7
WINDOWS = (
    WindowSpec(1, ("A", "L"), ("B",)),
    WindowSpec(2, ("C",), ("B", "F")),
    WindowSpec(3, ("B",), ("C",)),
    WindowSpec(5, ("D", "E"), ("B",)),
)
FOUNDING = FirstRun("市办税厅", HALL, WINDOWS, ADMIN, "王建国", PASSWORD, open_always=True)
PEOPLE = ("B02", "C01", "B07", "B01", "A04", "B02", "C10", "L01", "B03", "D01", "B09", "C01", "B02", "B05")
"""The matters people wait for when the hall opens, in the order in which they came."""

CHILD = ("-m", "hallterm.demo_child")
TIMEOUT_S, HASTE_TIMEOUT_S = 15, 5
"""How long the pads ask; in haste nobody looks on, and one in ten does not press."""

READY_S = 20
STOP_S = 5
NOT_UP = Reason(N_("a part of the demonstration hall did not start; run hallterm doctor"))


class DemoHall:
    """``with DemoHall() as hall``: everything is up; afterwards everything is gone."""

    def __init__(
        self, folder: Path | None = None, *, pad_presses: bool = True, in_haste: bool = False, has_past: bool = False
    ) -> None:
        self._scratch = None if folder else tempfile.mkdtemp(prefix="hallterm-demo-")
        self.folder = folder or Path(str(self._scratch))
        self.pad_presses = pad_presses
        self.in_haste = in_haste
        self.has_past = has_past
        self.children: list[subprocess.Popen[str]] = []
        self.settings: Settings

    @property
    def simulators(self) -> Path:
        return self.folder / "simulators"

    def __enter__(self) -> Self:
        try:
            simulators = self._start_simulators()
            self._found()
            self._start(simulators)
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_exception: object) -> None:
        self.stop()

    def _found(self) -> None:
        """The hall, its people, with its past if it has one, and those who wait."""
        moment = now()
        journal, vault = Journal.open(self.folder / "hall.db"), Vault.open(self.folder)
        if self.has_past:
            from hallterm.demo_decisions import tell_past

            tell_past(journal, vault, self.folder, moment, FOUNDING)
        else:
            first_run(journal, vault, FOUNDING, moment)
            enter_people(journal, vault, moment)
        with journal.write(ADMIN, moment) as tx:
            timeout_s = HASTE_TIMEOUT_S if self.in_haste else TIMEOUT_S
            tx.record(SettingSet(name="rating_timeout_s", value=str(timeout_s), scope=HALL))
        board = Board(self.folder / "local.db")
        self._queue(Desk(journal, board, HALL))
        board.close()
        vault.close()
        journal.close()

    def _queue(self, desk: Desk) -> None:
        for code in PEOPLE:
            issue(desk, now(), code[0], service_code=code)

    def _start_simulators(self) -> subprocess.Popen[str]:
        """They come up while the hall is founded."""
        self.folder.mkdir(parents=True, exist_ok=True)
        windows = [option for one in WINDOWS for option in ("--window", str(one.number))]
        haste = ["--haste"] if self.in_haste else []
        auto = ["--auto", str(SEED), *haste] if self.pad_presses else []
        return self._child(["-m", "devices.sim", "--run", str(self.simulators), "--until-eof", *windows, *auto])

    def _start(self, simulators: subprocess.Popen[str]) -> None:
        self._wait_for(simulators, "ready")
        data = str(self.folder / "centre")
        serve = ["serve", "--data", data, "--listen", "127.0.0.1:0", "--pace", "1"]
        centre = self._child([*CHILD, "--enrol", str(self.folder), data, *serve])
        address = self._wait_for(centre, "http://").rpartition(" ")[2]
        shutil.copy(self.simulators / DEVICES_FILE, self._machine_folder() / DEVICES_FILE)
        config = self.folder / "hallterm.toml"
        config.write_text(f'[data]\npath = "{self.folder}"\n[sync]\nupstream = "{address}"\n', encoding="utf-8")
        self.settings = load(config, {})
        os.environ["HALLTERM_SIMULATORS"] = str(self.simulators / "by-id")
        self._child([*CHILD, "station", "--config", str(config)])

    def start_colleagues(self) -> None:
        """The other windows call and serve by themselves."""
        self._child([*CHILD, "--colleagues", str(self.folder)])

    def _machine_folder(self) -> Path:
        folder = self.folder / "hallterm.d"
        folder.mkdir(exist_ok=True)
        return folder

    def _child(self, arguments: list[str]) -> subprocess.Popen[str]:
        child = subprocess.Popen(
            [sys.executable, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
        )
        self.children.append(child)
        return child

    def _wait_for(self, child: subprocess.Popen[str], words: str) -> str:
        """The line in which a child says that it is up; raises Refused if it never does."""
        found: list[str] = []

        def read() -> None:
            for line in child.stdout or ():
                if words in line:
                    found.append(line.strip())
                    return

        reader = threading.Thread(target=read, daemon=True)
        reader.start()
        reader.join(READY_S)
        if not found:
            raise Refused(NOT_UP)
        return found[0]

    def stop(self) -> None:
        """End the children (by pid), remove the scratch folder."""
        for child in reversed(self.children):
            child.terminate()
        for child in reversed(self.children):
            try:
                child.wait(STOP_S)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
            for pipe in (child.stdin, child.stdout):
                if pipe is not None:
                    pipe.close()
        self.children.clear()
        if self._scratch:
            shutil.rmtree(self._scratch, ignore_errors=True)
