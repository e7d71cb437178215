"""Twenty counters at one file: imports once, then each counter is a process. ``python -m tests.faults.many_counters``."""

from __future__ import annotations

import multiprocessing
import os
import sys
from pathlib import Path

from tests.faults.clerk import serve
from tests.faults.halls import staff_of, window_of


def work(folder: Path, number: int) -> None:
    sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    serve(folder, window_of(number), staff_of(number), number, drain=True)


def main(folder: Path, counters: int) -> int:
    """The number of counters that failed."""
    context = multiprocessing.get_context("fork")
    processes = [context.Process(target=work, args=(folder, number)) for number in range(1, counters + 1)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    return sum(process.exitcode != 0 for process in processes)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), int(sys.argv[2])))
