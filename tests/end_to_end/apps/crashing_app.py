"""The real program with keys that fail while a citizen's data is at hand: ``CONFIG WINDOW``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import ClassVar

from hallterm.terminal import set_textual_environment
from tests.end_to_end.apps.identity import IDENTITY, NAME

set_textual_environment()

from textual import work  # noqa: E402
from textual.binding import Binding, BindingType  # noqa: E402

from hallterm.config import load  # noqa: E402
from hallterm.run import run_settings  # noqa: E402
from hallterm.wiring import TerminalApp  # noqa: E402
from hallterm.workflows.desk import Desk  # noqa: E402
from storage.facts import Moment  # noqa: E402


def fail() -> None:
    """What a fault in any room may look like."""
    citizen = f"{NAME} {IDENTITY}"
    raise ValueError(citizen)


def failing_view(_desk: Desk, _now: Moment) -> None:
    fail()


class CrashingApp(TerminalApp):
    """F10 fails in a key, F11 in a worker, F12 in the storage thread."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f10", "fail_key", priority=True),
        Binding("f11", "fail_worker", priority=True),
        Binding("f12", "fail_storage", priority=True),
    ]

    def action_fail_key(self) -> None:
        fail()

    def action_fail_worker(self) -> None:
        self._worker()

    def action_fail_storage(self) -> None:
        self.storage.watch(failing_view)

    @work(thread=True)
    def _worker(self) -> None:
        fail()


def main() -> int:
    """Like ``python -m hallterm``, with another app."""
    settings = load(Path(sys.argv[1]), {}, window=sys.argv[2], language="zh_CN")
    return run_settings(settings, "sign_on", lambda key_map: CrashingApp(settings, key_map, "sign_on"))


if __name__ == "__main__":
    sys.exit(main())
