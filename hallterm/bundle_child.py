"""The bundle beside a screen: a process of its own writes or reads the stick, or backs up the centre, and tells how far it
is, a JSON line a step.

A terminal loads no cryptography, and its keys never wait for a stick. ``{"percent": 35}`` in steps of five, then
``{"code": 0, "told": ["sentence", ...]}``: the sentences and the exit code are those of ``hallterm bundle``.
"""

from __future__ import annotations

import io
import json
import os
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from hallterm.centre_place import DATABASE

if TYPE_CHECKING:
    from hallterm.config import Settings

EXPORT, BACKUP = "export", "backup"


class _Steps(io.StringIO):
    """A terminal for the command's steps, which become lines of ours."""

    def __init__(self, to: TextIO) -> None:
        super().__init__()
        self._to = to

    def isatty(self) -> bool:
        return True

    def write(self, text: str) -> int:
        step = text.strip().removesuffix("%").strip()
        if text.startswith("\r") and step.isdigit():
            print(json.dumps({"percent": int(step)}), file=self._to, flush=True)
            return len(text)
        return super().write(text)


def main(settings: Settings, way: str, folder: Path) -> int:
    """Do it and tell; in the child."""
    from hallterm import bundle_command

    to, said = sys.stdout, io.StringIO()
    steps = _Steps(to)
    with redirect_stdout(said), redirect_stderr(steps):
        if way == BACKUP:
            from hallterm import admin_command

            code = admin_command.back_up(settings, os.environ.get(DATABASE, ""), None)
        elif way == EXPORT:
            code = bundle_command.export(settings, folder, as_json=False)
        else:
            code = bundle_command.import_(settings, (folder,), os.environ.get(DATABASE, ""), as_json=False)
    lines = [line.strip() for line in f"{said.getvalue()}\n{steps.getvalue()}".splitlines()]
    print(json.dumps({"code": code, "told": [line for line in lines if line]}), file=to, flush=True)
    return code


def child(way: str, folder: str, config: str, data: str, language: str) -> int:
    """The process itself."""
    from hallterm.config import load
    from hallterm.locale import use

    settings = load(Path(config) if config else None, data=Path(data))
    use(language)
    return main(settings, way, Path(folder))


if __name__ == "__main__":
    sys.exit(child(*sys.argv[1:]))
