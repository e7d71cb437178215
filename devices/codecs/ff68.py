"""Caller keypad, rating pad and window digits on one RS-485 line: `FF 68 L L 68 ADDR FUNC DATA CS 16`.

L = 2 + len(DATA), CS = (ADDR + FUNC + sum of DATA) mod 256. The sum sees every single flipped bit and every cut, but
no two bytes that changed places and 6 % of two flipped bits: a press on this line proves little. No I/O, no clock.
"""

import re
from enum import IntEnum
from typing import Final

import msgspec

from devices.codecs.scan import ScanDecoder

HEAD: Final = bytes.fromhex("FF68")
SECOND_HEAD: Final = 0x68
END: Final = 0x16
HEAD_BYTES: Final = 5
TAIL_BYTES: Final = 2
LENGTH_LEAST: Final = 2
DATA_MAX_BYTES: Final = 16
LENGTH_MOST: Final = LENGTH_LEAST + DATA_MAX_BYTES
FRAME_MAX_BYTES: Final = HEAD_BYTES + LENGTH_MOST + TAIL_BYTES

BLANK: Final = 0x0A
START_RATING: Final = 0x0B
PLACES: Final = 3
STARS_MOST: Final = 5


class Func(IntEnum):
    """The FUNC byte: 01 keys of the caller keypad and the host's word to the pad, 11 a key of the pad."""

    KEY = 0x01
    SHOW = 0x02
    BEEP = 0x03
    PAD_KEY = 0x11


class Frame(msgspec.Struct, frozen=True):
    """One frame of either direction; nothing in it says which."""

    addr: int
    func: int
    data: bytes = b""


def encode(frame: Frame) -> bytes:
    """The bytes of a frame as they go on the wire; ValueError if a field does not fit."""
    if len(frame.data) > DATA_MAX_BYTES:
        raise ValueError(f"data of {len(frame.data)} bytes, at most {DATA_MAX_BYTES}")
    body = bytes([frame.addr, frame.func]) + frame.data
    return HEAD + bytes([len(body), len(body), SECOND_HEAD]) + body + bytes([sum(body) & 0xFF, END])


def start_rating(addr: int) -> Frame:
    """The pad asks for a rating."""
    return Frame(addr, Func.KEY, bytes([START_RATING]))


def rating_taken(addr: int, wire_key: int) -> Frame:
    """The host's answer to a press, after the commit."""
    return Frame(addr, Func.KEY, bytes([wire_key]))


def beep(addr: int) -> Frame:
    """Finds a device by ear; the only way to learn that it is there."""
    return Frame(addr, Func.BEEP)


def stars(addr: int, count: int) -> Frame:
    """What the pad shows between services; ValueError for more than five."""
    if not 0 <= count <= STARS_MOST:
        raise ValueError(f"{count} stars, 0 to {STARS_MOST} expected")
    return Frame(addr, Func.SHOW, bytes([count]))


def digits(addr: int, *, waiting: str = "", ticket: str = "") -> Frame:
    """The two groups of three digits over a window; "" leaves a group dark, longer numbers lose their front."""
    return Frame(addr, Func.SHOW, _group(waiting) + _group(ticket))


def ticket_number(text: str) -> str:
    """The ticket in a sentence: the first run of three digits or more; "" if there is none, as on a break."""
    found = re.search(r"[0-9]{3,}", text)
    return found[0] if found else ""


def _group(number: str) -> bytes:
    if not re.fullmatch(r"[0-9]*", number):
        raise ValueError(f"{number!r} is no number")
    places = bytes(int(digit) for digit in number[-PLACES:])
    return bytes([BLANK]) * (PLACES - len(places)) + places


class Decoder(ScanDecoder[Frame]):
    """Frames out of any stream; call `idle` when the line was quiet, a false head may hold a good frame back."""

    def _step(self) -> tuple[int, Frame | None] | None:
        buffer = self._buffer
        if not HEAD.startswith(buffer[: len(HEAD)]):
            return 1, None
        if len(buffer) < HEAD_BYTES:
            return None
        length = buffer[2]
        if length != buffer[3] or buffer[4] != SECOND_HEAD or not LENGTH_LEAST <= length <= LENGTH_MOST:
            return self._wrong_length()
        size = HEAD_BYTES + length + TAIL_BYTES
        if len(buffer) < size:
            return None
        body = bytes(buffer[HEAD_BYTES : HEAD_BYTES + length])
        if buffer[size - 2] != sum(body) & 0xFF or buffer[size - 1] != END:
            return self._wrong_check()
        return size, Frame(body[0], body[1], body[2:])
