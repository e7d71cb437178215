"""The real program at a window with a reader, and keys for a test: ``CONFIG WINDOW FINDINGS``.

F10 makes the open field ask for an ID card, F11 fails, F12 writes what live objects hold of the secrets: FINDINGS is a
folder in which ``secrets`` has one a line, backwards, so that the search is not what it looks for.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
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

SPELT_MOST = 600


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
        backwards = (folder / "secrets").read_text("ascii").splitlines()
        texts = list(live_texts())
        found = {f"{secret} in {kind}" for kind, text in texts for secret in backwards if secret in text[::-1]}
        (folder / "found").write_text("\n".join([f"searched {len(texts)}", *sorted(found)]), "utf-8")


def live_texts() -> Iterator[tuple[str, str]]:
    """Every text that an object or a frame of any thread holds, also one that is spelt by its elements or keys."""
    gc.collect()
    holders: list[object] = [*gc.get_objects()]
    for frame in sys._current_frames().values():
        inner = frame
        while inner.f_back is not None:
            holders.append(list(inner.f_locals.values()))
            inner = inner.f_back
    for holder in holders:
        held = gc.get_referents(holder)
        yield from ((type(holder).__name__, text) for one in held if (text := as_text(one)))
        if 10 <= len(held) <= SPELT_MOST:
            spelt = "".join(map(as_sign, held))
            yield from ((type(holder).__name__, text) for text in (spelt, spelt[::-1]))  # lists come backwards


def as_text(one: object) -> str:
    if isinstance(one, str):
        return one if len(one) > 10 else ""
    if isinstance(one, (bytes, bytearray)):
        return one.decode("latin-1")
    return ""


def as_sign(one: object) -> str:
    """One character, or the character of a key."""
    sign = getattr(one, "character", one)
    return sign if isinstance(sign, str) and len(sign) == 1 else ""


def main() -> int:
    """Like ``python -m hallterm``, with another app."""
    settings = load(Path(sys.argv[1]), {}, window=sys.argv[2], language="zh_CN")
    key_map = resolve(settings.keys, settings.reserved, settings.window.code)
    return run_settings(settings, "sign_on", lambda _key_map: ReaderApp(settings, key_map, "sign_on"))


if __name__ == "__main__":
    sys.exit(main())
