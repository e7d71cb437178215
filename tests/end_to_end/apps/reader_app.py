"""The real program at a window with a reader, and keys for a test: ``CONFIG WINDOW FINDINGS``.

F10 makes the open field ask for an ID card, F11 fails, F12 dumps the screen as Textual can and writes what live
objects hold of the secrets (:mod:`tests.end_to_end.apps.live_objects`); FINDINGS is the folder of both.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import ClassVar

from hallterm.terminal import set_textual_environment

set_textual_environment()

from textual.binding import Binding, BindingType  # noqa: E402
from textual.events import Key  # noqa: E402

from devices.wedge import ScanKind  # noqa: E402
from hallterm.config import load  # noqa: E402
from hallterm.keys import resolve  # noqa: E402
from hallterm.run import run_settings  # noqa: E402
from hallterm.widgets.frame import FrameScreen  # noqa: E402
from hallterm.wiring import TerminalApp  # noqa: E402
from tests.end_to_end.apps.live_objects import search  # noqa: E402


class ReaderApp(TerminalApp):
    """Swipes are caught before these bindings, too."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f10", "ask_for_id", priority=True),
        Binding("f11", "fail", priority=True),
        Binding("f12", "search", priority=True),
    ]

    def on_mount(self) -> None:
        super().on_mount()
        self.spelt = [Key(sign, sign) for sign in "spelt by keys"]  # the search must find this

    def action_ask_for_id(self) -> None:
        screen = self.screen
        if isinstance(screen, FrameScreen) and screen.field is not None:
            screen.field.takes = frozenset({ScanKind.RESIDENT_ID})
            screen.field.longest = 18
            screen.field.submits = False
            screen.say("asks")

    def action_fail(self) -> None:
        raise RuntimeError

    def action_search(self) -> None:
        folder = Path(sys.argv[3])
        (folder / "screen.svg").write_text(self.export_screenshot(), "utf-8")
        search(folder)


def main() -> int:
    """Like ``python -m hallterm``, with another app."""
    settings = load(Path(sys.argv[1]), {}, window=sys.argv[2], language="zh_CN")
    key_map = resolve(settings.keys, settings.reserved, settings.window.code)
    return run_settings(settings, "sign_on", lambda _key_map: ReaderApp(settings, key_map, "sign_on"))


if __name__ == "__main__":
    sys.exit(main())
