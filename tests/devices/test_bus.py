"""Several devices on one RS-485 line: shared fairly, told apart by address, asked because nobody may speak unasked."""

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from devices.bindings import Binding
from devices.codecs.htp1_messages import AckCode
from devices.events import DeviceState, KeyPressed, PadFault, RatePressed, Role, WindowNotOpened, WindowOpened
from devices.manager import DeviceManager
from devices.sim.device import SimDevice
from devices.sim.pad import SimPad
from tests.devices.conftest import QUICK, Recorder, wait_until
from tests.devices.shared_line import SharedLine, bus_binding, on_a_pty

WINDOWS = ("1", "2", "3")


class BusHall:
    """Three pads on one port, a manager, a recorder."""

    def __init__(self, device: SimDevice, line: SharedLine, pads: list[SimPad]) -> None:
        self.device, self.line, self.pads = device, line, pads
        self.bindings = tuple(bus_binding(device.link, pad, w) for pad, w in zip(pads, WINDOWS, strict=True))
        self.recorder = Recorder()
        self.manager = DeviceManager(self.bindings, self.recorder, by_id=device.link.parent, timing=QUICK)

    def state(self, window: str) -> DeviceState:
        return next(one.state for one in self.manager.status() if one.window == window)

    def counters(self, window: str) -> dict[str, int]:
        return next(one.counters for one in self.manager.status() if one.window == window)

    def await_ready(self, *windows: str) -> None:
        wait_until(lambda: all(self.state(window) is DeviceState.READY for window in windows or WINDOWS))

    def press(self, window: str, key: int) -> None:
        self.device.do(lambda: self.pads[int(window) - 1].press(key))

    def open(self, window: str, wid: int) -> None:
        assert self.manager.open_window(window, wid, 30)
        self.recorder.wait(lambda: any(e.wid == wid for e in self.recorder.of(WindowOpened)))


MakeHall = Callable[..., BusHall]


@pytest.fixture
def make_hall(tmp_path: Path) -> Iterator[MakeHall]:
    closing: list[Callable[[], object]] = []

    def make(*, echo: bool = False, absent: int | None = None) -> BusHall:
        pads = [SimPad(f"HT25A000000{n}", n, bus=True, heart_s=0.4, boot=n) for n in (1, 2, 3)]
        line = SharedLine(pads, echo=echo)
        line.absent = set() if absent is None else {absent}
        context = on_a_pty(line, tmp_path)
        hall = BusHall(context.__enter__(), line, pads)
        closing.extend([lambda: context.__exit__(None, None, None), hall.manager.stop])
        hall.manager.start()
        return hall

    yield make
    for close in reversed(closing):
        close()


def test_three_pads_share_a_port_and_each_rates_for_its_own_window(make_hall: MakeHall) -> None:
    hall = make_hall()
    hall.await_ready()
    assert all(status.shared for status in hall.manager.status())
    for window in WINDOWS:
        hall.open(window, 100 + int(window))
    for window in reversed(WINDOWS):
        hall.press(window, int(window))
    hall.recorder.wait(lambda: len({e.window for e in hall.recorder.of(RatePressed)}) == 3)
    told = {(e.window, e.wid, e.key, e.pad_serial) for e in hall.recorder.of(RatePressed)}
    assert told == {(w, 100 + int(w), int(w), f"HT25A000000{w}") for w in WINDOWS}
    for event in hall.recorder.of(RatePressed)[:3]:
        hall.manager.acknowledge(event.window, event.seq, AckCode.COUNTED)
    wait_until(lambda: all(pad.acks and pad.acks[0][1] == AckCode.COUNTED for pad in hall.pads))
    assert hall.line.collisions == 0


def test_a_press_is_told_once_although_it_is_fetched_until_it_is_acknowledged(make_hall: MakeHall) -> None:
    hall = make_hall()
    hall.await_ready()
    hall.open("2", 7)
    hall.press("2", 1)
    hall.recorder.wait(lambda: bool(hall.recorder.of(RatePressed)))
    fetched = len(hall.line.asked)
    hall.manager.acknowledge("2", hall.recorder.of(RatePressed)[0].seq, AckCode.COUNTED)
    wait_until(lambda: hall.pads[1].acks == [(7, AckCode.COUNTED)])
    wait_until(lambda: len(hall.line.asked) > fetched + 6)
    assert len([e for e in hall.recorder.of(RatePressed) if not e.retransmit]) == 1
    assert hall.counters("2")["ratings"] == 1


