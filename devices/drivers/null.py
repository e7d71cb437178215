"""The driver of a device that is not there: takes nothing, says nothing."""

from typing import ClassVar

from devices.drivers.base import DriverContext
from devices.events import Identity, Role


class NullDriver:
    """Has no port; its slot stays DISABLED."""

    roles: ClassVar[frozenset[Role]] = frozenset(Role)
    portless: ClassVar[bool] = True

    def __init__(self, context: DriverContext) -> None:
        self._context = context

    def received(self, data: bytes) -> None:
        """Nothing is listening."""

    async def identify(self) -> Identity | None:
        return None

    def misfit(self, identity: Identity) -> str:
        return "null"

    async def run(self) -> None:
        """Nothing to serve."""

    def acknowledge(self, seq: int, code: int) -> None:
        """Nobody waits for it."""
