"""What the terminal at hand can show, found out before anything is painted: language, block glyph, colours.

``look_at_terminal`` asks the terminal, ``decide`` says what follows; only the first does I/O. Neither loads Textual.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

ANSWER_LIMIT_S: Final = 1.0

# Return, a Chinese character, where are we?, a block, where are we?, return and erase.
QUESTION: Final = b"\r\xe4\xb8\xad\x1b[6n\xe2\x96\x88\x1b[6n\r\x1b[K"
CURSOR_POSITION: Final = re.compile(rb"\x1b\[\d+;(\d+)R")

CHINESE: Final = "zh_CN"
ENGLISH: Final = "en"
LANGUAGE_SETTINGS: Final = ("auto", CHINESE, ENGLISH)

# Shown in English only: it is about a terminal that cannot show the other language.
CANNOT_SHOW_CHINESE: Final = (
    "This terminal cannot show Chinese ({reason}). Running in English; fbterm or SSH shows Chinese."
)

TEXTUAL_ENVIRONMENT: Final = {
    "TEXTUAL_ANIMATIONS": "none",  # each step of an animation is a repaint on a slow line
    "TEXTUAL_SMOOTH_SCROLL": "0",  # no resize reports in band, no mouse positions in pixels
    "ESCDELAY": "25",  # ms until a lone Esc counts as the key
}
# These write keys or screens to files, press keys, or replace our driver; COLUMNS and LINES would outlive a resize.
UNWANTED_ENVIRONMENT: Final = (
    "TEXTUAL",
    "TEXTUAL_DEBUG",
    "TEXTUAL_DISABLE_KITTY_KEY",
    "TEXTUAL_DRIVER",
    "TEXTUAL_LOG",
    "TEXTUAL_PRESS",
    "TEXTUAL_SCREENSHOT",
    "TEXTUAL_SCREENSHOT_FILENAME",
    "TEXTUAL_SCREENSHOT_LOCATION",
    "COLUMNS",
    "LINES",
)


class Understanding(StrEnum):
    """What a terminal makes of UTF-8."""

    UTF8 = "utf8"
    OTHER = "other"
    SILENT = "silent"


@dataclass(frozen=True, slots=True)
class TerminalAnswer:
    """Where the cursor stood, in columns from 1, after ``中`` and after ``中█``; None: no answer."""

    after_chinese: int | None = None
    after_block: int | None = None

    @property
    def understanding(self) -> Understanding:
        """Two cells for one Chinese character means UTF-8."""
        if self.after_chinese is None:
            return Understanding.SILENT
        return Understanding.UTF8 if self.after_chinese == 3 else Understanding.OTHER


@dataclass(frozen=True, slots=True)
class Dress:
    """How to run on this terminal; ``remark`` is a line to say once, or empty.

    ``ascii_only``: it answered, and not as one that reads UTF-8, so names in Chinese would shift whatever follows them.
    """

    language: str
    remark: str
    ansi_theme: bool
    ascii_only: bool = False


def decide(setting: str, environ: Mapping[str, str], answer: TerminalAnswer) -> Dress:
    """The dress for ``[ui] language`` = ``auto``, ``zh_CN`` or ``en``; raises ValueError for any other setting."""
    if setting not in LANGUAGE_SETTINGS:
        raise ValueError(setting)
    language, reason = (setting, "") if setting != "auto" else _automatic_language(environ, answer)
    return Dress(
        language=language,
        remark=CANNOT_SHOW_CHINESE.format(reason=reason) if reason else "",
        ansi_theme=ansi_theme(environ),
        ascii_only=answer.understanding is Understanding.OTHER,
    )


def _automatic_language(environ: Mapping[str, str], answer: TerminalAnswer) -> tuple[str, str]:
    """Language, and why it is English although nobody asked for English."""
    # LC_CTYPE is not looked at: Python itself sets it to C.UTF-8 where the locale is C.
    name = "LC_ALL" if environ.get("LC_ALL") else "LANG"
    locale = environ.get(name, "")
    language, _, charset = locale.partition("@")[0].partition(".")
    charset = re.sub(r"[^a-z0-9]", "", charset.lower())
    names_no_language = language in ("", "C", "POSIX")
    in_environment = f"{name}={locale}" if locale else "LANG is not set"
    if language.split("_")[0].lower() == "en":
        return ENGLISH, ""
    if _is_bare_console(environ):
        return ENGLISH, "TERM=linux"
    if charset not in ("", "utf8"):
        return ENGLISH, in_environment
    if answer.understanding is Understanding.OTHER:
        return ENGLISH, in_environment if names_no_language else "it does not read UTF-8"
    if answer.understanding is Understanding.SILENT and (names_no_language or not charset):
        return ENGLISH, in_environment
    return CHINESE, ""


def _is_bare_console(environ: Mapping[str, str]) -> bool:
    """The Linux console has 512 glyphs, none of them Chinese, but counts cells as if it had; fbterm names itself."""
    return environ.get("TERM") == "linux" and not environ.get("FBTERM")


def ansi_theme(environ: Mapping[str, str]) -> bool:
    """The terminal has 16 colours; the rule is the one by which Rich chooses its colour system."""
    if environ.get("COLORTERM", "").strip().lower() in ("truecolor", "24bit"):
        return False
    return environ.get("TERM", "").strip().lower().rpartition("-")[2] not in ("256color", "kitty")


def look_at_terminal(read_fileno: int = 0, write_fileno: int = 1, limit_s: float = ANSWER_LIMIT_S) -> TerminalAnswer:
    """Ask the terminal how it shows UTF-8; no answer within ``limit_s``, or no terminal, is an empty answer.

    One short line is written and erased again. Keys typed meanwhile are lost; nothing waits for keys yet.
    """
    if not (os.isatty(read_fileno) and os.isatty(write_fileno)) or os.environ.get("TERM", "dumb") == "dumb":
        return TerminalAnswer()
    from hallterm.platform import ask_terminal

    def complete(received: bytes) -> bool:
        return len(CURSOR_POSITION.findall(received)) >= 2

    try:
        received = ask_terminal(read_fileno, write_fileno, QUESTION, complete, limit_s)
    except OSError:
        return TerminalAnswer()
    columns = [int(column) for column in CURSOR_POSITION.findall(received)]
    if len(columns) < 2:
        return TerminalAnswer()
    return TerminalAnswer(columns[0], columns[1])


def set_textual_environment(environ: MutableMapping[str, str] | None = None) -> None:
    """Set what Textual reads when it is first imported; raises RuntimeError if that has happened already."""
    if environ is None:
        if "textual.constants" in sys.modules:
            raise RuntimeError("textual is imported already")
        environ = os.environ
    for name in UNWANTED_ENVIRONMENT:
        environ.pop(name, None)
    for name, value in TEXTUAL_ENVIRONMENT.items():
        environ.setdefault(name, value)
