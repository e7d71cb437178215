"""F17: a day in virtual time with two faults in a hundred; what was counted is what the pads themselves know.

Twelve minutes in `make test`, the whole day of eight hours with HALLTERM_DEVICE_HOURS=8 (`make soak`).
"""

import asyncio
import gc
import os
import random
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from devices.bindings import Binding, ExpectedIdentity
from devices.codecs.htp1_messages import AckCode
from devices.events import Event, RatePressed, Role, Timing, WindowNotOpened
from devices.ports import PortMatch
from devices.rating import ClosedBy, Press, RatingLedger
from devices.sim.bench import KEYS
from devices.sim.pad import SimPad
from devices.slots import Slots
from tests.devices.shared_line import SharedLine
from tests.devices.virtual import VirtualLoop, Wire, Wires

pytestmark = pytest.mark.faults

HOURS = float(os.environ.get("HALLTERM_DEVICE_HOURS", "0.2"))
SERVICES_AN_HOUR = 63
LOSS = 0.02
TIMEOUT_S = 30
RESIDENT_MORE_MB = 8.0
OBJECTS_MORE = 3_000
"""Growth of the interpreter's objects that is no leak: caches, and the pads' own ledgers (freed before counting)."""


class VirtualHall:
    """Four pads, two of them on a bus, and a house that commits before it acknowledges."""

    def __init__(self, loop: VirtualLoop, seed: int) -> None:
        self.loop = loop
        self.random = random.Random(seed)
        self.pads = {str(n): SimPad(f"HT25A000000{n}", n, boot=n, bus=n > 2, clock=loop.now_ms) for n in range(1, 5)}
        self.wires = Wires(lambda ports: self.slots.scanned(ports))
        self.slots = Slots(loop.now_ms, self.told, Timing(), self.scan_soon, self.wires.transport)
        for name, model in (("A", self.pads["1"]), ("B", self.pads["2"]), ("C", self._bus())):
            self.wires.add(Wire(loop, name, model, LOSS, seed + ord(name)))
        self.slots.place(self._bindings())
        self.ledgers = {window: RatingLedger() for window in self.pads}
        self.committed: dict[int, int] = {}
        self.not_opened = 0
        self.wid = 0

    def scan_soon(self) -> None:
        self.loop.call_soon(self.wires.scan)

    def _bus(self) -> SharedLine:
        return SharedLine([self.pads["3"], self.pads["4"]])

    def _bindings(self) -> Iterator[Binding]:
        for window, port in (("1", "A"), ("2", "B"), ("3", "C"), ("4", "C")):
            pad = self.pads[window]
            yield Binding(
                Role.RATING_DEVICE, "pad_htp1", window, PortMatch(name=port),
                identity=ExpectedIdentity(serial=pad.serial), address=pad.address if port == "C" else 0, keys=KEYS,
            )  # fmt: skip

    def told(self, event: Event) -> None:
        if isinstance(event, WindowNotOpened):
            self.not_opened += 1
            self.ledgers[event.window].no_pad(event.wid, self.loop.now_ms())
        elif isinstance(event, RatePressed):
            self.loop.call_later(0.05, self.commit, event)

    def commit(self, event: RatePressed) -> None:
        """As the station does: judged, stored, and only then acknowledged."""
        press = Press(event.pad_serial, event.wid, event.key, event.t_ms, event.held_ms, event.flags)
        verdict = self.ledgers[event.window].judge(press, event.received_ms)
        if verdict.counted:
            assert event.wid not in self.committed, "one rating a window"
            self.committed[event.wid] = event.key
        if verdict.ack is not None:
            self.slots.by_place[Role.RATING_DEVICE, event.window].acknowledge(event.seq, verdict.ack)

    async def serve(self, window: str) -> None:
        """One service: asked, pressed or not, and a moment until the next."""
        slot = self.slots.by_place[Role.RATING_DEVICE, window]
        if slot.usable:
            self.wid += 1
            pad, now_ms = self.pads[window], self.loop.now_ms()
            self.ledgers[window].open(self.wid, f"service {self.wid}", pad.serial, TIMEOUT_S, now_ms)
            slot.open_window(self.wid, TIMEOUT_S)
            await asyncio.sleep(self.random.uniform(1, 15))
            if self.random.random() < 0.9:
                pad.press(self.random.randrange(1, 6))
                self.wire_of(window).wake()
            await asyncio.sleep(TIMEOUT_S)
            self.ledgers[window].close(self.wid, ClosedBy.TIME, self.loop.now_ms())
        await asyncio.sleep(3600 * 4 / SERVICES_AN_HOUR - TIMEOUT_S - 8)

    async def work(self, window: str, until_s: float) -> None:
        while self.loop.time() < until_s:
            await self.serve(window)

    async def trouble(self, until_s: float) -> None:
        """A cable is pulled now and then, for a few seconds."""
        while self.loop.time() < until_s:
            await asyncio.sleep(self.random.uniform(300, 900))
            wire = self.wires.by_name[self.random.choice("ABC")]
            wire.unplug()
            self.wires.scan()
            await asyncio.sleep(self.random.uniform(0.2, 6))
            wire.plugged = True
            self.wires.scan()

    def wire_of(self, window: str) -> Wire:
        return self.wires.by_name[self.slots.by_place[Role.RATING_DEVICE, window].binding.port.name]


