"""LCUS-x USB relays: `A0 CH ON CS`, CS = the sum of the first three bytes modulo 256. They answer nothing.

No I/O, no clock. The decoder is the relay's side of the line, for simulators and for the technician's monitor.
"""

from typing import Final

import msgspec

from devices.codecs.scan import ScanDecoder

HEAD: Final = 0xA0
FRAME_BYTES: Final = 4
CHANNEL_MOST: Final = 16


class Frame(msgspec.Struct, frozen=True):
    """One relay of the board, counted from 1, switched on or off."""

    channel: int
    on: bool


def encode(frame: Frame) -> bytes:
    """ValueError for a channel no board has."""
    if not 1 <= frame.channel <= CHANNEL_MOST:
        raise ValueError(f"channel {frame.channel}, 1 to {CHANNEL_MOST} expected")
    body = bytes([HEAD, frame.channel, int(frame.on)])
    return body + bytes([sum(body) & 0xFF])


class Decoder(ScanDecoder[Frame]):
    """Frames out of any stream."""

    def _step(self) -> tuple[int, Frame | None] | None:
        if self._buffer[0] != HEAD:
            return 1, None
        if len(self._buffer) < FRAME_BYTES:
            return None
        _head, channel, on, check = self._buffer
        right = sum(self._buffer[:-1]) & 0xFF == check and on <= 1 and 1 <= channel <= CHANNEL_MOST
        return (FRAME_BYTES, Frame(channel, bool(on))) if right else self._wrong_check()
