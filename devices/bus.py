"""Ports that several devices share: opened by the first, closed after the last; every byte goes to all of them.

An RS-485 bus is one port with many drivers. Nothing here knows a protocol: a driver ignores what is not for it, and
whoever asks holds `Link.turn` until the answer.
"""

import asyncio
import contextlib
import os
from collections.abc import Callable
from typing import Final

from devices.errors import LineSettings, PortBusy, PortError
from devices.link import Link, TransportFactory
from devices.port import SerialPort
from devices.ports import PortMatch

CLOSE_LIMIT_S: Final = 0.9
Receiver = Callable[[bytes], None]


class Bus:
    """One open port and the drivers that hear it."""

    def __init__(self, match: PortMatch, link: Link) -> None:
        self.match, self.link = match, link
        self.members = 0
        self.gone = asyncio.Event()
        self.opening = asyncio.get_running_loop().create_task(link.open(), name=f"open {link.port}")
        self.opening.add_done_callback(lambda task: task.cancelled() or task.exception())
        self._receivers: list[Receiver] = []
        link.receiver = self._received

    def hear(self, receiver: Receiver) -> None:
        self._receivers.append(receiver)

    def unhear(self, receiver: Receiver) -> None:
        with contextlib.suppress(ValueError):
            self._receivers.remove(receiver)

    def _received(self, data: bytes) -> None:
        for receiver in tuple(self._receivers):
            receiver(data)


class Buses:
    """The open ports of a manager, by name; used in its loop only."""

    def __init__(self, clock: Callable[[], int], transport: TransportFactory = SerialPort) -> None:
        self._clock, self._transport = clock, transport
        self._open: dict[str, Bus] = {}

    async def join(self, match: PortMatch, port: str, line: LineSettings) -> Bus:
        """The port, open; raises the PortError it failed with.

        PortBusy with our own process id if it is open here for a binding that describes it otherwise.
        """
        while (bus := self._open.get(port)) is not None and (bus.link.over or not bus.members):
            await bus.gone.wait()
        if bus is None:
            bus = self._open[port] = Bus(match, Link(port, line, self._clock, self._transport))
        elif (bus.match, bus.link.line) != (match, line):
            raise PortBusy(port, os.getpid(), "hallterm")
        bus.members += 1
        try:
            await asyncio.shield(bus.opening)
        except BaseException:
            await self.leave(bus)
            raise
        return bus

    async def leave(self, bus: Bus) -> None:
        """The last one closes the port, whatever it is blocked in, within a second."""
        bus.members -= 1
        if bus.members:
            return
        bus.link.stop()
        try:
            with contextlib.suppress(TimeoutError, PortError):
                async with asyncio.timeout(CLOSE_LIMIT_S):
                    await bus.link.ended()
                    await asyncio.wait({bus.opening})
        finally:
            bus.opening.cancel()
            if self._open.get(bus.link.port) is bus:
                del self._open[bus.link.port]
            bus.gone.set()