def still_there() -> tuple[int, int]:
    return threading.active_count(), len(os.listdir("/proc/self/fd"))


def resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1_000_000


async def a_day(hall: VirtualHall, hours: float, each_hour: Callable[[], None]) -> None:
    hall.slots.start()
    hall.wires.scan()
    start_s = hall.loop.time()
    end_s = start_s + hours * 3600
    work = [asyncio.create_task(hall.work(window, end_s)) for window in hall.pads]
    work.append(asyncio.create_task(hall.trouble(end_s)))
    while any(not task.done() for task in work):
        await asyncio.sleep(3600 / 4)
        each_hour()
    await asyncio.gather(*work)
    await asyncio.sleep(120)
    await hall.slots.stop()


def test_a_day_with_faults_counts_what_the_pads_know() -> None:
    loop = VirtualLoop()
    hall = VirtualHall(loop, seed=20261121)
    levels: list[tuple[tuple[int, int], int, float]] = []

    def look() -> None:
        gc.collect()
        levels.append((still_there(), len(gc.get_objects()), resident_mb()))

    try:
        loop.run_until_complete(a_day(hall, HOURS, look))
    finally:
        loop.close()
    known = {
        wid for pad in hall.pads.values() for wid, code in pad.acks if code in (AckCode.COUNTED, AckCode.DUPLICATE)
    }
    assert set(hall.committed) == known
    assert len(known) > 0.7 * hall.wid
    assert hall.wid > 0.8 * SERVICES_AN_HOUR * HOURS
    assert sum(wire.faults for wire in hall.wires.by_name.values()) > 100 * HOURS
    assert all(wire.openings > 1 for wire in hall.wires.by_name.values()) or HOURS < 4
    assert {there for there, _, _ in levels} == {levels[0][0]}, "threads and descriptors stay"
    assert levels[-1][1] - levels[0][1] < OBJECTS_MORE, "objects stay"
    assert levels[-1][2] - levels[0][2] < RESIDENT_MORE_MB, "memory stays"
    print(f"{hall.wid} services, {len(known)} rated, {hall.not_opened} without a pad;", end=" ")
    print(
        f"threads and descriptors {levels[0][0]} to {levels[-1][0]}, objects {levels[0][1]} to {levels[-1][1]},",
        end=" ",
    )
    print(f"memory {levels[0][2]:.1f} to {levels[-1][2]:.1f} MB in {len(levels)} looks")
