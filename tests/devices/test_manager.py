"""The manager as a whole: hot plug, foreign ports, what it leaves behind, and that it ends."""

import fcntl
import os
import threading
import tty

import msgspec
import pytest

from devices import platform
from devices.bindings import Binding
from devices.drivers.window_htp1 import WindowHtp1
from devices.errors import LineSettings, PortBusy
from devices.events import DeviceState, Role, StateChanged
from devices.manager import DeviceManager
from devices.port import Down, Received, SerialPort, Sink
from devices.ports import PortInfo, PortMatch
from devices.sim.bench import Bench
from devices.ticket import PrintResult, TicketDoc
from tests.devices.conftest import QUICK, Hall, Recorder, wait_until


def open_files() -> int:
    return len(os.listdir("/proc/self/fd"))


def test_a_device_comes_and_goes_through_its_states(bench: Bench, halls: list[Hall]) -> None:
    bench.add_pad("1")
    bench.unplug("pad", "1")
    hall = Hall(bench)
    halls.append(hall)
    hall.await_state(DeviceState.ABSENT)
    bench.replug("pad", "1")
    hall.await_state(DeviceState.READY)
    S = DeviceState
    assert hall.recorder.states(Role.RATING_DEVICE, "1") == [S.ABSENT, S.OPENING, S.LISTENING, S.IDENTIFYING, S.READY]
    status = hall.manager.status()[0]
    assert (status.driver, status.counters["connections"], status.link_score) == ("pad_htp1", 1, 1.0)
    assert status.identity is not None
    assert status.identity.serial == bench.pad("1").serial


def test_ten_replugs_leave_no_thread_and_no_file_behind(bench: Bench, halls: list[Hall]) -> None:
    bench.add_pad("1")
    hall = Hall(bench)
    halls.append(hall)
    hall.await_state(DeviceState.READY)
    before = (threading.active_count(), open_files())
    for _ in range(10):
        bench.unplug("pad", "1")
        hall.await_state(DeviceState.ABSENT)
        bench.replug("pad", "1")
        hall.await_state(DeviceState.READY)
    wait_until(lambda: (threading.active_count(), open_files()) == before)
    assert hall.manager.status()[0].counters["connections"] == 11


def test_a_manager_leaves_nothing_behind_and_takes_calls_after_its_end(bench: Bench) -> None:
    bench.add_pad("1")
    bench.add_display("1")
    bench.add_printer()
    wait_until(lambda: threading.active_count() >= 4)
    before = (threading.active_count(), open_files())
    hall = Hall(bench)
    for role, window in ((Role.RATING_DEVICE, "1"), (Role.WINDOW_DISPLAY, "1"), (Role.TICKET_PRINTER, "")):
        hall.await_state(DeviceState.READY, role, window)
    hall.manager.stop()
    hall.manager.stop()
    wait_until(lambda: (threading.active_count(), open_files()) == before)
    assert {status.state for status in hall.manager.status()} == {DeviceState.DISABLED}
    assert not hall.manager.open_window("1", 1, 30)
    hall.manager.show_text("1", "x")


def test_stopping_ends_while_the_device_never_reads_and_another_is_flooding(bench: Bench, halls: list[Hall]) -> None:
    bench.add_pad("1")
    bench.add_display("1")
    hall = Hall(bench)
    halls.append(hall)
    hall.await_state(DeviceState.READY)
    hall.await_state(DeviceState.READY, Role.WINDOW_DISPLAY)
    bench.device("display", "1").faults.deaf = True
    flood = bench.pad("1")
    flood.tick = lambda now_ms: bytes(4096)  # type: ignore[method-assign]
    flood.next_ms = lambda: 0  # type: ignore[method-assign]
    hall.manager.show_text("1", "请")
    wait_until(lambda: hall.manager.status()[0].counters["noise_bytes"] > 0)
    hall.manager.stop()
    wait_until(lambda: not any(thread.name.startswith(("read", "write")) for thread in threading.enumerate()))


