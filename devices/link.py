"""One open port seen from the event loop: bytes in, bytes out, and the moment it ends."""

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable
from typing import Final, Protocol

from devices.errors import LineSettings, PortError, PortFlooding, PortGone
from devices.health import LineBudget
from devices.port import Down, PortEvent, Received, SerialPort, Sink, Up, Written

WAITING_MOST_BYTES: Final = 65_536
"""What may wait for a loop that is busy: more than any line brings in the time that a stall may last."""


class Transport(Protocol):
    """What carries the bytes: a SerialPort, or something in memory where time is virtual."""

    def start(self, sink: Sink) -> None: ...

    def write(self, data: bytes) -> None: ...

    def stop(self) -> None: ...

    def close(self) -> None: ...


TransportFactory = Callable[[str, LineSettings], Transport]


class Link:
    """Carries the events of one transport into the loop; one wake-up is outstanding at most.

    `turn` is held from a request to its answer: a line carries one exchange at a time, whoever shares it; those who
    wait get it in the order they came. `receiver` gets all bytes.
    """

    def __init__(
        self, port: str, line: LineSettings, clock: Callable[[], int], transport: TransportFactory = SerialPort
    ) -> None:
        self.port = port
        self.line = line
        self.budget = LineBudget(line.bytes_per_s, clock())
        self.receiver: Callable[[bytes], None] = lambda data: None
        self.turn = asyncio.Lock()
        self._clock = clock
        self._loop = asyncio.get_running_loop()
        self._transport = transport(port, line)
        self._events: deque[PortEvent] = deque()
        self._woken = False
        self._error: PortError | None = None
        self._came_bytes = self._refused_bytes = 0  # counted by the reading thread alone
        self._taken_bytes = self._told_bytes = 0  # counted by the loop alone
        self._unwritten = 0
        self._written = asyncio.Event()
        self._up: asyncio.Future[None] = self._loop.create_future()
        self._down: asyncio.Future[None] = self._loop.create_future()

    @property
    def over(self) -> bool:
        """The port is closed, or about to be because of an error."""
        return self._down.done() or self._error is not None

    async def open(self) -> None:
        """Returns when the port is open; raises the PortError it failed with."""
        self._transport.start(self._from_thread)
        await self._up

    def send(self, data: bytes) -> None:
        """Queues bytes; PortStuck or PortGone if the port does not take them."""
        try:
            self._transport.write(data)
        except PortError as error:
            self.fail(error)
            raise
        self._unwritten += 1

    async def flush(self) -> None:
        """Waits until everything sent was taken by the line; raises the PortError that prevented it."""
        while self._unwritten:
            if self._down.done():
                raise self._error or PortGone(self.port)
            self._written.clear()
            await self._written.wait()

    async def ended(self) -> PortError | None:
        """Waits for the port to be closed; the error, None if we closed it."""
        await asyncio.shield(self._down)
        return self._error

    def fail(self, error: PortError) -> None:
        """Closes the port because of this error."""
        self._error = self._error or error
        self._transport.stop()

    def stop(self) -> None:
        """Closes the port; `ended` follows."""
        self._transport.stop()

    def close(self) -> None:
        """Closes and waits, less than a second; for the very end."""
        self._transport.close()

    def _from_thread(self, event: PortEvent) -> None:
        if isinstance(event, Received):
            if self._came_bytes - self._taken_bytes > WAITING_MOST_BYTES:
                self._refused_bytes += len(event.data)
                return
            self._came_bytes += len(event.data)
        self._events.append(event)
        if not self._woken:
            self._woken = True
            with contextlib.suppress(RuntimeError):  # the loop is closed: nobody is interested any more
                self._loop.call_soon_threadsafe(self._drain)

    def _drain(self) -> None:
        self._woken = False
        while self._events:
            self._take(self._events.popleft())
        refused_bytes = self._refused_bytes - self._told_bytes
        if refused_bytes:
            self._told_bytes += refused_bytes
            self.budget.refuse(refused_bytes, self._clock())

    def _take(self, event: PortEvent) -> None:
        match event:
            case Received(data):
                self._taken_bytes += len(data)
                self._admit(data)
            case Written():
                self._unwritten -= 1
                self._written.set()
            case Up():
                _settle(self._up)
            case Down(error):
                self._error = self._error or error
                _settle(self._up, self._error or PortGone(self.port))
                _settle(self._down)
                self._written.set()

    def _admit(self, data: bytes) -> None:
        now_ms = self._clock()
        if self.budget.admit(len(data), now_ms):
            self.receiver(data)
        elif self.budget.flooding(now_ms):
            self.fail(PortFlooding(self.port, self.budget.dropped_bytes))


def _settle(future: asyncio.Future[None], error: Exception | None = None) -> None:
    if future.done():
        return
    if error is None:
        future.set_result(None)
    else:
        future.set_exception(error)
