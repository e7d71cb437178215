"""A simulated device that has a speed: at another one, each side receives only garbage, as on a real line.

A pty shows its master the speed the host has set; the bytes are damaged here when it is not the device's own.
"""

import os
import random
import termios
from pathlib import Path
from typing import Final

from devices.sim.device import READ_BYTES, Model, SimDevice, now_ms

SPEEDS: Final = {getattr(termios, f"B{baud}"): baud for baud in (1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200)}


class SpeedSimDevice(SimDevice):
    """`baud` 0: the speed the model itself has (`model.baud`, which a setting may change)."""

    def __init__(self, name: str, model: Model, link: Path, baud: int = 0, seed: int = 1) -> None:
        super().__init__(name, model, link)
        self._own_baud = baud
        self._answering_at = 0
        self._garble = random.Random(seed)

    def want(self, baud: int) -> None:
        """From now on it speaks at this speed; 0: at that of the model."""
        self._own_baud = baud

    @property
    def baud(self) -> int:
        """The speed the device speaks at."""
        return self._answering_at or self._own_baud or int(getattr(self.model, "baud", 9600))

    @property
    def host_baud(self) -> int:
        """The speed the host has set; 0 where the port is not there."""
        try:
            return SPEEDS.get(termios.tcgetattr(self._master)[5], -1)
        except (termios.error, OSError, ValueError):
            return 0

    def _read(self) -> None:
        self._answering_at = self.baud  # a change of speed is answered at the old one
        try:
            self._hear()
        finally:
            self._answering_at = 0

    def _hear(self) -> None:
        if self.host_baud in (0, self.baud):
            super()._read()
            return
        try:
            data = os.read(self._master, READ_BYTES)
        except (BlockingIOError, OSError):
            super()._read()  # who left, and who is there, is told apart by the base
            return
        self._hung_up = False
        self._say(self.model.received(self._garbage(data), now_ms()))

    def _say(self, data: bytes) -> None:
        super()._say(data if self.host_baud in (0, self.baud) else self._garbage(data))

    def _garbage(self, data: bytes) -> bytes:
        """What the wrong clock makes of it: other bytes, and another number of them."""
        share = self.host_baud / self.baud if self.host_baud > 0 else 1.0
        return self._garble.randbytes(max(1, int(len(data) / share))) if data else b""
