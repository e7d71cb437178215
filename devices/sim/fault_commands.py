"""Command lines of the fault console for what lines, adapters and keys do; `devices.sim.commands` takes them in.

    awol|dup|echo KIND WINDOW on|off      split KIND WINDOW MS                   half KIND WINDOW
    late KIND WINDOW SECONDS              slow KIND WINDOW MS                    wrongbaud KIND WINDOW BAUD|0
    flood KIND WINDOW BYTES_A_SECOND      busy|deny KIND WINDOW on|off           move KIND WINDOW
    stuck WINDOW KEY on|off               chord WINDOW KEY KEY

`awol`: the port stays, the device is gone. `half`: what it says next is cut. `wrongbaud`: it speaks at another speed.
`busy`: another program has the port; `deny`: only root may open it; both plug the device in anew. `move`: it appears as
another port. 0 ends `split`, `flood`, `late`, `slow` and `wrongbaud`.
"""

from collections.abc import Callable
from typing import Final

from devices.sim.bench import Bench
from devices.sim.device import SimDevice
from devices.sim.socket_line import SocketSimDevice

SWITCH: Final = {"on": True, "off": False}
SPLIT_MOST_MS: Final = 1_000
LATE_MOST_S: Final = 120.0
FLOOD_MOST_BYTES_S: Final = 4_000_000
CHORD_MS: Final = 400
BAUDS: Final = (0, 1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200)


def _device(bench: Bench, kind: str, window: str = "-") -> SimDevice:
    return bench.device(kind, "" if window == "-" else window)


def _within(text: str, most: float) -> float:
    number = float(text)
    if not 0 <= number <= most:
        raise ValueError(text)
    return number


def _switch(word: str) -> bool:
    if word not in SWITCH:
        raise ValueError(word)
    return SWITCH[word]


def _fault(name: str) -> Callable[[Bench, str, str, str], None]:
    """A fault that is on or off."""

    def command(bench: Bench, kind: str, window: str, switch: str) -> None:
        setattr(_device(bench, kind, window).faults, name, _switch(switch))

    return command


def _split(bench: Bench, kind: str, window: str, ms: str) -> None:
    _device(bench, kind, window).faults.split_ms = int(_within(ms, SPLIT_MOST_MS))


def _half(bench: Bench, kind: str, window: str = "-") -> None:
    _device(bench, kind, window).faults.half = True


def _late(bench: Bench, kind: str, window: str, seconds: str) -> None:
    _device(bench, kind, window).faults.delay_s = _within(seconds, LATE_MOST_S)


def _slow(bench: Bench, kind: str, window: str, ms: str) -> None:
    _device(bench, kind, window).faults.delay_s = _within(ms, LATE_MOST_S * 1000) / 1000


def _wrong_baud(bench: Bench, kind: str, window: str, baud: str) -> None:
    if int(baud) not in BAUDS:
        raise ValueError(baud)
    _device(bench, kind, window).want(int(baud))


def _flood(bench: Bench, kind: str, window: str, rate: str) -> None:
    device = _device(bench, kind, window)
    device.faults.flood_bytes_s = int(_within(rate, FLOOD_MOST_BYTES_S))
    device.wake()


def _port(bench: Bench, kind: str, window: str) -> SimDevice:
    device = _device(bench, kind, window)
    if isinstance(device, SocketSimDevice):
        raise ValueError(kind)
    return device


def _busy(bench: Bench, kind: str, window: str, switch: str) -> None:
    _port(bench, kind, window).replug(held=_switch(switch))


def _deny(bench: Bench, kind: str, window: str, switch: str) -> None:
    _port(bench, kind, window).replug(denied=_switch(switch))


def _move(bench: Bench, kind: str, window: str = "-") -> None:
    device = _port(bench, kind, window)
    head, _, rest = device.link.name.removeprefix("usb-SIM_").partition("_")
    moved = head.removesuffix("-moved") if head.endswith("-moved") else f"{head}-moved"
    device.unplug()
    device.link = device.link.with_name(f"usb-SIM_{moved}_{rest}")
    device.plug()


def _stuck(bench: Bench, window: str, key: str, switch: str) -> None:
    pad = bench.pad(window)
    act = pad.key_down if _switch(switch) else pad.key_up
    bench.device("pad", window).do(lambda: act(int(key)))


def _chord(bench: Bench, window: str, one: str, other: str) -> None:
    for key in (one, other):
        bench.press(window, int(key), CHORD_MS)


FAULT_COMMANDS: Final[dict[str, Callable[..., str | None]]] = {
    "awol": _fault("awol"),
    "dup": _fault("double"),
    "echo": _fault("echo"),
    "split": _split,
    "half": _half,
    "late": _late,
    "slow": _slow,
    "wrongbaud": _wrong_baud,
    "flood": _flood,
    "busy": _busy,
    "deny": _deny,
    "move": _move,
    "stuck": _stuck,
    "chord": _chord,
}
