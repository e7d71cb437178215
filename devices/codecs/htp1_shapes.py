"""What all HTP/1 messages are: a payload laid out in struct notation; and text as it goes on the wire."""

import struct
from typing import ClassVar, Self

import msgspec

from devices.codecs.htp1_terms import MessageType


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


class CodeReply(Message, frozen=True):
    """A reply that is one code (ReplyCode)."""

    FORMAT = ">B"
    code: int = 0


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
