"""HTP/1 framing: bytes on the wire to frames and back; no I/O, no clock.

Wire: `7E` body `7E`, body = `CTL ADDR TYPE SEQ LEN PAYLOAD[0..200] CRChi CRClo`, CRC-16/CCITT-FALSE over
CTL..PAYLOAD. Escapes after the CRC keep `7E`, `7D`, XON and XOFF off the wire. A `7E` always closes garbage, so noise
costs at most the damaged frame.
"""

import binascii
from typing import Final

import msgspec

FLAG: Final = 0x7E
ESCAPE: Final = 0x7D
XON: Final = 0x11
XOFF: Final = 0x13
ESCAPED: Final = {FLAG: 0x02, ESCAPE: 0x01, XON: 0x03, XOFF: 0x04}
UNESCAPED: Final = {code: byte for byte, code in ESCAPED.items()}

ACK_REQ: Final = 0x01
RETRANSMIT: Final = 0x02
FROM_DEVICE: Final = 0x04
VERSION: Final = 0x40
VERSION_MASK: Final = 0xF8

ADDR_ALONE: Final = 0xFE
"""Whoever is alone on this line."""
ADDR_ALL: Final = 0xFF
"""Everyone; never answered."""

HEAD_BYTES: Final = 5
CRC_BYTES: Final = 2
PAYLOAD_MAX_BYTES: Final = 200
BODY_MAX_BYTES: Final = HEAD_BYTES + PAYLOAD_MAX_BYTES + CRC_BYTES


class Frame(msgspec.Struct, frozen=True):
    """One HTP/1 frame; `flags` are the low bits of CTL."""

    addr: int
    type: int
    seq: int
    payload: bytes = b""
    flags: int = 0

    @property
    def ack_req(self) -> bool:
        return bool(self.flags & ACK_REQ)

    @property
    def retransmit(self) -> bool:
        return bool(self.flags & RETRANSMIT)

    @property
    def from_device(self) -> bool:
        return bool(self.flags & FROM_DEVICE)


class CodecStats(msgspec.Struct):
    """What went through one decoder since it was made."""

    frames: int = 0
    crc_errors: int = 0
    length_errors: int = 0
    escape_errors: int = 0
    other_version: int = 0
    noise_bytes: int = 0

    @property
    def bad(self) -> int:
        return self.crc_errors + self.length_errors + self.escape_errors


def crc16(data: bytes) -> int:
    """CRC-16/CCITT-FALSE (init FFFF, poly 1021); "123456789" gives 29B1."""
    return binascii.crc_hqx(data, 0xFFFF)


def encode(frame: Frame) -> bytes:
    """The bytes of a frame as they go on the wire; ValueError if a field does not fit."""
    if len(frame.payload) > PAYLOAD_MAX_BYTES:
        raise ValueError(f"payload of {len(frame.payload)} bytes, at most {PAYLOAD_MAX_BYTES}")
    if frame.flags & VERSION_MASK:
        raise ValueError(f"flags {frame.flags:#x} reach into the version bits")
    body = bytes([VERSION | frame.flags, frame.addr, frame.type, frame.seq, len(frame.payload)]) + frame.payload
    body += crc16(body).to_bytes(CRC_BYTES, "big")
    wire = bytearray([FLAG])
    for byte in body:
        code = ESCAPED.get(byte)
        wire += bytes([byte]) if code is None else bytes([ESCAPE, code])
    wire.append(FLAG)
    return bytes(wire)


class Decoder:
    """Frames out of a stream that may be cut anywhere and hold anything; never raises, keeps at most one body."""

    def __init__(self) -> None:
        self.stats = CodecStats()
        self._body = bytearray()
        self._in_body = False
        self._escaping = False

    @property
    def buffered_bytes(self) -> int:
        return len(self._body)

    def feed(self, data: bytes) -> list[Frame]:
        """The frames completed by these bytes, in order."""
        frames: list[Frame] = []
        for byte in data:
            if byte == FLAG:
                frame = self._close()
                if frame is not None:
                    frames.append(frame)
            elif not self._in_body:
                self.stats.noise_bytes += 1
            else:
                self._take(byte)
        return frames

    def idle(self) -> list[Frame]:
        """The line went quiet: nothing to do, the next `7E` resynchronises and a slow sender keeps its half frame."""
        return []

    def _take(self, byte: int) -> None:
        if byte in (XON, XOFF):
            self.stats.noise_bytes += 1  # flow control put in by an adapter; never part of a frame
        elif self._escaping:
            self._escaping = False
            plain = UNESCAPED.get(byte)
            if plain is None:
                self.stats.escape_errors += 1
                self._hunt()
            else:
                self._append(plain)
        elif byte == ESCAPE:
            self._escaping = True
        else:
            self._append(byte)

    def _append(self, byte: int) -> None:
        if len(self._body) == BODY_MAX_BYTES:
            self.stats.length_errors += 1
            self._hunt()
        else:
            self._body.append(byte)

    def _hunt(self) -> None:
        self._body.clear()
        self._in_body = False
        self._escaping = False

    def _close(self) -> Frame | None:
        body, cut_in_escape = bytes(self._body), self._escaping
        self._body.clear()
        self._in_body = True
        self._escaping = False
        if cut_in_escape:
            self.stats.escape_errors += 1
            return None
        return self._check(body) if body else None

    def _check(self, body: bytes) -> Frame | None:
        payload_bytes = len(body) - HEAD_BYTES - CRC_BYTES
        if payload_bytes < 0 or body[4] != payload_bytes:
            self.stats.length_errors += 1
            return None
        if crc16(body[:-CRC_BYTES]) != int.from_bytes(body[-CRC_BYTES:], "big"):
            self.stats.crc_errors += 1
            return None
        if body[0] & VERSION_MASK != VERSION:
            self.stats.other_version += 1
            return None
        self.stats.frames += 1
        return Frame(body[1], body[2], body[3], body[HEAD_BYTES:-CRC_BYTES], body[0] & ~VERSION_MASK)
