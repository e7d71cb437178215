"""The window display on HTP/1: one line of text, the newest wins."""

from typing import ClassVar

from devices.codecs.htp1_messages import DeviceClass, Text
from devices.drivers.base import DriverContext
from devices.drivers.htp1_device import Htp1Device
from devices.events import Role


class WindowHtp1(Htp1Device):
    """Shows the wished text; after a reconnect or reset it is sent again."""

    roles: ClassVar[frozenset[Role]] = frozenset({Role.WINDOW_DISPLAY})
    device_class = DeviceClass.WINDOW_DISPLAY

    def __init__(self, context: DriverContext) -> None:
        super().__init__(context)
        self._shown: str | None = None

    async def run(self) -> None:
        self._shown = None
        await super().run()

    async def serve(self) -> None:
        while self.wishes.text is not None and self.wishes.text != self._shown:
            text = self.wishes.text
            await self.line.request(Text(1, text))
            self._shown = text
