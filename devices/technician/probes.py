"""Harmless questions to an unknown device: nothing beeps, lights, switches or prints, and each answer is checked.

A probe asks on an open line at one speed. It finds a device only by an answer that cannot be chance: a frame with its
check, or several answers of one byte that all have the right fixed bits. What an adapter echoes is taken away first.
"""

from collections.abc import Awaitable, Callable, Mapping
from enum import StrEnum
from typing import Final

import msgspec

from devices.codecs import aabb, ff68, htp1, sam, syn6288
from devices.codecs.htp1 import ACK_REQ, ADDR_ALONE, Frame
from devices.codecs.htp1_messages import DeviceClass, Hello, HelloAck, pack, unpack
from devices.drivers import DRIVERS
from devices.drivers.aabb_line import probe as strip_probe
from devices.events import Identity, Role
from devices.technician.addresses import AddressDesk
from devices.technician.line import OpenLine

REPLY_S: Final = 0.2
HELLO_BYTES: Final = 48
SAM_BYTES: Final = 11
BUS_SLOTS: Final = 8
STRIP_ADDRESSES: Final = range(0x01, 0x20)
STRIP_GLANCE_S: Final = 0.03
STRIP_MOST: Final = 4
"""More strips than this on one line are no strips: something answers whatever it hears."""
STATUS_MASK: Final = 0x93
STATUS_FIXED: Final = 0x12
ESCPOS_KINDS: Final = (1, 2, 4)
ESCPOS_CLEAR: Final = b"\x1b\x40"
"""What earlier probes left in the print buffer must not come out on the next ticket."""


class Trial(StrEnum):
    """What is tried, in this order."""

    LISTEN = "listen"
    HTP1 = "htp1"
    SAM = "sam"
    SYN6288 = "syn6288"
    ESCPOS = "escpos"
    AABB = "aabb"


class Answered(msgspec.Struct, frozen=True):
    """A device that proved itself; `evidence` is the answer, never more than protocol.

    `addresses` of strips, and of HTP/1 devices where several share the line; `identity` is then the first one's.
    """

    driver: str
    identity: Identity
    evidence: bytes
    echo: bool = False
    addresses: tuple[int, ...] = ()

    @property
    def roles(self) -> tuple[Role, ...]:
        """What such a device can serve as."""
        return tuple(sorted(DRIVERS[self.driver].roles))


BY_CLASS: Final[Mapping[int, str]] = {
    DeviceClass.RATING_PAD: "pad_htp1",
    DeviceClass.WINDOW_DISPLAY: "window_htp1",
    DeviceClass.LAMP: "lamp_htp1",
    DeviceClass.BOARD: "window_htp1",
}

Probe = Callable[[OpenLine], Awaitable[Answered | None]]


def reply_limit_s(line: OpenLine, sent: int, answer: int) -> float:
    """How long an answer may take at this speed."""
    return REPLY_S + line.link.line.transfer_s(sent + answer)


async def ask(line: OpenLine, wire: bytes, answer_bytes: int) -> tuple[bytes, bool]:
    """The answer without an echo, and whether there was one; asked for `answer_bytes`, ends early with them."""
    limit_s = reply_limit_s(line, len(wire), answer_bytes)
    most = len(wire) + answer_bytes
    heard = await line.ask(wire, limit_s, lambda heard: len(heard) >= (most if heard[:2] == wire[:2] else answer_bytes))
    echo = heard.startswith(wire)
    return (heard[len(wire) :] if echo else heard), echo


async def probe_htp1(line: OpenLine) -> Answered | None:
    """HELLO to whoever is alone."""
    kind, payload = pack(Hello())
    wire = htp1.encode(Frame(ADDR_ALONE, kind, 1, payload, ACK_REQ))
    found: list[Answered] = []

    def enough(heard: bytes) -> bool:
        echo = heard.startswith(wire)
        found[:] = hello_answers(heard, echo=echo)
        return bool(found)

    for _ in range(2):  # once more only if something came that was damaged
        heard = await line.ask(wire, reply_limit_s(line, len(wire), HELLO_BYTES), enough)
        if found or not heard.replace(wire, b""):
            break
    if found:
        return found[0]
    return await _several(line) if heard.replace(wire, b"").count(htp1.FLAG) >= 2 else None


