"""What goes wrong on serial lines, injected on real ptys.

F1 noise, F9 no retry storm: test_device_noise. F4 lost acknowledgement, F11 stuck, chord, held across OPEN, F12 open
case, F13 late and unsolicited, F16 reset: tests/devices/test_pad_end_to_end. F5 killed between commit and
acknowledgement: tests/hallterm/station/test_ratings. F8 one address twice: tests/devices/test_addresses. F15 printer:
tests/devices/test_window_and_printer. F17 the day: test_device_day. F20 ports: tests/devices/test_ports. Here: F2 half
frames, F3 cables, F6 wrong speed, F7 swapped pads, F9 denied, F10 flood, F14 nobody reads, F18 the end of it all.
"""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from devices.bindings import Binding
from devices.codecs.htp1 import ACK_REQ, FROM_DEVICE, Frame, encode
from devices.codecs.htp1_messages import Key, Message, Rate, pack
from devices.errors import LineSettings
from devices.events import DeviceState, KeyPressed, RatePressed, Role, StateChanged, WindowOpened
from devices.ports import PortMatch
from devices.rating import VerdictCode
from devices.sim.bench import Bench
from tests.devices.conftest import Hall, wait_until
from tests.devices.house import House

pytestmark = pytest.mark.faults
WID = 0x7E11


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with Bench(tmp_path, heart_s=0.4) as running:
        yield running


@pytest.fixture
def halls() -> Iterator[list[Hall]]:
    started: list[Hall] = []
    yield started
    for hall in started:
        hall.manager.stop()


def ready_hall(bench: Bench, halls: list[Hall], bindings: tuple[Binding, ...] | None = None) -> Hall:
    hall = Hall(bench, bindings=bindings)
    halls.append(hall)
    for binding in bindings or bench.bindings():
        hall.await_state(DeviceState.READY, binding.role, binding.window)
    return hall


def wire(message: Message, seq: int) -> bytes:
    kind, payload = pack(message)
    return encode(Frame(1, kind, seq, payload, FROM_DEVICE | ACK_REQ))


def test_f2_a_frame_cut_anywhere_is_no_event_and_costs_no_other(bench: Bench, halls: list[Hall]) -> None:
    pad = bench.add_pad("1")
    hall = ready_hall(bench, halls)
    device, rate = bench.device("pad", "1"), wire(Rate(WID, 1, 2000, 100), 77)
    for cut in range(1, len(rate) - 1):  # without its last byte it is whole: the next frame's flag closes it
        half = rate[:cut]
        device.do(lambda half=half: pad._out.extend(half))  # type: ignore[misc]
        device.do(lambda cut=cut: pad._out.extend(wire(Key(2, 0, cut), cut)))  # type: ignore[misc]
        hall.recorder.wait(lambda cut=cut: [e.held_ms for e in hall.recorder.of(KeyPressed)][-1:] == [cut])  # type: ignore[misc]
    assert len(hall.recorder.of(KeyPressed)) == len(rate) - 2
    assert hall.recorder.of(RatePressed) == []


def test_f3_a_pad_moved_to_another_port_goes_on_with_its_window(bench: Bench, halls: list[Hall]) -> None:
    pad, device = bench.add_pad("1"), bench.device("pad", "1")
    binding = msgspec.structs.replace(bench.bindings()[0], port=PortMatch(usb_serial=pad.serial))
    hall = ready_hall(bench, halls, (binding,))
    house = House(hall)
    house.open(WID, "s1")
    device.faults.cut_after_bytes = 5
    bench.press("1", 3)
    wait_until(lambda: not device.plugged)
    hall.await_state(DeviceState.ABSENT)
    assert DeviceState.LOST in hall.recorder.states(Role.RATING_DEVICE, "1")
    device.link = device.link.with_name(f"usb-SIM_moved_{pad.serial}-if00")
    device.plug()
    hall.recorder.wait(lambda: [e.wid for e in hall.recorder.of(WindowOpened)] == [WID, WID])
    assert house.take_press() is VerdictCode.COUNTED
    assert house.committed == [("s1", 3)]
    assert hall.manager.status()[0].port == str(device.link)


def test_f6_at_the_wrong_speed_it_is_said_that_bytes_come_and_mean_nothing(bench: Bench, halls: list[Hall]) -> None:
    """The pad was set to another speed while it worked: its hearts go on, and are noise here."""
    bench.add_pad("1")
    wrong = bench.bindings()[0]
    hall = ready_hall(bench, halls)
    bench.device("pad", "1").want(19200)
    hall.await_state(DeviceState.LOST)
    hall.recorder.wait(lambda: [e.reason for e in hall.recorder.of(StateChanged)][-1:] == ["unreadable"])
    hall.manager.rebind((msgspec.structs.replace(wrong, line=LineSettings(19200)),))
    hall.await_state(DeviceState.READY)


