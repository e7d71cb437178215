"""Readers that type: tells a swipe or a scan from a person at the same keyboard. Pure: keys with times in, decisions out.

Speed alone never decides: what is fast must also have a known shape, else it is passed on in order; no key is ever
lost. Card data comes out as :class:`Card`, without content (PCI DSS 3.3, 3.4), and its buffer is overwritten.
"""

import re
from collections.abc import Iterator
from enum import StrEnum
from math import inf
from typing import Final, Generic, TypeVar

import msgspec

from devices.card_data import is_card_data, is_resident_id

LEAST: Final = 6
"""Fewer characters are no swipe."""
MOST: Final = 512
"""Three tracks have 226; nothing is held for longer than this."""
REPEATS_MOST: Final = 16
SILENCE_MS: Final = 100
TAIL_MS: Final = 250
"""A stalled line may break a swipe; what comes fast so soon after card data belongs to it."""
ENDS: Final = frozenset({"enter", "tab", "ctrl+j"})
F_KEY: Final = re.compile(r"(.+\+)?f\d+")

K = TypeVar("K")


class Habits(msgspec.Struct, frozen=True):
    """How the reader of a window types: most time between two keys and on average, between header and first key.

    ``patterns`` are regular expressions for whole codes of tickets and badges; a group, if there is one, is the code.
    """

    gap_ms: float = 50
    average_ms: float = 20
    header_ms: float = 35
    patterns: tuple[str, ...] = ()


class ScanKind(StrEnum):
    """What was scanned: a resident ID with a right check character, or a code with a registered pattern."""

    RESIDENT_ID = "resident_id"
    CODE = "code"


class Pass(msgspec.Struct, Generic[K], frozen=True):
    """Let the key through; one that ``begins`` and all that pass after it may be withdrawn."""

    key: K
    begins: bool = False


class Withdraw(msgspec.Struct, frozen=True):
    """Take back what passed since the last key that began: a swipe or scan follows."""


class Card(msgspec.Struct, frozen=True):
    """A payment card was swiped. Nothing else is known of it."""


class Scan(msgspec.Struct, frozen=True):
    """Something was scanned; the repr does not show it."""

    kind: ScanKind
    text: str

    def __repr__(self) -> str:
        return f"Scan({self.kind})"


Decision = Pass[K] | Withdraw | Card | Scan


class Wedge(Generic[K]):
    """The keyboard of a window. Give it every key with its time and, when :attr:`due_ms` has passed, a tick.

    A key of the house is any object; it comes back in :class:`Pass`. Held are F-keys (a reader's header) and fast
    printable keys; the first of these passes at once where ``collects`` says that a field only collects text.
    """

    def __init__(self, habits: Habits) -> None:
        self._habits = habits
        self._patterns = [re.compile(pattern) for pattern in habits.patterns]
        self._held: list[K] = []
        self._text = bytearray(MOST)  # of one size, so that no copy is left behind when it grows
        self._count = 0
        self._collects = False
        self._first_ms = self._last_ms = self._swiped_ms = self._card_ms = -inf

    @property
    def due_ms(self) -> float | None:
        """When :meth:`tick` has something to decide; None while nothing is held."""
        if not self._held:
            return None
        if not self._count:
            return self._last_ms + self._habits.header_ms
        more_can_come = self._count >= LEAST
        return self._last_ms + (self._silence_ms if more_can_come else self._habits.gap_ms)

    @property
    def _silence_ms(self) -> float:
        return max(SILENCE_MS, self._habits.gap_ms)

    def tick(self, now_ms: float) -> list[Decision[K]]:
        """Silence ends a swipe and lets a lonely key through."""
        due_ms = self.due_ms
        return list(self._finish()) if due_ms is not None and now_ms >= due_ms else []

    def release(self) -> list[Decision[K]]:
        """What is held in order: something that is no key, such as a paste, comes between."""
        return list(self._replay())

    def key(self, key: K, name: str, character: str | None, at_ms: float, collects: bool) -> list[Decision[K]]:
        """The decisions on one key; ``name`` is Textual's, ``character`` what it types, if anything."""
        decisions = list(self._finish()) if self._is_over(at_ms) else []
        if name in ENDS:
            decisions += self._end(key, at_ms)
        elif character and character.isascii() and character.isprintable():
            decisions += self._join(key, character, at_ms, collects)
        elif self._count >= LEAST and (character is None or not character.isprintable()):
            self._held.append(key)  # readers put control keys into what they read
            self._last_ms = at_ms
        else:
            decisions += self._other(key, name, at_ms)
        return decisions

    def _is_over(self, at_ms: float) -> bool:
        limit_ms = self._habits.gap_ms if self._count else self._habits.header_ms
        return at_ms - self._last_ms > limit_ms

    def _join(self, key: K, character: str, at_ms: float, collects: bool) -> Iterator[Decision[K]]:
        if not self._count:
            self._first_ms = at_ms
            self._collects = collects and not self._held
        self._text[self._count] = ord(character)
        self._count += 1
        self._last_ms = at_ms
        if self._collects and not self._held and self._is_one_repeated():
            yield Pass(key, begins=self._count == 1)
        else:
            self._held.append(key)
        if self._count >= MOST:
            yield from self._finish()
        elif self._count >= REPEATS_MOST and self._is_one_repeated():
            yield from self._replay()

    def _end(self, key: K, at_ms: float) -> Iterator[Decision[K]]:
        """Enter or Tab belongs to the swipe that it ends, or that has just ended by silence or another such key."""
        yield from self._finish()
        if at_ms - self._swiped_ms <= self._silence_ms:
            self._swiped_ms = at_ms
        else:
            yield Pass(key)

    def _other(self, key: K, name: str, at_ms: float) -> Iterator[Decision[K]]:
        yield from self._finish()
        if F_KEY.fullmatch(name):
            self._held.append(key)
            self._last_ms = at_ms
        else:
            yield Pass(key)

    def _finish(self) -> Iterator[Decision[K]]:
        """The end of what was held: a swipe, a scan, or keys that somebody typed."""
        found = self._judged()
        if found is None:
            yield from self._replay()
            return
        if self._collects:
            yield Withdraw()
        self._swiped_ms = self._last_ms
        if isinstance(found, Card):
            self._card_ms = self._last_ms
        self._forget()
        yield found

    def _judged(self) -> Card | Scan | None:
        count = self._count
        if count < 2 or (self._last_ms - self._first_ms) / (count - 1) > self._habits.average_ms:
            return None
        if self._first_ms - self._card_ms <= TAIL_MS:
            return Card()
        if count < LEAST or self._is_one_repeated():
            return None
        text = str(memoryview(self._text)[:count], "ascii")
        if is_resident_id(text.upper()):
            return Scan(ScanKind.RESIDENT_ID, text.upper())
        if is_card_data(text):
            return Card()
        code = next((match for pattern in self._patterns if (match := pattern.fullmatch(text))), None)
        return Scan(ScanKind.CODE, code[code.lastindex or 0]) if code else None

    def _is_one_repeated(self) -> bool:
        return self._text.count(self._text[0], 0, self._count) == self._count

    def _replay(self) -> Iterator[Decision[K]]:
        held = self._held[:]
        self._forget()
        yield from map(Pass, held)

    def _forget(self) -> None:
        self._text[: self._count] = bytes(self._count)
        self._count = 0
        self._held.clear()
        self._collects = False
