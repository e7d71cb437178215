"""F20: ports as Windows and odd machines name them, with a listing that is made up."""

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from serial.tools import list_ports

from devices.bindings import Binding, dump, load
from devices.events import DeviceState, Role
from devices.manager import DeviceManager
from devices.ports import PortInfo, PortMatch, candidates, find
from devices.sim.bench import KEYS, Bench
from tests.devices.conftest import QUICK, Hall, Recorder, wait_until

COM12 = SimpleNamespace(
    device="COM12", serial_number=None, location="1-1.3", vid=0x1A86, pid=0x7523, description="USB-SERIAL CH340 (COM12)"
)
COM1 = SimpleNamespace(device="COM1", serial_number=None, location=None, vid=None, pid=None, description=None)


@pytest.fixture
def windows_ports(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(list_ports, "comports", lambda: [COM1, COM12])


@pytest.fixture
def running() -> Iterator[list[DeviceManager]]:
    started: list[DeviceManager] = []
    yield started
    for manager in started:
        manager.stop()


def test_com_ports_above_nine_are_found_by_their_whole_name(windows_ports: None) -> None:
    listed = candidates()
    assert [(port.name, port.vid, port.location) for port in listed] == [("COM1", -1, ""), ("COM12", 0x1A86, "1-1.3")]
    found = find(PortMatch(name="COM12"), listed)
    assert found is not None
    assert found.description == "USB-SERIAL CH340 (COM12)"
    assert find(PortMatch(name="COM2"), listed) is None
    binding = Binding(Role.RATING_DEVICE, "pad_htp1", "1", PortMatch(name="COM12"), keys=KEYS)
    assert load(dump([binding])) == (binding,)


def test_a_folder_with_chinese_letters_and_a_space_is_no_obstacle(tmp_path: Path) -> None:
    with Bench(tmp_path / "办税厅 一号", heart_s=0.4) as bench:
        bench.add_pad("1")
        assert load(dump(bench.bindings())) == bench.bindings()
        hall = Hall(bench)
        try:
            hall.await_state(DeviceState.READY)
        finally:
            hall.manager.stop()


def test_without_any_port_everything_is_absent_and_nothing_fails(
    monkeypatch: pytest.MonkeyPatch, running: list[DeviceManager]
) -> None:
    monkeypatch.setattr(list_ports, "comports", lambda: [])
    binding = Binding(Role.RATING_DEVICE, "pad_htp1", "1", PortMatch(name="COM12"), keys=KEYS)
    manager = DeviceManager((binding,), Recorder(), timing=QUICK)
    running.append(manager)
    manager.start()
    wait_until(lambda: manager.status()[0].state is DeviceState.ABSENT)
    assert not manager.open_window("1", 1, 30)


def test_a_listing_that_fails_is_a_listing_of_nothing_and_is_tried_again(running: list[DeviceManager]) -> None:
    scans = 0

    def scan() -> list[PortInfo]:
        nonlocal scans
        scans += 1
        raise OSError(5, "the bus is being reset")

    binding = Binding(Role.RATING_DEVICE, "pad_htp1", "1", PortMatch(name="COM12"), keys=KEYS)
    manager = DeviceManager((binding,), Recorder(), timing=QUICK, scan=scan)
    running.append(manager)
    manager.start()
    wait_until(lambda: scans >= 3)
    assert manager.status()[0].state is DeviceState.ABSENT
