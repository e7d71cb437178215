"""What all voices share: sentences that are too late are dropped, numbers of tickets are read digit by digit."""

import re
from collections.abc import Mapping
from typing import Final

from devices.drivers.base import DriverContext, Option, Speech

CHINESE_DIGITS: Final = "零一二三四五六七八九"
NUMBER: Final = re.compile(r"(?<![0-9A-Za-z])(?:[A-Za-z]{1,3}\d+|\d{3,})(?![0-9A-Za-z])")
"""A ticket's number, or three digits and more; "window 12" stays twelve."""


def spelled(text: str, digits: str = "") -> str:
    """A023 becomes A 0 2 3; `digits` are ten characters to be spoken for 0 to 9, empty for the digits themselves."""
    spoken = dict(zip("0123456789", digits, strict=False))
    return NUMBER.sub(lambda found: " ".join(spoken.get(char, char) for char in found[0]), text)


def next_speech(context: DriverContext) -> Speech | None:
    """The sentence to be spoken next, still in its queue; those that are too late by now are dropped and counted."""
    queue, now_ms = context.wishes.speech, context.clock()
    for speech in [speech for speech in queue if speech.deadline_ms <= now_ms]:
        queue.remove(speech)
        context.counters.speech_dropped += 1
    return queue[0] if queue else None


def whole(options: Mapping[str, Option], name: str, default: int) -> int:
    """A whole number of a profile or binding; what is none counts as the default."""
    value = options.get(name, default)
    return value if isinstance(value, int) and not isinstance(value, bool) else default
