"""A printed slip as a document, and what became of printing it."""

from enum import StrEnum

import msgspec


class Align(StrEnum):
    LEFT = "left"
    CENTER = "center"
    RIGHT = "right"


class TicketLine(msgspec.Struct, frozen=True):
    """One line of text; `size` 1 to 4 multiplies width and height."""

    text: str
    size: int = 1
    bold: bool = False
    align: Align = Align.LEFT


class TicketDoc(msgspec.Struct, frozen=True):
    """What the house wants on paper, ready composed; `qr` is the content of a code below the lines."""

    lines: tuple[TicketLine, ...]
    qr: str = ""


class PrintCode(StrEnum):
    """What became of a job. Only PRINTED is on paper for certain."""

    PRINTED = "printed"
    PAPER_OUT = "paper_out"
    COVER_OPEN = "cover_open"
    OFFLINE = "offline"
    ERROR = "error"
    NOT_READY = "not_ready"
    """Nothing was sent."""
    UNSURE = "unsure"
    """The line broke in the middle: it may be on paper."""


class PrintResult(msgspec.Struct, frozen=True):
    """`paper_low` asks for a new roll soon."""

    code: PrintCode
    paper_low: bool = False
