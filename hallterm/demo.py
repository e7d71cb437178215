"""``hallterm demo``: the demonstration hall, for a person at the terminal, or played by itself without one."""

from __future__ import annotations

import sys

from hallterm.config import Settings, WindowSettings
from hallterm.demo_hall import DemoHall
from hallterm.demo_people import who_rows
from hallterm.locale import N_, _
from hallterm.workflows.desk import Refused

INTRODUCTION = N_(
    "Demonstration hall in {folder}: 14 people wait, four weeks lie behind it, devices are simulated, nothing is kept.\n"
    "Ctrl+T presses a key of the rating pad; Ctrl+Q leaves."
)


def main(settings: Settings) -> int:
    """Open the hall; everything ends and goes away with it."""
    try:
        return _watched(settings) if sys.stdin.isatty() and sys.stdout.isatty() else _played()
    except Refused as refused:
        print(refused.reason.text(), file=sys.stderr)
        return 1


def _played() -> int:
    from hallterm.demo_play import play

    return play()


def _watched(settings: Settings) -> int:
    from hallterm.run import dress_of

    dress_of(settings)  # the language of this terminal is that of the hall's names
    with DemoHall(has_past=True) as hall:
        print(_(INTRODUCTION).format(folder=hall.folder), *who_rows(), sep="\n", flush=True)
        hall.start_colleagues()
        return _open(hall, settings)


def _open(hall: DemoHall, settings: Settings) -> int:
    import msgspec

    from hallterm.demo_app import DemoApp
    from hallterm.run import run_settings

    own = msgspec.structs.replace(hall.settings, ui=settings.ui, window=WindowSettings(), keys=settings.keys)
    return run_settings(own, "sign_on", lambda key_map: DemoApp(own, key_map, hall.simulators))
