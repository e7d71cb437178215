"""Ticket numbers: written and read. Business rule 12.

``B007`` counts per hall, business day and prefix; ``VB07`` is a special ticket with a counter of its own; ``B3-007`` was
given by window 3 while it was cut off from the queue authority.
"""

from __future__ import annotations

import re

from msgspec import Struct

from storage.facts import TicketClass

SPECIAL_MARK = "V"
_NUMBER = re.compile(r"(?P<v>V?)(?P<prefix>[A-HJ-NP-UW-Z])(?:(?P<window>[1-9][0-9]?)-)?(?P<count>[0-9]{2,6})")


class TicketNumber(Struct, frozen=True):
    """The parts of a number; ``window`` is 0 unless the window gave it itself."""

    prefix: str
    count: int
    special: bool = False
    window: int = 0


def counter_key(prefix: str, cls: TicketClass) -> str:
    """The counter a ticket is numbered by: one a prefix, and one a prefix for special tickets."""
    return SPECIAL_MARK + prefix if cls is TicketClass.SPECIAL else prefix


def ticket_number(prefix: str, cls: TicketClass, count: int) -> str:
    """The ``count``-th number of the day; after 999 (special: 99) it has one digit more."""
    digits = 2 if cls is TicketClass.SPECIAL else 3
    return f"{counter_key(prefix, cls)}{count:0{digits}d}"


def cut_off_number(prefix: str, cls: TicketClass, window: int, count: int) -> str:
    """The ``count``-th number that a window cut off from the queue authority gives itself."""
    return f"{counter_key(prefix, cls)}{window}-{count:03d}"


def window_number(window_code: str) -> int:
    """The number painted on the window: ``360600001-03`` is window 3."""
    return int(window_code.rpartition("-")[2])


def parse_number(text: str) -> TicketNumber | None:
    """Read a number as people type it; None when it is none."""
    match = _NUMBER.fullmatch(text.strip().upper())
    if match is None:
        return None
    number = TicketNumber(match["prefix"], int(match["count"]), bool(match["v"]), int(match["window"] or 0))
    return number if number.count and len(match["count"]) >= _least_digits(number) else None


def _least_digits(number: TicketNumber) -> int:
    return 2 if number.special and not number.window else 3


def ticket_class(text: str) -> TicketClass | None:
    """The class that a number shows by itself (``V``: special, else normal); None when it is no number."""
    number = parse_number(text)
    if number is None:
        return None
    return TicketClass.SPECIAL if number.special else TicketClass.NORMAL
