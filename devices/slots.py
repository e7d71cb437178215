"""All bound devices of a PC in one event loop: started, let go for a technician, bound anew, stopped."""

import asyncio
import contextlib
from collections.abc import Callable, Iterable
from typing import Final

from devices.bindings import Binding
from devices.bus import Buses
from devices.drivers import PORTLESS
from devices.drivers.base import Wishes
from devices.events import Event, LampPattern, Role, Timing
from devices.link import TransportFactory
from devices.port import SerialPort
from devices.ports import PortInfo
from devices.slot import DeviceSlot, Surroundings

LAMPS_OUT_S: Final = 0.3
LAMP_BYTES: Final = 32
"""What a line may still hold when the host has handed it over; closing a port drops what was not sent."""

Place = tuple[Role, str]


class Slots:
    """One slot a binding, by role and window; everything but reading `by_place` belongs to the loop."""

    def __init__(
        self,
        clock: Callable[[], int],
        emit: Callable[[Event], None],
        timing: Timing,
        kick_scanner: Callable[[], None],
        transport: TransportFactory = SerialPort,
    ) -> None:
        self.by_place: dict[Place, DeviceSlot] = {}
        self._tasks: dict[Place, asyncio.Task[None]] = {}
        self._let_go: set[Place] = set()
        self._awaited: set[Place] = set()
        self._stopping = False
        self._around = Surroundings(timing, clock, emit, kick_scanner, Buses(clock, transport))

    @property
    def settled(self) -> bool:
        """Whether nothing is missing that a scan could find."""
        return all(slot.settled for slot in tuple(self.by_place.values()))

    def scanned(self, ports: tuple[PortInfo, ...]) -> None:
        """What the latest scan found."""
        self._around.ports = ports
        self._around.scanned.set()
        self._around.scanned.clear()

    def place(self, bindings: Iterable[Binding]) -> None:
        """Slots for these bindings, not started; for the beginning."""
        wanted = tuple(bindings)
        for binding in wanted:
            self.by_place[_place(binding)] = DeviceSlot(binding, self._around, shared=_shared(binding, wanted))

    def start(self) -> None:
        for place in self.by_place:
            self._start(place)

    def rebind(self, bindings: Iterable[Binding]) -> None:
        """Ends and starts only what changed; a window keeps what it was wished to show, a tampered pad its quarantine."""
        wanted = tuple(bindings)
        locked = {slot.binding.identity.serial for slot in self.by_place.values() if slot.wishes.quarantined} - {""}
        new = {_place(binding): binding for binding in wanted}
        for place in [place for place in self.by_place if place not in new]:
            del self.by_place[place]
            self._let_go.discard(place)
            self._cancel(place)
        for place, binding in new.items():
            shared, old = _shared(binding, wanted), self.by_place.get(place)
            if old is not None and (old.binding, old.shared) == (binding, shared):
                continue
            wishes = _kept(old, binding)
            if binding.identity.serial:
                wishes.quarantined = binding.identity.serial in locked
            self.by_place[place] = DeviceSlot(binding, self._around, shared=shared, wishes=wishes)
            self._cancel(place)
            if place not in self._let_go:
                self._start(place)

    def let_go(self, place: Place) -> None:
        """Closes the port, so that a technician can open it, with all that share it."""
        for other in self._on_port_of(place):
            self._let_go.add(other)
            self._cancel(other)

    def take_back(self, place: Place) -> None:
        """Starts again what was let go; nothing otherwise."""
        for other in self._on_port_of(place):
            if other in self._let_go:
                self._let_go.discard(other)
                self._start(other)

    async def stop(self) -> None:
        """Ends everything; no port is open afterwards, unless it hangs. Lamps that nobody minds any more are put out."""
        self._stopping = True
        await self._put_out_lamps()
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    async def _put_out_lamps(self) -> None:
        """Until the lines have taken it, but not longer than a moment: a line that hangs keeps nobody from leaving."""
        lamps = [slot for (role, _), slot in self.by_place.items() if role is Role.OVERTIME_LAMP and slot.usable]
        for slot in lamps:
            slot.wishes.set_lamp(LampPattern.OFF)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LAMPS_OUT_S):
                for slot in lamps:
                    await slot.wishes.lamp_told.wait()
                await asyncio.sleep(max((slot.binding.line.transfer_s(LAMP_BYTES) for slot in lamps), default=0.0))

    def _on_port_of(self, place: Place) -> list[Place]:
        slot = self.by_place.get(place)
        if slot is None:
            return []
        return [
            other for other, one in self.by_place.items() if other == place or _same_port(one.binding, slot.binding)
        ]

    def _start(self, place: Place) -> None:
        """The newest slot of this place, as soon as the one before has ended."""
        slot, task = self.by_place.get(place), self._tasks.get(place)
        if slot is None or place in self._let_go or place in self._awaited or self._stopping:
            return
        if task is not None and not task.done():
            self._awaited.add(place)
            task.add_done_callback(lambda _: self._ended(place))
        else:
            self._tasks[place] = asyncio.get_running_loop().create_task(slot.run(), name=f"{place[0]} {place[1]}")

    def _ended(self, place: Place) -> None:
        self._awaited.discard(place)
        self._start(place)

    def _cancel(self, place: Place) -> None:
        if place in self._tasks:
            self._tasks[place].cancel()


def _place(binding: Binding) -> Place:
    return binding.role, binding.window


def _same_port(one: Binding, other: Binding) -> bool:
    return not {one.driver, other.driver} & PORTLESS and one.port == other.port


def _shared(binding: Binding, bindings: tuple[Binding, ...]) -> bool:
    return sum(_same_port(binding, other) and other.enabled for other in bindings) > 1


def _kept(old: DeviceSlot | None, binding: Binding) -> Wishes:
    """The wishes of a place outlive its binding, unless another kind of device is there now."""
    return old.wishes if old is not None and old.binding.driver == binding.driver else Wishes()
