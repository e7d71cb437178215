"""The rating pad on a real pty through port, codec, driver, manager and ledger."""

import msgspec
import pytest

from devices.codecs.htp1_messages import AckCode, CloseReason, FaultCode, Rate
from devices.events import (
    DeviceState,
    KeyPressed,
    PadFault,
    RatePressed,
    Role,
    StateChanged,
    WindowNotOpened,
    WindowOpened,
    WindowTimedOut,
)
from devices.platform import monotonic_ms
from devices.rating import VerdictCode
from devices.sim.bench import Bench
from tests.devices.conftest import QUICK, Hall, wait_until
from tests.devices.house import House

WID = 0x7E11


def counter(hall: Hall, name: str) -> int:
    return hall.manager.status()[0].counters[name]


def test_a_press_is_told_counted_only_after_the_commit(hall: Hall) -> None:
    house, pad = House(hall), hall.bench.pad("1")
    house.open(WID, "s1")
    hall.bench.press("1", 2)
    assert house.take_press(acknowledge=False) is VerdictCode.COUNTED
    assert house.committed == [("s1", 2)]
    assert pad.acks == []
    assert house.take_press() is VerdictCode.DUP_RETRANSMIT
    wait_until(lambda: pad.acks == [(WID, AckCode.DUPLICATE)])
    assert house.presses()[1].retransmit
    assert house.committed == [("s1", 2)]


def test_a_lost_acknowledgement_makes_a_duplicate_not_a_second_rating(hall: Hall) -> None:
    house, pad = House(hall), hall.bench.pad("1")
    pad.drop_acks = 2
    house.open(WID, "s1")
    hall.bench.press("1", 1)
    house.take_presses_until_acknowledged()
    assert house.codes[0] is VerdictCode.COUNTED
    assert set(house.codes[1:]) == {VerdictCode.DUP_RETRANSMIT}
    assert len(house.codes) >= 3
    assert house.committed == [("s1", 1)]


def test_a_cable_pulled_in_the_middle_of_a_rating_keeps_it(hall: Hall) -> None:
    house, device, pad = House(hall), hall.bench.device("pad", "1"), hall.bench.pad("1")
    house.open(WID, "s1")
    device.faults.cut_after_bytes = 7
    hall.bench.press("1", 3)
    wait_until(lambda: not device.plugged)
    hall.await_state(DeviceState.ABSENT)
    assert not hall.manager.open_window("1", WID + 1, 30)
    assert house.presses() == []
    hall.bench.replug("pad", "1")
    hall.await_state(DeviceState.READY)
    hall.recorder.wait(lambda: [e.wid for e in hall.recorder.of(WindowOpened)] == [WID, WID])
    assert house.take_press() is VerdictCode.COUNTED
    assert house.committed == [("s1", 3)]
    wait_until(lambda: bool(pad.acks))


def test_a_pad_that_was_reset_gets_its_window_again(hall: Hall) -> None:
    house, pad = House(hall), hall.bench.pad("1")
    house.open(WID, "s1")
    hall.bench.device("pad", "1").do(pad.reset)
    hall.recorder.wait(lambda: len(hall.recorder.of(WindowOpened)) == 2)
    assert pad.window is not None
    assert pad.window.wid == WID
    hall.bench.press("1", 4)
    assert house.take_press() is VerdictCode.COUNTED
    assert house.presses()[0].boot == pad.boot


def test_a_reset_pad_that_was_woken_before_anyone_asked_who_it_is_gets_its_window_again(hall: Hall) -> None:
    """It beats again at once, so no silence gives the reset away: only the boot number does."""
    house, pad = House(hall), hall.bench.pad("1")
    house.open(WID, "s1")
    hall.bench.device("pad", "1").do(pad.reset)
    hall.manager.show_idle("1", "0317", 5)
    hall.recorder.wait(lambda: len(hall.recorder.of(WindowOpened)) == 2)
    wait_until(lambda: pad.idle == (5, "0317"))
    assert counter(hall, "boots") == 1


