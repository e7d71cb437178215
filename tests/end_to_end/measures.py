"""How fast the driver answers, printed as a table: ``python -m tests.end_to_end.measures``. No test asserts it."""

from __future__ import annotations

import signal
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.end_to_end.report import LAST_ROW, Report, probe_terminal
from tests.end_to_end.terminal import Terminal


def escape_ms(times: int = 20) -> list[float]:
    """From Esc to the first byte painted because of it."""
    return _key_ms("escape", times)


def plain_key_ms(times: int = 20) -> list[float]:
    """The same for a key that is no prefix of others: the difference is what Esc waits."""
    return _key_ms("a", times)


def leaving_ms(leave: Callable[[Terminal], None]) -> float:
    """From being told to leave to the end of the process."""
    with tempfile.TemporaryDirectory() as folder:
        report = Report(Path(folder) / "report")
        with probe_terminal(report) as terminal:
            terminal.wait_for(LAST_ROW)
            start = time.monotonic()
            leave(terminal)
            terminal.wait_exit()
            return (time.monotonic() - start) * 1000


def _key_ms(key: str, times: int) -> list[float]:
    measured = []
    with tempfile.TemporaryDirectory() as folder, probe_terminal(Report(Path(folder) / "report")) as terminal:
        terminal.wait_for(LAST_ROW)
        for number in range(1, times + 1):
            terminal.wait_quiet(0.15)
            start = time.monotonic()
            terminal.press(key)
            terminal.wait_for(f"键 {number} {key}")
            measured.append((time.monotonic() - start) * 1000)
    return measured


def main() -> None:
    """Print the table."""
    for name, values in (("Esc", escape_ms()), ("a", plain_key_ms())):
        print(f"{name:20} median {statistics.median(values):7.1f} ms   worst {max(values):7.1f} ms")
    for number in (signal.SIGTERM, signal.SIGHUP):
        print(f"{number.name:20} {leaving_ms(lambda terminal, number=number: terminal.signal(number)):14.1f} ms")  # type: ignore[misc]
    print(f"{'hang-up':20} {leaving_ms(Terminal.hang_up):14.1f} ms")


if __name__ == "__main__":
    main()
