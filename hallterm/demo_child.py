"""A part of the demonstration hall as a child: the command line, ended when standard input ends with its parent."""

from __future__ import annotations

import os
import signal
import sys
import threading


def _end_with_parent() -> None:
    while sys.stdin.buffer.read(1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    from hallterm.cli import main

    threading.Thread(target=_end_with_parent, daemon=True).start()
    sys.exit(main())