def test_f7_swapped_cables_are_two_wrong_devices_until_the_bindings_change_ports(
    bench: Bench, halls: list[Hall]
) -> None:
    pads = {window: bench.add_pad(window) for window in ("1", "2")}
    display = bench.add_display("1")
    hall = ready_hall(bench, halls)
    hall.manager.show_text("1", "A001")
    wait_until(lambda: display.shown == "A001")
    bench.swap("pad", "1", "2")
    for window in pads:
        hall.await_state(DeviceState.WRONG_DEVICE, window=window)
        assert not hall.manager.open_window(window, WID, 30)
        bench.device("pad", window).do(lambda window=window: pads[window].forge(Rate(WID, 1, 2000, 100)))  # type: ignore[misc]
    frames = {status.window: status.counters["frames"] for status in hall.manager.status()}
    wait_until(lambda: all(s.counters["frames"] > frames[s.window] for s in hall.manager.status() if s.window in pads))
    assert hall.recorder.of(RatePressed) == []
    one, other, shown = sorted(bench.bindings(), key=lambda b: (b.role is Role.WINDOW_DISPLAY, b.window))
    ports = (other.port, one.port)
    hall.manager.rebind(
        (*(msgspec.structs.replace(b, port=p) for b, p in zip((one, other), ports, strict=True)), shown)
    )
    for window in pads:
        hall.await_state(DeviceState.READY, window=window)
    assert hall.recorder.states(Role.WINDOW_DISPLAY, "1").count(DeviceState.OPENING) == 1, "it was not disturbed"


def test_f9_without_permission_the_owner_and_the_mode_are_told(bench: Bench) -> None:
    bench.add_pad("1")
    port = os.path.realpath(bench.device("pad", "1").link)
    os.chmod(port, 0o000)
    program = f"""
import os, threading
from devices.bindings import Binding
from devices.events import Role, StateChanged
from devices.manager import DeviceManager
from devices.ports import PortInfo, PortMatch
if os.geteuid() == 0:
    os.setgroups([]); os.setgid(65534); os.setuid(65534)
told = threading.Event()
def event(e):
    if getattr(e, "state", "") == "denied":
        print(e.reason, e.error.port, oct(e.error.mode), bool(e.error.owner), flush=True)
        told.set()
port = {port!r}
binding = Binding(Role.RATING_DEVICE, "pad_htp1", "1", PortMatch(name=port), keys={{1: 3, 2: 2, 3: 1}})
manager = DeviceManager((binding,), event, scan=lambda: [PortInfo(port, port)])
manager.start()
assert told.wait(120)
print(manager.open_window("1", 1, 30))
manager.stop()
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout.splitlines() == [f"denied {port} 0o0 True", "False"], done.stderr


def test_f10_a_flooding_port_is_cut_off_and_disturbs_nobody(bench: Bench, halls: list[Hall]) -> None:
    pad = bench.add_pad("1")
    bench.add_pad("2")
    hall = ready_hall(bench, halls)
    quiet_tick, quiet_next = pad.tick, pad.next_ms
    pad.tick = lambda now_ms: bytes(4096)  # type: ignore[method-assign]
    pad.next_ms = lambda: 0  # type: ignore[method-assign]
    bench.device("pad", "1").wake()
    hall.recorder.wait(lambda: DeviceState.FLOODING in hall.recorder.states(Role.RATING_DEVICE, "1"))
    pad.tick, pad.next_ms = quiet_tick, quiet_next  # type: ignore[method-assign]
    house = House(hall, "2")
    house.open(WID, "s1")
    bench.press("2", 1)
    assert house.take_press() is VerdictCode.COUNTED
    counters = hall.manager.status()[0].counters
    assert counters["dropped_bytes"] > counters["noise_bytes"] > 0
    assert counters["port_flooding"] == 1


def test_f14_and_f18_it_ends_while_every_line_is_blocked(bench: Bench) -> None:
    for window in ("1", "2", "3"):
        bench.add_pad(window)
    bench.add_display("1")
    before = threading.active_count()
    hall = Hall(bench)
    for window in ("1", "2", "3"):
        hall.await_state(DeviceState.READY, window=window)
    bench.device("pad", "1").faults.deaf = True
    bench.device("pad", "2").faults.mute = True
    bench.pad("3").tick = lambda now_ms: bytes(4096)  # type: ignore[method-assign]
    bench.pad("3").next_ms = lambda: 0  # type: ignore[method-assign]
    bench.unplug("display", "1")
    for window in ("1", "2", "3"):
        hall.manager.show_idle(window, "0317", 5)
        hall.manager.open_window(window, WID, 30)
    hall.manager.stop()
    wait_until(lambda: threading.active_count() == before)
    assert {status.state for status in hall.manager.status()} == {DeviceState.DISABLED}
