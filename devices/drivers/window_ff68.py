"""The six digits over a window on the FF68 line: the ticket's last three; dark when the text names no ticket.

Nothing answers, so the digits are sent again now and then. Options: `refresh_s`.
"""

import asyncio
import contextlib
from typing import ClassVar, Final

from devices.codecs import ff68
from devices.codecs.ff68 import Frame
from devices.drivers.base import DriverContext
from devices.drivers.ff68_line import Ff68Line
from devices.drivers.speech import whole
from devices.events import DeviceState, Identity, Role

REFRESH_S: Final = 60


class WindowFf68:
    """Shares the line, and usually the address, with the pad and the caller keypad; hears nothing of its own."""

    roles: ClassVar[frozenset[Role]] = frozenset({Role.WINDOW_DISPLAY})

    def __init__(self, context: DriverContext) -> None:
        self._context = context
        self._line = Ff68Line(context, self._hear)
        self._refresh_s = max(1, whole(context.options, "refresh_s", REFRESH_S))

    def received(self, data: bytes) -> None:
        self._line.received(data)

    async def identify(self) -> Identity | None:
        return Identity(serial=f"ff68-{self._context.address}", address=self._context.address)

    def misfit(self, identity: Identity) -> str:
        return "" if identity.address else "address"

    def acknowledge(self, seq: int, code: int) -> None:
        """Digits have no presses."""

    async def run(self) -> None:
        """Until the port ends."""
        wishes = self._context.wishes
        self._context.report(DeviceState.READY, "unproven")
        while True:
            wishes.changed.clear()
            if wishes.lines is not None:
                number = ff68.ticket_number(wishes.lines[0] if wishes.lines else "")
                await self._line.send(ff68.digits(self._context.address, ticket=number))
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._refresh_s):
                    await wishes.changed.wait()

    def _hear(self, frame: Frame) -> None:
        """Keys are the pad driver's."""
