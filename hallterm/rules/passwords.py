"""Passwords: how long a wrong one holds up, which new one is acceptable."""

from __future__ import annotations

from hallterm.locale import N_
from hallterm.rules.words import Reason

MIN_LENGTH = 8
MAX_DELAY_S = 60
FAILURES_PER_FACT = 5

TOO_SHORT = Reason(N_("the password needs at least {length} characters"), {"length": MIN_LENGTH})


def delay_s(failures: int) -> int:
    """The pause after the ``failures``-th wrong password in a row: 1, 2, 4 ... 60 s; 0 without one."""
    if failures < 1:
        return 0
    return min(MAX_DELAY_S, 1 << min(failures - 1, 6))


def is_recorded(failures: int) -> bool:
    """Whether this failure is put on record: one fact per five."""
    return failures > 0 and failures % FAILURES_PER_FACT == 0


def refusal(password: str) -> Reason | None:
    """Why a new password is not acceptable; None when it is."""
    return TOO_SHORT if len(password) < MIN_LENGTH else None
