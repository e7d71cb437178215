"""Devices behind `socket://`: what simulators are where there is no pseudo-terminal, and what network adapters offer."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from devices import bindings
from devices.errors import LineSettings, PortAbsent
from devices.events import DeviceState, Role, WindowOpened
from devices.port import Down, PortEvent, SerialPort
from devices.rating import VerdictCode
from devices.sim.bench import Bench
from devices.ticket import PrintCode, PrintResult, TicketDoc, TicketLine
from tests.devices.conftest import Hall, wait_until
from tests.devices.house import House

WID = 0x7E11


@pytest.fixture
def network(tmp_path: Path) -> Iterator[Bench]:
    with Bench(tmp_path, heart_s=0.4, sockets=True) as running:
        yield running


def test_a_pad_is_served_unplugged_and_served_again_like_one_on_a_pty(network: Bench, halls: list[Hall]) -> None:
    network.add_pad("1")
    (binding,) = network.bindings()
    assert binding.port.name.startswith("socket://127.0.0.1:")
    assert bindings.load(bindings.dump((binding,))) == (binding,)
    hall = Hall(network)
    halls.append(hall)
    hall.await_state(DeviceState.READY)
    house = House(hall)
    house.open(WID, "s1")
    network.unplug("pad", "1")
    wait_until(lambda: DeviceState.LOST in hall.recorder.states(Role.RATING_DEVICE, "1"))
    network.replug("pad", "1")
    hall.recorder.wait(lambda: [event.wid for event in hall.recorder.of(WindowOpened)] == [WID, WID])
    network.press("1", 2)
    assert house.take_press() is VerdictCode.COUNTED
    wait_until(lambda: network.pad("1").acks == [(WID, 0)])
    assert house.committed == [("s1", 2)]


def test_a_long_write_arrives_whole(network: Bench, halls: list[Hall]) -> None:
    printer = network.add_printer()
    hall = Hall(network)
    halls.append(hall)
    hall.await_state(DeviceState.READY, Role.TICKET_PRINTER, "")
    lines = tuple(TicketLine(f"第 {number} 行" * 8) for number in range(40))
    done: list[PrintResult] = []
    assert hall.manager.print_ticket(TicketDoc(lines), done.append)
    wait_until(lambda: bool(done))
    assert done[0].code is PrintCode.PRINTED
    assert "第 39 行" in str(printer.slips[0])


def test_where_nobody_listens_the_port_is_absent() -> None:
    told: list[PortEvent] = []
    port = SerialPort("socket://127.0.0.1:1", LineSettings())
    port.start(told.append)
    wait_until(lambda: bool(told))
    (down,) = told
    assert isinstance(down, Down)
    assert isinstance(down.error, PortAbsent)
