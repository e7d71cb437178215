"""Readers of resident ID cards (SAM): `AA AA AA 96 69 LENhi LENlo BODY XOR`; no I/O, no clock.

LEN counts BODY and XOR; the XOR covers LEN and BODY. BODY is CMD PARA from the host, three status bytes and data from
the reader. The card's text is 256 bytes of UTF-16LE in fields of fixed width (GA 450); the photo behind it is not read.
"""

from enum import Enum
from functools import reduce
from operator import xor
from typing import Final, NamedTuple

import msgspec

from devices.codecs.scan import ScanDecoder

PREAMBLE: Final = bytes.fromhex("AAAAAA9669")
LENGTH_BYTES: Final = 2
HEAD_BYTES: Final = len(PREAMBLE) + LENGTH_BYTES
LENGTH_LEAST: Final = 3
LENGTH_MOST: Final = 2400
"""A card with fingerprints answers 1,024 bytes more than one without."""
STATUS_BYTES: Final = 3
TEXT_BYTES: Final = 256
SIZES_BYTES: Final = 4
NAME: Final = slice(0, 30)
NUMBER: Final = slice(122, 158)


class Command(bytes, Enum):
    """CMD and PARA."""

    STATUS = b"\x11\xff"
    FIND = b"\x20\x01"
    SELECT = b"\x20\x02"
    READ = b"\x30\x01"


class Status(bytes, Enum):
    """The three status bytes of an answer."""

    OK = b"\x00\x00\x90"
    FOUND = b"\x00\x00\x9f"
    NO_CARD = b"\x00\x00\x80"
    NOT_SELECTED = b"\x00\x00\x81"
    NOT_READ = b"\x00\x00\x41"


class Frame(msgspec.Struct, frozen=True):
    """One frame of either direction; its repr shows no personal data."""

    body: bytes

    @property
    def status(self) -> bytes:
        return self.body[:STATUS_BYTES]

    @property
    def data(self) -> bytes:
        return self.body[STATUS_BYTES:]

    def __repr__(self) -> str:
        return f"Frame({len(self.body)} bytes)"


class CardText(NamedTuple):
    """Who the card names."""

    name: str
    number: str

    def __repr__(self) -> str:
        return "CardText()"


def encode(frame: Frame) -> bytes:
    """The bytes of a frame as they go on the wire; ValueError if it is too short or too long."""
    length = len(frame.body) + 1
    if not LENGTH_LEAST <= length <= LENGTH_MOST:
        raise ValueError(f"body of {len(frame.body)} bytes")
    checked = length.to_bytes(LENGTH_BYTES, "big") + frame.body
    return PREAMBLE + checked + bytes([reduce(xor, checked)])


def card_text(data: bytes) -> CardText | None:
    """Name and number out of the data of a READ answer; None if it is none."""
    text_bytes = int.from_bytes(data[:2], "big")
    text = data[SIZES_BYTES : SIZES_BYTES + TEXT_BYTES]
    if text_bytes != TEXT_BYTES or len(text) != TEXT_BYTES:
        return None
    name, number = (text[field].decode("utf-16-le", "replace").strip(" \0") for field in (NAME, NUMBER))
    return CardText(name, number)


class Decoder(ScanDecoder[Frame]):
    """Frames out of any stream."""

    def _step(self) -> tuple[int, Frame | None] | None:
        buffer = self._buffer
        if not PREAMBLE.startswith(buffer[: len(PREAMBLE)]):
            return 1, None
        if len(buffer) < HEAD_BYTES:
            return None
        length = int.from_bytes(buffer[len(PREAMBLE) : HEAD_BYTES], "big")
        if not LENGTH_LEAST <= length <= LENGTH_MOST:
            return self._wrong_length()
        size = HEAD_BYTES + length
        if len(buffer) < size:
            return None
        if reduce(xor, buffer[len(PREAMBLE) : size]):
            return self._wrong_check()
        return size, Frame(bytes(buffer[HEAD_BYTES : size - 1]))
