"""``python -m hallterm`` and the ``hallterm`` command."""

import sys
from io import TextIOWrapper

from hallterm.terminal import set_textual_environment


def main() -> None:
    """Set what must be set before Textual is imported, then run the command line."""
    set_textual_environment()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")
    from hallterm.cli import main as command_line

    sys.exit(command_line())


if __name__ == "__main__":
    main()
