"""When the voice of a hall is silent: during the mute hours, and for calls that are no news any more."""

from __future__ import annotations

import re

from hallterm.rules.day import local

FRESH_S = 20
"""A call older than this is not spoken: whoever it was for has gone, or is being served."""

_HH_MM = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")


def muted(since: str, until: str, now_t: int) -> bool:
    """Whether ``now_t`` (ms UTC) is in the mute hours ``HH:MM`` to ``HH:MM``, which may span midnight.

    The first minute is mute, the last is not. Without two different times there are no mute hours.
    """
    first, last = _minute(since), _minute(until)
    if first is None or last is None or first == last:
        return False
    at = local(now_t)
    minute = at.hour * 60 + at.minute
    return first <= minute < last if first < last else minute >= first or minute < last


def _minute(hh_mm: str) -> int | None:
    found = _HH_MM.fullmatch(hh_mm)
    return int(found[1]) * 60 + int(found[2]) if found else None
