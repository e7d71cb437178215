"""The simulated pad under the same commands as the C pad's batch mode: no line, no clock of its own."""

from collections.abc import Callable
from typing import Final

from devices.sim.pad import SimPad
from tests.devices.firmware.program import SERIAL

STEP_MS: Final = 10


class PythonPad:
    """`tell` takes what devices/firmware/host.c takes with --batch; the answer is what was sent, in hex."""

    def __init__(self, heart_s: float = 10.0, *, bus: bool = False) -> None:
        self.now_ms = 0
        self.pad = SimPad(SERIAL, 3, heart_s=heart_s, bus=bus, clock=lambda: self.now_ms)
        self._sent = b""
        self._commands: dict[str, Callable[[str], None]] = {
            "at": lambda word: self._until(int(word)),
            "jump": lambda word: self._tick(int(word)),
            "rx": self._receive,
            "down": lambda word: self.pad.key_down(int(word)),
            "up": lambda word: self.pad.key_up(int(word)),
            "tamper": lambda word: self.pad.tamper(word == "1"),
            "unlock": lambda word: self.pad.unlock(),
            "reset": lambda word: self.pad.reset(),
        }

    def tell(self, line: str) -> str:
        command, _, word = line.partition(" ")
        self._commands[command](word)
        self._sent += self.pad.received(b"", self.now_ms)  # what it said of itself
        sent, self._sent = self._sent, b""
        return sent.hex()

    def _receive(self, word: str) -> None:
        self._sent += self.pad.received(bytes.fromhex(word), self.now_ms)

    def _until(self, target_ms: int) -> None:
        while self.now_ms < target_ms:
            self._tick(min(self.now_ms + STEP_MS, target_ms))

    def _tick(self, now_ms: int) -> None:
        self.now_ms = now_ms
        self._sent += self.pad.tick(now_ms)
