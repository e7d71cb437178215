"""LED text strips on RS-485, "AA-BB": `AA ADDR BB 51 54 … FF`; probe `AA ADDR 55`; the strip answers `1B`.

Two kinds are sold that differ in the check alone: an XOR behind the text, or a sum before the style. It covers style
and text only, and no check is on address, command, probe and power: what is damaged there is taken by another strip
or by none. A strip answers a wrong check with silence. No I/O, no clock.
"""

import re
from enum import StrEnum
from functools import reduce
from operator import xor
from typing import Final

import msgspec

from devices.codecs.scan import ScanDecoder

HEAD: Final = 0xAA
SELECT: Final = 0xBB
PROBE: Final = 0x55
END: Final = 0xFF
ACK: Final = 0x1B
ON: Final = bytes.fromhex("4F41")
OFF: Final = bytes.fromhex("4F46")
TEXT: Final = {bytes.fromhex("5154"): False, bytes.fromhex("5144"): True}
"""The command that shows a text, and whether the strip keeps it in its flash."""
TEXT_MAX_BYTES: Final = 200
COMMAND_BYTES: Final = 5
STYLE_BYTES: Final = 5
FRAME_MAX_BYTES: Final = COMMAND_BYTES + STYLE_BYTES + TEXT_MAX_BYTES + 2
FALLBACK: Final = "□"


class Variant(StrEnum):
    """Which check a strip wants."""

    XOR = "xor"
    SUM = "sum"


class Charset(StrEnum):
    """What a strip can show; the older ones know GB 2312 only."""

    GB2312 = "gb2312"
    GBK = "gbk"
    GB18030 = "gb18030"


class Style(msgspec.Struct, frozen=True):
    """How a text appears: way (1 moves left, 0B at once), speed 0-7, delay 0-99, colour 0-2, and how long it is valid."""

    show: int = 0x0B
    speed: int = 5
    delay: int = 0
    colour: int = 0
    valid: int = 0x63


class Probe(msgspec.Struct, frozen=True):
    """Is there a strip of this address?"""

    addr: int


class Power(msgspec.Struct, frozen=True):
    """Lights the strip, or darkens it."""

    addr: int
    on: bool


class Show(msgspec.Struct, frozen=True):
    """Shows a text, kept over a power cut if `flash`; a flash wears out, so never for calls."""

    addr: int
    text: bytes
    style: Style = Style()
    flash: bool = False


Frame = Probe | Power | Show


def encode(frame: Frame, variant: Variant) -> bytes:
    """The bytes of a frame as they go on the wire; ValueError if a field does not fit."""
    match frame:
        case Probe(addr):
            return bytes([HEAD, addr, PROBE])
        case Power(addr, on):
            return bytes([HEAD, addr, SELECT]) + (ON if on else OFF)
    command = next(command for command, flash in TEXT.items() if flash is frame.flash)
    return bytes([HEAD, frame.addr, SELECT]) + command + _checked(frame, variant) + bytes([END])


def _checked(frame: Show, variant: Variant) -> bytes:
    text = frame.text
    body = bytes(msgspec.structs.astuple(frame.style)) + text
    if check_of(body, variant) == END:  # the strip would take the check for the end: a space behind changes it
        body, text = body + b" ", text + b" "
    if len(text) > TEXT_MAX_BYTES or END in body:
        raise ValueError(f"a text of {len(text)} bytes, or one with FF in it")
    check = bytes([check_of(body, variant)])
    return body + check if variant is Variant.XOR else check + body


def check_of(body: bytes, variant: Variant) -> int:
    """The check over style and text."""
    return reduce(xor, body) if variant is Variant.XOR else sum(body) & 0xFF


def encode_text(text: str, columns: int, charset: Charset = Charset.GB2312) -> bytes:
    """At most so many columns, Chinese two wide, whole characters only; what the strip cannot show becomes □."""
    encoded, width = b"", 0
    for char in re.sub(r"[\x00-\x1f\x7f-\x9f]", "", text):
        try:
            piece = char.encode(charset)
        except UnicodeEncodeError:
            piece = FALLBACK.encode(charset)
        width += 1 if len(piece) == 1 else 2
        if width > columns or len(encoded) + len(piece) >= TEXT_MAX_BYTES:
            break
        encoded += piece
    return encoded


class Decoder(ScanDecoder[Frame]):
    """A strip's side of the line, for simulators and for the technician's monitor."""

    def __init__(self, variant: Variant) -> None:
        super().__init__()
        self._variant = variant

    def _step(self) -> tuple[int, Frame | None] | None:
        buffer = self._buffer
        if buffer[0] != HEAD:
            return 1, None
        if len(buffer) < 3:
            return None
        if buffer[2] == PROBE:
            return 3, Probe(buffer[1])
        if buffer[2] != SELECT:
            return 1, None
        if len(buffer) < COMMAND_BYTES:
            return None
        command = bytes(buffer[3:COMMAND_BYTES])
        if command in (ON, OFF):
            return COMMAND_BYTES, Power(buffer[1], command == ON)
        return self._text() if command in TEXT else (1, None)

    def _text(self) -> tuple[int, Frame | None] | None:
        """A text ends at the first FF where the check is right; a false head may hold a good text."""
        found = self._show_at(0)
        if found is not None:
            return found
        if self._buffer[-1] == END:
            for at in range(1, len(self._buffer) - COMMAND_BYTES):
                if self._buffer[at] == HEAD and self._show_at(at) is not None:
                    return at, None
        return self._wrong_check() if len(self._buffer) >= FRAME_MAX_BYTES else None

    def _show_at(self, at: int) -> tuple[int, Show] | None:
        buffer, begin = self._buffer, at + COMMAND_BYTES
        flash = TEXT.get(bytes(buffer[at + 3 : begin]))
        if flash is None or buffer[at + 2] != SELECT:
            return None
        end = buffer.find(END, begin + STYLE_BYTES + 1)
        while end >= 0:
            inner = bytes(buffer[begin:end])
            body, check = (inner[:-1], inner[-1]) if self._variant is Variant.XOR else (inner[1:], inner[0])
            if check_of(body, self._variant) == check:
                return end + 1 - at, Show(buffer[at + 1], body[STYLE_BYTES:], Style(*body[:STYLE_BYTES]), flash)
            end = buffer.find(END, end + 1)
        return None
