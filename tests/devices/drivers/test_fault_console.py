"""The fault console's words for what lines, adapters and keys do, as a real manager sees them."""

import os
import stat

import pytest

from devices.codecs.htp1_messages import FaultCode
from devices.events import USABLE, DeviceState, KeyPressed, PadFault, Role
from devices.rating import VerdictCode
from devices.sim.bench import Bench
from devices.sim.commands import COMMANDS, obey
from tests.devices.conftest import Hall, wait_until
from tests.devices.house import House

WID = 0x7E11


def told(bench: Bench, *lines: str) -> None:
    assert [obey(bench, line) for line in lines] == ["ok"] * len(lines)


@pytest.mark.parametrize(
    ("on", "state", "off"),
    [
        ("awol pad 1 on", DeviceState.STALE, "awol pad 1 off"),
        ("flood pad 1 1000000", DeviceState.FLOODING, "flood pad 1 0"),
        ("wrongbaud pad 1 19200", DeviceState.LOST, "wrongbaud pad 1 0"),
        ("busy pad 1 on", DeviceState.BUSY, "busy pad 1 off"),
        ("move pad 1", DeviceState.ABSENT, "move pad 1"),
    ],
)
def test_a_fault_is_seen_and_its_end_too(bench: Bench, hall: Hall, on: str, state: DeviceState, off: str) -> None:
    told(bench, on)
    wait_until(lambda: state in hall.recorder.states(Role.RATING_DEVICE, "1"))
    told(bench, off)
    wait_until(lambda: hall.state(Role.RATING_DEVICE, "1") in USABLE)  # what came of a flood weighs for five minutes


def test_only_root_opens_a_port_that_is_denied(bench: Bench, hall: Hall) -> None:
    link = bench.device("pad", "1").link
    told(bench, "deny pad 1 on")
    assert stat.S_IMODE(os.stat(link).st_mode) == 0
    told(bench, "deny pad 1 off")
    assert stat.S_IMODE(os.stat(link).st_mode) != 0
    hall.await_state(DeviceState.READY)


def test_a_line_that_splits_doubles_halves_and_echoes_loses_and_doubles_no_rating(bench: Bench, hall: Hall) -> None:
    told(bench, "dup pad 1 on", "echo pad 1 on", "split pad 1 1", "half pad 1", "slow pad 1 50")
    house = House(hall)
    house.open(WID, "s1")
    told(bench, "press 1 2")
    house.take_presses_until_acknowledged()
    assert house.committed == [("s1", 2)]
    assert set(house.codes[1:]) <= {VerdictCode.DUP_RETRANSMIT}
    wait_until(lambda: hall.manager.status()[0].echo_seen)
    told(bench, "dup pad 1 off", "echo pad 1 off", "split pad 1 0", "late pad 1 0")


def test_keys_that_stick_or_go_down_together_rate_nothing(bench: Bench, hall: Hall) -> None:
    told(bench, "chord 1 2 3")
    hall.recorder.wait(lambda: [fault.code for fault in hall.recorder.of(PadFault)] == [FaultCode.TWO_KEYS])
    pad = bench.pad("1")
    wait_until(lambda: not pad._keyboard.down)
    told(bench, "stuck 1 4 on")
    wait_until(lambda: pad._keyboard.down == 0b1000)
    told(bench, "stuck 1 4 off")
    hall.recorder.wait(lambda: [event.key for event in hall.recorder.of(KeyPressed)] == [4])


def test_what_makes_no_sense_is_said(bench: Bench) -> None:
    bench.add_pad("1")
    for line in ("split pad 1 -1", "flood pad 1 x", "wrongbaud pad 1 9601", "awol pad 1", "awol pad 1 perhaps"):
        assert obey(bench, line) == "error arguments"
    for line in ("awol pad 2 on", "stuck 2 1 on", "chord 2 1 2"):
        assert obey(bench, line) == "error no_such_device"


def test_every_fault_of_a_bench_has_its_word() -> None:
    """By their names in the trade; `move` is a replug at another port."""
    words = (
        "unplug replug move mute awol noise split half dup swap stuck chord tamper flood late reset wrongbaud slow echo "
        "paper busy deny"
    )
    assert set(words.split()) <= set(COMMANDS)
