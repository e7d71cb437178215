"""The command lines of the simulators: one line in, one line out ("ok", "ok <value>", "error <code>").

    press WINDOW KEY [HELD_MS]            unplug|replug|reset KIND [WINDOW]      swap KIND WINDOW WINDOW
    mute|deaf KIND WINDOW on|off          noise KIND WINDOW SHARE                delay KIND WINDOW SECONDS
    drop-acks WINDOW COUNT                serial KIND WINDOW SERIAL              tamper WINDOW on|off
    paper ok|low|out                      cover open|closed                      offline on|off
    shown WINDOW                          idle WINDOW                            slips
    spoken [WINDOW]                       lamp WINDOW                            card WINDOW INDEX|none
    scan WINDOW TEXT...

KIND is pad, display, printer, voice, lamp, htp_lamp, card_reader, scanner, ff68, strip or board.
WINDOW of what serves the hall is "-". INDEX numbers people who do not exist. More of them: devices.sim.fault_commands,
devices.sim.older_commands.
"""

from collections.abc import Callable
from typing import Final, TypeVar

from devices.sim.aabb import SimStrips
from devices.sim.bench import Bench
from devices.sim.card_reader import SimCardReader, made_up_card
from devices.sim.device import SimDevice
from devices.sim.fault_commands import FAULT_COMMANDS
from devices.sim.ff68 import SimFf68
from devices.sim.htp1_model import Htp1Model
from devices.sim.lamp import SimRelays
from devices.sim.older_commands import OLDER_COMMANDS
from devices.sim.printer import SimPrinter
from devices.sim.scanner import SimScanner
from devices.sim.voice import SimVoice
from devices.sim.window import SimWindowDisplay

SWITCH: Final = {"on": True, "off": False}
PAPER: Final = {"ok": (False, False), "low": (False, True), "out": (True, False)}
COVER: Final = {"open": True, "closed": False}
SHARE_MOST: Final = 0.5
DELAY_MOST_S: Final = 120.0

Choice = TypeVar("Choice")


def obey(bench: Bench, line: str) -> str:
    """Runs one command line."""
    name, *arguments = line.split() or [""]
    command = COMMANDS.get(name)
    if command is None:
        return "error unknown_command"
    try:
        return f"ok {command(bench, *arguments) or ''}".strip()
    except KeyError:
        return "error no_such_device"
    except (ValueError, TypeError):
        return "error arguments"


def _device(bench: Bench, kind: str, window: str = "-") -> SimDevice:
    return bench.device(kind, "" if window == "-" else window)


def _choice(table: dict[str, Choice], word: str) -> Choice:
    if word not in table:
        raise ValueError(word)
    return table[word]


def _press(bench: Bench, window: str, key: str, held_ms: str = "180") -> None:
    bench.press(window, int(key), int(held_ms))


def _unplug(bench: Bench, kind: str, window: str = "-") -> None:
    _device(bench, kind, window).unplug()


def _replug(bench: Bench, kind: str, window: str = "-") -> None:
    _device(bench, kind, window).plug()


def _reset(bench: Bench, kind: str, window: str = "-") -> None:
    device = _device(bench, kind, window)
    if not isinstance(device.model, Htp1Model | SimRelays | SimFf68 | SimStrips):
        raise ValueError(kind)
    device.do(device.model.reset)


def _swap(bench: Bench, kind: str, one: str, other: str) -> None:
    bench.swap(kind, one, other)


def _mute(bench: Bench, kind: str, window: str, switch: str) -> None:
    _device(bench, kind, window).faults.mute = _choice(SWITCH, switch)


def _deaf(bench: Bench, kind: str, window: str, switch: str) -> None:
    device = _device(bench, kind, window)
    device.faults.deaf = _choice(SWITCH, switch)
    device.wake()


def _noise(bench: Bench, kind: str, window: str, share: str) -> None:
    _device(bench, kind, window).faults.noise = min(SHARE_MOST, max(0.0, float(share)))


def _delay(bench: Bench, kind: str, window: str, seconds: str) -> None:
    _device(bench, kind, window).faults.delay_s = min(DELAY_MOST_S, max(0.0, float(seconds)))


def _drop_acks(bench: Bench, window: str, count: str) -> None:
    bench.pad(window).drop_acks = int(count)


def _serial(bench: Bench, kind: str, window: str, serial: str) -> None:
    device = _device(bench, kind, window)
    if not isinstance(device.model, Htp1Model) or len(serial) > 12 or not serial.isascii():
        raise ValueError(serial)
    device.model.serial = serial


def _tamper(bench: Bench, window: str, switch: str) -> None:
    opened = _choice(SWITCH, switch)
    bench.device("pad", window).do(lambda: bench.pad(window).tamper(opened))


def _printer(bench: Bench) -> SimPrinter:
    model = bench.device("printer").model
    assert isinstance(model, SimPrinter)
    return model


def _paper(bench: Bench, state: str) -> None:
    printer = _printer(bench)
    printer.paper_out, printer.paper_low = _choice(PAPER, state)


def _cover(bench: Bench, state: str) -> None:
    _printer(bench).cover_open = _choice(COVER, state)


def _offline(bench: Bench, switch: str) -> None:
    _printer(bench).offline = _choice(SWITCH, switch)


def _shown(bench: Bench, window: str) -> str:
    model = bench.device("display", window).model
    assert isinstance(model, SimWindowDisplay)
    return model.shown


def _idle(bench: Bench, window: str) -> str:
    stars, clerk = bench.pad(window).idle
    return f"{stars} {clerk}"


def _slips(bench: Bench) -> str:
    return str(len(_printer(bench).slips))


def _spoken(bench: Bench, window: str = "-") -> str:
    model = _device(bench, "voice", window).model
    assert isinstance(model, SimVoice)
    return model.spoken[-1] if model.spoken else ""


def _lamp(bench: Bench, window: str) -> str:
    model = bench.device("lamp", window).model
    assert isinstance(model, SimRelays)
    return "on" if model.lit else "off"


def _card(bench: Bench, window: str, index: str) -> None:
    device = bench.device("card_reader", window)
    reader = device.model
    assert isinstance(reader, SimCardReader)
    card = None if index == "none" else made_up_card(int(index))
    device.do(lambda: reader.put(card))


def _scan(bench: Bench, window: str, *words: str) -> None:
    device = bench.device("scanner", window)
    scanner = device.model
    assert isinstance(scanner, SimScanner)
    device.do(lambda: scanner.scan(" ".join(words)))


COMMANDS: Final[dict[str, Callable[..., str | None]]] = {
    "press": _press,
    "unplug": _unplug,
    "replug": _replug,
    "reset": _reset,
    "swap": _swap,
    "mute": _mute,
    "deaf": _deaf,
    "noise": _noise,
    "delay": _delay,
    "drop-acks": _drop_acks,
    "serial": _serial,
    "tamper": _tamper,
    "paper": _paper,
    "cover": _cover,
    "offline": _offline,
    "shown": _shown,
    "idle": _idle,
    "slips": _slips,
    "spoken": _spoken,
    "lamp": _lamp,
    "card": _card,
    "scan": _scan,
    **OLDER_COMMANDS,
    **FAULT_COMMANDS,
}