def test_a_flooding_device_is_cut_off_and_tried_again(bench: Bench, halls: list[Hall]) -> None:
    bench.add_pad("1")
    hall = Hall(bench)
    halls.append(hall)
    hall.await_state(DeviceState.READY)
    pad = bench.pad("1")
    quiet_tick, quiet_next = pad.tick, pad.next_ms
    pad.tick = lambda now_ms: bytes(2048)  # type: ignore[method-assign]
    pad.next_ms = lambda: 0  # type: ignore[method-assign]
    bench.device("pad", "1").wake()
    hall.recorder.wait(lambda: DeviceState.FLOODING in hall.recorder.states(Role.RATING_DEVICE, "1"))
    pad.tick, pad.next_ms = quiet_tick, quiet_next  # type: ignore[method-assign]
    hall.await_state(DeviceState.READY)
    assert hall.manager.status()[0].counters["dropped_bytes"] > 0


def test_a_port_another_program_holds_is_busy_until_it_lets_go(bench: Bench, halls: list[Hall]) -> None:
    bench.add_pad("1")
    link = str(bench.device("pad", "1").link)
    holder = os.open(link, os.O_RDWR | os.O_NOCTTY)
    fcntl.flock(holder, fcntl.LOCK_EX)
    hall = Hall(bench)
    halls.append(hall)
    hall.await_state(DeviceState.BUSY)
    (busy,) = [e.error for e in hall.recorder.of(StateChanged) if e.state is DeviceState.BUSY][:1]
    assert isinstance(busy, PortBusy)
    assert busy.port == link
    os.close(holder)
    hall.await_state(DeviceState.READY)


def test_a_technician_may_have_the_port_and_give_it_back(bench: Bench, halls: list[Hall]) -> None:
    bench.add_pad("1")
    hall = Hall(bench)
    halls.append(hall)
    hall.await_state(DeviceState.READY)
    hall.manager.let_go(Role.RATING_DEVICE, "1")
    hall.await_state(DeviceState.DISABLED)
    wait_until(lambda: not any(thread.name.startswith("read") for thread in threading.enumerate()))
    hall.manager.take_back(Role.RATING_DEVICE, "1")
    hall.await_state(DeviceState.READY)
    hall.manager.let_go(Role.RATING_DEVICE, "1")
    hall.manager.take_back(Role.RATING_DEVICE, "1")
    hall.recorder.wait(lambda: hall.recorder.states(Role.RATING_DEVICE, "1").count(DeviceState.READY) == 3)


def test_ports_that_are_not_bound_are_never_opened(bench: Bench, halls: list[Hall]) -> None:
    master, slave = os.openpty()
    tty.setraw(slave)
    name = os.ttyname(slave)
    os.close(slave)
    try:
        bench.add_pad("1")
        ports = [PortInfo(name, name, "FOREIGN")]
        binding = Binding(Role.RATING_DEVICE, "pad_htp1", "9", PortMatch(usb_serial="MINE"), keys={1: 3, 2: 2, 3: 1})
        hall = Hall(bench, bindings=(binding, *bench.bindings()))
        halls.append(hall)
        hall.manager._scanned(tuple(ports))
        hall.await_state(DeviceState.READY)
        hall.await_state(DeviceState.ABSENT, window="9")
        os.set_blocking(master, False)
        probe = SerialPort(name, LineSettings())  # nobody holds it, nothing was written to it
        seen: list[object] = []
        probe.start(seen.append)
        wait_until(lambda: bool(seen))
        os.write(master, b"?")
        wait_until(lambda: Received(b"?") in seen)
        probe.close()
    finally:
        os.close(master)


def test_a_missing_device_is_simply_not_ready(bench: Bench, halls: list[Hall]) -> None:
    hall = Hall(bench, bindings=(Binding(Role.RATING_DEVICE, "null", "1"),))
    halls.append(hall)
    results: list[PrintResult] = []
    assert not hall.manager.open_window("1", 1, 30)
    assert not hall.manager.open_window("2", 1, 30)
    assert not hall.manager.print_ticket(TicketDoc(()), results.append)
    hall.manager.acknowledge("2", 1, 0)
    hall.manager.close_window("1", 1, 0)
    hall.manager.show_text("1", "x")
    assert [status.state for status in hall.manager.status()] == [DeviceState.DISABLED]
    assert results == []


def test_a_handler_that_fails_does_not_stop_the_devices(bench: Bench, halls: list[Hall]) -> None:
    bench.add_pad("1")
    hall = Hall(bench)
    halls.append(hall)
    hall.manager._on_event = lambda event: 1 / 0  # type: ignore[assignment]
    hall.await_state(DeviceState.READY)