def test_keys_and_an_open_case_are_fetched_too(make_hall: MakeHall) -> None:
    hall = make_hall()
    hall.await_ready()
    hall.press("3", 4)
    hall.recorder.wait(lambda: [(e.window, e.key) for e in hall.recorder.of(KeyPressed)] == [("3", 4)])
    hall.device.do(hall.pads[0].tamper)
    wait_until(lambda: hall.state("1") is DeviceState.QUARANTINED)
    hall.recorder.wait(lambda: [e.window for e in hall.recorder.of(PadFault)] == ["1"])
    assert hall.state("2") is DeviceState.READY


def test_one_dead_device_does_not_starve_the_others(make_hall: MakeHall) -> None:
    hall = make_hall(absent=1)
    hall.await_ready("1", "3")
    wait_until(lambda: hall.state("2") is DeviceState.LOST)
    hall.line.asked.clear()
    wait_until(lambda: hall.line.asked.count(2) >= 3)
    asked = Counter(hall.line.asked)
    assert min(asked[1], asked[3]) >= 3
    for window in ("1", "3"):
        hall.open(window, 40 + int(window))
    hall.line.absent.clear()
    hall.await_ready()


def test_a_device_that_dies_while_open_is_said_and_the_others_go_on(make_hall: MakeHall) -> None:
    hall = make_hall()
    hall.await_ready()
    hall.line.absent = {0}
    assert hall.manager.open_window("1", 9, 30)
    hall.recorder.wait(lambda: hall.recorder.of(WindowNotOpened) == [WindowNotOpened("1", 9, "silent")])
    hall.open("2", 10)
    hall.press("2", 5)
    hall.recorder.wait(lambda: [e.wid for e in hall.recorder.of(RatePressed)][:1] == [10])


def test_our_own_echo_is_dropped_and_told(make_hall: MakeHall) -> None:
    hall = make_hall(echo=True)
    hall.await_ready()
    hall.open("1", 5)
    hall.press("1", 2)
    hall.recorder.wait(lambda: [e.key for e in hall.recorder.of(RatePressed)][:1] == [2])
    assert all(status.echo_seen for status in hall.manager.status())
    assert {status.link_score for status in hall.manager.status()} == {1.0}


def test_without_echo_none_is_told(make_hall: MakeHall) -> None:
    hall = make_hall()
    hall.await_ready()
    assert not any(status.echo_seen for status in hall.manager.status())


def test_a_technician_gets_the_port_although_others_share_it(make_hall: MakeHall) -> None:
    hall = make_hall()
    hall.await_ready()
    hall.manager.let_go(Role.RATING_DEVICE, "2")
    wait_until(lambda: all(hall.state(window) is DeviceState.DISABLED for window in WINDOWS))
    hall.manager.take_back(Role.RATING_DEVICE, "2")
    hall.await_ready()


def test_the_port_is_open_once_and_closed_after_the_last(make_hall: MakeHall) -> None:
    hall = make_hall()
    hall.await_ready()
    hall.manager.rebind(hall.bindings[:2])
    wait_until(lambda: len(hall.manager.status()) == 2)
    hall.await_ready("1", "2")
    hall.manager.rebind(())
    wait_until(lambda: hall.device._hung_up)
    assert hall.manager.status() == []


def test_hearts_are_asked_for_so_a_bus_pad_is_never_stale(make_hall: MakeHall) -> None:
    hall = make_hall()
    hall.await_ready()
    frames = hall.counters("1")["frames"]
    wait_until(lambda: hall.counters("1")["frames"] > frames + 25)
    assert hall.recorder.states(Role.RATING_DEVICE, "1").count(DeviceState.STALE) == 0
    assert hall.counters("1")["supply_mv"] > 0


def test_bindings_that_share_a_port_otherwise_are_busy_not_mixed_up(make_hall: MakeHall) -> None:
    hall = make_hall()
    hall.await_ready()
    stranger = Binding(
        Role.RATING_DEVICE, "pad_htp1", "9", type(hall.bindings[0].port)(usb_serial="BUS25A000001"), address=9,
        keys=hall.bindings[0].keys,
    )  # fmt: skip
    hall.manager.rebind((*hall.bindings, stranger))
    wait_until(lambda: hall.state("9") is DeviceState.BUSY)
    hall.await_ready()
