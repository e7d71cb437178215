"""The command that opens the tax software's module: its words, with what is filled in. No shell ever sees it."""

from __future__ import annotations

import shlex
from string import Formatter
from typing import Final

from msgspec import Struct

PLACEHOLDERS: Final = ("ref", "code", "ticket", "window", "staff")


class Filled(Struct, frozen=True):
    """What stands in the braces: the matter's reference in the tax software and its code, the number, window and staff."""

    ref: str
    code: str
    ticket: str
    window: str
    staff: str


class Broken(ValueError):
    """Quotes that are not closed, braces without a partner, or a program that is not named."""


class UnknownPlaceholder(ValueError):
    """A word in braces that nothing is filled in for; the text is the word."""


def words_of(command: str) -> tuple[str, ...]:
    """The template word by word; empty for an empty one. Raises Broken, UnknownPlaceholder."""
    try:
        words = tuple(shlex.split(command))
        found = [part for word in words for part in Formatter().parse(word)]
    except ValueError as error:
        raise Broken(command) from error
    for _text, name, form, conversion in found:
        if name is not None and (name not in PLACEHOLDERS or form or conversion):
            raise UnknownPlaceholder(name)
    if command.strip() and (not words or not words[0]):
        raise Broken(command)
    return words


def filled(words: tuple[str, ...], values: Filled) -> list[str]:
    """The words of one start; a value stays within its word, whatever it holds."""
    named = {name: getattr(values, name).replace("\0", "") for name in PLACEHOLDERS}
    return [word.format_map(named) for word in words]
