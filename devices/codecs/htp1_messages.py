"""HTP/1 messages: what the payload of a frame means. Big endian numbers, GB18030 text; no I/O, no clock.

`pack(message)` gives (type, payload); `unpack(frame)` gives the message, or None for an unknown type or a payload that
does not fit its type.
"""

import struct
from enum import IntEnum, IntFlag
from typing import ClassVar, Final, Self

import msgspec

from devices.codecs.htp1 import PAYLOAD_MAX_BYTES, Frame

REPLY: Final = 0x80
"""A reply has its request's type with this bit set."""


class MessageType(IntEnum):
    """The TYPE byte."""

    HELLO = 0x01
    PING = 0x02
    OPEN = 0x03
    CLOSE = 0x04
    IDLE = 0x05
    TEXT = 0x08
    ACK = 0x10
    RATE = 0x40
    KEY = 0x41
    HEART = 0x42
    FAULT = 0x43
    NAK = 0x7F
    HELLO_ACK = 0x81
    PONG = 0x82
    OPEN_REPLY = 0x83
    CLOSE_REPLY = 0x84
    IDLE_REPLY = 0x85
    TEXT_REPLY = 0x88


class AckCode(IntEnum):
    """What the house made of a rating; sent after the commit."""

    COUNTED = 0
    DUPLICATE = 1
    NO_WINDOW = 2
    LATE = 3
    REFUSED = 4


class CloseReason(IntEnum):
    """Why the house closes a rating window."""

    RATED = 0
    CLERK = 1
    CANCELLED = 2


class ReplyCode(IntEnum):
    """The code of an OPEN, CLOSE, IDLE or TEXT reply."""

    OK = 0
    NOT_THIS_WINDOW = 1


class NakCode(IntEnum):
    """Why a device refuses a request."""

    LENGTH = 1
    UNKNOWN = 2
    BUSY = 3
    WRONG_STATE = 4
    RANGE = 5
    LOCKED = 6


class FaultCode(IntEnum):
    """What a pad reports about itself."""

    STUCK = 1
    FREED = 2
    TAMPER = 3
    TWO_KEYS = 4
    WINDOW_TIMED_OUT = 5
    BROWN_OUT = 6
    EEPROM = 7


class Flags(IntFlag):
    """State flags of HEART and PONG."""

    WINDOW_OPEN = 0x01
    STUCK_KEY = 0x02
    CASE_OPEN = 0x04
    LOW_SUPPLY = 0x08
    UNLOCKED = 0x10
    EEPROM_ERROR = 0x20
    WATCHDOG_RESET = 0x40
    RATING_WAITING = 0x80


class DeviceClass(IntEnum):
    """The class byte of HELLO_ACK."""

    RATING_PAD = 1
    WINDOW_DISPLAY = 2


class Message(msgspec.Struct, frozen=True):
    """A payload of fixed numbers, laid out by FORMAT (struct notation) in field order."""

    TYPE: ClassVar[MessageType]
    FORMAT: ClassVar[str] = ">"

    def payload(self) -> bytes:
        return struct.pack(self.FORMAT, *(getattr(self, field) for field in self.__struct_fields__))

    @classmethod
    def parse(cls, payload: bytes) -> Self:
        """ValueError or struct.error if the payload does not fit."""
        return cls(*struct.unpack(cls.FORMAT, payload))


class Hello(Message, frozen=True):
    TYPE = MessageType.HELLO
    FORMAT = ">B"
    max_version: int = 1


class HelloAck(Message, frozen=True):
    """Who the device is; `boot` changes at each reset."""

    TYPE = MessageType.HELLO_ACK
    FORMAT = ">B8sB3s12sHBH"
    device_class: int
    model: str
    hw: int
    fw: str
    serial: str
    boot: int
    nkeys: int
    caps: int

    def payload(self) -> bytes:
        fw = bytes(int(part) for part in self.fw.split("."))
        model, serial = self.model.encode("ascii").ljust(8), self.serial.encode("ascii").ljust(12)
        return struct.pack(self.FORMAT, self.device_class, model, self.hw, fw, serial, self.boot, self.nkeys, self.caps)

    @classmethod
    def parse(cls, payload: bytes) -> Self:
        device_class, model, hw, fw, serial, boot, nkeys, caps = struct.unpack(cls.FORMAT, payload)
        texts = (model.decode("ascii").rstrip(), serial.decode("ascii").rstrip())
        return cls(device_class, texts[0], hw, ".".join(map(str, fw)), texts[1], boot, nkeys, caps)


class Ping(Message, frozen=True):
    TYPE = MessageType.PING


class Pong(Message, frozen=True):
    """Health; the last two are -1 where the device does not measure them."""

    TYPE = MessageType.PONG
    state: int
    flags: int
    rx_errors: int
    uptime_s: int = -1
    supply_mv: int = -1

    def payload(self) -> bytes:
        head = struct.pack(">BBH", self.state, self.flags, self.rx_errors)
        return head if self.uptime_s < 0 else head + struct.pack(">IH", self.uptime_s, self.supply_mv)

    @classmethod
    def parse(cls, payload: bytes) -> Self:
        return cls(*struct.unpack(">BBH" if len(payload) == 4 else ">BBHIH", payload))


