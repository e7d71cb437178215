"""Taxi equipment of JT/T 905 on a serial line: `55 AA LEN16 DEV VENDOR CMD16 DATA XOR 55 AA`; no I/O, no clock.

LEN counts DEV to DATA, the XOR covers LEN to DATA; big endian. The XOR sees every single flipped bit and every cut, but
no two bytes that changed places and 12 % of two flipped bits. What the commands of a rating pad mean is its vendor's.
"""

from enum import IntEnum
from functools import reduce
from operator import xor
from typing import Final

import msgspec

from devices.codecs.scan import ScanDecoder

FLAG: Final = bytes.fromhex("55AA")
HEAD_BYTES: Final = 4
FIELD_BYTES: Final = 4
DATA_MAX_BYTES: Final = 256
TAIL_BYTES: Final = 3
STATUS_QUERY: Final = 0x0200


class DeviceType(IntEnum):
    """The DEV bytes of service rating pads (服务评价器): one and two pads in a car."""

    RATING_PAD = 0x06
    RATING_PAD_2 = 0x11


class Frame(msgspec.Struct, frozen=True):
    """One frame of either direction."""

    device: int
    vendor: int
    command: int
    data: bytes = b""


def encode(frame: Frame) -> bytes:
    """The bytes of a frame as they go on the wire; ValueError if a field does not fit."""
    if len(frame.data) > DATA_MAX_BYTES or not 0 <= frame.command <= 0xFFFF:
        raise ValueError(f"data of {len(frame.data)} bytes, or command {frame.command:#x}")
    body = bytes([frame.device, frame.vendor]) + frame.command.to_bytes(2, "big") + frame.data
    checked = len(body).to_bytes(2, "big") + body
    return FLAG + checked + bytes([reduce(xor, checked)]) + FLAG


class Decoder(ScanDecoder[Frame]):
    """Frames out of any stream; call `idle` when the line was quiet, a false head may hold a good frame back."""

    def _step(self) -> tuple[int, Frame | None] | None:
        buffer = self._buffer
        if not FLAG.startswith(buffer[: len(FLAG)]):
            return 1, None
        if len(buffer) < HEAD_BYTES:
            return None
        length = int.from_bytes(buffer[2:HEAD_BYTES], "big")
        if not FIELD_BYTES <= length <= FIELD_BYTES + DATA_MAX_BYTES:
            return self._wrong_length()
        size = HEAD_BYTES + length + TAIL_BYTES
        if len(buffer) < size:
            return None
        if reduce(xor, buffer[2 : size - 2]) or buffer[size - 2 : size] != FLAG:
            return self._wrong_check()
        body = bytes(buffer[HEAD_BYTES : HEAD_BYTES + length])
        return size, Frame(body[0], body[1], int.from_bytes(body[2:4], "big"), body[4:])
