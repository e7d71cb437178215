"""HTP/1 messages: what the payload of a frame means. Big endian numbers, GB18030 text; no I/O, no clock.

`pack(message)` gives (type, payload); `unpack(frame)` gives the message, or None for an unknown type or a payload that
does not fit its type. `unwrap(reply, frame)` gives the frame that a FETCH_REPLY carries.
"""

import struct
from typing import Final, Self

from devices.codecs.htp1 import ACK_REQ, FROM_DEVICE, PAYLOAD_MAX_BYTES, Frame
from devices.codecs.htp1_shapes import CodeReply, Message, encode_text
from devices.codecs.htp1_terms import (
    REPLY,
    AckCode,
    Caps,
    CfgKey,
    CloseReason,
    Colour,
    DeviceClass,
    FaultCode,
    Flags,
    KeyState,
    LedPattern,
    MessageType,
    NakCode,
    ReplyCode,
    SelfTestPart,
    SelfTestResult,
    State,
    TextMode,
    Voice,
)
from devices.codecs.htp1_upkeep import (
    CfgGet,
    CfgReply,
    CfgSet,
    CfgValue,
    Commit,
    CommitReply,
    Discover,
    Fetch,
    FetchReply,
    Led,
    LedReply,
    Loop,
    LoopReply,
    Prompt,
    PromptReply,
    Reset,
    ResetReply,
    SelfTest,
    SelfTestReply,
    SetAddr,
    SetAddrReply,
)


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
    """Health; the last two are -1 where the device leaves them out."""

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


class OpenReply(CodeReply, frozen=True):
    TYPE = MessageType.OPEN_REPLY


class CloseReply(CodeReply, frozen=True):
    """1 is for a window that is not open."""

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
    Hello, HelloAck, Ping, Pong, Open, OpenReply, Close, CloseReply, Idle, IdleReply, Prompt, PromptReply, Led, LedReply,
    Text, TextReply, CfgGet, CfgValue, CfgSet, CfgReply, Commit, CommitReply, SelfTest, SelfTestReply, SetAddr,
    SetAddrReply, Loop, LoopReply, Reset, ResetReply, Ack, Discover, Fetch, FetchReply, Rate, Key, Heart, Fault, Nak,
)  # fmt: skip
BY_TYPE: Final[dict[int, type[Message]]] = {message.TYPE: message for message in MESSAGES}


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


def unwrap(reply: FetchReply, frame: Frame) -> Frame | None:
    """The frame the device would have sent unasked, out of the reply that came in `frame`; None if there is none."""
    if not reply.kind:
        return None
    flags = FROM_DEVICE | (ACK_REQ if reply.kind == MessageType.RATE else 0)
    return Frame(frame.addr, reply.kind, reply.seq, reply.data, flags)


__all__ = [
    "BY_TYPE", "MESSAGES", "REPLY", "Ack", "AckCode", "Caps", "CfgGet", "CfgKey", "CfgReply", "CfgSet", "CfgValue", "Close",
    "CloseReason", "CloseReply", "CodeReply", "Colour", "Commit", "CommitReply", "DeviceClass", "Discover", "Fault",
    "FaultCode", "Fetch", "FetchReply", "Flags", "Heart", "Hello", "HelloAck", "Idle", "IdleReply", "Key", "KeyState", "Led",
    "LedPattern", "LedReply", "Loop", "LoopReply", "Message", "MessageType", "Nak", "NakCode", "Open", "OpenReply", "Ping",
    "Pong", "Prompt", "PromptReply", "Rate", "ReplyCode", "Reset", "ResetReply", "SelfTest", "SelfTestPart",
    "SelfTestReply", "SelfTestResult", "SetAddr", "SetAddrReply", "State", "Text", "TextMode", "TextReply", "Voice",
    "encode_text", "pack", "unpack", "unwrap",
]  # fmt: skip
