"""What a machine knows of a reader that types like a keyboard: how fast, and which codes it may give."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from msgspec import Meta, Struct

from hallterm.locale import N_

READER_EXPECTED = {
    "gap_ms": N_("a whole number from 20 to 250"),
    "average_ms": N_("a whole number from 5 to 250"),
    "header_ms": N_("a whole number from 20 to 250"),
    "patterns": N_("a list of regular expressions in quotes"),
}


class TypingReader(Struct, frozen=True):
    """A reader at ``window`` (a code, or ``*`` for each): most ms between two keys, on average, and after a header.

    ``patterns`` are those of the codes of tickets and badges; the first group of a pattern, if any, is the code.
    """

    window: str
    gap_ms: Annotated[int, Meta(ge=20, le=250)] = 50
    average_ms: Annotated[int, Meta(ge=5, le=250)] = 20
    header_ms: Annotated[int, Meta(ge=20, le=250)] = 35
    patterns: tuple[Annotated[str, Meta(min_length=1)], ...] = ()


def reader_of(readers: Iterable[TypingReader], window: str, always: bool = False) -> TypingReader | None:
    """The reader of a window: its own, that of every window, or with ``always`` one of usual habits; None without."""
    by_window = {reader.window: reader for reader in readers}
    return by_window.get(window) or by_window.get("*") or (TypingReader(window) if always else None)
