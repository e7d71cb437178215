"""Scanners that speak in lines: text ended by CR, LF or TAB, with an optional STX or AIM prefix; no I/O, no clock.

AIM (ISO/IEC 15424): `]`, a letter for the symbology, a modifier. Text is UTF-8, or GB18030 where it is not UTF-8.
"""

import re
from typing import Final

import msgspec

STX: Final = 0x02
ENDS: Final = frozenset(b"\r\n\t")
ETX: Final = 0x03
LINE_MOST_BYTES: Final = 1024
AIM: Final = re.compile(r"\][A-Za-z][0-9A-Za-z]")
CHARSETS: Final = ("utf-8", "gb18030")


class Frame(msgspec.Struct, frozen=True):
    """One scanned line; `aim` such as "]Q1" where the scanner says which code it was. The repr shows neither."""

    text: str
    aim: str = ""

    def __repr__(self) -> str:
        return f"Frame({len(self.text)} characters)"


class CodecStats(msgspec.Struct):
    """What went through one decoder since it was made; `charset_errors` are lines that are no text."""

    frames: int = 0
    length_errors: int = 0
    charset_errors: int = 0
    noise_bytes: int = 0


def encode(frame: Frame) -> bytes:
    """The line as a scanner sends it."""
    return (frame.aim + frame.text).encode() + b"\r"


class Decoder:
    """Lines out of any stream; never raises, keeps at most one line and wipes it."""

    def __init__(self, line_most_bytes: int = LINE_MOST_BYTES) -> None:
        self.stats = CodecStats()
        self._most = line_most_bytes
        self._line = bytearray()
        self._too_long = False

    @property
    def buffered_bytes(self) -> int:
        return len(self._line)

    def feed(self, data: bytes) -> list[Frame]:
        """The lines completed by these bytes; one that is too long is dropped up to its end."""
        frames: list[Frame] = []
        for byte in data:
            if byte in ENDS:
                self._end(frames)
            elif byte == STX:
                self.idle()
            elif len(self._line) == self._most or self._too_long:
                self.stats.length_errors += not self._too_long
                self._too_long = True
                self._wipe()
            else:
                self._line.append(byte)
        return frames

    def idle(self) -> list[Frame]:
        """The line went quiet: half a line is nothing."""
        self.stats.noise_bytes += len(self._line)
        self._wipe()
        self._too_long = False
        return []

    def _end(self, frames: list[Frame]) -> None:
        content, too_long = bytes(self._line).rstrip(bytes([ETX])), self._too_long
        self._wipe()
        self._too_long = False
        if too_long or not content:
            return
        text = _text(content)
        if text is None:
            self.stats.charset_errors += 1
            return
        aim = AIM.match(text)
        found = Frame(text[aim.end() :], aim[0]) if aim else Frame(text)
        if found.text:
            self.stats.frames += 1
            frames.append(found)

    def _wipe(self) -> None:
        self._line[:] = bytes(len(self._line))
        self._line.clear()


def _text(content: bytes) -> str | None:
    for charset in CHARSETS:
        try:
            text = content.decode(charset)
        except UnicodeDecodeError:
            continue
        return text if text.isprintable() else None
    return None
