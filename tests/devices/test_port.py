"""One serial port on a real pty: what it tells, and that it always ends."""

import fcntl
import os
import subprocess
import sys
import threading
import tty
from collections.abc import Iterator
from pathlib import Path

import pytest

from devices.errors import LineSettings, PortAbsent, PortBusy, PortDenied, PortError, PortGone, PortRefused, PortStuck
from devices.port import Down, PortEvent, Received, SerialPort, Up, Written
from tests.devices.conftest import wait_until

TIOCGEXCL = 0x80045440


class Line:
    """A pty and what the port said about it."""

    def __init__(self) -> None:
        self.master, slave = os.openpty()
        tty.setraw(slave)
        self.name = os.ttyname(slave)
        os.close(slave)
        self.events: list[PortEvent] = []
        self.ports: list[SerialPort] = []

    def open(self, settings: LineSettings | None = None) -> SerialPort:
        port = SerialPort(self.name, settings or LineSettings())
        self.ports.append(port)
        port.start(self.events.append)
        return port

    def pull(self) -> None:
        if self.master >= 0:
            os.close(self.master)
            self.master = -1

    @property
    def error(self) -> PortError | None:
        (down,) = [event for event in self.events if isinstance(event, Down)]
        return down.error

    def wait_up(self) -> None:
        wait_until(lambda: Up() in self.events)

    def wait_down(self) -> None:
        wait_until(lambda: any(isinstance(event, Down) for event in self.events))


@pytest.fixture
def line() -> Iterator[Line]:
    opened = Line()
    yield opened
    for port in opened.ports:
        port.close()
    opened.pull()


def test_bytes_go_both_ways_and_closing_is_no_error(line: Line) -> None:
    port = line.open()
    line.wait_up()
    port.write(b"to the device")
    wait_until(lambda: Written(13) in line.events)
    assert os.read(line.master, 100) == b"to the device"
    os.write(line.master, b"to the host")
    wait_until(lambda: b"".join(e.data for e in line.events if isinstance(e, Received)) == b"to the host")
    port.close()
    line.wait_down()
    assert line.error is None
    assert line.events[-1] == Down(None)


def test_a_pulled_cable_is_gone(line: Line) -> None:
    port = line.open()
    line.wait_up()
    line.pull()
    line.wait_down()
    assert isinstance(line.error, PortGone)
    with pytest.raises(PortGone):
        port.write(b"x")


def test_a_device_that_never_reads_is_stuck_and_the_port_still_closes(line: Line) -> None:
    port = line.open()
    line.wait_up()
    with pytest.raises(PortStuck) as queue_full:
        _write_much(port)
    assert queue_full.value.unsent_bytes > 0
    line.wait_down()
    assert isinstance(line.error, PortStuck)
    port.close()
    wait_until(lambda: not any(line.name in thread.name for thread in threading.enumerate()))


def _write_much(port: SerialPort) -> None:
    for _ in range(1000):
        port.write(bytes(4096))


def test_a_second_opener_is_told_who_has_it(line: Line) -> None:
    line.open()
    line.wait_up()
    second = Line()
    second.pull()
    second.name = line.name
    second.open()
    second.wait_down()
    assert isinstance(second.error, PortBusy)
    assert second.error.pid == os.getpid()


def test_the_exclusive_lock_is_taken_and_given_back(line: Line) -> None:
    port = line.open()
    line.wait_up()
    assert _locked(line) == 1
    port.close()
    line.wait_down()
    assert _locked(line) == 0


def _locked(line: Line) -> int:
    """Whether others are kept out; who may not open it at all has the answer."""
    try:
        slave = os.open(line.name, os.O_RDWR | os.O_NOCTTY)
    except OSError:
        return 1
    try:
        return int.from_bytes(fcntl.ioctl(slave, TIOCGEXCL, bytes(4)), sys.byteorder)
    finally:
        os.close(slave)


def test_a_port_that_is_not_there_is_absent(line: Line, tmp_path: Path) -> None:
    line.name = str(tmp_path / "ttyUSB9")
    line.open()
    line.wait_down()
    assert isinstance(line.error, PortAbsent)


def test_settings_the_line_refuses(line: Line) -> None:
    line.open(LineSettings(9600, "8X1"))
    line.wait_down()
    assert isinstance(line.error, PortRefused)
    assert line.error.line_format == "8X1"


def test_closing_before_the_open_is_done_leaves_nothing(line: Line) -> None:
    for _ in range(20):
        line.open().close()
    wait_until(lambda: sum(isinstance(event, Down) for event in line.events) == 20)
    wait_until(lambda: not any(line.name in thread.name for thread in threading.enumerate()))


CHILD = """
import contextlib, grp, os, pwd, sys, threading
from devices.errors import LineSettings
from devices.port import Down, SerialPort
with contextlib.suppress(PermissionError):
    os.setgroups([]); os.setgid(65534); os.setuid(65534)
done = threading.Event()
def sink(event):
    if isinstance(event, Down):
        error = event.error
        print(type(error).__name__, error.owner, error.group, oct(error.mode))
        done.set()
SerialPort(sys.argv[1], LineSettings()).start(sink)
done.wait()
"""


def test_no_permission_names_owner_group_and_mode(line: Line) -> None:
    os.chmod(line.name, 0o000)
    done = subprocess.run([sys.executable, "-c", CHILD, line.name], capture_output=True, text=True, timeout=60)
    assert done.stdout, done.stderr
    name, owner, group, mode = done.stdout.split()
    assert (name, mode) == (PortDenied.__name__, "0o0")
    assert owner
    assert group
