"""Which key of a pad means which level: a person presses what is asked, one level after the other. Pure.

Feed it with the KeyPressed and PadFault events of a rig; no rating window is open meanwhile, so no press is a rating.
Behind the levels come, where the pad can tell them, two keys at once and a key held for eight seconds.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Final

import msgspec

from devices.codecs.htp1_messages import FaultCode
from devices.events import Event, KeyPressed, PadFault
from devices.technician.results import Figure, Outcome, Tried

BOUNCE_MS: Final = 150
"""The same key again so soon was not pressed twice by a finger."""
NO_REPORTS: Final = frozenset({"pad_ff68"})
"""Drivers of pads that tell neither chord nor held key, nor how long a key was held."""


class Stage(StrEnum):
    """What is asked for now."""

    LEVEL = "level"
    CHORD = "chord"
    HOLD = "hold"
    RELEASE = "release"
    DONE = "done"


class Press(StrEnum):
    """What a press was to the lesson."""

    LEARNED = "learned"
    TAKEN = "taken"
    """This key already means another level: press the one that is asked for."""
    BOUNCED = "bounced"
    OTHER = "other"
    """Not what is asked for now."""


class Excuse(StrEnum):
    """Why chord or hold is not tried; the code of a test that is no blemish."""

    NOT_REPORTED = "not_reported"
    """This pad does not tell it."""
    NOT_WANTED = "not_wanted"
    """Nobody needs it at this site."""


class KeyHeard(msgspec.Struct, frozen=True):
    """One press as the lesson took it; `level` is what the key means now, 0 nothing."""

    press: Press
    key: int
    held_ms: int
    level: int = 0


class Learned(msgspec.Struct, frozen=True):
    """A level and its key; key 0 was skipped. `bounces` are repeats that no finger makes."""

    level: int
    key: int
    held_ms: int = 0
    bounces: int = 0


class KeyLesson:
    """Asks for each of `levels` in order; `extras` for chord and hold."""

    def __init__(self, levels: Sequence[int], *, extras: bool = True) -> None:
        self.levels = tuple(levels)
        self.learned: list[Learned] = []
        self.heard: list[KeyHeard] = []
        self._excuses: dict[Stage, Excuse] = {}
        self._extras: dict[Stage, Outcome | None] = dict.fromkeys((Stage.CHORD, Stage.HOLD)) if extras else {}
        self._stuck = False
        self._last: tuple[int, int] | None = None

    @property
    def stage(self) -> Stage:
        if len(self.learned) < len(self.levels):
            return Stage.LEVEL
        if self._stuck:
            return Stage.RELEASE
        return next((stage for stage, outcome in self._extras.items() if outcome is None), Stage.DONE)

    @property
    def asked(self) -> int:
        """The level asked for, 0 when all were."""
        return self.levels[len(self.learned)] if self.stage is Stage.LEVEL else 0

    @property
    def keys(self) -> Mapping[int, int]:
        """Key to level, as a binding has it."""
        return {one.key: one.level for one in self.learned if one.key}

    @property
    def complete(self) -> bool:
        """Every level has a key."""
        return len(self.keys) == len(self.levels)

    def event(self, event: Event) -> KeyHeard | None:
        """What a device said; None if it has nothing to do with keys."""
        match event:
            case KeyPressed(_, _, key, held_ms, _, received_ms):
                return self.pressed(key, held_ms, received_ms)
            case PadFault(_, _, code, _):
                self._fault(code)
        return None

    def pressed(self, key: int, held_ms: int, at_ms: int) -> KeyHeard:
        """A key, counted from 1."""
        heard = self._judge(key, held_ms, at_ms)
        self._last = (key, at_ms)
        self.heard.append(heard)
        return heard

    def skip(self, excuse: Excuse | None = None) -> None:
        """What is asked for cannot be pressed: go on. With an excuse a chord or hold that was skipped is no blemish."""
        stage = self.stage
        if stage is Stage.LEVEL:
            self.learned.append(Learned(self.asked, 0))
        elif stage is Stage.RELEASE:
            self._stuck = False
        elif stage in self._extras:
            self._extras[stage] = Outcome.SKIPPED
            if excuse is not None:
                self._excuses[stage] = excuse

    def back(self) -> None:
        """The last level once more."""
        if self.learned and self.stage is Stage.LEVEL:
            self.learned.pop()

    def results(self, confirmed_by: str = "") -> tuple[Tried, ...]:
        """As tests of a report."""
        tests = [_of(one, confirmed_by) for one in self.learned]
        for stage, outcome in self._extras.items():
            code = self._excuses.get(stage, "")
            tests.append(Tried(f"key_{stage}", outcome or Outcome.SKIPPED, str(code), confirmed_by=confirmed_by))
        return tuple(tests)

    def _judge(self, key: int, held_ms: int, at_ms: int) -> KeyHeard:
        if self._last is not None and self._last[0] == key and at_ms - self._last[1] < BOUNCE_MS:
            self._bounced(key)
            return KeyHeard(Press.BOUNCED, key, held_ms, self.keys.get(key, 0))
        if self.stage is not Stage.LEVEL:
            return KeyHeard(Press.OTHER, key, held_ms, self.keys.get(key, 0))
        if key in self.keys:
            return KeyHeard(Press.TAKEN, key, held_ms, self.keys[key])
        level = self.asked
        self.learned.append(Learned(level, key, held_ms))
        return KeyHeard(Press.LEARNED, key, held_ms, level)

    def _bounced(self, key: int) -> None:
        for place, one in enumerate(self.learned):
            if one.key == key:
                self.learned[place] = msgspec.structs.replace(one, bounces=one.bounces + 1)

    def _fault(self, code: int) -> None:
        if code == FaultCode.TWO_KEYS and self.stage is Stage.CHORD:
            self._extras[Stage.CHORD] = Outcome.PASS
        elif code == FaultCode.STUCK and self.stage is Stage.HOLD:
            self._extras[Stage.HOLD] = Outcome.PASS
            self._stuck = True
        elif code == FaultCode.FREED:
            self._stuck = False


def lesson_for(driver: str, levels: Sequence[int]) -> KeyLesson:
    """What this pad can be asked for."""
    return KeyLesson(levels, extras=driver not in NO_REPORTS)


def _of(one: Learned, confirmed_by: str) -> Tried:
    figures: dict[str, Figure] = {"level": one.level, "key": one.key, "held_ms": one.held_ms}
    if one.bounces:
        figures["bounces"] = one.bounces
    outcome = Outcome.SKIPPED if not one.key else Outcome.FAIL if one.bounces else Outcome.PASS
    return Tried(f"key_level_{one.level}", outcome, "bounces" if one.bounces else "", figures, confirmed_by)
