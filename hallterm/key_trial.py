"""Learning what a reader sends, from keys with times: its first key, how many characters, how fast; never which ones."""

from __future__ import annotations

from itertools import groupby
from math import ceil

from msgspec import Struct

from devices.card_data import is_card_data, is_resident_id

SLOWEST_MS = 250.0
HAND_MS = 50.0
EVEN = 1.4
LEAST = 6
MOST = 512
ENDS = frozenset({"enter", "tab", "ctrl+j"})


class Arrived(Struct, frozen=True):
    """A key as the program gets it: Textual's name, what it types, when."""

    name: str
    character: str | None
    at_ms: float


class Learnt(Struct, frozen=True):
    """A reader: its first key if it is none that types, and the limits in ms that fit it with room to spare.

    ``pattern`` fits codes of the same make, such as ``[A-Z]{2}[0-9]{4}``; empty if it read a card or an ID.
    """

    header: str
    slowest_ms: float
    gap_ms: int
    average_ms: int
    pattern: str


class Told(Struct, frozen=True):
    """One line to show: a key by its name, or how many characters came together, and whose they were."""

    name: str = ""
    count: int = 0
    learnt: Learnt | None = None


class KeyTrial:
    """Give it what arrives, and None when :attr:`due_ms` has passed."""

    def __init__(self) -> None:
        self.learnt: Learnt | None = None
        self._text = bytearray(MOST)
        self._times_ms: list[float] = []
        self._header = ""
        self._composed = 0
        self._last_ms = 0.0

    @property
    def due_ms(self) -> float | None:
        """When silence ends what came so far."""
        return self._last_ms + SLOWEST_MS if self._times_ms or self._header or self._composed else None

    def take(self, key: Arrived | None) -> list[Told]:
        """What can be told now."""
        if key is None:
            return self._end()
        told = self._end() if key.at_ms - self._last_ms > SLOWEST_MS or len(self._times_ms) == MOST else []
        self._last_ms = key.at_ms
        if key.character and key.character.isascii() and key.character.isprintable():
            self._text[len(self._times_ms)] = ord(key.character)
            self._times_ms.append(key.at_ms)
        elif key.name in ENDS and self._times_ms:
            told += self._end()
        elif key.character and key.character.isprintable():
            self._composed += 1
        else:
            told += self._end()
            self._header = key.name
        return told

    def _end(self) -> list[Told]:
        count, header = len(self._times_ms), self._header
        told = [Told(header)] if header else []
        if self._composed:
            told.append(Told(count=count + self._composed))
        elif count:
            gaps_ms = [later - earlier for earlier, later in zip(self._times_ms, self._times_ms[1:], strict=False)]
            found = self._reader(header, gaps_ms) if count >= LEAST else None
            self.learnt = found or self.learnt
            told = [Told(count=count, learnt=found)] if found else [*told, Told(count=count)]
        self._text[:count] = bytes(count)
        self._times_ms.clear()
        self._header, self._composed = "", 0
        return told

    def _reader(self, header: str, gaps_ms: list[float]) -> Learnt | None:
        """Fast enough for a machine, or as slow as people type but even: no two keys of theirs take the same time."""
        average_ms, slowest_ms = sum(gaps_ms) / len(gaps_ms), max(gaps_ms)
        text = str(memoryview(self._text)[: len(gaps_ms) + 1], "ascii")
        even = slowest_ms < EVEN * average_ms and average_ms < EVEN * min(gaps_ms)
        if len(set(text)) == 1 or average_ms > SLOWEST_MS / 2 or (average_ms > HAND_MS and not even):
            return None
        known = is_card_data(text) or is_resident_id(text.upper())
        gap_ms = min(250, max(50, ceil(1.5 * slowest_ms)))
        return Learnt(header, slowest_ms, gap_ms, max(20, ceil(1.5 * average_ms)), "" if known else pattern_of(text))


def pattern_of(text: str) -> str:
    """What codes of this make look like: kinds of characters and how many, other signs as any sign."""
    runs = [(kind, len(list(run))) for kind, run in groupby(map(_kind, text))]
    return "".join(kind if count == 1 else f"{kind}{{{count}}}" for kind, count in runs)


def _kind(character: str) -> str:
    if character.isdigit():
        return "[0-9]"
    if character.isalpha():
        return "[A-Z]" if character.isupper() else "[a-z]"
    return "[^0-9A-Za-z]"
