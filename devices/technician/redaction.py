"""Which received bytes may be shown: card and identity content never is, and hidden bytes are kept nowhere.

Two rules work on every line, whatever is known of it: behind the preamble of a SAM frame only its status is shown, and
of a run of digits only the first six, then nothing up to the end of the line (PCI DSS 3.4.1 allows the issuer's six; the
first six of GB 11643 are a division, not a person). Of a SAM line nothing else is shown, of a scanner nothing at all.
"""

from typing import Final

from devices.codecs.sam import LENGTH_BYTES, LENGTH_MOST, PREAMBLE, STATUS_BYTES

DIGITS_SHOWN: Final = 6
STATUS_FRAME: Final = STATUS_BYTES + 1
"""LEN of a frame that is nothing but a status and its check."""
DIGITS: Final = frozenset(b"0123456789")
BETWEEN_DIGITS: Final = frozenset(b" -\0")
"""A printed card number has gaps, UTF-16 has zeros between."""
LINE_ENDS: Final = frozenset(b"\r\n\t\x02\x03")
TEXTLESS: Final = frozenset({"htp1", "ff68", "aabb", "lcus", "syn", "escpos"})
"""Protocols whose devices have no card to read: their digits are serial numbers."""


class Redactor:
    """One direction of one line; `shown` is asked for each byte, once and in order."""

    def __init__(self, protocol: str = "") -> None:
        self._line = protocol == "line"
        self._digits = None if protocol in TEXTLESS else _DigitRun()
        self._sam = _SamFrames(strict=protocol == "sam")

    def shown(self, byte: int) -> bool:
        """Whether this byte may be seen."""
        if self._line:
            return byte in LINE_ENDS
        digits = self._digits is None or self._digits.shown(byte)
        return self._sam.shown(byte) and (digits or self._sam.in_frame)


class _DigitRun:
    """More digits than a ticket or a phone's area has: the rest of the line is a card's or a person's."""

    def __init__(self) -> None:
        self._run = 0
        self._hiding = False

    def shown(self, byte: int) -> bool:
        if byte in DIGITS:
            self._run += 1
            self._hiding = self._hiding or self._run > DIGITS_SHOWN
        elif byte not in BETWEEN_DIGITS:
            self._run = 0
        if byte in LINE_ENDS:
            self._hiding = False
        return not self._hiding


class _SamFrames:
    """Follows the frames of a card reader; from the first one on everything between them is hidden too."""

    def __init__(self, *, strict: bool) -> None:
        self._strict = strict
        self._matched = 0
        self._length = bytearray()
        self._place = 0
        self.in_frame = False

    def shown(self, byte: int) -> bool:
        if not self.in_frame:
            return self._outside(byte)
        if len(self._length) < LENGTH_BYTES:
            self._length.append(byte)
            return True
        return self._inside()

    def _outside(self, byte: int) -> bool:
        if byte == PREAMBLE[self._matched]:
            self._matched += 1
        elif not (byte == PREAMBLE[0] and self._matched == PREAMBLE.count(PREAMBLE[0])):  # one AA more changes nothing
            self._matched = int(byte == PREAMBLE[0])
        if self._matched == len(PREAMBLE):
            self._strict = self.in_frame = True
            self._matched = self._place = 0
            self._length.clear()
            return True
        return not self._strict or self._matched > 0

    def _inside(self) -> bool:
        length = min(LENGTH_MOST, int.from_bytes(self._length, "big"))
        self._place += 1
        self.in_frame = self._place < length
        return self._place <= STATUS_BYTES or length == STATUS_FRAME
