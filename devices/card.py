"""What an ID-card reader gave: kept by whoever asked, never stored, never logged.

GA 450: name, number and the rest are UTF-16LE text; the photo is dropped unread.
"""

from enum import StrEnum

import msgspec


class CardCode(StrEnum):
    """What became of one reading."""

    READ = "read"
    NO_CARD = "no_card"
    UNREADABLE = "unreadable"
    NOT_READY = "not_ready"


class CardReading(msgspec.Struct, frozen=True):
    """`name` and `number` are empty unless `code` is READ; the repr shows neither."""

    code: CardCode
    name: str = ""
    number: str = ""

    def __repr__(self) -> str:
        return f"CardReading({self.code})"
