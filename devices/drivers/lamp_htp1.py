"""The overtime lamp on HTP/1: blinks by itself; told again now and then, though a reset of it is noticed.

Options: `mask` of its lamps, `refresh_s` after which it is told again.
"""

from typing import ClassVar, Final

from devices.codecs.htp1_messages import DeviceClass, Led, LedPattern
from devices.drivers.base import DriverContext
from devices.drivers.htp1_device import Htp1Device
from devices.drivers.speech import whole
from devices.events import LampPattern, Role

REFRESH_S: Final = 60
MASK: Final = 0x01
PATTERNS: Final[dict[LampPattern, LedPattern]] = {
    LampPattern.OFF: LedPattern.OFF,
    LampPattern.ON: LedPattern.ON,
    LampPattern.BLINKING: LedPattern.SLOW,
}


class LampHtp1(Htp1Device):
    """Shows the wished pattern; after a reconnect or reset it is sent again."""

    roles: ClassVar[frozenset[Role]] = frozenset({Role.OVERTIME_LAMP})
    device_class = DeviceClass.LAMP

    def __init__(self, context: DriverContext) -> None:
        super().__init__(context)
        self._mask = whole(context.options, "mask", MASK) & 0xFF
        self._refresh_ms = max(1, whole(context.options, "refresh_s", REFRESH_S)) * 1000
        self._shown: LampPattern | None = None
        self._shown_ms = 0

    async def run(self) -> None:
        self._shown = None
        await super().run()

    async def serve(self) -> None:
        wanted, now_ms = self.wishes.lamp, self.context.clock()
        if wanted is not self._shown or now_ms - self._shown_ms >= self._refresh_ms:
            await self.line.request(Led(self._mask, PATTERNS[wanted]))
            self._shown, self._shown_ms = wanted, now_ms
        if self.wishes.lamp is wanted:
            self.wishes.lamp_told.set()
