"""The command ``reconcile``: a list of the tax software against the services of this hall."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from hallterm.cli import PATH, call, command
from hallterm.config import Settings
from hallterm.locale import N_, _

ROOM = "hallterm.reconcile_command"


def reconcile_command(name: str) -> click.Command:
    def reconcile(settings: Settings, file: Path, **given: Any) -> int:
        from hallterm.reconcile_command import ReconcileOptions

        return call(f"{ROOM}:main", settings, file, ReconcileOptions(**given))

    parameters = [
        click.Argument(["file"], type=PATH, metavar="FILE"),
        click.Option(["--hall"], default="", metavar="CODE", help=_("Refuse unless this PC is of that hall.")),
        click.Option(["--yes"], is_flag=True, help=_("Record it; without it only what it would say is shown.")),
        click.Option(["--json", "as_json"], is_flag=True, help=_("For a machine.")),
        click.Option(["--staff"], default="", metavar="NUMBER", help=_("Staff number of who takes it in.")),
        click.Option(["--password-stdin"], is_flag=True, help=_("Read the password from standard input.")),
    ]
    return command(name, N_("Compare with a list of the tax software."), reconcile, parameters)