def test_the_clock_is_the_boots(bench: Bench, halls: list[Hall]) -> None:
    bench.add_pad("1")
    hall = Hall(bench, timing=msgspec.structs.replace(QUICK, heart_s=1.0))
    halls.append(hall)
    hall.await_state(DeviceState.READY)
    assert hall.manager.status()[0].since_ms <= platform.monotonic_ms()


def test_a_device_let_go_and_taken_back_in_a_hurry_is_opened_once_and_ends_with_the_manager(
    bench: Bench, halls: list[Hall]
) -> None:
    bench.add_pad("1")
    hall = Hall(bench)
    halls.append(hall)
    hall.await_state(DeviceState.READY)
    for _ in range(5):
        hall.manager.let_go(Role.RATING_DEVICE, "1")
        hall.manager.take_back(Role.RATING_DEVICE, "1")
        hall.manager.rebind(bench.bindings())
    hall.recorder.wait(lambda: DeviceState.DISABLED in hall.recorder.states(Role.RATING_DEVICE, "1"))
    hall.await_state(DeviceState.READY)
    hall.manager.stop()
    assert hall.state(Role.RATING_DEVICE, "1") is DeviceState.DISABLED
    wait_until(lambda: not any(thread.name.startswith(("read", "write")) for thread in threading.enumerate()))


def test_bindings_read_anew_open_only_what_changed(bench: Bench, halls: list[Hall]) -> None:
    for window in ("1", "2"):
        bench.add_pad(window)
    hall = Hall(bench, bindings=bench.bindings()[:1])
    halls.append(hall)
    hall.await_state(DeviceState.READY)
    hall.manager.show_idle("1", "0317", 4)
    wait_until(lambda: bench.pad("1").idle == (4, "0317"))
    one, two = bench.bindings()
    hall.manager.rebind((one, two))
    hall.await_state(DeviceState.READY, window="2")
    assert hall.recorder.states(Role.RATING_DEVICE, "1").count(DeviceState.OPENING) == 1
    bench.device("pad", "1").do(bench.pad("1").reset)
    hall.manager.rebind((msgspec.structs.replace(one, boot_grace_s=0.01), two))
    wait_until(lambda: bench.pad("1").idle == (4, "0317"))
    assert hall.recorder.states(Role.RATING_DEVICE, "1").count(DeviceState.OPENING) == 2
    assert hall.recorder.states(Role.RATING_DEVICE, "2").count(DeviceState.OPENING) == 1


def test_a_driver_that_fails_is_tried_again_and_stops_nobody(
    bench: Bench, halls: list[Hall], monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.add_pad("1")
    bench.add_display("1")
    hall = Hall(bench)
    halls.append(hall)
    hall.await_state(DeviceState.READY)
    failing = [True]
    serve = WindowHtp1.serve

    async def fail(driver: WindowHtp1) -> None:
        if failing.pop() if failing else False:
            raise ZeroDivisionError
        await serve(driver)

    monkeypatch.setattr(WindowHtp1, "serve", fail)
    hall.manager.show_text("1", "请")
    hall.recorder.wait(lambda: any(e.reason == "driver" for e in hall.recorder.of(StateChanged)))
    hall.await_state(DeviceState.READY, Role.WINDOW_DISPLAY)
    assert hall.recorder.states(Role.RATING_DEVICE, "1")[-1] is DeviceState.READY


class HangingPort(SerialPort):
    """A port that never says that it is closed."""

    def start(self, sink: Sink) -> None:
        super().start(lambda event: None if isinstance(event, Down) else sink(event))


def test_stopping_in_no_time_leaves_no_task_behind_though_a_port_hangs(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("devices.manager.STOP_SLOTS_S", 0.0)
    bench.add_pad("1")
    bench.add_display("1")
    recorder = Recorder()
    manager = DeviceManager(bench.bindings(), recorder, by_id=bench.by_id, timing=QUICK, transport=HangingPort)
    manager.start()
    places = ((Role.RATING_DEVICE, "1"), (Role.WINDOW_DISPLAY, "1"))
    recorder.wait(lambda: all(DeviceState.READY in recorder.states(*place) for place in places))
    manager.stop()
    wait_until(manager._loop.is_closed)
    assert {status.state for status in manager.status()} == {DeviceState.DISABLED}
    assert all(task.done() for task in manager._slots._tasks.values())
