"""A part of the demonstration hall that searches its own live objects on SIGUSR1: FOLDER and the words of the command."""

from __future__ import annotations

import signal
import sys
import threading
from pathlib import Path

from hallterm.cli import main
from hallterm.demo_child import _end_with_parent
from tests.end_to_end.apps.live_objects import search

SPELT = ["-".join(["there", "in", "the", "station"])]
"""The search must find this."""

if __name__ == "__main__":
    folder = Path(sys.argv.pop(1))
    signal.signal(signal.SIGUSR1, lambda *_: search(folder))
    threading.Thread(target=_end_with_parent, daemon=True).start()
    sys.exit(main())
