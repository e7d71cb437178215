"""Relays and tower lamps on Modbus RTU, coils only: `ADDR FUNC … CRClo CRChi`, CRC-16/MODBUS; no I/O, no clock.

A master's frames and the answers look alike, so an answer is read against its request.
"""

from enum import IntEnum
from typing import Final

import msgspec

CRC_BYTES: Final = 2
COIL_ON: Final = b"\xff\x00"
COIL_OFF: Final = b"\x00\x00"
FAILED: Final = 0x80
COILS_MOST: Final = 2000


class Func(IntEnum):
    """The FUNC byte."""

    READ_COILS = 0x01
    WRITE_COIL = 0x05


class ReadCoils(msgspec.Struct, frozen=True):
    """Which of `count` coils from `first` on are on?"""

    addr: int
    first: int
    count: int


class WriteCoil(msgspec.Struct, frozen=True):
    """Switches one coil; the answer is the request itself."""

    addr: int
    coil: int
    on: bool


class Refused(msgspec.Struct, frozen=True):
    """The device says why it does not: 1 function, 2 address, 3 value, 4 failure."""

    code: int


Request = ReadCoils | WriteCoil


def crc16(data: bytes) -> int:
    """CRC-16/MODBUS (init FFFF, reflected poly A001); "123456789" gives 4B37."""
    crc = 0xFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0xA001 if crc & 1 else 0)
    return crc


def sealed(body: bytes) -> bytes:
    """A body with its CRC, low byte first."""
    return body + crc16(body).to_bytes(CRC_BYTES, "little")


def encode(request: Request) -> bytes:
    """The bytes of a request as they go on the wire; ValueError or OverflowError if a field does not fit."""
    match request:
        case WriteCoil(addr, coil, on):
            return sealed(bytes([addr, Func.WRITE_COIL]) + coil.to_bytes(2, "big") + (COIL_ON if on else COIL_OFF))
        case ReadCoils(addr, first, count) if 1 <= count <= COILS_MOST:
            return sealed(bytes([addr, Func.READ_COILS]) + first.to_bytes(2, "big") + count.to_bytes(2, "big"))
    raise ValueError(f"{request.count} coils, 1 to {COILS_MOST} expected")


def read_answer(request: Request, data: bytes) -> tuple[bool, ...] | Refused | None:
    """The states of the coils asked for or written, in order; None if this is not (yet) the answer."""
    if len(data) < 3 + CRC_BYTES or data[0] != request.addr or sealed(data[:-CRC_BYTES]) != data:
        return None
    func = Func.WRITE_COIL if isinstance(request, WriteCoil) else Func.READ_COILS
    if data[1] == func | FAILED and len(data) == 3 + CRC_BYTES:
        return Refused(data[2])
    if isinstance(request, WriteCoil):
        return (request.on,) if data == encode(request) else None
    size = (request.count + 7) // 8
    if data[1] != func or data[2] != size or len(data) != 3 + size + CRC_BYTES:
        return None
    bits = int.from_bytes(data[3 : 3 + size], "little")
    return tuple(bool(bits >> place & 1) for place in range(request.count))
