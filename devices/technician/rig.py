"""The house's own driver at work for a technician: the same code, one device, on a port that the station let go."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import TypeVar

from devices.bindings import Binding
from devices.drivers import DRIVERS, PORTLESS
from devices.drivers.base import Driver, DriverContext, Wishes
from devices.events import DeviceState, Event, Identity, Timing
from devices.health import Counters, LinkScore
from devices.link import Link, TransportFactory
from devices.platform import monotonic_ms
from devices.port import SerialPort
from devices.technician.decoding import protocol_of
from devices.technician.line import opened_link
from devices.technician.monitor import Monitor

EventT = TypeVar("EventT")


class Rig:
    """One driver on one open port; `wishes` are what the device should do, `events` what it said."""

    def __init__(self, binding: Binding, link: Link, timing: Timing, *, shared: bool = False) -> None:
        self.binding, self.link, self.timing = binding, link, timing
        self.wishes, self.counters, self.score = Wishes(), Counters(), LinkScore()
        self.events: asyncio.Queue[Event] = asyncio.Queue()
        self.state, self.reason = DeviceState.LISTENING, ""
        self.identity: Identity | None = None
        options = {**binding.options, "bus": True} if shared else binding.options
        self.context = DriverContext(
            link, binding.role, binding.window, binding.address, binding.keys, options, timing, monotonic_ms,
            self.counters, self.score, self.wishes, self.events.put_nowait, self._report,
        )  # fmt: skip
        self.driver: Driver = DRIVERS[binding.driver](self.context)
        self._work: asyncio.Task[None] | None = None
        link.receiver = self._received

    async def identify(self) -> Identity | None:
        """Who answers; None if nobody does."""
        self.identity = await self.driver.identify()
        return self.identity

    def misfit(self) -> str:
        """Why the device that answered is not the bound one: "serial", "model", "class", "keys" ...; "" if it is."""
        if self.identity is None:
            return "silent"
        return self.binding.identity.mismatch(self.identity) or self.driver.misfit(self.identity)

    async def work(self) -> None:
        """Lets the driver serve its wishes; it must have been identified."""
        if self._work is None:
            self._work = asyncio.get_running_loop().create_task(self.driver.run(), name="rig")
            self._work.add_done_callback(lambda task: task.cancelled() or task.exception())
        await asyncio.sleep(0)

    async def rest(self) -> None:
        """Stops serving; the port stays open."""
        work, self._work = self._work, None
        if work is not None:
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)

    @property
    def working(self) -> bool:
        """Whether the driver still serves; it gives up when the device is silent."""
        return self._work is not None and not self._work.done()

    async def event(self, kind: type[EventT], limit_s: float) -> EventT | None:
        """The next event of this kind, None after the limit; others are passed over."""
        with suppress(TimeoutError):
            async with asyncio.timeout(limit_s):
                while True:
                    event = await self.events.get()
                    if isinstance(event, kind):
                        return event
        return None

    def take_over(self, receiver: Callable[[bytes], None]) -> None:
        """Bytes go elsewhere from now on; `give_back` ends it. The driver must rest."""
        self.link.receiver = receiver

    def give_back(self) -> None:
        self.link.receiver = self._received

    def _received(self, data: bytes) -> None:
        self.driver.received(data)

    def _report(self, state: DeviceState, reason: str) -> None:
        self.state, self.reason = state, reason


@asynccontextmanager
async def rigged(
    binding: Binding, port: str, *, monitor: Monitor | None = None, timing: Timing = Timing(),  # noqa: B008
    transport: TransportFactory = SerialPort, shared: bool = False,
) -> AsyncIterator[Rig]:  # fmt: skip
    """A rig on an open port; raises the PortError that prevented it. A driver without a port gets none.

    `shared`: other bindings are on the same port, so that nothing is said unasked there.
    """
    if binding.driver in PORTLESS:
        rig = Rig(binding, Link("", binding.line, monotonic_ms), timing)
        try:
            yield rig
        finally:
            await rig.rest()
        return
    async with opened_link(port, binding.line, monitor=monitor, transport=transport) as link:
        rig = Rig(binding, link, timing, shared=shared)
        try:
            yield rig
        finally:
            await rig.rest()


def monitor_for(binding: Binding) -> Monitor:
    """A monitor that understands this device."""
    from devices.codecs.aabb import Variant

    variant = Variant.SUM if binding.options.get("variant") == "sum" else Variant.XOR
    return Monitor(protocol_of(binding.driver), variant=variant, line=binding.line)
