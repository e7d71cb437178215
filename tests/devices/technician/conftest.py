"""Simulated devices on ptys, each at a speed of its own."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from devices.sim.device import Model, SimDevice
from devices.sim.line_speed import SpeedSimDevice

Plug = Callable[..., SpeedSimDevice]


@pytest.fixture
def plug(tmp_path: Path) -> Iterator[Plug]:
    """Plugs in a device; `str(device.link)` opens it."""
    devices: list[SimDevice] = []

    def plugged(model: Model, baud: int = 0, name: str = "device") -> SpeedSimDevice:
        device = SpeedSimDevice(name, model, tmp_path / f"usb-SIM_{name}_T{len(devices):04}-if00", baud)
        devices.append(device)
        device.start()
        return device

    yield plugged
    for device in devices:
        device.stop()
