"""The overtime lamp on one relay of an LCUS board: it answers nothing, so it is told again now and then.

Options: `channel` of the board from 1, `blink_ms` for half a period, `refresh_s` after which it is told again.
"""

import asyncio
import contextlib
from typing import ClassVar, Final

from devices.codecs.lcus import CHANNEL_MOST, Frame, encode
from devices.drivers.base import DriverContext, Pressless
from devices.drivers.speech import whole
from devices.events import Identity, LampPattern, Role

REFRESH_S: Final = 60
BLINK_MS: Final = 500
BLINK_LEAST_MS: Final = 100


class LampLcus(Pressless):
    """Blinking is done by switching; a relay that was reset is right again after a minute at most."""

    roles: ClassVar[frozenset[Role]] = frozenset({Role.OVERTIME_LAMP})

    def __init__(self, context: DriverContext) -> None:
        self._context = context
        self._channel = min(CHANNEL_MOST, max(1, whole(context.options, "channel", 1)))
        self._refresh_s = max(1, whole(context.options, "refresh_s", REFRESH_S))
        self._blink_s = max(BLINK_LEAST_MS, whole(context.options, "blink_ms", BLINK_MS)) / 1000
        self._lit = False

    def received(self, data: bytes) -> None:
        self._context.counters.noise_bytes += len(data)

    async def identify(self) -> Identity | None:
        """Nobody can be asked: an open port is a lamp."""
        return Identity()

    async def run(self) -> None:
        """Until the port ends."""
        wishes = self._context.wishes
        while True:
            wishes.changed.clear()
            wanted = wishes.lamp
            blinking = wanted is LampPattern.BLINKING
            await self._switch(not self._lit if blinking else wanted is LampPattern.ON)
            if wishes.lamp is wanted:
                wishes.lamp_told.set()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._blink_s if blinking else self._refresh_s):
                    await wishes.changed.wait()

    async def _switch(self, on: bool) -> None:
        async with self._context.link.turn:
            self._context.link.send(encode(Frame(self._channel, on)))
            await self._context.link.flush()
        self._lit = on
