"""What the days of a device tell a technician: a cable that is failing, a bad supply, a pad that is not there.

Pure: sums of days in, advice out; the same at the counter PC and at the centre.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from itertools import pairwise
from typing import Protocol

from hallterm.locale import N_

FALLING_DAYS = 3
GOOD_SHARE = (995, 1000)
RESETS_ALLOWED = 3
NO_PAD_SHARE = (2, 100)


class DeviceDay(Protocol):
    """The sums of one device on one day."""

    @property
    def link_ok(self) -> int: ...

    @property
    def link_bad(self) -> int: ...

    @property
    def boots(self) -> int: ...

    @property
    def asked(self) -> int: ...

    @property
    def no_pad(self) -> int: ...


class Advice(StrEnum):
    """What should be looked at."""

    CABLE = "cable"
    POWER = "power"
    REPAIR = "repair"


ADVICE: dict[Advice, str] = {
    Advice.CABLE: N_("check the cable"),
    Advice.POWER: N_("check the power supply"),
    Advice.REPAIR: N_("repair"),
}
"""The words for it."""


def advice(days: Sequence[DeviceDay]) -> tuple[Advice, ...]:
    """What the days of one device say, oldest first; the last day is the one that is judged."""
    if not days:
        return ()
    found = ((Advice.CABLE, falling(days)), (Advice.POWER, resetting(days[-1])), (Advice.REPAIR, missing(days[-1])))
    return tuple(one for one, holds in found if holds)


def falling(days: Sequence[DeviceDay]) -> bool:
    """The link score fell on each of the last three days, and is no longer good; days without traffic are left out."""
    used = [day for day in days if day.link_ok + day.link_bad]
    if len(used) <= FALLING_DAYS:
        return False
    last = used[-FALLING_DAYS - 1 :]
    fell = all(_share_below(later, earlier) for earlier, later in pairwise(last))
    good, of = GOOD_SHARE
    today = last[-1]
    return fell and today.link_ok * of < good * (today.link_ok + today.link_bad)


def resetting(day: DeviceDay) -> bool:
    """More than three resets a day."""
    return day.boots > RESETS_ALLOWED


def missing(day: DeviceDay) -> bool:
    """More than two in a hundred services that wanted a rating found no pad."""
    share, of = NO_PAD_SHARE
    return day.no_pad * of > share * day.asked


def _share_below(one: DeviceDay, other: DeviceDay) -> bool:
    """Compared in whole numbers: no rounding decides over a cable."""
    return one.link_ok * (other.link_ok + other.link_bad) < other.link_ok * (one.link_ok + one.link_bad)
