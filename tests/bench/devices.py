"""What devices cost: bytes decoded by each codec, four ports doing nothing, and how soon a pad is back."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from devices import bindings
from devices.codecs import aabb, ff68, htp1, jt905, lcus, line, sam, syn6288
from devices.events import DeviceState, Event, Role, StateChanged
from devices.manager import DeviceManager
from devices.sim.bench import Bench
from tests.bench.figure import Figure, spread

REPEATS = 3_000
CUT_BYTES = 64
ROUNDS = 5
BITS_OF_A_BYTE = 10
IDLE_S = 10.0
PORTS = 4
REPLUGS = 5
PATIENCE_S = 30.0


class Decoder(Protocol):
    def feed(self, data: bytes, /) -> list[Any]: ...


CODECS: tuple[tuple[str, Callable[[], Decoder], str], ...] = (
    ("HTP/1", htp1.Decoder, "7E 45 03 40 21 07 7D 02 7D 03 01 08 66 00 B4 DE F4 7E"),
    ("FF68", ff68.Decoder, "FF 68 08 08 68 03 02 0A 0A 0A 00 02 03 28 16"),
    (
        "AA-BB strip",
        lambda: aabb.Decoder(aabb.Variant.XOR),
        "AA 03 BB 51 54 0B 05 00 00 63 41 30 32 33 20 C7 EB B5 BD 33 BA C5 B4 B0 BF DA 34 FF",
    ),
    ("SAM", sam.Decoder, "AA AA AA 96 69 00 08 00 00 9F 00 00 00 00 97"),
    ("SYN6288", syn6288.Decoder, "FD 00 14 01 01 C7 EB 41 30 32 33 BA C5 B5 BD 33 BA C5 B4 B0 BF DA EF"),
    ("JT/T 905", jt905.Decoder, "55 AA 00 04 05 05 02 00 06 55 AA"),
    ("LCUS", lcus.Decoder, "A0 01 01 A2"),
    ("scanner lines", line.Decoder, "36 39 30 31 32 33 34 35 36 37 38 39 32 0D 0A"),
)
"""Published frames, one a codec."""


def run_codecs() -> list[Figure]:
    """Bytes a second, and how often the codec could read its line at 115,200 baud."""
    return [decoded(name, make, bytes.fromhex(wire)) for name, make, wire in CODECS]


def decoded(name: str, make: Callable[[], Decoder], frame: bytes) -> Figure:
    """A busy line, cut anywhere."""
    wire = frame * REPEATS
    rates = []
    for _ in range(ROUNDS):
        decoder = make()
        start = time.perf_counter()
        found = sum(len(decoder.feed(wire[at : at + CUT_BYTES])) for at in range(0, len(wire), CUT_BYTES))
        rates.append(len(wire) / (time.perf_counter() - start))
        if found != REPEATS:
            raise AssertionError(f"{name}: {found} of {REPEATS} frames")
    rate = statistics.median(rates)
    note = f"{rate * BITS_OF_A_BYTE / 115_200:.0f} lines of 115,200 baud a core"
    return Figure(f"{name} bytes decoded a second", round(rate), "B/s", note=note)


def run() -> list[Figure]:
    """The manager on real ptys, with its own timing."""
    return [*idle(), *back_again()]


def idle() -> list[Figure]:
    """Processor time of this process with four ports open; the devices are a process of their own."""
    with tempfile.TemporaryDirectory() as name, simulators(Path(name)) as bound:
        recorder = _States()
        manager = DeviceManager(bound, recorder, by_id=Path(name) / "by-id")
        before = threading.active_count()
        manager.start()
        try:
            recorder.wait(lambda: len(recorder.ready) == PORTS)
            threads = threading.active_count() - before
            used, start = time.process_time(), time.monotonic()
            time.sleep(IDLE_S)
            share = 100 * (time.process_time() - used) / (time.monotonic() - start)
        finally:
            manager.stop()
    return [
        Figure(f"processor, {PORTS} ports open and idle", round(share, 2), "%", "1 %", f"over {IDLE_S:.0f} s"),
        Figure(f"threads for {PORTS} ports", threads, "", note="two a port, loop and scanner"),
    ]


@contextmanager
def simulators(folder: Path) -> Iterator[tuple[bindings.Binding, ...]]:
    """Two windows' devices in another process; four of their bindings."""
    command = [
        sys.executable,
        "-m",
        "devices.sim",
        "--run",
        str(folder),
        "--window",
        "1",
        "--window",
        "2",
        "--until-eof",
    ]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        try:
            if process.stdout.readline().strip() != b"ready":
                raise AssertionError("the simulators did not start")
            bound = bindings.load((folder / "devices.toml").read_text("utf-8"))
            yield bound[:PORTS]
        finally:
            assert process.stdin is not None
            process.stdin.close()
            process.wait(PATIENCE_S)


def back_again() -> list[Figure]:
    """From the plug to the first moment a rating window could be opened."""
    times_ms = []
    with tempfile.TemporaryDirectory() as name, Bench(Path(name)) as bench:
        bench.add_pad("1")
        recorder = _States()
        manager = DeviceManager(bench.bindings(), recorder, by_id=bench.by_id)
        manager.start()
        try:
            recorder.wait(lambda: bool(recorder.ready))
            for _ in range(REPLUGS):
                bench.unplug("pad", "1")
                recorder.wait(lambda: recorder.last is DeviceState.ABSENT)
                start = time.perf_counter()
                bench.replug("pad", "1")
                recorder.wait(lambda: bool(recorder.ready))
                times_ms.append((time.perf_counter() - start) * 1000)
        finally:
            manager.stop()
    return spread("replugged to ready", "ms", times_ms, "3,000 ms")


class _States:
    """Who is ready, and the last state told."""

    def __init__(self) -> None:
        self.ready: set[tuple[Role, str]] = set()
        self.last = DeviceState.DISABLED
        self._news = threading.Condition()

    def __call__(self, event: Event) -> None:
        if isinstance(event, StateChanged):
            with self._news:
                self.last = event.state
                change = self.ready.add if event.state is DeviceState.READY else self.ready.discard
                change((event.role, event.window))
                self._news.notify_all()

    def wait(self, condition: Callable[[], bool]) -> None:
        with self._news:
            if not self._news.wait_for(condition, PATIENCE_S):
                raise AssertionError("the device never came")
