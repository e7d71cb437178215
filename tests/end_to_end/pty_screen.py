"""What a terminal shows: pyte's screen, with what it lacks for our use.

Added: the alternate screen, answers to questions, private sequences of the kitty protocol, broken halves of wide
characters, signs of no width, and a terminal that does not know UTF-8.
"""

from __future__ import annotations

import codecs
import copy
import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import pyte
from pyte.screens import Char, StaticDefaultDict
from wcwidth import wcwidth

ALTERNATE_SCREEN = 1049
KITTY_SEQUENCE = re.compile(r"\x1b\[([<>=])([0-9;]*)([A-Za-z])")
UNFINISHED_SEQUENCE = re.compile(r"\x1b(\[[0-9;:?<>=$ ]*)?$")


class PtyScreen(pyte.Screen):
    """A pyte screen that answers through ``answer`` and remembers which private modes were ever set."""

    def __init__(self, columns: int, lines: int, answer: Callable[[bytes], None]) -> None:
        self._answer = answer
        self._ordinary: tuple[Any, Any] | None = None
        self.modes_ever_set: set[int] = set()
        self.bells = 0
        self._shown: list[str] = []
        super().__init__(columns, lines)

    def draw(self, data: str) -> None:
        # pyte gives up the rest of a text at the first sign without width that does not combine.
        super().draw("".join(sign for sign in data if wcwidth(sign) > 0 or unicodedata.combining(sign)))

    def bell(self, *_args: Any) -> None:
        self.bells += 1

    def write_process_input(self, data: str) -> None:
        self._answer(data.encode())

    def report_device_status(self, mode: int = 0, **_private: bool) -> None:
        super().report_device_status(mode)

    def set_mode(self, *modes: int, **options: Any) -> None:
        if options.get("private"):
            self.modes_ever_set.update(modes)
            if ALTERNATE_SCREEN in modes and self._ordinary is None:
                self._ordinary = (self.buffer, copy.copy(self.cursor))
                self.buffer = defaultdict(lambda: StaticDefaultDict(self.default_char))
                self.dirty.update(range(self.lines))
        super().set_mode(*modes, **options)

    def reset_mode(self, *modes: int, **options: Any) -> None:
        if options.get("private") and ALTERNATE_SCREEN in modes and self._ordinary is not None:
            hidden = self.cursor.hidden
            self.buffer, self.cursor = self._ordinary
            self.cursor.hidden = hidden
            self._ordinary = None
            self.dirty.update(range(self.lines))
        super().reset_mode(*modes, **options)

    @property
    def private_modes(self) -> set[int]:
        """The private modes that are on now (7 line wrap, 25 cursor, 1049 alternate screen, 2004 paste ...)."""
        return {mode >> 5 for mode in self.mode if mode >= 32}

    def rows(self) -> list[str]:
        """Each row as its characters: a wide one stands once for its two cells; half a wide one is a space.

        Who waits for something asks twenty times a second: only rows that were painted meanwhile are put together anew.
        """
        if len(self._shown) != self.lines:
            self._shown = [""] * self.lines
            self.dirty.update(range(self.lines))
        for y in self.dirty:
            if y < self.lines:
                self._shown[y] = self._row(self.buffer[y])
        self.dirty.clear()
        return list(self._shown)

    def _row(self, line: dict[int, Char]) -> str:
        signs: list[str] = []
        x = 0
        while x < self.columns:
            sign = line[x].data
            if sign == "":
                signs.append(" ")
            elif wcwidth(sign[0]) == 2:
                whole = x + 1 < self.columns and line[x + 1].data == ""
                signs.append(sign if whole else " ")
                x += whole
            else:
                signs.append(sign)
            x += 1
        return "".join(signs)


class PtyStream:
    """Bytes from the program to the screen.

    ``utf8=False`` is a terminal of single bytes: every byte above 7 bits is shown as one ``?``.
    """

    def __init__(self, screen: PtyScreen, *, utf8: bool) -> None:
        self._stream = pyte.Stream(screen)
        self._decoder = codecs.getincrementaldecoder("utf-8" if utf8 else "latin-1")("replace")
        self._utf8 = utf8
        self._unfinished = ""
        self.kitty_flags: list[int] = []
        self.kitty_flags_ever: list[int] = []

    def feed(self, data: bytes) -> None:
        """Show these bytes; a sequence that is not complete waits for the next."""
        text = self._decoder.decode(data)
        if not self._utf8:
            text = re.sub(r"[^\x00-\x7f]", "?", text)
        text = self._unfinished + text
        unfinished = UNFINISHED_SEQUENCE.search(text)
        self._unfinished = unfinished[0] if unfinished else ""
        if unfinished:
            text = text[: unfinished.start()]
        if text := KITTY_SEQUENCE.sub(self._note_kitty_sequence, text):
            self._stream.feed(text)

    def _note_kitty_sequence(self, match: re.Match[str]) -> str:
        kind, parameters, final = match.groups()
        if final == "u" and kind == ">":
            self.kitty_flags.append(int(parameters or 0))
            self.kitty_flags_ever.append(int(parameters or 0))
        elif final == "u" and kind == "<" and self.kitty_flags:
            self.kitty_flags.pop()
        return ""
