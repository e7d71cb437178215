"""A set of simulated devices in one folder, as a library; `devices.sim.control` is the same as a process.

`RUN/by-id/usb-SIM_<kind>_<serial>-if00` links to each pty, as udev would for real adapters.
"""

import random
from collections.abc import Iterable
from pathlib import Path
from typing import Final, Self, TypeVar

from devices.bindings import Binding, ExpectedIdentity
from devices.events import Role
from devices.ports import PortMatch
from devices.sim.device import Model, SimDevice
from devices.sim.htp1_model import HEART_S
from devices.sim.pad import AutoPress, SimPad
from devices.sim.printer import SimPrinter
from devices.sim.window import SimWindowDisplay

KINDS: Final[dict[str, tuple[Role, str]]] = {
    "pad": (Role.RATING_DEVICE, "pad_htp1"),
    "display": (Role.WINDOW_DISPLAY, "window_htp1"),
    "printer": (Role.TICKET_PRINTER, "printer_escpos"),
}
KEYS: Final = {1: 5, 2: 4, 3: 3, 4: 2, 5: 1}
PRINTER_SERIAL: Final = "PR25A0000001"

ModelT = TypeVar("ModelT", bound=Model)


def serial_of(kind: str, window: str) -> str:
    """A serial number for the simulated device of a window, twelve characters."""
    prefix = {"pad": "HT25A", "display": "CP25A"}[kind]
    return prefix + window.rjust(7, "0")[-7:]


class Bench:
    """Pads, displays and a printer; `with Bench(folder) as bench` or `start` and `stop`."""

    def __init__(self, run_dir: Path, *, heart_s: float = HEART_S) -> None:
        self.run_dir = run_dir
        self.by_id = run_dir / "by-id"
        self._heart_s = heart_s
        self._devices: dict[tuple[str, str], SimDevice] = {}
        self._bindings: dict[tuple[str, str], Binding] = {}
        self._boots = random.Random(1)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.stop()

    def add_pad(self, window: str, *, serial: str = "", auto: AutoPress | None = None) -> SimPad:
        """Starts a rating pad for a window."""
        serial = serial or serial_of("pad", window)
        boot = self._boots.randrange(0x10000)
        pad = SimPad(serial, self._address(), auto=auto, boot=boot, heart_s=self._heart_s)
        return self._add("pad", window, serial, pad, KEYS)

    def add_display(self, window: str) -> SimWindowDisplay:
        """Starts a window display."""
        serial = serial_of("display", window)
        boot = self._boots.randrange(0x10000)
        display = SimWindowDisplay(serial, self._address(), boot=boot, heart_s=self._heart_s)
        return self._add("display", window, serial, display, {})

    def add_printer(self) -> SimPrinter:
        """Starts the ticket printer of the hall."""
        return self._add("printer", "", PRINTER_SERIAL, SimPrinter(), {})

    def device(self, kind: str, window: str = "") -> SimDevice:
        """KeyError if it is not simulated."""
        return self._devices[kind, window]

    def pad(self, window: str) -> SimPad:
        model = self.device("pad", window).model
        assert isinstance(model, SimPad)
        return model

    def bindings(self) -> tuple[Binding, ...]:
        """What a hall that owns these devices has in its configuration."""
        return tuple(self._bindings.values())

    def press(self, window: str, key: int, held_ms: int = 180) -> None:
        self.device("pad", window).do(lambda: self.pad(window).press(key, held_ms))

    def unplug(self, kind: str, window: str = "") -> None:
        self.device(kind, window).unplug()

    def replug(self, kind: str, window: str = "") -> None:
        self.device(kind, window).plug()

    def swap(self, kind: str, one: str, other: str) -> None:
        """Two devices of a kind change places: each appears behind the other's link."""
        first, second = self.device(kind, one), self.device(kind, other)
        first.unplug()
        second.unplug()
        first.link, second.link = second.link, first.link
        first.plug()
        second.plug()

    def stop(self) -> None:
        for device in self._devices.values():
            device.stop()
        self._devices.clear()

    def _address(self) -> int:
        return len(self._devices) + 1

    def _add(self, kind: str, window: str, serial: str, model: ModelT, keys: dict[int, int]) -> ModelT:
        self.by_id.mkdir(parents=True, exist_ok=True)
        link = self.by_id / f"usb-SIM_{kind}_{serial}-if00"
        role, driver = KINDS[kind]
        expected = ExpectedIdentity(serial=serial) if kind != "printer" else ExpectedIdentity()
        self._bindings[kind, window] = Binding(
            role, driver, window, PortMatch(name=str(link)), identity=expected, keys=keys
        )
        device = SimDevice(f"{kind} {window}".strip(), model, link)
        self._devices[kind, window] = device
        device.start()
        return model


def demo_bench(run_dir: Path, windows: Iterable[str], auto_seed: int | None) -> Bench:
    """A pad and a display a window, one printer; each pad gets people of its own from the seed."""
    bench = Bench(run_dir)
    for index, window in enumerate(windows):
        bench.add_pad(window, auto=None if auto_seed is None else AutoPress(auto_seed + index))
        bench.add_display(window)
    bench.add_printer()
    return bench
