"""The place of one bound device: finds its port, opens it, proves who is there, keeps it served, and starts again."""

import asyncio
import logging
from collections.abc import Callable
from typing import Final

import msgspec

from devices.bindings import Binding
from devices.bus import Bus, Buses
from devices.card import CardCode, CardReading
from devices.drivers import DRIVERS, PORTLESS
from devices.drivers.base import Driver, DriverContext, Speech, WindowWish, Wishes
from devices.errors import PortBusy, PortDenied, PortError, PortFlooding
from devices.events import USABLE, DeviceState, DeviceStatus, Event, Identity, StateChanged, Timing
from devices.health import Counters, LinkScore
from devices.link import Link
from devices.ports import PortInfo, find
from devices.ticket import PrintCode, PrintResult, TicketDoc

log = logging.getLogger(__name__)

ERROR_STATES: Final[dict[type[PortError], DeviceState]] = {
    PortDenied: DeviceState.DENIED,
    PortBusy: DeviceState.BUSY,
    PortFlooding: DeviceState.FLOODING,
}


class Surroundings(msgspec.Struct):
    """What all slots of a manager share; `ports` is the latest scan, `scanned` is set at each scan."""

    timing: Timing
    clock: Callable[[], int]
    emit: Callable[[Event], None]
    kick_scanner: Callable[[], None]
    buses: Buses
    ports: tuple[PortInfo, ...] = ()
    scanned: asyncio.Event = msgspec.field(default_factory=asyncio.Event)


