"""A port opened by a technician: bytes out, bytes in, nothing else on it. Errors: devices.errors."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Final

from devices.errors import LineSettings, PortError
from devices.link import Link, TransportFactory
from devices.platform import monotonic_ms
from devices.port import SerialPort
from devices.technician.monitor import Monitor, tapped

HEARD_MOST_BYTES: Final = 65_536
CLOSE_LIMIT_S: Final = 0.9


class OpenLine:
    """One open port; `heard` is what came since the last `send` or `forget`."""

    def __init__(self, link: Link) -> None:
        self.link = link
        self.heard = bytearray()
        self._news = asyncio.Event()
        link.receiver = self._received

    async def send(self, data: bytes) -> None:
        """Forgets what came before; returns when the line took the bytes."""
        self.forget()
        self.link.send(data)
        await self.link.flush()

    async def listen(self, limit_s: float, enough: Callable[[bytes], bool] = lambda heard: False) -> bytes:
        """What comes until it is enough, or until the limit; PortError if the line breaks."""
        with suppress(TimeoutError):
            async with asyncio.timeout(limit_s):
                while not enough(bytes(self.heard)) and not self.link.over:
                    self._news.clear()
                    await self._news.wait()
        if self.link.over:
            error = await self.link.ended()
            if error is not None:
                raise error
        return bytes(self.heard)

    async def ask(self, data: bytes, limit_s: float, enough: Callable[[bytes], bool] = lambda heard: False) -> bytes:
        """Sends and listens."""
        await self.send(data)
        return await self.listen(limit_s, enough)

    def take_back(self) -> None:
        """Hears again, after somebody else took the bytes of the link."""
        self.link.receiver = self._received

    def forget(self) -> None:
        self.heard[:] = bytes(len(self.heard))
        self.heard.clear()

    def _received(self, data: bytes) -> None:
        self.heard += data
        del self.heard[:-HEARD_MOST_BYTES]
        self._news.set()


@asynccontextmanager
async def opened_link(
    port: str, line: LineSettings, *, monitor: Monitor | None = None, transport: TransportFactory = SerialPort,
    clock: Callable[[], int] = monotonic_ms,
) -> AsyncIterator[Link]:  # fmt: skip
    """The port, open; raises the PortError it failed with. Closed afterwards, within a second."""
    link = Link(port, line, clock, tapped(monitor, transport) if monitor is not None else transport)
    try:
        await link.open()
        yield link
    finally:
        link.stop()
        with suppress(TimeoutError, PortError):
            async with asyncio.timeout(CLOSE_LIMIT_S):
                await link.ended()


@asynccontextmanager
async def opened(
    port: str, line: LineSettings, *, monitor: Monitor | None = None, transport: TransportFactory = SerialPort
) -> AsyncIterator[OpenLine]:
    """The port, open for bytes as they are."""
    async with opened_link(port, line, monitor=monitor, transport=transport) as link:
        yield OpenLine(link)
