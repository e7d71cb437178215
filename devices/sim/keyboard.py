"""The keys of the simulated pad: raw contacts to debounced presses, as docs/HTP1.md has it."""

from typing import Final, Protocol

import msgspec

STUCK_MS: Final = 8_000
UNLOCK_MS: Final = 5_000
HELD_MS: Final = 180
GAP_MS: Final = 100
"""Between two presses of one finger."""


class Hearer(Protocol):
    """Who is told what the keys did; masks have bit 0 for key 1."""

    def released(self, key: int, since_ms: int, at_ms: int) -> None:
        """A good press is over."""

    def two_keys(self, mask: int) -> None: ...

    def stuck(self, mask: int) -> None: ...

    def freed(self, mask: int) -> None: ...


class _Finger(msgspec.Struct, frozen=True, order=True):
    """A contact that will close or open by itself."""

    at_ms: int
    key: int
    down: bool


class Keyboard:
    """A reading counts when it stayed the same for `debounce_ms`; edges are dated when they began."""

    def __init__(self, hearer: Hearer) -> None:
        self.down = 0
        self._hearer = hearer
        self._raw = 0
        self._raw_ms = 0
        self._since_ms: dict[int, int] = {}
        self._spoiled = 0
        self._stuck = 0
        self._fingers: list[_Finger] = []

    @property
    def any_stuck(self) -> bool:
        return bool(self._stuck)

    def press(self, key: int, held_ms: int, at_ms: int) -> None:
        """Down then, or when this key has been let go; up by itself."""
        begin_ms = max([at_ms, *(finger.at_ms + GAP_MS for finger in self._fingers if finger.key == key)])
        self._fingers += [_Finger(begin_ms, key, True), _Finger(begin_ms + held_ms, key, False)]

    def lift(self) -> None:
        """Fingers that are still in the air stay there."""
        coming = {finger.key for finger in self._fingers if finger.down}
        self._fingers = [finger for finger in self._fingers if finger.key not in coming]

    def contact(self, key: int, closed: bool, now_ms: int, debounce_ms: int) -> None:
        bit = 1 << key - 1
        mask = self._raw | bit if closed else self._raw & ~bit
        self._settle(now_ms, debounce_ms)
        if mask != self._raw:
            self._raw, self._raw_ms = mask, now_ms

    def spoil(self) -> None:
        """A window opens: every key must be seen up first."""
        self._spoiled |= self.down | self._raw

    def held_ms(self, mask: int, now_ms: int) -> int:
        """For how long exactly these keys have been down together; 0 if others are, or not all."""
        return now_ms - max(self._since_ms.values()) if mask and self.down == mask else 0

    def work(self, now_ms: int, debounce_ms: int) -> None:
        for finger in sorted(finger for finger in self._fingers if finger.at_ms <= now_ms):
            self._fingers.remove(finger)
            self.contact(finger.key, finger.down, finger.at_ms, debounce_ms)
        self._settle(now_ms, debounce_ms)
        long = sum(1 << key - 1 for key, since_ms in self._since_ms.items() if now_ms - since_ms > STUCK_MS)
        if long & ~self._stuck:
            fresh, self._stuck = long & ~self._stuck, self._stuck | long
            self._hearer.stuck(fresh)

    def next_ms(self, debounce_ms: int) -> list[int]:
        times = [finger.at_ms for finger in self._fingers]
        times += [self._raw_ms + debounce_ms] if self._raw != self.down else []
        for key, since_ms in self._since_ms.items():
            times += [] if self._stuck >> key - 1 & 1 else [since_ms + STUCK_MS + 1]
        return times

    def _settle(self, now_ms: int, debounce_ms: int) -> None:
        if self._raw == self.down or now_ms - self._raw_ms < debounce_ms:
            return
        before, self.down = self.down, self._raw
        for key in _keys(before & ~self.down):
            self._let_go(key)
        for key in _keys(self.down & ~before):
            self._since_ms[key] = self._raw_ms
        if self.down & ~before and self.down.bit_count() > 1:
            self._spoiled |= self.down
            self._hearer.two_keys(self.down)

    def _let_go(self, key: int) -> None:
        bit, since_ms = 1 << key - 1, self._since_ms.pop(key)
        spoiled, self._spoiled = self._spoiled & bit, self._spoiled & ~bit
        if self._stuck & bit:
            self._stuck &= ~bit
            self._hearer.freed(bit)
        elif not spoiled:
            self._hearer.released(key, since_ms, self._raw_ms)


def _keys(mask: int) -> list[int]:
    return [key for key in range(1, 9) if mask >> key - 1 & 1]
