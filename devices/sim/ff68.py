"""A simulated counter of the FF68 line: caller keypad, rating pad of four keys and six digits, on one RS-485 pty.

What is not for its address, or is damaged, is met with silence. `echoes`: commands are sent back as their answer, as
some makes do. `adapter_echo` brings back everything the host sends; `doubled` sends every frame twice.
"""

from typing import Final

from devices.codecs.ff68 import BLANK, START_RATING, Decoder, Frame, Func, encode
from devices.sim.device import now_ms as clock_ms

KEYS: Final = 4
QUIET_MS: Final = 50
WIRE_DIGITS: Final = "0123456789 "


class SimFf68:
    """Shows and remembers: `waiting` and `ticket` digits, `stars`, `beeps`, `prompts`, `thanked` keys, `acknowledged`."""

    def __init__(self, address: int, *, echoes: bool = True) -> None:
        self.address, self.echoes = address, echoes
        self.adapter_echo = False
        self.doubled = False
        self._decoder = Decoder()
        self._heard_ms: int | None = None
        self._out = bytearray()
        self.reset()

    def reset(self) -> None:
        """As after a power cut: dark, nothing remembered."""
        self.waiting = self.ticket = " " * 3
        self.stars = 0
        self.beeps = self.prompts = self.shows = 0
        self.thanked: list[int] = []
        self.acknowledged: list[bytes] = []
        self._unacknowledged: list[bytes] = []

    # What the citizen and the clerk do.

    def press(self, key: int, held_ms: int = 0) -> None:
        """One of the pad's keys, counted from 1; it sends at once, whatever it is asked or not."""
        if not 1 <= key <= KEYS:
            raise ValueError(f"key {key}, 1 to {KEYS} expected")
        self._say(Frame(self.address, Func.PAD_KEY, bytes([key - 1])))

    def call(self, codes: bytes) -> None:
        """Keys of the caller keypad; its own frame back is the answer it waits for."""
        self._unacknowledged.append(codes)
        self._say(Frame(self.address, Func.KEY, codes))

    # The device's own rules.

    def received(self, data: bytes, now_ms: int) -> bytes:
        self._heard_ms = now_ms
        if self.adapter_echo:
            self._out += data
        self._take(self._decoder.feed(data))
        return self._flush()

    def tick(self, now_ms: int) -> bytes:
        if self._heard_ms is not None and now_ms - self._heard_ms >= QUIET_MS:
            self._heard_ms = None
            self._take(self._decoder.idle())
        return self._flush()

    def next_ms(self) -> int | None:
        if self._out:
            return clock_ms()
        return None if self._heard_ms is None else self._heard_ms + QUIET_MS

    def _take(self, frames: list[Frame]) -> None:
        for frame in frames:
            if frame.addr == self.address:
                self._obey(frame)

    def _obey(self, frame: Frame) -> None:
        data = frame.data
        if frame.func == Func.KEY and data in self._unacknowledged:
            self._unacknowledged.remove(data)
            self.acknowledged.append(data)
        elif frame.func == Func.KEY and data == bytes([START_RATING]):
            self.prompts += 1
        elif frame.func == Func.KEY and len(data) == 1 and data[0] < KEYS:
            self.thanked.append(data[0] + 1)
        elif frame.func in (Func.SHOW, Func.BEEP):
            self._show(frame)

    def _show(self, frame: Frame) -> None:
        if frame.func == Func.BEEP:
            self.beeps += 1
        elif len(frame.data) == 1:
            self.stars = frame.data[0]
        elif len(frame.data) == 6 and max(frame.data) <= BLANK:
            digits = "".join(WIRE_DIGITS[code] for code in frame.data)
            self.waiting, self.ticket = digits[:3], digits[3:]
            self.shows += 1
        if self.echoes:
            self._out += encode(frame)

    def _say(self, frame: Frame) -> None:
        self._out += encode(frame) * (2 if self.doubled else 1)

    def _flush(self) -> bytes:
        out, self._out = bytes(self._out), bytearray()
        return out
