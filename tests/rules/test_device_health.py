"""What the days of a device tell a technician."""

from __future__ import annotations

import pytest
from msgspec import Struct

from hallterm.rules.device_health import ADVICE, Advice, advice


class Day(Struct, frozen=True):
    link_ok: int = 1000
    link_bad: int = 0
    boots: int = 0
    asked: int = 100
    no_pad: int = 0


def days_of_bad(*bad: int) -> list[Day]:
    return [Day(link_ok=1000 - one, link_bad=one) for one in bad]


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        ((0, 2, 4, 6), True),
        ((6, 4, 2, 0), False),
        ((0, 2, 4, 5), False),
        ((0, 2, 2, 9), False),
        ((2, 4, 6), False),
        ((50, 0, 2, 4, 6), True),
    ],
)
def test_a_link_that_fell_three_days_running_and_is_no_longer_good_is_the_cable(
    bad: tuple[int, ...], said: bool
) -> None:
    assert advice(days_of_bad(*bad)) == ((Advice.CABLE,) if said else ())


def test_a_day_without_traffic_neither_falls_nor_breaks_a_fall() -> None:
    first, second, third, fourth = days_of_bad(0, 2, 4, 6)
    assert advice([first, second, Day(link_ok=0), third, fourth]) == (Advice.CABLE,)


@pytest.mark.parametrize(("boots", "said"), [(3, False), (4, True)])
def test_more_than_three_resets_a_day_are_the_power_supply(boots: int, said: bool) -> None:
    assert advice([Day(boots=boots)]) == ((Advice.POWER,) if said else ())
    assert advice([Day(boots=9), Day()]) == ()


@pytest.mark.parametrize(("asked", "no_pad", "said"), [(100, 2, False), (100, 3, True), (49, 1, True), (0, 0, False)])
def test_a_pad_missing_for_more_than_two_in_a_hundred_is_for_repair(asked: int, no_pad: int, said: bool) -> None:
    assert advice([Day(asked=asked, no_pad=no_pad)]) == ((Advice.REPAIR,) if said else ())


def test_everything_at_once_and_nothing_without_days() -> None:
    days = [*days_of_bad(0, 2, 4), Day(link_ok=990, link_bad=10, boots=5, asked=10, no_pad=5)]
    assert advice(days) == (Advice.CABLE, Advice.POWER, Advice.REPAIR) == tuple(ADVICE)
    assert advice([]) == ()