class Open(Message, frozen=True):
    """Open the rating window `wid`; idempotent for the same wid."""

    TYPE = MessageType.OPEN
    FORMAT = ">HBB"
    wid: int
    timeout_s: int
    prompt: int = 1


class Close(Message, frozen=True):
    TYPE = MessageType.CLOSE
    FORMAT = ">HB"
    wid: int
    reason: int


class CodeReply(Message, frozen=True):
    """A reply that is one code (ReplyCode)."""

    FORMAT = ">B"
    code: int = 0


class OpenReply(CodeReply, frozen=True):
    TYPE = MessageType.OPEN_REPLY


class CloseReply(CodeReply, frozen=True):
    TYPE = MessageType.CLOSE_REPLY


class IdleReply(CodeReply, frozen=True):
    TYPE = MessageType.IDLE_REPLY


class TextReply(CodeReply, frozen=True):
    TYPE = MessageType.TEXT_REPLY


class Idle(Message, frozen=True):
    """What a pad shows between services: stars (0-5) and the clerk."""

    TYPE = MessageType.IDLE
    stars: int
    text: str

    def payload(self) -> bytes:
        return bytes([self.stars]) + encode_text(self.text, PAYLOAD_MAX_BYTES - 1)

    @classmethod
    def parse(cls, payload: bytes) -> Self:
        return cls(payload[0], payload[1:].decode("gb18030", "replace"))


class Text(Message, frozen=True):
    """One line of a window display."""

    TYPE = MessageType.TEXT
    line: int
    text: str
    colour: int = 0
    mode: int = 0
    speed: int = 5

    def payload(self) -> bytes:
        head = bytes([self.line, self.colour, self.mode, self.speed])
        return head + encode_text(self.text, PAYLOAD_MAX_BYTES - len(head))

    @classmethod
    def parse(cls, payload: bytes) -> Self:
        line, colour, mode, speed = struct.unpack_from(">BBBB", payload)
        return cls(line, payload[4:].decode("gb18030", "replace"), colour, mode, speed)


class Ack(Message, frozen=True):
    """The house has committed (or refused) the RATE with this `seq`; never answered."""

    TYPE = MessageType.ACK
    FORMAT = ">BB"
    seq: int
    code: int


class Rate(Message, frozen=True):
    """The one press of a window; `t_ms` since OPEN, `held_ms` how long the key was down."""

    TYPE = MessageType.RATE
    FORMAT = ">HBHH"
    wid: int
    key: int
    t_ms: int
    held_ms: int


class Key(Message, frozen=True):
    """A press outside a window: information, never a rating."""

    TYPE = MessageType.KEY
    FORMAT = ">BBH"
    key: int
    state: int
    held_ms: int


class Heart(Message, frozen=True):
    TYPE = MessageType.HEART
    FORMAT = ">BBHI"
    state: int
    flags: int
    boot: int
    uptime_s: int


class Fault(Message, frozen=True):
    """`detail` is a key mask, 0/1 or a wid, by code; `detail_bytes` is its width on the wire."""

    TYPE = MessageType.FAULT
    code: int
    detail: int = 0
    detail_bytes: int = 0

    def payload(self) -> bytes:
        return bytes([self.code]) + self.detail.to_bytes(self.detail_bytes, "big")

    @classmethod
    def parse(cls, payload: bytes) -> Self:
        if len(payload) > 3:
            raise ValueError("fault detail of more than two bytes")
        return cls(payload[0], int.from_bytes(payload[1:], "big"), len(payload) - 1)


class Nak(Message, frozen=True):
    TYPE = MessageType.NAK
    FORMAT = ">BB"
    request_type: int
    code: int


MESSAGES: Final[tuple[type[Message], ...]] = (
    Hello, HelloAck, Ping, Pong, Open, OpenReply, Close, CloseReply, Idle, IdleReply, Text, TextReply,
    Ack, Rate, Key, Heart, Fault, Nak,
)  # fmt: skip
BY_TYPE: Final[dict[int, type[Message]]] = {message.TYPE: message for message in MESSAGES}


def encode_text(text: str, limit_bytes: int) -> bytes:
    """GB18030 without control characters, whole characters only; what cannot be written becomes □."""
    encoded = b""
    for char in text:
        if char < " " or char == "\x7f":
            continue
        try:
            piece = char.encode("gb18030")
        except UnicodeEncodeError:
            piece = "□".encode("gb18030")
        if len(encoded) + len(piece) > limit_bytes:
            break
        encoded += piece
    return encoded


def pack(message: Message) -> tuple[int, bytes]:
    """(type, payload) of a message; struct.error or ValueError if a number does not fit its field."""
    return message.TYPE, message.payload()


def unpack(frame: Frame) -> Message | None:
    """The message of a frame; None for an unknown type or a payload that does not fit."""
    shape = BY_TYPE.get(frame.type)
    if shape is None:
        return None
    try:
        return shape.parse(frame.payload)
    except (struct.error, ValueError, IndexError, TypeError):
        return None
