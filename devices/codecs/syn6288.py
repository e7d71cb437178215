"""SYN6288 speech chip: `FD LENhi LENlo CMD [PARA] TEXT XOR` to it, single bytes from it; no I/O, no clock.

LEN counts CMD to XOR, the XOR covers everything before it. A new sentence cuts off the one being spoken, so the host
asks first (`QUERY` is answered by `ACCEPTED` and then `BUSY` or `IDLE`).
"""

from enum import IntEnum
from functools import reduce
from operator import xor
from typing import Final

import msgspec

from devices.codecs.scan import CodecStats, ScanDecoder

HEAD: Final = 0xFD
HEAD_BYTES: Final = 3
TEXT_MAX_BYTES: Final = 200
PARA_GBK: Final = 0x01
"""No background music, text in GBK (which contains GB 2312)."""
LENGTH_LEAST: Final = 2
LENGTH_MOST: Final = TEXT_MAX_BYTES + 3


class Command(IntEnum):
    """The CMD byte."""

    SAY = 0x01
    STOP = 0x02
    PAUSE = 0x03
    RESUME = 0x04
    QUERY = 0x21


class Reply(IntEnum):
    """What the chip says, one byte each."""

    STARTED = 0x4A
    ACCEPTED = 0x41
    BAD_FRAME = 0x45
    BUSY = 0x4E
    IDLE = 0x4F


class Frame(msgspec.Struct, frozen=True):
    """A command; `text` belongs to SAY only."""

    command: Command
    text: str = ""


REPLIES: Final = frozenset(Reply)


def encode_text(text: str) -> bytes:
    """GB 2312, at most 200 bytes of whole characters; what the chip has no sound for is left out."""
    encoded = b""
    for char in text:
        if not char.isprintable():
            continue
        piece = char.encode("gb2312", "ignore")
        if len(encoded) + len(piece) > TEXT_MAX_BYTES:
            break
        encoded += piece
    return encoded


def encode(frame: Frame) -> bytes:
    """The bytes of a command as they go on the wire."""
    body = bytes([frame.command])
    if frame.command is Command.SAY:
        body += bytes([PARA_GBK]) + encode_text(frame.text)
    wire = bytes([HEAD]) + (len(body) + 1).to_bytes(2, "big") + body
    return wire + bytes([reduce(xor, wire)])


class ReplyDecoder:
    """The host's side: replies out of any stream; keeps nothing."""

    def __init__(self) -> None:
        self.stats = CodecStats()

    def feed(self, data: bytes) -> list[Reply]:
        replies = [Reply(byte) for byte in data if byte in REPLIES]
        self.stats.frames += len(replies)
        self.stats.noise_bytes += len(data) - len(replies)
        return replies


class Decoder(ScanDecoder[Frame]):
    """The chip's side: commands out of any stream."""

    def _step(self) -> tuple[int, Frame | None] | None:
        buffer = self._buffer
        if buffer[0] != HEAD:
            return 1, None
        if len(buffer) < HEAD_BYTES:
            return None
        length = int.from_bytes(buffer[1:HEAD_BYTES], "big")
        if not LENGTH_LEAST <= length <= LENGTH_MOST:
            return self._wrong_length()
        size = HEAD_BYTES + length
        if len(buffer) < size:
            return None
        frame = None if reduce(xor, buffer[:size]) else _parse(bytes(buffer[HEAD_BYTES : size - 1]))
        return (size, frame) if frame else self._wrong_check()


def _parse(body: bytes) -> Frame | None:
    if body[0] not in frozenset(Command):
        return None
    command = Command(body[0])
    if command is not Command.SAY:
        return Frame(command) if len(body) == 1 else None
    return Frame(command, body[2:].decode("gbk", "replace")) if len(body) >= 2 else None
