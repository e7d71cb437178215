"""F1 and F9 in virtual time: ten minutes of noise, and a port that is never permitted."""

import asyncio
import random

import pytest

from devices.bindings import Binding, ExpectedIdentity
from devices.errors import LineSettings, PortDenied
from devices.events import DeviceState, Event, RatePressed, Role, StateChanged, Timing, WindowNotOpened
from devices.health import grade
from devices.link import Transport
from devices.port import Down, Sink
from devices.ports import PortInfo, PortMatch
from devices.rating import Press, RatingLedger
from devices.sim.bench import KEYS
from devices.sim.device import Faults, Model
from devices.sim.pad import SimPad
from devices.slots import Slots
from tests.devices.virtual import VirtualLoop, Wire, Wires

pytestmark = pytest.mark.faults
PLACE = (Role.RATING_DEVICE, "1")
NOISE_S = 600


class NoisyWire(Wire):
    """Each byte may be damaged, and a stray one may follow."""

    def __init__(self, loop: VirtualLoop, name: str, model: Model, loss: float, seed: int) -> None:
        super().__init__(loop, name, model, loss, seed)
        self.noise = Faults(seed=7)

    def _on_the_way(self, data: bytes) -> list[bytes]:
        return [self.noise.damage(data)]


def binding(pad: SimPad) -> Binding:
    expected = ExpectedIdentity(serial=pad.serial)
    return Binding(Role.RATING_DEVICE, "pad_htp1", "1", PortMatch(name="A"), identity=expected, keys=KEYS)


class NoisyHall:
    """One pad on a noisy wire, and a house that commits before it acknowledges."""

    def __init__(self, loop: VirtualLoop) -> None:
        self.loop = loop
        self.pad = SimPad("HT25A0000001", boot=1, clock=loop.now_ms)
        self.ledger = RatingLedger()
        self.counted: dict[int, int] = {}
        self.pressed: dict[int, int] = {}
        self.seen: list[Event] = []
        self.wires = Wires(lambda ports: self.slots.scanned(ports))
        self.wire = NoisyWire(loop, "A", self.pad, 0.0, 1)
        self.wires.add(self.wire)
        self.slots = Slots(loop.now_ms, self.told, Timing(), lambda: None, self.wires.transport)
        self.slots.place((binding(self.pad),))

    def told(self, event: Event) -> None:
        self.seen.append(event)
        if isinstance(event, WindowNotOpened):
            self.ledger.no_pad(event.wid, self.loop.now_ms())
        if isinstance(event, RatePressed):
            press = Press(event.pad_serial, event.wid, event.key, event.t_ms, event.held_ms)
            verdict = self.ledger.judge(press, self.loop.now_ms())
            if verdict.counted:
                self.counted[event.wid] = event.key
            if verdict.ack is not None:
                self.slots.by_place[PLACE].acknowledge(event.seq, verdict.ack)

    async def run(self) -> float:
        """Ready first, then ten minutes of noise; the link score at their end."""
        self.slots.start()
        await asyncio.sleep(0.1)
        self.wires.scan()
        await asyncio.sleep(5)
        self.wire.noise.noise = 0.01
        await self.serve()
        score = self.slots.by_place[PLACE].status().link_score
        await self.slots.stop()
        return score

    async def serve(self) -> None:
        """Services one after the other."""
        people, slot = random.Random(3), self.slots.by_place[PLACE]
        for wid in range(1, NOISE_S // 20 + 1):
            if slot.usable:
                self.ledger.open(wid, f"s{wid}", self.pad.serial, 18, self.loop.now_ms())
                slot.open_window(wid, 18)
            await asyncio.sleep(5)
            if self.pad.window is not None and self.pad.window.wid == wid:
                self.pressed[wid] = people.randrange(1, 6)
                self.pad.press(self.pressed[wid])
                self.wire.wake()
            await asyncio.sleep(15)


def test_f1_ten_minutes_of_noise_rate_nothing_wrong_and_are_shown() -> None:
    loop = VirtualLoop()
    hall = NoisyHall(loop)
    try:
        score = loop.run_until_complete(hall.run())
    finally:
        loop.close()
    assert score < 0.99
    assert grade(score) == "poor"
    assert hall.counted.items() <= hall.pressed.items()
    assert len(hall.counted) > 10
    states = {event.state for event in hall.seen if isinstance(event, StateChanged)}
    assert DeviceState.DEGRADED in states


class DeniedPort:
    """Refuses each opening, and counts them."""

    openings = 0

    def start(self, sink: Sink) -> None:
        DeniedPort.openings += 1
        sink(Down(PortDenied("A", "root", "dialout", 0o660)))

    def write(self, data: bytes) -> None:
        raise AssertionError("nothing is written to a port that is not open")

    def stop(self) -> None: ...

    def close(self) -> None: ...


def test_f9_a_port_that_is_denied_is_not_stormed() -> None:
    loop = VirtualLoop()
    pad = SimPad("HT25A0000001", clock=loop.now_ms)

    def transport(port: str, line: LineSettings) -> Transport:
        return DeniedPort()

    slots = Slots(loop.now_ms, lambda event: None, Timing(), lambda: None, transport)
    slots.place((binding(pad),))
    DeniedPort.openings = 0

    async def run() -> None:
        slots.start()
        await asyncio.sleep(0.1)
        slots.scanned((PortInfo("A", "A"),))
        await asyncio.sleep(59)
        assert slots.by_place[PLACE].state is DeviceState.DENIED
        await slots.stop()

    try:
        loop.run_until_complete(run())
    finally:
        loop.close()
    assert 2 <= DeniedPort.openings <= 12, "one try in five seconds at most"
