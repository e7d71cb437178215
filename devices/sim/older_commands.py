"""Command lines of the fault console for the older protocols; `devices.sim.commands` takes them in.

    caller WINDOW call|recall|rate|no_show|hold|take_back|pause|transfer        digits WINDOW
    strip WINDOW [ROW]                    check WINDOW xor|sum                   thanked WINDOW
    adapter-echo KIND WINDOW on|off       double WINDOW on|off

KIND is ff68, strip or board; WINDOW of a hall's board is "-". `double`: the counter sends everything twice.
"""

from collections.abc import Callable
from typing import Final

from devices.codecs.aabb import Variant
from devices.drivers.pad_ff68 import CALLER_KEYS, ENTERED_KEYS
from devices.events import CallerAction
from devices.sim.aabb import SimStrips
from devices.sim.bench import Bench
from devices.sim.ff68 import SimFf68

CODES: Final[dict[CallerAction, bytes]] = {
    **{action: bytes([code]) for code, action in CALLER_KEYS.items()},
    **{action: codes for codes, action in ENTERED_KEYS.items()},
}
SWITCH: Final = {"on": True, "off": False}


def _counter(bench: Bench, window: str) -> SimFf68:
    model = bench.device("ff68", window).model
    assert isinstance(model, SimFf68)
    return model


def _strips(bench: Bench, window: str) -> SimStrips:
    kind, place = ("board", "") if window == "-" else ("strip", window)
    model = bench.device(kind, place).model
    assert isinstance(model, SimStrips)
    return model


def _caller(bench: Bench, window: str, action: str) -> None:
    codes = CODES[CallerAction(action)]
    bench.device("ff68", window).do(lambda: _counter(bench, window).call(codes))


def _digits(bench: Bench, window: str) -> str:
    counter = _counter(bench, window)
    return f"{counter.waiting}|{counter.ticket}"


def _thanked(bench: Bench, window: str) -> str:
    return " ".join(map(str, _counter(bench, window).thanked))


def _double(bench: Bench, window: str, switch: str) -> None:
    if switch not in SWITCH:
        raise ValueError(switch)
    _counter(bench, window).doubled = SWITCH[switch]


def _strip(bench: Bench, window: str, row: str = "1") -> str:
    lines = _strips(bench, window).lines
    if not 1 <= int(row) <= len(lines):
        raise ValueError(row)
    return lines[int(row) - 1]


def _check(bench: Bench, window: str, variant: str) -> None:
    _strips(bench, window).want(Variant(variant))


def _adapter_echo(bench: Bench, kind: str, window: str, switch: str) -> None:
    model = bench.device(kind, "" if window == "-" else window).model
    if not isinstance(model, SimFf68 | SimStrips) or switch not in SWITCH:
        raise ValueError(kind)
    model.adapter_echo = SWITCH[switch]


OLDER_COMMANDS: Final[dict[str, Callable[..., str | None]]] = {
    "caller": _caller,
    "digits": _digits,
    "thanked": _thanked,
    "double": _double,
    "strip": _strip,
    "check": _check,
    "adapter-echo": _adapter_echo,
}
