"""`python -m devices.sim --run DIR --window 1 [--window 2] [--auto SEED]`: simulated devices until SIGTERM."""

import argparse
import os
import signal
import sys
import threading
from pathlib import Path

from devices.sim.bench import demo_bench
from devices.sim.control import ControlServer
from devices.sim.pad import AutoPress

HASTE_S = (0.3, 1.5)
"""The least and the most after which people in haste press."""


def main() -> int:
    """Prints "ready" once the bindings are written."""
    arguments = _parse()
    arguments.run.mkdir(parents=True, exist_ok=True)
    bench = demo_bench(arguments.run, arguments.window or ["1"], _people(arguments))
    server = ControlServer(bench)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: threading.Thread(target=server.stop).start())
    if arguments.until_eof:
        threading.Thread(target=_wait_for_eof, args=(server,), daemon=True).start()
    print("ready", flush=True)
    try:
        server.serve()
    finally:
        server.close()
        bench.stop()
    return 0


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m devices.sim")
    parser.add_argument("--run", type=Path, required=True, metavar="DIR")
    parser.add_argument("--window", action="append", metavar="CODE")
    parser.add_argument("--auto", type=int, metavar="SEED", help="pads press by themselves")
    parser.add_argument("--haste", action="store_true", help="these people press within a second and a half")
    parser.add_argument("--until-eof", action="store_true", help="end when standard input ends")
    return parser.parse_args()


def _people(arguments: argparse.Namespace) -> AutoPress | None:
    if arguments.auto is None:
        return None
    return AutoPress(arguments.auto, *HASTE_S) if arguments.haste else AutoPress(arguments.auto)


def _wait_for_eof(server: ControlServer) -> None:
    while os.read(0, 1):  # not sys.stdin: its lock would be held at the end of the process
        pass
    server.stop()


if __name__ == "__main__":
    sys.exit(main())
