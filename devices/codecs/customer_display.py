"""Digit customer displays (客显), the cheapest window number: `0C` clears, `1B 51 41 digits 0D`, `1B 73 n` lamp.

Usually 2400 baud. Nothing is checked and nothing is answered: a damaged digit is shown. No I/O, no clock.
"""

import re
from enum import IntEnum
from typing import Final

import msgspec

from devices.codecs.scan import ScanDecoder

CLEAR: Final = b"\x0c"
SHOW: Final = b"\x1bQA"
LAMP: Final = b"\x1bs"
END: Final = 0x0D
DIGITS_MAX: Final = 8
SHOWABLE: Final = re.compile(r"(?:[0-9 -]\.?){0,8}")


class Label(IntEnum):
    """Which printed word is lit beside the digits."""

    NONE = 0
    PRICE = 1
    TOTAL = 2
    PAID = 3
    CHANGE = 4


class Clear(msgspec.Struct, frozen=True):
    """All digits dark."""


class Show(msgspec.Struct, frozen=True):
    """Up to eight digits, each with or without a point."""

    digits: str


class Lamp(msgspec.Struct, frozen=True):
    """Lights one label."""

    label: Label


Frame = Clear | Show | Lamp


def encode(frame: Frame) -> bytes:
    """The bytes of a frame as they go on the wire; ValueError for what digits cannot show."""
    match frame:
        case Show(digits):
            if not SHOWABLE.fullmatch(digits):
                raise ValueError(f"{digits!r}, at most {DIGITS_MAX} digits expected")
            return SHOW + digits.encode("ascii") + bytes([END])
        case Lamp(label):
            return LAMP + str(int(label)).encode("ascii")
    return CLEAR


class Decoder(ScanDecoder[Frame]):
    """The display's side of the line, for simulators and for the technician's monitor."""

    def _step(self) -> tuple[int, Frame | None] | None:
        buffer = bytes(self._buffer)
        if buffer.startswith(CLEAR):
            return 1, Clear()
        if buffer.startswith(LAMP) and len(buffer) > len(LAMP):
            number = buffer[len(LAMP)] - ord("0")
            return (len(LAMP) + 1, Lamp(Label(number))) if 0 <= number <= max(Label) else self._wrong_length()
        if buffer.startswith(SHOW):
            return self._digits(buffer)
        return None if SHOW.startswith(buffer) or LAMP.startswith(buffer) else (1, None)

    def _digits(self, buffer: bytes) -> tuple[int, Frame | None] | None:
        end = buffer.find(END)
        text = buffer[len(SHOW) : None if end < 0 else end].decode("latin-1")
        if not SHOWABLE.fullmatch(text):
            return self._wrong_length()
        return None if end < 0 else (end + 1, Show(text))