def test_a_pad_reset_between_the_press_and_the_commit_is_not_left_asking(hall: Hall) -> None:
    house, pad = House(hall), hall.bench.pad("1")
    house.open(WID, "s1")
    hall.bench.press("1", 4)
    hall.recorder.wait(lambda: bool(house.presses()))
    hall.bench.device("pad", "1").do(pad.reset)
    hall.recorder.wait(lambda: len(hall.recorder.of(WindowOpened)) == 2)
    assert house.take_press() is VerdictCode.COUNTED
    wait_until(lambda: pad.window is None)


def test_a_rated_window_is_not_opened_again_after_a_reset(hall: Hall) -> None:
    house, pad = House(hall), hall.bench.pad("1")
    house.open(WID, "s1")
    hall.bench.press("1", 4)
    house.take_press()
    wait_until(lambda: bool(pad.acks))
    hall.manager.show_idle("1", "王芳", 5)
    wait_until(lambda: pad.idle == (5, "王芳"))
    hall.bench.device("pad", "1").do(pad.reset)
    wait_until(lambda: pad.idle == (5, "王芳"))
    assert pad.opens == [WID]


def test_another_pads_serial_is_a_wrong_device_and_rates_nothing(hall: Hall) -> None:
    pad, device = hall.bench.pad("1"), hall.bench.device("pad", "1")
    hall.bench.unplug("pad", "1")
    hall.await_state(DeviceState.ABSENT)
    own, pad.serial = pad.serial, "HT25A0000522"
    hall.bench.replug("pad", "1")
    hall.await_state(DeviceState.WRONG_DEVICE)
    (changed,) = [e for e in hall.recorder.of(StateChanged) if e.state is DeviceState.WRONG_DEVICE]
    assert changed.reason == "serial"
    assert changed.identity is not None
    assert changed.identity.serial == "HT25A0000522"
    assert not hall.manager.open_window("1", WID, 30)
    device.do(lambda: pad.forge(Rate(WID, 1, 2000, 100)))
    frames = counter(hall, "frames")
    wait_until(lambda: counter(hall, "frames") > frames + 3)
    assert hall.recorder.of(RatePressed) == []
    pad.serial = own
    hall.await_state(DeviceState.READY)


def test_two_swapped_pads_are_both_wrong(bench: Bench, halls: list[Hall]) -> None:
    bench.add_pad("1")
    bench.add_pad("2")
    hall = Hall(bench)
    halls.append(hall)
    for window in ("1", "2"):
        hall.await_state(DeviceState.READY, window=window)
    bench.swap("pad", "1", "2")
    for window in ("1", "2"):
        hall.await_state(DeviceState.WRONG_DEVICE, window=window)
    bench.swap("pad", "1", "2")
    for window in ("1", "2"):
        hall.await_state(DeviceState.READY, window=window)


def test_a_pad_with_other_keys_than_the_scale_is_refused(bench: Bench, halls: list[Hall]) -> None:
    bench.add_pad("1").keys = 4
    hall = Hall(bench)
    halls.append(hall)
    hall.await_state(DeviceState.WRONG_DEVICE)
    assert hall.recorder.of(StateChanged)[-1].reason == "keys"


def test_unsolicited_and_late_ratings_are_answered_and_never_counted(hall: Hall) -> None:
    house, pad, device = House(hall), hall.bench.pad("1"), hall.bench.device("pad", "1")
    device.do(lambda: pad.forge(Rate(0x1234, 1, 2000, 100)))
    assert house.take_press() is VerdictCode.NO_WINDOW
    wait_until(lambda: pad.acks == [(0x1234, AckCode.NO_WINDOW)])
    house.open(WID, "s1")
    house.ledger.next_customer_called(monotonic_ms())
    house.ledger.open(WID + 1, "s2", pad.serial, 30, monotonic_ms())
    device.do(lambda: pad.forge(Rate(WID, 1, 2000, 100)))
    while house.codes[-1] is VerdictCode.NO_WINDOW:
        house.take_press()
    assert house.codes[-1] is VerdictCode.LATE_OTHER_SERVICE
    wait_until(lambda: (WID, AckCode.LATE) in pad.acks)
    assert house.committed == []


