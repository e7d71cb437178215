"""``hallterm device sim|press``: a bench of simulated devices with a fault console, and a finger on its pads."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterable
from pathlib import Path

import click

from devices.sim.bench import Bench, demo_bench
from devices.sim.commands import COMMANDS, obey
from devices.sim.control import BINDINGS_NAME, ControlServer, send_command
from devices.sim.pad import AutoPress
from hallterm.config import Settings
from hallterm.device_commands.place import BAD_INPUT, OK, SIMULATORS
from hallterm.locale import N_, _

NO_SIMULATORS = N_("no simulated devices run in {folder}; hallterm device sim starts some")
NOT_PRESSED = N_("the pad of window {window} has no key {key}, or is not simulated")
RUNNING = N_("simulated devices run in {folder}; end with Ctrl+D")
TAKE = N_("their bindings: {file}; for stations and commands: {name}={by_id}")
HELP = N_("commands: {names}; for example: noise pad {window} 0.05, unplug pad {window}, paper out")


def simulators(settings: Settings) -> Path:
    """The folder of the simulated devices: named by HALLTERM_SIMULATORS, else in the data folder."""
    named = os.environ.get(SIMULATORS)
    return Path(named).parent if named else settings.data.path / "simulators"


def press(settings: Settings, window: str, key: int) -> int:
    """Press once; 0 if the pad took it."""
    folder = simulators(settings)
    try:
        answer = send_command(folder, f"press {window} {key}")
    except OSError:
        click.echo(_(NO_SIMULATORS).format(folder=folder), err=True)
        return BAD_INPUT
    if answer.startswith("ok"):
        return OK
    click.echo(_(NOT_PRESSED).format(window=window, key=key), err=True)
    return BAD_INPUT


def simulate(settings: Settings, windows: tuple[str, ...], run: Path | None, auto: int | None, everything: bool) -> int:
    """Until standard input ends; each line is a command of the fault console, its answer is a line."""
    folder = run or simulators(settings)
    folder.mkdir(parents=True, exist_ok=True)
    chosen = windows or ("1",)
    bench = demo_bench(folder, chosen, None if auto is None else AutoPress(auto))
    if everything:
        _others(bench, chosen)
    server = ControlServer(bench)
    serving = threading.Thread(target=server.serve, daemon=True)
    serving.start()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        click.echo(_(RUNNING).format(folder=folder))
        click.echo(_(TAKE).format(file=folder / BINDINGS_NAME, name=SIMULATORS, by_id=bench.by_id))
        _console(bench, sys.stdin, chosen[0])
    finally:
        server.stop()
        serving.join()
        server.close()
        bench.stop()
    return OK


def _others(bench: Bench, windows: Iterable[str]) -> None:
    """What a hall may have besides pad, display and printer."""
    bench.add_voice()
    bench.add_strips("")
    for window in windows:
        bench.add_lamp(window)
        bench.add_card_reader(window)
        bench.add_scanner(window)


def _console(bench: Bench, lines: Iterable[str], window: str) -> None:
    names = " ".join(sorted(COMMANDS))
    for line in lines:
        words = line.strip()
        if words in ("help", "?"):
            click.echo(_(HELP).format(names=names, window=window))
        elif words:
            click.echo(obey(bench, words))
