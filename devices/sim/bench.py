"""A set of simulated devices in one folder, as a library; `devices.sim.control` is the same as a process.

`RUN/by-id/usb-SIM_<kind>_<serial>-if00` links to each pty, as udev would for real adapters.
"""

import random
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final, Self, TypeVar

import msgspec

from devices.bindings import Binding, ExpectedIdentity
from devices.codecs.aabb import Variant
from devices.drivers.base import Option
from devices.errors import LineSettings
from devices.events import Role
from devices.ports import PortMatch
from devices.sim.aabb import ROWS, SimStrips
from devices.sim.card_reader import SimCardReader
from devices.sim.device import Model, SimDevice
from devices.sim.ff68 import SimFf68
from devices.sim.htp1_model import HEART_S, Htp1Model
from devices.sim.lamp import SimHtpLamp, SimRelays
from devices.sim.pad import AutoPress, SimPad
from devices.sim.printer import SimPrinter
from devices.sim.scanner import SimScanner
from devices.sim.socket_line import SocketSimDevice
from devices.sim.voice import SimVoice
from devices.sim.window import SimHallBoard, SimWindowDisplay

if sys.platform != "win32":
    from devices.sim.line_speed import SpeedSimDevice
else:
    SpeedSimDevice = SocketSimDevice

KINDS: Final[dict[str, tuple[Role, str]]] = {
    "pad": (Role.RATING_DEVICE, "pad_htp1"),
    "display": (Role.WINDOW_DISPLAY, "window_htp1"),
    "printer": (Role.TICKET_PRINTER, "printer_escpos"),
    "voice": (Role.VOICE, "voice_syn"),
    "lamp": (Role.OVERTIME_LAMP, "lamp_lcus"),
    "htp_lamp": (Role.OVERTIME_LAMP, "lamp_htp1"),
    "card_reader": (Role.ID_CARD_READER, "idcard_sam"),
    "scanner": (Role.SCANNER, "scanner_line"),
    "ff68": (Role.RATING_DEVICE, "pad_ff68"),
    "strip": (Role.WINDOW_DISPLAY, "window_aabb"),
    "board": (Role.HALL_BOARD, "window_aabb"),
    "htp_board": (Role.HALL_BOARD, "window_htp1"),
}
KEYS: Final = {1: 5, 2: 4, 3: 3, 4: 2, 5: 1}
FOUR_KEYS: Final = {1: 5, 2: 4, 3: 3, 4: 2}
PRINTER_SERIAL: Final = "PR25A0000001"
PREFIXES: Final = {
    "pad": "HT25A", "display": "CP25A", "voice": "VO25A", "lamp": "RL25A", "htp_lamp": "LP25A", "card_reader": "ID25A",
    "scanner": "SC25A", "ff68": "FF25A", "strip": "ST25A", "board": "BD25A", "htp_board": "HB25A",
}  # fmt: skip
CARD_READER_LINE: Final = LineSettings(115200)

NO_OPTIONS: Final[Mapping[str, Option]] = {}

ModelT = TypeVar("ModelT", bound=Model)


def serial_of(kind: str, window: str) -> str:
    """A serial number for the simulated device of a window, twelve characters."""
    prefix = PREFIXES[kind]
    return prefix + window.rjust(7, "0")[-7:]


