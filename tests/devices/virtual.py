"""A hall's devices in virtual time: an event loop whose waiting costs nothing, and ports that are only memory."""

import asyncio
import random
import selectors
from collections.abc import Callable
from typing import Any

from devices.errors import LineSettings, PortAbsent, PortGone
from devices.port import Down, Received, Sink, Up, Written
from devices.ports import PortInfo
from devices.sim.device import Model


class _Skipping(selectors.DefaultSelector):
    """Where nothing is ready, the time asked for has passed."""

    loop: "VirtualLoop"

    def select(self, timeout: float | None = None) -> Any:
        ready = super().select(0)
        if not ready:
            if timeout is None:
                raise AssertionError("everyone waits for ever")
            self.loop.now_s += max(0.0, timeout)
        return ready


class VirtualLoop(asyncio.SelectorEventLoop):
    """Begins at one second after its epoch."""

    def __init__(self) -> None:
        self.now_s = 1.0
        selector = _Skipping()
        selector.loop = self
        super().__init__(selector)

    def time(self) -> float:
        return self.now_s

    def now_ms(self) -> int:
        return int(self.now_s * 1000)


class Wire:
    """A line in memory with a model at its end; `loss` of the pieces get lost, as many are damaged, as many come twice."""

    def __init__(self, loop: VirtualLoop, name: str, model: Model, loss: float, seed: int) -> None:
        self.loop, self.name, self.model, self.loss = loop, name, model, loss
        self.plugged = True
        self.openings = 0
        self.faults = 0
        self._random = random.Random(seed)
        self._line = LineSettings()
        self._sink: Sink | None = None
        self._tick: asyncio.TimerHandle | None = None

    def port(self, name: str, line: LineSettings) -> "MemoryPort":
        return MemoryPort(self, line)

    def opened(self, sink: Sink, line: LineSettings) -> None:
        if not self.plugged:
            sink(Down(PortAbsent(self.name)))
            return
        self._sink, self._line, self.openings = sink, line, self.openings + 1
        sink(Up())
        self.wake()

    def closed(self, error: PortGone | None = None) -> None:
        sink, self._sink = self._sink, None
        if sink is not None:
            sink(Down(error))

    def unplug(self) -> None:
        self.plugged = False
        self.closed(PortGone(self.name))

    def host_says(self, data: bytes) -> None:
        """On its way to the device."""
        for piece in self._on_the_way(data):
            self.loop.call_later(self._line.transfer_s(len(piece)), self._device_hears, piece)
        if self._sink is not None:
            self._sink(Written(len(data)))

    def wake(self) -> None:
        """Lets the device speak by itself now, and when it wants to."""
        self._device_says(self.model.tick(self.loop.now_ms()))
        if self._tick is not None:
            self._tick.cancel()
        at_ms = self.model.next_ms()
        if at_ms is not None:
            self._tick = self.loop.call_later(max(0.001, (at_ms - self.loop.now_ms()) / 1000), self.wake)

    def _device_hears(self, data: bytes) -> None:
        self._device_says(self.model.received(data, self.loop.now_ms()))
        self.wake()

    def _device_says(self, data: bytes) -> None:
        for piece in self._on_the_way(data) if data else ():
            self.loop.call_later(self._line.transfer_s(len(piece)), self._host_hears, piece)

    def _host_hears(self, data: bytes) -> None:
        if self._sink is not None:
            self._sink(Received(data))

    def _on_the_way(self, data: bytes) -> list[bytes]:
        fate = self._random.random()
        if fate >= 3 * self.loss:
            return [data]
        self.faults += 1
        if fate < self.loss:
            return []
        if fate < 2 * self.loss:
            return [data, data]
        place = self._random.randrange(len(data))
        return [data[:place] + bytes([data[place] ^ 1 << self._random.randrange(8)]) + data[place + 1 :]]


class MemoryPort:
    """One opening of a wire, as a Link wants it."""

    def __init__(self, wire: Wire, line: LineSettings) -> None:
        self._wire, self._line = wire, line

    def start(self, sink: Sink) -> None:
        self._wire.opened(sink, self._line)

    def write(self, data: bytes) -> None:
        if not self._wire.plugged:
            raise PortGone(self._wire.name)
        self._wire.host_says(data)

    def stop(self) -> None:
        self._wire.closed()

    def close(self) -> None:
        self._wire.closed()


class Wires:
    """The ports of a PC; tells `changed` what a scan would find whenever a cable moves."""

    def __init__(self, changed: Callable[[tuple[PortInfo, ...]], None]) -> None:
        self.by_name: dict[str, Wire] = {}
        self.changed = changed

    def add(self, wire: Wire) -> None:
        self.by_name[wire.name] = wire

    def transport(self, name: str, line: LineSettings) -> MemoryPort:
        return self.by_name[name].port(name, line)

    def scan(self) -> None:
        self.changed(tuple(PortInfo(name, name) for name, wire in self.by_name.items() if wire.plugged))
