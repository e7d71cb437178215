"""Whether a service point is used. Business rule 16.7: red after three working days without a sign-on on a scheduled day."""

from __future__ import annotations

from collections.abc import Container, Iterable

RED_AFTER_DAYS = 3


def silent_days(due: Iterable[str], signed: Container[str]) -> int:
    """How many of the last days on which somebody was due had no sign-on; ``due`` from the newest backwards."""
    count = 0
    for day in due:
        if day in signed:
            break
        count += 1
    return count


def is_silent(count: int) -> bool:
    """Whether it is shown red."""
    return count >= RED_AFTER_DAYS
