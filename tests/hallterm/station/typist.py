"""Somebody at the keyboard of a headless terminal that runs on the real clock."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from textual.app import App
from textual.pilot import Pilot

DEADLINE_S = 120.0
APART_S = 0.35
"""The same key sooner is the same press."""


class Typist:
    """Presses keys and waits for what a row shows."""

    def __init__(self, app: App[Any], pilot: Pilot[Any]) -> None:
        self.app, self.pilot = app, pilot

    def rows(self) -> list[str]:
        return [strip.text for strip in self.app.screen._compositor.render_strips()]

    async def sees(self, text: str, row: int) -> None:
        """Wait until a row (1-24) shows a text."""
        await self.until(lambda rows: text in rows[row - 1], f"row {row} has no {text}")

    async def until(self, seen: Callable[[list[str]], bool], failure: str = "it never came") -> None:
        """Wait until the rows are so."""
        until = time.monotonic() + DEADLINE_S
        while not seen(self.rows()):
            assert time.monotonic() < until, "\n".join([failure, *self.rows()])
            await self.pilot.pause(0.02)

    async def press(self, *keys: str) -> None:
        """One after the other; the same key twice with the pause that makes it two presses."""
        last = ""
        for key in keys:
            if key == last:
                await self.pilot.pause(APART_S)
            await self.pilot.press(key)
            last = key
