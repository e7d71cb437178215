"""The command ``hallterm mirror``: ``--window`` takes the painted number as well."""

from __future__ import annotations

import click

from hallterm.cli import call, command
from hallterm.config import Settings
from hallterm.locale import N_, _

MIRROR = "hallterm.mirror_command:main"


def mirror_command(name: str) -> click.Command:
    def mirror(settings: Settings, painted: str) -> int:
        return call(MIRROR, settings, painted)

    text = N_("Show the citizen what is done at a window; take the rating.")
    made = command(name, text, mirror)
    whose = click.Option(["--window", "painted"], default="", metavar="NUMBER", help=_("Window, as painted on it."))
    made.params = [whose, *(one for one in made.params if one.name != "window")]
    return made
