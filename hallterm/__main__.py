"""``python -m hallterm`` and the ``hallterm`` command."""

import gc
import sys
from io import TextIOWrapper

from hallterm.terminal import set_textual_environment

START_OBJECTS = 100_000
"""The modules of a terminal make so many objects, and not one of them is garbage."""


def main() -> None:
    """Set what must be set before Textual is imported, then run the command line."""
    load_undisturbed()
    set_textual_environment()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")
    from hallterm.cli import main as command_line

    sys.exit(command_line())


def load_undisturbed() -> None:
    """Python looks for garbage once all is loaded, and never again among what was: a start takes a tenth less."""
    usual = gc.get_threshold()

    def loaded(phase: str, _found: dict[str, int]) -> None:
        if phase == "stop":
            gc.callbacks.remove(loaded)
            gc.freeze()
            gc.set_threshold(*usual)

    gc.callbacks.append(loaded)
    gc.set_threshold(START_OBJECTS)


if __name__ == "__main__":
    main()