async def _several(line: OpenLine) -> Answered | None:
    """Frames came, all spoiled: perhaps several answered at once, so each is asked in a slot of its own."""
    desk = AddressDesk(line.link)
    try:
        found = await desk.discover(BUS_SLOTS)
    finally:
        line.take_back()
    if not found:
        return None
    first = found[0]
    identity = Identity(first.model, first.serial, address=first.address)
    addresses = tuple(sorted({one.address for one in found}))
    return Answered(BY_CLASS.get(first.device_class, "null"), identity, first.serial.encode(), addresses=addresses)


def hello_answers(heard: bytes, *, echo: bool = False) -> list[Answered]:
    """Every HELLO_ACK in these bytes, with its proof."""
    found = []
    for frame in htp1.Decoder().feed(heard):
        message = unpack(frame) if frame.from_device else None
        if isinstance(message, HelloAck):
            identity = Identity(
                message.model, message.serial, message.fw, str(message.hw), message.boot, frame.addr, message.nkeys
            )
            driver = BY_CLASS.get(message.device_class, "null")
            found.append(Answered(driver, identity, htp1.encode(frame), echo))
    return found


async def probe_sam(line: OpenLine) -> Answered | None:
    """The status of a card reader; it does not look for a card."""
    wire = sam.encode(sam.Frame(sam.Command.STATUS.value))
    heard, echo = await ask(line, wire, SAM_BYTES)
    for frame in sam.Decoder().feed(heard):
        if frame.status == sam.Status.OK and not frame.data:
            return Answered("idcard_sam", Identity(model="SAM"), sam.encode(frame), echo)
    return None


async def probe_syn(line: OpenLine) -> Answered | None:
    """Whether it speaks just now, asked twice."""
    wire = syn6288.encode(syn6288.Frame(syn6288.Command.QUERY))
    states = {bytes([syn6288.Reply.ACCEPTED, state]) for state in (syn6288.Reply.BUSY, syn6288.Reply.IDLE)}
    for _ in range(2):
        heard, echo = await ask(line, wire, 2)
        if heard not in states:
            return None
    return Answered("voice_syn", Identity(model="SYN6288"), heard, echo)


async def probe_escpos(line: OpenLine) -> Answered | None:
    """The state of a printer by three kinds of real-time status, each of one byte."""
    evidence = b""
    for kind in ESCPOS_KINDS:
        heard, echo = await ask(line, bytes([0x10, 0x04, kind]), 1)
        if len(heard) != 1 or heard[0] & STATUS_MASK != STATUS_FIXED:
            return None
        evidence += heard
    await line.send(ESCPOS_CLEAR)
    return Answered("printer_escpos", Identity(), evidence, echo)


async def probe_aabb(line: OpenLine) -> Answered | None:
    """Each address in turn, briefly; what answers is asked again with patience, and those behind it too.

    One at a time: on two wires an answer would collide with the next question.
    """
    for address in STRIP_ADDRESSES:
        if not await strip_answers(line, address, STRIP_GLANCE_S):
            continue
        found: list[int] = []
        for one in range(max(1, address - 1), address + STRIP_MOST + 1):
            if await strip_answers(line, one, REPLY_S):
                found.append(one)
            elif one >= address:
                break
        if found:
            echo = bytes(line.heard).startswith(strip_probe(0)[:1])
            real = len(found) <= STRIP_MOST
            identity = Identity(address=found[0])
            return Answered("window_aabb", identity, bytes([aabb.ACK]), echo, tuple(found)) if real else None
    return None


async def strip_answers(line: OpenLine, address: int, limit_s: float) -> bool:
    """Whether a strip of this address says that it is there, and nothing else is said."""
    wire = strip_probe(address)
    limit_s += line.link.line.transfer_s(len(wire) + 1)
    heard = await line.ask(wire, limit_s, lambda heard: aabb.ACK in heard.removeprefix(wire))
    return heard.removeprefix(wire) == bytes([aabb.ACK])


def passive(heard: bytes) -> Answered | None:
    """What says enough of itself unasked: frames of a caller keypad or pad with their check."""
    decoder = ff68.Decoder()
    for frame in decoder.feed(heard) + decoder.idle():
        identity = Identity(serial=f"ff68-{frame.addr}", address=frame.addr)
        return Answered("pad_ff68", identity, ff68.encode(frame))
    return None


PROBES: Final[Mapping[Trial, Probe]] = {
    Trial.HTP1: probe_htp1,
    Trial.SAM: probe_sam,
    Trial.SYN6288: probe_syn,
    Trial.ESCPOS: probe_escpos,
    Trial.AABB: probe_aabb,
}
