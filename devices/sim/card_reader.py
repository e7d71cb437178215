"""The simulated reader of resident ID cards, and cards of people who do not exist."""

from typing import Final

import msgspec

from devices.card_data import RESIDENT_CHECKS, RESIDENT_WEIGHTS
from devices.codecs.sam import NAME, NUMBER, TEXT_BYTES, Command, Decoder, Frame, Status, encode

PHOTO_BYTES: Final = 1024
NOWHERE: Final = "999999"
"""A division that was never assigned (GB/T 2260)."""


class MadeUpCard(msgspec.Struct, frozen=True):
    """Name and number of nobody; its photo is noise."""

    name: str
    number: str

    def answer(self) -> bytes:
        """The data of a READ answer: both sizes, text, photo."""
        text = bytearray(" ".encode("utf-16-le") * (TEXT_BYTES // 2))
        for field, value in ((NAME, self.name), (NUMBER, self.number)):
            content = value.encode("utf-16-le")
            text[field.start : field.start + len(content)] = content
        return TEXT_BYTES.to_bytes(2, "big") + PHOTO_BYTES.to_bytes(2, "big") + bytes(text) + b"\xd8" * PHOTO_BYTES


def made_up_card(index: int = 1) -> MadeUpCard:
    """Somebody born in 1900 in a division that does not exist, with a right check character."""
    body = f"{NOWHERE}19000101{index:03d}"
    total = sum(weight * int(digit) for weight, digit in zip(RESIDENT_WEIGHTS, body, strict=True))
    return MadeUpCard(f"样本{index}", body + RESIDENT_CHECKS[total % 11])


class SimCardReader:
    """`card` is what lies on it; a card is found once and must be lifted and put down to be found again."""

    def __init__(self) -> None:
        self.card: MadeUpCard | None = None
        self.unreadable = False
        self.reads = 0
        self.finds = 0
        self._found: MadeUpCard | None = None
        self._decoder = Decoder()

    def put(self, card: MadeUpCard | None) -> None:
        """Puts a card down, or lifts it."""
        self.card, self._found = card, None

    def received(self, data: bytes, now_ms: int) -> bytes:
        return b"".join(encode(Frame(self._answer(frame.body))) for frame in self._decoder.feed(data))

    def tick(self, now_ms: int) -> bytes:
        return b""

    def next_ms(self) -> int | None:
        return None

    def _answer(self, command: bytes) -> bytes:
        if command == Command.STATUS:
            return Status.OK.value
        if command == Command.FIND:
            self.finds += 1
            if self.card is None or self._found is self.card:
                return Status.NO_CARD.value
            self._found = self.card
            return Status.FOUND.value + bytes(4)
        if command == Command.SELECT:
            return Status.OK.value + bytes(8) if self._found else Status.NOT_SELECTED.value
        if command != Command.READ or self._found is None or self.unreadable:
            return Status.NOT_READ.value
        self.reads += 1
        return Status.OK.value + self._found.answer()
