"""LCUS-x USB relays: `A0 CH ON CS`, CS = the sum of the first three bytes modulo 256. They answer nothing.

No I/O, no clock. The decoder is the relay's side of the line, for simulators and for the technician's monitor.
"""

from typing import Final

import msgspec

HEAD: Final = 0xA0
FRAME_BYTES: Final = 4
CHANNEL_MOST: Final = 16


class Frame(msgspec.Struct, frozen=True):
    """One relay of the board, counted from 1, switched on or off."""

    channel: int
    on: bool


class CodecStats(msgspec.Struct):
    """What went through one decoder since it was made."""

    frames: int = 0
    crc_errors: int = 0
    noise_bytes: int = 0


def encode(frame: Frame) -> bytes:
    """ValueError for a channel no board has."""
    if not 1 <= frame.channel <= CHANNEL_MOST:
        raise ValueError(f"channel {frame.channel}, 1 to {CHANNEL_MOST} expected")
    body = bytes([HEAD, frame.channel, int(frame.on)])
    return body + bytes([sum(body) & 0xFF])


class Decoder:
    """Frames out of any stream; never raises, keeps less than one frame."""

    def __init__(self) -> None:
        self.stats = CodecStats()
        self._buffer = bytearray()

    @property
    def buffered_bytes(self) -> int:
        return len(self._buffer)

    def feed(self, data: bytes) -> list[Frame]:
        frames: list[Frame] = []
        for byte in data:
            self._buffer.append(byte)
            while self._buffer and self._buffer[0] != HEAD:
                self._drop()
            if len(self._buffer) == FRAME_BYTES:
                self._take(frames)
        return frames

    def idle(self) -> list[Frame]:
        """The line went quiet: half a frame is nothing."""
        self.stats.noise_bytes += len(self._buffer)
        self._buffer.clear()
        return []

    def _take(self, frames: list[Frame]) -> None:
        head, channel, on, check = self._buffer
        if sum((head, channel, on)) & 0xFF == check and on <= 1 and 1 <= channel <= CHANNEL_MOST:
            frames.append(Frame(channel, bool(on)))
            self.stats.frames += 1
            self._buffer.clear()
            return
        self.stats.crc_errors += 1
        self._drop()
        while self._buffer and self._buffer[0] != HEAD:
            self._drop()

    def _drop(self) -> None:
        del self._buffer[0]
        self.stats.noise_bytes += 1