class Bench:
    """Any number of devices, one a port; `with Bench(folder) as bench` or `start` and `stop`.

    `sockets`: behind `socket://` on loopback instead of pseudo-terminals; always where there are none.
    """

    def __init__(self, run_dir: Path, *, heart_s: float = HEART_S, sockets: bool = False) -> None:
        self.run_dir = run_dir
        self.by_id = run_dir / "by-id"
        self._heart_s = heart_s
        self._make: type[SpeedSimDevice | SocketSimDevice] = SocketSimDevice if sockets else SpeedSimDevice
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

    def add_htp_board(self) -> SimHallBoard:
        """Starts a hall board on HTP/1."""
        serial = serial_of("htp_board", "")
        board = SimHallBoard(serial, self._address(), boot=self._boots.randrange(0x10000), heart_s=self._heart_s)
        return self._add("htp_board", "", serial, board, {})

    def add_printer(self) -> SimPrinter:
        """Starts the ticket printer of the hall."""
        return self._add("printer", "", PRINTER_SERIAL, SimPrinter(), {})

    def add_voice(self, window: str = "", options: Mapping[str, Option] = NO_OPTIONS) -> SimVoice:
        """Starts the voice of the hall, or of a window."""
        return self._add("voice", window, serial_of("voice", window), SimVoice(), {}, options=options)

    def add_lamp(self, window: str, options: Mapping[str, Option] = NO_OPTIONS) -> SimRelays:
        """Starts a relay board with the overtime lamp of a window."""
        return self._add("lamp", window, serial_of("lamp", window), SimRelays(), {}, options=options)

    def add_htp_lamp(self, window: str) -> SimHtpLamp:
        """Starts an overtime lamp on HTP/1."""
        serial = serial_of("htp_lamp", window)
        lamp = SimHtpLamp(serial, self._address(), boot=self._boots.randrange(0x10000), heart_s=self._heart_s)
        return self._add("htp_lamp", window, serial, lamp, {})

    def add_card_reader(self, window: str, options: Mapping[str, Option] = NO_OPTIONS) -> SimCardReader:
        """Starts a reader of ID cards."""
        serial = serial_of("card_reader", window)
        return self._add("card_reader", window, serial, SimCardReader(), {}, line=CARD_READER_LINE, options=options)

    def add_scanner(self, window: str) -> SimScanner:
        """Starts a bar code scanner."""
        return self._add("scanner", window, serial_of("scanner", window), SimScanner(), {})

    def add_ff68(self, window: str) -> SimFf68:
        """Starts caller keypad, pad and digits of a window, on one port with two bindings."""
        address = self._address()
        counter = self._add("ff68", window, serial_of("ff68", window), SimFf68(address), FOUR_KEYS)
        expected = ExpectedIdentity(serial=f"ff68-{address}")
        pad = msgspec.structs.replace(self._bindings["ff68", window], address=address, identity=expected)
        digits = msgspec.structs.replace(pad, role=Role.WINDOW_DISPLAY, driver="window_ff68", keys={})
        self._bindings["ff68", window], self._bindings["ff68_digits", window] = pad, digits
        return counter

    def add_strips(
        self, window: str, variant: Variant = Variant.XOR, options: Mapping[str, Option] = NO_OPTIONS
    ) -> SimStrips:
        """Starts a text strip over a window, or for "" a hall board of four."""
        kind, rows, address = ("strip", 1, self._address()) if window else ("board", ROWS, self._address())
        settings = {"variant": str(variant), "rows": rows, **options}
        strips = SimStrips(address, variant=variant, rows=rows)
        self._add(kind, window, serial_of(kind, window), strips, {}, options=settings)
        self._bindings[kind, window] = msgspec.structs.replace(self._bindings[kind, window], address=address)
        return strips

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
        device = self._devices.get(("pad", window)) or self.device("ff68", window)
        model = device.model
        assert isinstance(model, SimPad | SimFf68)
        device.do(lambda: model.press(key, held_ms))

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

    def _add(
        self, kind: str, window: str, serial: str, model: ModelT, keys: dict[int, int], *,
        line: LineSettings = LineSettings(), options: Mapping[str, Option] = NO_OPTIONS,  # noqa: B008
    ) -> ModelT:  # fmt: skip
        self.by_id.mkdir(parents=True, exist_ok=True)
        link = self.by_id / f"usb-SIM_{kind}_{serial}-if00"
        role, driver = KINDS[kind]
        baud = 0 if isinstance(model, Htp1Model) else line.baud
        device = self._make(f"{kind} {window}".strip(), model, link, baud)
        self._devices[kind, window] = device
        device.start()
        expected = ExpectedIdentity(serial=serial) if isinstance(model, Htp1Model) else ExpectedIdentity()
        self._bindings[kind, window] = Binding(
            role, driver, window, PortMatch(name=device.port), line, expected, keys=keys, options=options
        )
        return model


def demo_bench(run_dir: Path, windows: Iterable[str], auto: AutoPress | None) -> Bench:
    """A pad and a display a window, one printer; each pad gets people of its own from the seed."""
    bench = Bench(run_dir)
    for index, window in enumerate(windows):
        bench.add_pad(window, auto=auto and msgspec.structs.replace(auto, seed=auto.seed + index))
        bench.add_display(window)
    bench.add_printer()
    return bench
