"""T3: kill -9 at random moments: counters, the kiosk, the station, the centre. No committed fact is lost, none doubled.

``HALLTERM_KILLS`` says how often (15); ``HALLTERM_SEED`` replays the moments that a failed run printed.
"""

from __future__ import annotations

import os
import queue
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from storage.doctor import verify_chain
from storage.journal import Journal
from storage.local import Board
from sync.keys import load_or_make
from tests.faults.clerk import KIOSK
from tests.faults.halls import assert_whole, ids, make_hall, staff_of, window_of
from tests.sync.centres import CentreProcess

KILLS = int(os.environ.get("HALLTERM_KILLS", "15"))
PROJECT = Path(__file__).parents[2]
PATIENCE_S = 120


class Writer:
    """One process that says what it committed; started again after each kill."""

    def __init__(self, name: str, command: list[str]) -> None:
        self.name, self._command = name, command
        self.heard: list[str] = []
        self._said: queue.SimpleQueue[str] = queue.SimpleQueue()
        self.start()

    @property
    def pid(self) -> int:
        return self._process.pid

    def hear(self, count: int) -> None:
        """It committed so many more facts."""
        self.heard += [self._said.get(timeout=PATIENCE_S) for _ in range(count)]

    def start(self) -> None:
        self._process = subprocess.Popen(self._command, cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if line.endswith(b"\n"):
                self._said.put(line.decode().strip())

    def stop(self) -> None:
        if self._process.poll() is None:
            self.kill()

    def kill(self) -> None:
        """SIGKILL; it must have been alive until then."""
        self._process.send_signal(signal.SIGKILL)
        code = self._process.wait(PATIENCE_S)
        self._listener.join(PATIENCE_S)
        assert self._process.stdout is not None
        assert self._process.stderr is not None
        error = self._process.stderr.read().decode()
        self._process.stdout.close()
        self._process.stderr.close()
        while not self._said.empty():
            self.heard.append(self._said.get())
        assert code == -signal.SIGKILL, f"{self.name} ended by itself: {error}"


class Centre:
    """The centre as one more process to be killed."""

    name = "centre"

    def __init__(self, folder: Path) -> None:
        self._process = CentreProcess(folder)
        self._process.start()

    @property
    def url(self) -> str:
        return self._process.url

    def enrol(self, hall: Path) -> None:
        """The hall's key, from its own folder, is known at the centre."""
        journal = Journal.open(hall / "hall.db")
        self._process.enrol(journal, load_or_make(hall))
        journal.close()

    def start(self) -> None:
        self._process.start()

    def kill(self) -> None:
        self._process.signal(signal.SIGKILL)
        self._process.ended()

    def stop(self) -> None:
        self._process.stop()


class Run:
    """A hall at work; ``kill_one`` waits for a random moment of the victim's own progress."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.random = random.Random(seed)
        self.centre = Centre(folder / "centre")
        self.data = folder / "data"
        make_hall(self.data, 3)
        self.centre.enrol(self.data)
        config = folder / "hallterm.toml"
        config.write_text(f'[data]\npath = "{self.data}"\n[sync]\nupstream = "{self.centre.url}"\n', encoding="utf-8")
        self.counters = [*(self._clerk(window_of(n), staff_of(n)) for n in (1, 2, 3)), self._clerk(KIOSK, "-")]
        self.station = Writer("station", [sys.executable, "-m", "hallterm", "station", "--config", str(config)])
        self.journal, self.board = Journal.open(self.data / "hall.db"), Board(self.data / "local.db")

    def _clerk(self, window: str, staff: str) -> Writer:
        seed = str(self.random.randrange(1000))
        return Writer(window, [sys.executable, "-m", "tests.faults.clerk", str(self.data), window, staff, seed])

    def kill_one(self) -> None:
        everybody: list[Writer | Centre] = [*self.counters, *self.counters, self.station, self.centre]
        victim = self.random.choice(everybody)
        if isinstance(victim, Writer) and victim is not self.station:
            victim.hear(self.random.randrange(1, 30))
        else:
            wait_until(self._station_speaks)
            self.random.choice(self.counters[:3]).hear(self.random.randrange(1, 30))
        victim.kill()
        victim.start()

    def _station_speaks(self) -> bool:
        word = self.board.process("station")
        return word is not None and word.pid == self.station.pid

    @property
    def heard(self) -> list[str]:
        return [fact for counter in self.counters for fact in counter.heard]

    def end(self) -> None:
        """Everybody stops in mid-work."""
        for writer in (*self.counters, self.station):
            writer.kill()

    def close(self) -> None:
        for writer in (*self.counters, self.station):
            writer.stop()
        self.journal.close()
        self.board.close()
        self.centre.stop()


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    seed = int(os.environ.get("HALLTERM_SEED") or random.SystemRandom().randrange(10**6))
    print(f"HALLTERM_SEED={seed}")
    made = Run(tmp_path, seed)
    yield made
    made.close()


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline, "the state never came"
        time.sleep(0.05)


@pytest.mark.faults
def test_no_committed_fact_is_lost_and_none_is_doubled(run: Run, tmp_path: Path) -> None:
    for _ in range(KILLS):
        run.kill_one()
    for counter in run.counters:
        counter.hear(5)
    run.end()
    stored = ids(run.journal)
    assert len(stored) == len(set(stored))
    assert len(run.heard) == len(set(run.heard))
    assert set(run.heard) <= set(stored)
    assert len(run.heard) > 5 * KILLS
    assert_whole(run.journal)
    at_the_centre(run, tmp_path)


def at_the_centre(run: Run, tmp_path: Path) -> None:
    """The station sends the rest; the centre then has the same bytes in the same order."""
    node = run.journal.identity.node
    have = "SELECT have FROM log WHERE node = ?"
    count = run.journal.database.value(have, (node,))
    lines = "SELECT seq, line, hash FROM event WHERE node = ? AND seq <= ? ORDER BY seq"
    run.station.start()
    centre = Journal.open(tmp_path / "centre" / "centre.db")
    try:
        wait_until(lambda: int(centre.database.value(have, (node,)) or 0) >= count)
        assert centre.database.rows(lines, (node, count)) == run.journal.database.rows(lines, (node, count))
        assert verify_chain(centre.database).holds
    finally:
        run.station.kill()
        centre.close()