class DeviceSlot:
    """One binding at work; everything but `usable` and `status` belongs to the loop's thread.

    `shared`: other bindings are on the same port. `wishes` are those of the slot that this one follows, if any.
    """

    def __init__(
        self, binding: Binding, around: Surroundings, *, shared: bool = False, wishes: Wishes | None = None
    ) -> None:
        self.binding, self.shared = binding, shared
        self.wishes = wishes or Wishes()
        self.state = DeviceState.DISABLED
        self._around = around
        self._reason = "binding"
        self._since_ms = around.clock()
        self._port = ""
        self._identity: Identity | None = None
        self._counters = Counters()
        self._score = LinkScore()
        self._driver: Driver | None = None
        self._backoff_s = around.timing.backoff_least_s

    @property
    def usable(self) -> bool:
        return self.state in USABLE

    @property
    def settled(self) -> bool:
        """Whether nothing is missing that a scan could find."""
        return self.usable or self.state is DeviceState.DISABLED or self.binding.driver in PORTLESS

    def status(self) -> DeviceStatus:
        counters: dict[str, int] = msgspec.structs.asdict(self._counters)
        trips, score = self._score.trips, self._score
        return DeviceStatus(
            self.binding.role, self.binding.window, self.binding.driver, self.state, self._reason, self._since_ms,
            self._port, self._identity, counters, score.value, score.ok, score.bad, score.heard_ms,
            trips.percentile(0.5), trips.percentile(0.95), len(self.wishes.jobs), self.shared,
        )  # fmt: skip

    async def run(self) -> None:
        """Until cancelled."""
        if self.binding.driver == "null" or not self.binding.enabled:
            return
        try:
            if self.binding.driver in PORTLESS:
                link = Link("", self.binding.line, self._around.clock)  # never opened
                await self._serve(DRIVERS[self.binding.driver](self._context(link)))
            while True:
                port = find(self.binding.port, self._around.ports)
                if port is None:
                    self._report(DeviceState.ABSENT, "not_found")
                    await self._next_scan()
                else:
                    await self._connect(port)
                    await self._pause()
        finally:
            self._refuse_jobs()
            self._report(DeviceState.DISABLED, "stopped")

    # What the house asks for.

    def open_window(self, wid: int, timeout_s: int) -> None:
        self.wishes.open_window(WindowWish(wid, self._around.clock() + timeout_s * 1000))

    def acknowledge(self, seq: int, code: int) -> None:
        self.wishes.acknowledged(seq, code)
        if self._driver is not None:
            self._driver.acknowledge(seq, code)

    def print_ticket(self, doc: TicketDoc, done: Callable[[PrintResult], None]) -> None:
        if self.usable:
            self.wishes.print_ticket(doc, done)
        else:
            done(PrintResult(PrintCode.NOT_READY))

    def say(self, text: str, within_s: float, urgent: int, tag: str) -> None:
        self.wishes.say(Speech(text, self._around.clock() + int(within_s * 1000), urgent, tag))

    def read_card(self, done: Callable[[CardReading], None]) -> None:
        if self.usable:
            self.wishes.read_card(done)
        else:
            done(CardReading(CardCode.NOT_READY))

    def quarantine(self) -> None:
        """Somebody opened the case: nothing of it counts."""
        self.wishes.quarantined = True
        if self.usable:
            self._report(*QUARANTINE)
        self.wishes.changed.set()

    def release(self) -> None:
        """A technician has looked at it: the quarantine ends."""
        self.wishes.quarantined = False
        self.wishes.changed.set()

    # One connection.

    async def _connect(self, port: PortInfo) -> None:
        self._port = port.name
        self._report(DeviceState.OPENING, "")
        buses = self._around.buses
        try:
            bus = await buses.join(self.binding.port, port.name, self.binding.line)
        except PortError as error:
            self._counters.open_failures += 1
            self._failed(error)
            return
        self._counters.connections += 1
        dropped_before = bus.link.budget.dropped_bytes
        try:
            await self._until_ended(bus)
        except PortError as error:
            self._failed(error)
        except Exception as error:  # whatever a driver did: the device is tried again, the others go on
            log.error("driver %s failed: %s", self.binding.driver, type(error).__name__)
            self._report(DeviceState.LOST, "driver")
        finally:
            self._driver, self._identity = None, None
            self._counters.dropped_bytes += bus.link.budget.dropped_bytes - dropped_before
            await buses.leave(bus)

    async def _until_ended(self, bus: Bus) -> None:
        """The session lasts until the port ends; a PortError says why."""
        session = asyncio.create_task(self._session(bus))
        ended = asyncio.create_task(bus.link.ended())
        try:
            await asyncio.wait({session, ended}, return_when=asyncio.FIRST_COMPLETED)
            if session.done():
                session.result()
            error = ended.result() if ended.done() else None
            if error is not None:
                raise error
        finally:
            for task in (session, ended):
                task.cancel()
            await asyncio.gather(session, ended, return_exceptions=True)

    async def _session(self, bus: Bus) -> None:
        driver = DRIVERS[self.binding.driver](self._context(bus.link))
        bus.hear(driver.received)
        try:
            self._report(DeviceState.LISTENING, "")
            await asyncio.sleep(self.binding.boot_grace_s)
            self._report(DeviceState.IDENTIFYING, "")
            await self._serve(driver)
        finally:
            bus.unhear(driver.received)

    async def _serve(self, driver: Driver) -> None:
        """Proves who is there and lets the driver work, for ever."""
        while True:
            garbled = self._garbled()
            identity = await driver.identify()
            problem, state = self._judge(driver, identity)
            if identity is None and self._garbled() > garbled:
                problem = "unreadable"
            if problem:
                self._driver, self._identity = None, identity
                self._report(state, problem)
                self._refuse_jobs()
                await asyncio.sleep(self._around.timing.probe_s)
                continue
            if self._identity is not None and identity != self._identity:
                self._counters.boots += 1
            self._driver, self._identity = driver, identity
            self._backoff_s = self._around.timing.backoff_least_s
            self._report(*(ERROR_FREE if not self.wishes.quarantined else QUARANTINE))
            await driver.run()

    def _judge(self, driver: Driver, identity: Identity | None) -> tuple[str, DeviceState]:
        if identity is None:
            return "silent", DeviceState.LOST
        misfit = self.binding.identity.mismatch(identity) or driver.misfit(identity)
        return misfit, DeviceState.WRONG_DEVICE

    def _garbled(self) -> int:
        """What came in and meant nothing: the wrong speed, or another kind of device."""
        counters = self._counters
        return counters.crc_errors + counters.length_errors + counters.escape_errors + counters.noise_bytes

    def _context(self, link: Link) -> DriverContext:
        binding, around = self.binding, self._around
        options = {**binding.options, "bus": True} if self.shared else binding.options
        return DriverContext(
            link, binding.role, binding.window, binding.address, binding.keys, options, around.timing, around.clock,
            self._counters, self._score, self.wishes, around.emit, self._report,
        )  # fmt: skip

    def _failed(self, error: PortError) -> None:
        self._counters.failed(error.reason)
        self._report(ERROR_STATES.get(type(error), DeviceState.LOST), error.reason, error)

    async def _pause(self) -> None:
        """Grows from 0.1 to 5 s; a port someone else holds, or that floods, is not stormed."""
        timing = self._around.timing
        delay_s = {
            DeviceState.DENIED: timing.backoff_most_s,
            DeviceState.BUSY: timing.backoff_most_s,
            DeviceState.FLOODING: timing.flood_pause_s,
        }.get(self.state, self._backoff_s)
        self._backoff_s = min(self._backoff_s * 2, timing.backoff_most_s)
        self._refuse_jobs()
        self._around.kick_scanner()
        await asyncio.sleep(delay_s)

    async def _next_scan(self) -> None:
        self._backoff_s = self._around.timing.backoff_least_s
        await self._around.scanned.wait()

    def _refuse_jobs(self) -> None:
        while self.wishes.jobs:
            self.wishes.jobs.popleft()[1](PrintResult(PrintCode.NOT_READY))
        while self.wishes.readings:
            self.wishes.readings.popleft()(CardReading(CardCode.NOT_READY))

    def _report(self, state: DeviceState, reason: str, error: PortError | None = None) -> None:
        if (state, reason) == (self.state, self._reason):
            return
        self.state, self._reason, self._since_ms = state, reason, self._around.clock()
        binding = self.binding
        self._around.emit(
            StateChanged(binding.role, binding.window, state, reason, self._since_ms, self._identity, error)
        )


ERROR_FREE: Final = (DeviceState.READY, "")
QUARANTINE: Final = (DeviceState.QUARANTINED, "tamper")