def test_a_key_outside_a_window_is_information(hall: Hall) -> None:
    hall.bench.press("1", 5)
    hall.recorder.wait(lambda: [e.key for e in hall.recorder.of(KeyPressed)] == [5])
    assert hall.recorder.of(RatePressed) == []


def test_key_held_across_open_and_two_keys_at_once_do_not_rate(hall: Hall) -> None:
    house, pad, device = House(hall), hall.bench.pad("1"), hall.bench.device("pad", "1")
    device.do(lambda: pad.key_down(1))
    house.open(WID, "s1")
    device.do(lambda: pad.key_up(1))
    device.do(lambda: pad.key_down(2))
    device.do(lambda: pad.key_down(3))
    hall.recorder.wait(
        lambda: [(e.code, e.detail) for e in hall.recorder.of(PadFault)] == [(FaultCode.TWO_KEYS, 0b110)]
    )
    device.do(lambda: pad.key_up(2))
    device.do(lambda: pad.key_up(3))
    hall.bench.press("1", 4)
    assert house.take_press() is VerdictCode.COUNTED
    assert [e.key for e in house.presses()] == [4]


def test_nobody_pressing_is_told_by_the_pad(hall: Hall) -> None:
    house = House(hall)
    house.open(WID, "s1", timeout_s=1)
    hall.recorder.wait(lambda: [e.wid for e in hall.recorder.of(WindowTimedOut)] == [WID])
    assert hall.recorder.of(RatePressed) == []


def test_closing_a_window_closes_it_on_the_pad(hall: Hall) -> None:
    house, pad = House(hall), hall.bench.pad("1")
    house.open(WID, "s1")
    hall.manager.close_window("1", WID, CloseReason.CANCELLED)
    wait_until(lambda: pad.window is None)


def test_a_window_the_pad_does_not_answer_is_not_open(hall: Hall) -> None:
    device = hall.bench.device("pad", "1")
    device.faults.mute = True
    assert hall.manager.open_window("1", WID, 30)
    hall.recorder.wait(lambda: hall.recorder.of(WindowNotOpened) == [WindowNotOpened("1", WID, "silent")])
    hall.await_state(DeviceState.STALE)
    hall.await_state(DeviceState.LOST)
    device.faults.mute = False
    hall.await_state(DeviceState.READY)
    wait_until(lambda: hall.bench.pad("1").window is None)


def test_an_open_case_quarantines_the_pad_until_a_technician_releases_it(hall: Hall) -> None:
    pad, device = hall.bench.pad("1"), hall.bench.device("pad", "1")
    device.do(pad.tamper)
    hall.await_state(DeviceState.QUARANTINED)
    hall.recorder.wait(lambda: [e.code for e in hall.recorder.of(PadFault)] == [FaultCode.TAMPER])
    assert not hall.manager.open_window("1", WID, 30)
    device.do(lambda: pad.tamper(False))
    device.do(pad.reset)
    wait_until(lambda: counter(hall, "boots") == 1)
    assert hall.state(Role.RATING_DEVICE, "1") is not DeviceState.READY
    hall.manager.release(Role.RATING_DEVICE, "1")
    hall.await_state(DeviceState.READY)


def test_noise_makes_the_link_degraded_and_rates_nothing(bench: Bench, halls: list[Hall]) -> None:
    bench.add_pad("1")
    bench.device("pad", "1").faults.noise = 0.005
    hall = Hall(bench, timing=msgspec.structs.replace(QUICK, stale_hearts=40, lost_hearts=80))
    halls.append(hall)
    hall.await_state(DeviceState.DEGRADED)
    house = House(hall)
    house.open(WID, "s1")
    bench.press("1", 1)
    house.take_presses_until_acknowledged()
    assert house.committed == [("s1", 1)]


@pytest.mark.parametrize("timeout_s", [0, 61])
def test_a_window_lasts_a_second_to_a_minute(hall: Hall, timeout_s: int) -> None:
    with pytest.raises(ValueError, match="timeout"):
        hall.manager.open_window("1", WID, timeout_s)
