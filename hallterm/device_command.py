"""``hallterm device press``: press a key of a simulated rating pad (demonstrations, training, tests)."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from devices.sim.control import send_command
from hallterm.config import Settings
from hallterm.locale import N_, _

NO_SIMULATORS = N_("no simulated devices run in {folder}; hallterm demo starts some")
NOT_PRESSED = N_("the pad of window {window} has no key {key}, or is not simulated")


def simulators(settings: Settings) -> Path:
    """The folder of the simulated devices: named by HALLTERM_SIMULATORS, else in the data folder."""
    named = os.environ.get("HALLTERM_SIMULATORS")
    return Path(named).parent if named else settings.data.path / "simulators"


def press(settings: Settings, window: str, key: int) -> int:
    """Press once; 0 if the pad took it."""
    folder = simulators(settings)
    try:
        answer = send_command(folder, f"press {window} {key}")
    except OSError:
        print(_(NO_SIMULATORS).format(folder=folder), file=sys.stderr)
        return 2
    if answer.startswith("ok"):
        return 0
    print(_(NOT_PRESSED).format(window=window, key=key), file=sys.stderr)
    return 2
