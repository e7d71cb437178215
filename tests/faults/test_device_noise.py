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
from devices.sim.device import Faults
from devices.sim.pad import SimPad
from devices.slots import Slots
from tests.devices.virtual import VirtualLoop, Wire, Wires

pytestmark = pytest.mark.faults
PLACE = (Role.RATING_DEVICE, "1")
NOISE_S = 600


class NoisyWire(Wire):
    """Each byte may be damaged, and a stray one may follow."""

    noise = Faults(seed=7)

    def _on_the_way(self, data: bytes) -> list[bytes]:
        return [self.noise.damage(data)]


def binding(pad: SimPad) -> Binding:
    expected = ExpectedIdentity(serial=pad.serial)
    return Binding(Role.RATING_DEVICE, "pad_htp1", "1", PortMatch(name="A"), identity=expected, keys=KEYS)


async def noisy_minutes(
    loop: VirtualLoop, pad: SimPad, wire: NoisyWire, slots: Slots, ledger: RatingLedger
) -> dict[int, int]:
    """Services one after the other; what the citizens pressed."""
    people, pressed = random.Random(3), {}
    slot = slots.by_place[PLACE]
    for wid in range(1, NOISE_S // 20 + 1):
        if slot.usable:
            ledger.open(wid, f"s{wid}", pad.serial, 18, loop.now_ms())
            slot.open_window(wid, 18)
        await asyncio.sleep(5)
        if pad.window is not None and pad.window.wid == wid:
            pressed[wid] = people.randrange(1, 6)
            pad.press(pressed[wid])
            wire.wake()
        await asyncio.sleep(15)
    return pressed


def test_f1_ten_minutes_of_noise_rate_nothing_wrong_and_are_shown() -> None:
    loop = VirtualLoop()
    pad = SimPad("HT25A0000001", boot=1, clock=loop.now_ms)
    ledger, counted, seen = RatingLedger(), dict[int, int](), list[Event]()

    def told(event: Event) -> None:
        seen.append(event)
        if isinstance(event, WindowNotOpened):
            ledger.no_pad(event.wid, loop.now_ms())
        if isinstance(event, RatePressed):
            verdict = ledger.judge(
                Press(event.pad_serial, event.wid, event.key, event.t_ms, event.held_ms), loop.now_ms()
            )
            if verdict.counted:
                counted[event.wid] = event.key
            if verdict.ack is not None:
                slots.by_place[PLACE].acknowledge(event.seq, verdict.ack)

    wires = Wires(lambda ports: slots.scanned(ports))
    wire = NoisyWire(loop, "A", pad, 0.0, 1)
    wires.add(wire)
    slots = Slots(loop.now_ms, told, Timing(), lambda: None, wires.transport)
    slots.place((binding(pad),))

    async def run() -> dict[int, int]:
        slots.start()
        await asyncio.sleep(0.1)
        wires.scan()
        await asyncio.sleep(5)
        NoisyWire.noise.noise = 0.01
        pressed = await noisy_minutes(loop, pad, wire, slots, ledger)
        score = slots.by_place[PLACE].status().link_score
        assert score < 0.99
        assert grade(score) == "poor"
        await slots.stop()
        return pressed

    try:
        pressed = loop.run_until_complete(run())
    finally:
        NoisyWire.noise.noise = 0.0
        loop.close()
    assert counted.items() <= pressed.items()
    assert len(counted) > 10
    states = {event.state for event in seen if isinstance(event, StateChanged)}
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
