"""A service point is red after three working days without a sign-on on a scheduled day."""

from __future__ import annotations

import pytest

from hallterm.rules.points import is_silent, silent_days

DAYS = ["2026-11-27", "2026-11-26", "2026-11-25", "2026-11-24", "2026-11-23"]


@pytest.mark.parametrize(
    ("signed", "count", "red"),
    [
        ({"2026-11-27"}, 0, False),
        ({"2026-11-25"}, 2, False),
        ({"2026-11-24", "2026-11-23"}, 3, True),
        (set(), 5, True),
    ],
)
def test_silence_is_counted_back_to_the_last_sign_on(signed: set[str], count: int, red: bool) -> None:
    assert silent_days(DAYS, signed) == count
    assert is_silent(count) is red


def test_where_nobody_was_due_nobody_is_silent() -> None:
    assert silent_days([], set()) == 0
