"""Displays on HTP/1: one line over a window, two to four over a hall; the newest text wins."""

from collections.abc import Mapping
from typing import ClassVar, Final

from devices.codecs.htp1_messages import DeviceClass, Text
from devices.drivers.base import DriverContext
from devices.drivers.htp1_device import Htp1Device
from devices.events import Identity, Role

FITTING: Final[Mapping[Role, frozenset[DeviceClass]]] = {
    Role.WINDOW_DISPLAY: frozenset({DeviceClass.WINDOW_DISPLAY}),
    Role.HALL_BOARD: frozenset({DeviceClass.WINDOW_DISPLAY, DeviceClass.BOARD}),
}
"""A board over one window would show nothing but its first line; a window display may serve as a small board."""


class WindowHtp1(Htp1Device):
    """Shows the wished lines; after a reconnect or reset they are sent again."""

    roles: ClassVar[frozenset[Role]] = frozenset({Role.WINDOW_DISPLAY, Role.HALL_BOARD})
    device_class = DeviceClass.WINDOW_DISPLAY

    def __init__(self, context: DriverContext) -> None:
        super().__init__(context)
        self._shown: dict[int, str] = {}

    def misfit(self, identity: Identity) -> str:
        return "" if self._class in FITTING[self.context.role] else "class"

    async def run(self) -> None:
        self._shown = {}
        await super().run()

    async def serve(self) -> None:
        while (wanted := self._next_line()) is not None:
            line, text = wanted
            await self.line.request(Text(line, text))
            self._shown[line] = text

    def _next_line(self) -> tuple[int, str] | None:
        """The first line that differs, counted from 1; the wish may have changed while one was sent."""
        lines = enumerate(self.wishes.lines or (), 1)
        return next(((line, text) for line, text in lines if self._shown.get(line) != text), None)
