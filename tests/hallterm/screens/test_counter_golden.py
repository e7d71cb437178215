"""Golden screens as text: cells as characters, one file a screen, language and size. Rewrite: HALLTERM_GOLDEN=write."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace
from rich.cells import cell_len

from hallterm import locale
from hallterm.workflows.seen import CounterView
from tests.hallterm.screens import views
from tests.hallterm.screens.conftest import Opened
from tests.hallterm.screens.wide_views import wide

GOLDEN = Path(__file__).parent / "golden"

SCREENS: dict[str, tuple[Callable[[], CounterView], str, tuple[str, ...]]] = {
    "idle": (views.idle, "10:45:23", ()),
    "idle_nobody": (lambda: views.idle(waiting=False), "10:45:23", ()),
    "called": (views.called, "10:42:22", ()),
    "called_third": (lambda: views.called(3, since_s=25), "10:42:35", ()),
    "serving_green": (views.serving, "10:45:23", ()),
    "serving_yellow": (views.serving, "10:51:04", ()),
    "serving_red": (views.serving, "10:53:36", ()),
    "serving_escalate": (views.serving, "10:58:02", ()),
    "paused": (views.paused, "10:46:08", ()),
    "pause_list": (views.serving, "10:45:22", ("f4",)),
    "awaiting": (views.awaiting, "10:49:31", ()),
    "unrated_list": (lambda: views.awaiting(asked_s=12), "10:49:34", ("ctrl+r",)),
    "hold": (views.serving, "10:45:22", ("ctrl+o",)),
    "transfer": (views.serving, "10:45:22", ("ctrl+y",)),
    "held": (views.idle, "10:45:22", ("ctrl+o",)),
    "walk_up": (views.idle, "10:45:22", ("insert",)),
    "field": (views.serving, "10:45:20", ("f6", "f", "p")),
    "on_break": (views.on_break, "10:45:23", ()),
    "menu": (views.serving, "10:45:22", ("ctrl+p",)),
    "help": (views.serving, "10:45:22", ("f1",)),
    "identity": (
        lambda: replace(views.serving(), card_reader=True, taxpayer="110***002X"),
        "10:45:22",
        ("ctrl+p", "full_stop", "9", "1"),
    ),
    "lock": (views.idle, "10:45:21", ("ctrl+p", "t")),
}


ROOMY = ("idle", "called", "serving_green", "pause_list", "field")
NORMAL_SIZE, ROOMY_SIZE = (80, 24), (120, 40)


@pytest.mark.parametrize("language", ["zh_CN", "en"])
@pytest.mark.parametrize("name", SCREENS)
async def test_screen_is_drawn_as_recorded(name: str, language: str, opened: Opened) -> None:
    await _check(name, language, SCREENS[name][0](), NORMAL_SIZE, opened)


@pytest.mark.parametrize("language", ["zh_CN", "en"])
@pytest.mark.parametrize("name", ROOMY)
async def test_a_screen_with_room_is_drawn_as_recorded(name: str, language: str, opened: Opened) -> None:
    await _check(name, language, wide(SCREENS[name][0]()), ROOMY_SIZE, opened)


async def _check(name: str, language: str, view: CounterView, size: tuple[int, int], opened: Opened) -> None:
    _make, clock, keys = SCREENS[name]
    locale.use(language)
    async with opened(view, clock, size) as counter:
        await counter.press(*keys)
        rows = counter.rows()
    assert [cell_len(row) for row in rows] == [size[0]] * size[1]
    path = GOLDEN / f"counter_{name}.{language}.{size[0]}x{size[1]}.txt"
    text = "".join(f"{row}\n" for row in rows)
    if os.environ.get("HALLTERM_GOLDEN") == "write":
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")
