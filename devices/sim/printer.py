"""The simulated ESC/POS ticket printer: answers its state, and turns what it receives into text slips."""

from typing import Final

import msgspec

DLE, ESC, FS, GS, LF = 0x10, 0x1B, 0x1C, 0x1D, 0x0A
FIXED_BITS: Final = 0x12
OFFLINE_BIT: Final = 0x08
COVER_BIT: Final = 0x04
PAPER_STOP_BIT: Final = 0x20
PAPER_END_BITS: Final = 0x60
PAPER_LOW_BITS: Final = 0x0C

PARAMETERS: Final[dict[tuple[int, int], int]] = {
    (DLE, 0x04): 1,
    (ESC, ord("@")): 0,
    (ESC, ord("!")): 1,
    (ESC, ord("a")): 1,
    (ESC, ord("E")): 1,
    (ESC, ord("d")): 1,
    (ESC, ord("t")): 1,
    (FS, ord("&")): 0,
    (FS, ord(".")): 0,
    (GS, ord("!")): 1,
}
"""Bytes after the two of a command; the others have a length of their own."""
CUT: Final = (GS, ord("V"))
CUT_WITH_FEED: Final = (65, 66)
BLOCK: Final = (GS, ord("("))
QR_STORE: Final = bytes([0x31, 0x50, 0x30])


class Slip(msgspec.Struct, frozen=True):
    """One cut piece of paper."""

    text: str
    qr: str = ""


class SimPrinter:
    """`slips` is the paper that came out; the switches are what a technician meets."""

    def __init__(self) -> None:
        self.slips: list[Slip] = []
        self.paper_out = False
        self.paper_low = False
        self.cover_open = False
        self.offline = False
        self.paper_out_after_bytes: int | None = None
        self.command_errors = 0
        self._pending = bytearray()
        self._text = bytearray()
        self._qr = ""

    def received(self, data: bytes, now_ms: int) -> bytes:
        self._pending += data
        answers = bytearray()
        while self._pending:
            size = self._command_bytes()
            if size is None:
                break
            command, self._pending = bytes(self._pending[:size]), self._pending[size:]
            answers += self._obey(command)
        return bytes(answers)

    def tick(self, now_ms: int) -> bytes:
        return b""

    def next_ms(self) -> int | None:
        return None

    def status(self, kind: int) -> int:
        """The answer to DLE EOT `kind`."""
        blocked = self.offline or self.cover_open or self.paper_out
        bits = {
            1: OFFLINE_BIT if blocked else 0,
            2: (COVER_BIT if self.cover_open else 0) | (PAPER_STOP_BIT if self.paper_out else 0),
            4: (PAPER_END_BITS if self.paper_out else 0) | (PAPER_LOW_BITS if self.paper_low else 0),
        }
        return FIXED_BITS | bits.get(kind, 0)

    def _command_bytes(self) -> int | None:
        """The size of the command at the front, None if it is not all there."""
        first = self._pending[0]
        if first not in (DLE, ESC, FS, GS):
            return 1
        if len(self._pending) < 2:
            return None
        head = (first, self._pending[1])
        size = 2 + PARAMETERS.get(head, 0)
        if head == CUT:
            size = 3
            if len(self._pending) >= 3 and self._pending[2] in CUT_WITH_FEED:
                size = 4
        elif head == BLOCK:
            if len(self._pending) < 5:
                return None
            size = 5 + self._pending[3] + 256 * self._pending[4]
        elif head not in PARAMETERS:
            self.command_errors += 1
        return size if len(self._pending) >= size else None

    def _obey(self, command: bytes) -> bytes:
        head = (command[0], command[1]) if len(command) > 1 else (0, 0)
        if head == (DLE, 0x04):
            return bytes([self.status(command[2])])
        if head == CUT:
            self._cut()
        elif head == BLOCK and command[5:8] == QR_STORE:
            self._qr = command[8:].decode("utf-8", "replace")
        elif len(command) == 1:
            self._print(command)
        return b""

    def _print(self, byte: bytes) -> None:
        if self.paper_out_after_bytes is not None:
            self.paper_out_after_bytes -= 1
            if self.paper_out_after_bytes <= 0:
                self.paper_out, self.paper_out_after_bytes = True, None
        if not (self.paper_out or self.cover_open or self.offline):
            self._text += byte

    def _cut(self) -> None:
        if self._text and not self.paper_out:
            self.slips.append(Slip(self._text.decode("gb18030", "replace"), self._qr))
        self._text.clear()
        self._qr = ""
