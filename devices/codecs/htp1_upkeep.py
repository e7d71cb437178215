"""HTP/1 messages for bus masters, technicians and things that light or speak; docs/HTP1.md has the rules."""

import struct
from typing import Final, Self

from devices.codecs.htp1 import PAYLOAD_MAX_BYTES
from devices.codecs.htp1_shapes import CodeReply, Message
from devices.codecs.htp1_terms import CfgKey, LedPattern, MessageType

CONFIGURED_VOLUME: Final = 0xFF
"""The volume of PROMPT that leaves it to the setting of the device."""
BAUD_UNIT: Final = 100
"""The setting BAUD counts in hundreds: 96 is 9600."""
COMMIT_WORD: Final = b"CM"
SLOTS_MOST: Final = 64
SLOT_BITS: Final = 576
"""A slot of DISCOVER lasts so many bit times, half as much again as a HELLO_ACK."""


class Prompt(Message, frozen=True):
    """Play the sentence or sound `voice` now; volume 0 to 10, or FF as set."""

    TYPE = MessageType.PROMPT
    FORMAT = ">BB"
    voice: int
    volume: int = CONFIGURED_VOLUME


class PromptReply(CodeReply, frozen=True):
    """0 done."""

    TYPE = MessageType.PROMPT_REPLY


class Led(Message, frozen=True):
    """The lamps of `mask` light like `pattern` for so many tenths of a second; 0: until changed."""

    TYPE = MessageType.LED
    FORMAT = ">BBB"
    mask: int
    pattern: int = LedPattern.ON
    tenths: int = 0


class LedReply(CodeReply, frozen=True):
    """0 done."""

    TYPE = MessageType.LED_REPLY


class CfgGet(Message, frozen=True):
    """What is the setting `key` now?"""

    TYPE = MessageType.CFG_GET
    FORMAT = ">B"
    key: int


class CfgValue(Message, frozen=True):
    """The setting `key` as it is in force."""

    TYPE = MessageType.CFG_VALUE
    FORMAT = ">BH"
    key: int
    value: int


class CfgSet(Message, frozen=True):
    """Put the setting `key` in force, until a reset unless COMMIT follows; only while the device is unlocked."""

    TYPE = MessageType.CFG_SET
    FORMAT = ">BH"
    key: int
    value: int


class CfgReply(CodeReply, frozen=True):
    """0 in force."""

    TYPE = MessageType.CFG_REPLY


class Commit(Message, frozen=True):
    """Keep all settings as they are in force; the word is `43 4D`."""

    TYPE = MessageType.COMMIT
    FORMAT = ">2s"
    word: bytes = COMMIT_WORD


class CommitReply(CodeReply, frozen=True):
    """0 kept, 2 the memory failed."""

    TYPE = MessageType.COMMIT_REPLY


class SelfTest(Message, frozen=True):
    """Test the `part` of the device."""

    TYPE = MessageType.SELFTEST
    FORMAT = ">B"
    part: int


class SelfTestReply(Message, frozen=True):
    """How the test of `part` went (SelfTestResult)."""

    TYPE = MessageType.SELFTEST_REPLY
    FORMAT = ">BB"
    part: int
    result: int


class SetAddr(Message, frozen=True):
    """Only the device with this serial number takes the address, for good, and answers; the others are silent."""

    TYPE = MessageType.SETADDR
    FORMAT = ">B12s"
    address: int
    serial: str

    def payload(self) -> bytes:
        return struct.pack(self.FORMAT, self.address, self.serial.encode("ascii").ljust(12))

    @classmethod
    def parse(cls, payload: bytes) -> Self:
        address, serial = struct.unpack(cls.FORMAT, payload)
        return cls(address, serial.decode("ascii").rstrip())


class SetAddrReply(CodeReply, frozen=True):
    """0 done, 2 the memory failed; comes from the new address."""

    TYPE = MessageType.SETADDR_REPLY


class _Data(Message, frozen=True):
    data: bytes = b""

    def payload(self) -> bytes:
        if len(self.data) > PAYLOAD_MAX_BYTES:
            raise ValueError(f"{len(self.data)} bytes, at most {PAYLOAD_MAX_BYTES}")
        return self.data

    @classmethod
    def parse(cls, payload: bytes) -> Self:
        return cls(payload)


class Loop(_Data, frozen=True):
    """Say this back."""

    TYPE = MessageType.LOOP


class LoopReply(_Data, frozen=True):
    """The data of the request."""

    TYPE = MessageType.LOOP_REPLY


class Reset(Message, frozen=True):
    """Start anew, as after a power cut."""

    TYPE = MessageType.RESET


class ResetReply(CodeReply, frozen=True):
    """0, then the device starts anew."""

    TYPE = MessageType.RESET_REPLY


class Discover(Message, frozen=True):
    """Everyone answers HELLO_ACK, each in its slot of `slots`."""

    TYPE = MessageType.DISCOVER
    FORMAT = ">B"
    slots: int


class Fetch(Message, frozen=True):
    """On a bus: what have you to say? Answered by FETCH_REPLY."""

    TYPE = MessageType.FETCH


class FetchReply(Message, frozen=True):
    """What HEART says, and the oldest message waiting (`kind` 0: none): its TYPE, SEQ and payload."""

    TYPE = MessageType.FETCH_REPLY
    state: int
    flags: int
    boot: int
    kind: int = 0
    seq: int = 0
    data: bytes = b""

    def payload(self) -> bytes:
        head = struct.pack(">BBH", self.state, self.flags, self.boot)
        return head + bytes([self.kind, self.seq]) + self.data if self.kind else head

    @classmethod
    def parse(cls, payload: bytes) -> Self:
        state, flags, boot = struct.unpack_from(">BBH", payload)
        if len(payload) == 4:
            return cls(state, flags, boot)
        if len(payload) == 5 or not payload[4]:
            raise ValueError("a message without TYPE and SEQ")
        return cls(state, flags, boot, payload[4], payload[5], payload[6:])


def wire_value(key: int, value: int) -> int:
    """What CFG_SET carries for a setting in its own unit (baud 9600 goes as 96)."""
    return value // BAUD_UNIT if key == CfgKey.BAUD else value


def slot_ms(baud: int) -> int:
    """How long a slot of DISCOVER lasts: 60 ms at 9600 baud."""
    return -(-SLOT_BITS * 1000 // baud)
