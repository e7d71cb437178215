"""Passwords."""

from __future__ import annotations

from hallterm.rules import passwords


def test_the_pause_doubles_up_to_a_minute() -> None:
    assert [passwords.delay_s(n) for n in range(10)] == [0, 1, 2, 4, 8, 16, 32, 60, 60, 60]
    assert passwords.delay_s(10**9) == 60


def test_every_fifth_failure_is_recorded() -> None:
    assert [n for n in range(16) if passwords.is_recorded(n)] == [5, 10, 15]


def test_eight_characters_are_enough() -> None:
    assert passwords.refusal("1234567") is not None
    assert passwords.refusal("12345678") is None
    assert passwords.refusal("一二三四五六七八") is None
