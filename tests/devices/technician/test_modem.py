"""The modem lines of a port: a pseudo-terminal has none, pyserial's looped port joins DTR to DSR and RTS to CTS."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
import serial

from devices.errors import PortAbsent
from devices.sim.scanner import SimScanner
from devices.technician.modem import modem_lines
from devices.technician.results import Light, Outcome, light

Plug = Callable[..., object]


def looped(port: str) -> closing[serial.SerialBase]:
    return closing(serial.serial_for_url(port))


def test_a_wire_that_follows_is_named() -> None:
    lines = modem_lines("loop://", opener=looped, settle_s=0)
    assert lines.there
    assert dict(lines.follows) == {"cts": "rts", "dsr": "dtr", "dcd": "", "ri": ""}
    assert [(one.dtr, one.rts) for one in lines.steps][-1] == (False, False)
    tried = lines.tried()
    assert tried.outcome is Outcome.PASS
    assert tried.figures["cts"] == "rts"
    assert tried.figures["dcd"] == "none"


def test_a_pseudo_terminal_has_none_and_is_free_afterwards(plug: Plug) -> None:
    port = str(plug(SimScanner()).link)  # type: ignore[attr-defined]
    for _ in range(2):  # the first opening has left nothing behind
        lines = modem_lines(port)
        assert not lines.there
    tried = lines.tried()
    assert (tried.outcome, tried.code) == (Outcome.SKIPPED, "not_fitted")
    assert light([tried]) is not Light.RED
    descriptor = os.open(port, os.O_RDWR | os.O_NOCTTY)
    os.close(descriptor)


def test_a_port_that_is_not_there_is_a_port_error(tmp_path: Path) -> None:
    with pytest.raises(PortAbsent):
        modem_lines(str(tmp_path / "nothing"))


@pytest.fixture(autouse=True)
def no_descriptor_is_left() -> Iterator[None]:
    before = len(os.listdir("/proc/self/fd"))
    yield
    assert len(os.listdir("/proc/self/fd")) <= before
