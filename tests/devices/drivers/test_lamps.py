"""Overtime lamps on real ptys: a relay that cannot be asked, and one that speaks HTP/1."""

from itertools import pairwise

from devices.codecs.htp1_messages import LedPattern
from devices.events import DeviceState, LampPattern, Role
from devices.sim.bench import Bench
from devices.sim.lamp import SimHtpLamp, SimRelays
from tests.devices.conftest import Hall, wait_until


def ready(bench: Bench, halls: list[Hall]) -> Hall:
    hall = Hall(bench)
    halls.append(hall)
    hall.await_state(DeviceState.READY, Role.OVERTIME_LAMP)
    return hall


def relays(bench: Bench, **options: int) -> SimRelays:
    return bench.add_lamp("1", options)


def test_a_relay_is_switched_on_and_off_on_its_own_channel(bench: Bench, halls: list[Hall]) -> None:
    board = relays(bench, channel=3)
    hall = ready(bench, halls)
    hall.manager.set_lamp("1", LampPattern.ON)
    wait_until(lambda: board.lit == {3})
    hall.manager.set_lamp("1", LampPattern.OFF)
    wait_until(lambda: board.lit == set())
    assert {channel for channel, _ in board.switched} == {3}


def test_it_blinks_by_switching(bench: Bench, halls: list[Hall]) -> None:
    board = relays(bench, blink_ms=100)
    hall = ready(bench, halls)
    hall.manager.set_lamp("1", LampPattern.BLINKING)
    wait_until(lambda: len(board.switched) >= 6)
    states = [on for _, on in board.switched[1:6]]
    assert all(one is not other for one, other in pairwise(states))
    hall.manager.set_lamp("1", LampPattern.OFF)
    wait_until(lambda: not board.lit)


def test_a_relay_that_was_reset_is_told_again(bench: Bench, halls: list[Hall]) -> None:
    board = relays(bench, refresh_s=1)
    hall = ready(bench, halls)
    hall.manager.set_lamp("1", LampPattern.ON)
    wait_until(lambda: board.lit == {1})
    bench.device("lamp", "1").do(board.reset)
    wait_until(lambda: board.lit == {1})


def test_a_relay_that_was_unplugged_shows_what_is_true_when_it_comes_back(bench: Bench, halls: list[Hall]) -> None:
    board = relays(bench)
    hall = ready(bench, halls)
    bench.unplug("lamp", "1")
    hall.await_state(DeviceState.ABSENT, Role.OVERTIME_LAMP)
    hall.manager.set_lamp("1", LampPattern.ON)
    bench.replug("lamp", "1")
    wait_until(lambda: board.lit == {1})


def lamp_of(bench: Bench) -> SimHtpLamp:
    return bench.add_htp_lamp("1")


def test_a_lamp_on_htp1_blinks_by_itself_and_is_right_after_a_reset(bench: Bench, halls: list[Hall]) -> None:
    lamp = lamp_of(bench)
    hall = ready(bench, halls)
    for pattern, shown in (
        (LampPattern.ON, LedPattern.ON),
        (LampPattern.OFF, LedPattern.OFF),
        (LampPattern.BLINKING, LedPattern.SLOW),
    ):
        hall.manager.set_lamp("1", pattern)
        wait_until(lambda shown=shown: lamp.pattern is shown)  # type: ignore[misc]
    bench.device("htp_lamp", "1").do(lamp.reset)
    assert lamp.pattern is LedPattern.OFF
    wait_until(lambda: lamp.pattern is LedPattern.SLOW)


def test_another_lamp_than_the_bound_one_is_not_used(bench: Bench, halls: list[Hall]) -> None:
    lamp = lamp_of(bench)
    lamp.serial = "LP25A9999999"
    hall = Hall(bench)
    halls.append(hall)
    hall.await_state(DeviceState.WRONG_DEVICE, Role.OVERTIME_LAMP)
    assert lamp.told == 0


def test_a_lamp_is_out_when_nobody_minds_it_any_more(bench: Bench, halls: list[Hall]) -> None:
    board, lamp = relays(bench), bench.add_htp_lamp("2")
    hall = ready(bench, halls)
    hall.await_state(DeviceState.READY, Role.OVERTIME_LAMP, "2")
    hall.manager.set_lamp("1", LampPattern.ON)
    hall.manager.set_lamp("2", LampPattern.BLINKING)
    wait_until(lambda: board.lit == {1} and lamp.pattern is LedPattern.SLOW)
    hall.manager.stop()
    wait_until(lambda: board.lit == set() and lamp.pattern is LedPattern.OFF)
