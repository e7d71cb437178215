"""Simulated LED text strips on "AA-BB": one to four of following addresses on one pty, each with one line.

They answer `1B` to what they understand and nothing to anything else, as a wrong check.
"""

from typing import Final

from devices.codecs.aabb import ACK, Decoder, Frame, Power, Probe, Show, Variant

ROWS: Final = 4
QUIET_MS: Final = 50


class SimStrips:
    """`lines` is what they show, the first address first; `history` every text they took: (row, text, flash)."""

    def __init__(
        self, address: int, *, variant: Variant = Variant.XOR, rows: int = ROWS, charset: str = "gb2312"
    ) -> None:
        self.address, self.rows, self.charset = address, rows, charset
        self.adapter_echo = False
        self.history: list[tuple[int, str, bool]] = []
        self.reset()
        self.want(variant)
        self._heard_ms: int | None = None

    def want(self, variant: Variant) -> None:
        """The check it goes by."""
        self._decoder = Decoder(variant)

    def reset(self) -> None:
        """As after a power cut: what was only shown is gone."""
        self.lines = [""] * self.rows
        self.lit = True

    def received(self, data: bytes, now_ms: int) -> bytes:
        self._heard_ms = now_ms
        echo = data if self.adapter_echo else b""
        return echo + self._answers(self._decoder.feed(data))

    def tick(self, now_ms: int) -> bytes:
        if self._heard_ms is None or now_ms - self._heard_ms < QUIET_MS:
            return b""
        self._heard_ms = None
        return self._answers(self._decoder.idle())

    def next_ms(self) -> int | None:
        return None if self._heard_ms is None else self._heard_ms + QUIET_MS

    def _answers(self, frames: list[Frame]) -> bytes:
        return bytes([ACK]) * sum(self._obey(frame) for frame in frames)

    def _obey(self, frame: Frame) -> bool:
        row = frame.addr - self.address
        if not 0 <= row < self.rows:
            return False
        match frame:
            case Show(_, text, _, flash):
                self.lines[row] = text.decode(self.charset, "replace").rstrip()
                self.history.append((row, self.lines[row], flash))
            case Power(_, on):
                self.lit = on
            case Probe():
                pass
        return True
