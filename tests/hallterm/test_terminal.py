"""What is decided about a terminal, and what real terminals answer."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from hallterm.terminal import (
    TEXTUAL_ENVIRONMENT,
    TerminalAnswer,
    Understanding,
    ansi_theme,
    decide,
    look_at_terminal,
    set_textual_environment,
)
from tests.end_to_end.terminal import Terminal

UTF8 = TerminalAnswer(3, 4)
OTHER = TerminalAnswer(4, 7)
SILENT = TerminalAnswer()
XTERM = {"TERM": "xterm-256color"}


@pytest.mark.parametrize(
    ("environ", "answer", "language", "reason"),
    [
        ({"LANG": "zh_CN.UTF-8"}, UTF8, "zh_CN", ""),
        ({"LANG": "zh_CN.UTF-8"}, SILENT, "zh_CN", ""),
        ({"LANG": "zh_CN.utf8"}, SILENT, "zh_CN", ""),
        ({"LANG": "zh_CN.UTF-8"}, OTHER, "en", "it does not read UTF-8"),
        ({"LANG": "de_DE.UTF-8@euro"}, UTF8, "zh_CN", ""),
        ({"LANG": "en_US.UTF-8"}, UTF8, "en", ""),
        ({"LANG": "en_GB"}, SILENT, "en", ""),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "en_US.UTF-8"}, UTF8, "en", ""),
        ({"LANG": "en_US.UTF-8", "LC_ALL": "zh_CN.UTF-8"}, UTF8, "zh_CN", ""),
        ({"LANG": "C"}, UTF8, "zh_CN", ""),
        ({"LANG": "POSIX"}, UTF8, "zh_CN", ""),
        ({"LANG": "C.UTF-8"}, UTF8, "zh_CN", ""),
        ({}, UTF8, "zh_CN", ""),
        ({"LANG": "C", "LC_CTYPE": "C.UTF-8"}, OTHER, "en", "LANG=C"),
        ({"LANG": "C"}, SILENT, "en", "LANG=C"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "POSIX"}, OTHER, "en", "LC_ALL=POSIX"),
        ({"LANG": "C.UTF-8"}, SILENT, "en", "LANG=C.UTF-8"),
        ({}, SILENT, "en", "LANG is not set"),
        ({"LANG": "zh_CN.GBK"}, SILENT, "en", "LANG=zh_CN.GBK"),
        ({"LANG": "zh_CN.GB18030"}, UTF8, "en", "LANG=zh_CN.GB18030"),
        ({"LANG": "zh_CN"}, UTF8, "zh_CN", ""),
        ({"LANG": "zh_CN"}, SILENT, "en", "LANG=zh_CN"),
        ({"LANG": "zh_CN.UTF-8", "TERM": "linux"}, UTF8, "en", "TERM=linux"),
        ({"LANG": "zh_CN.UTF-8", "TERM": "linux", "FBTERM": "1"}, UTF8, "zh_CN", ""),
        ({"LANG": "en_US.UTF-8", "TERM": "linux"}, UTF8, "en", ""),
    ],
)
def test_the_automatic_language(environ: dict[str, str], answer: TerminalAnswer, language: str, reason: str) -> None:
    dress = decide("auto", XTERM | environ, answer)
    expected = (
        f"This terminal cannot show Chinese ({reason}). Running in English; fbterm or SSH shows Chinese."
        if reason
        else ""
    )
    assert (dress.language, dress.remark) == (language, expected)


@pytest.mark.parametrize("language", ["zh_CN", "en"])
@pytest.mark.parametrize("answer", [UTF8, OTHER, SILENT])
def test_a_language_that_is_set_is_obeyed_without_a_remark(language: str, answer: TerminalAnswer) -> None:
    dress = decide(language, {"TERM": "linux", "LANG": "C"}, answer)
    assert (dress.language, dress.remark) == (language, "")


def test_an_unknown_setting_is_refused() -> None:
    with pytest.raises(ValueError, match="fr"):
        decide("fr", XTERM, UTF8)


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({"TERM": "xterm-256color"}, False),
        ({"TERM": "screen-256color"}, False),
        ({"TERM": "xterm-kitty"}, False),
        ({"TERM": "linux", "COLORTERM": "truecolor"}, False),
        ({"TERM": "xterm", "COLORTERM": "24bit"}, False),
        ({"TERM": "linux"}, True),
        ({"TERM": "screen"}, True),
        ({"TERM": "vt100"}, True),
        ({"TERM": "vt220"}, True),
        ({"TERM": "xterm"}, True),
        ({"TERM": "ansi", "COLORTERM": "yes"}, True),
        ({}, True),
    ],
)
def test_terminals_of_sixteen_colours(environ: dict[str, str], expected: bool) -> None:
    assert ansi_theme(environ) is expected


def test_sixteen_colours_agree_with_what_rich_will_choose() -> None:
    from rich.color import ColorSystem
    from rich.console import Console

    for term in (
        "xterm",
        "xterm-256color",
        "linux",
        "screen",
        "screen-256color",
        "tmux-256color",
        "vt100",
        "xterm-kitty",
    ):
        for colorterm in ("", "truecolor", "24bit", "1"):
            environ = {"TERM": term, "COLORTERM": colorterm}
            chosen = Console(force_terminal=True, _environ=environ)._color_system
            assert ansi_theme(environ) == (chosen == ColorSystem.STANDARD), environ


def test_the_environment_of_textual_keeps_what_the_user_chose() -> None:
    environ = {"ESCDELAY": "80", "COLUMNS": "120", "TEXTUAL_DEBUG": "1", "TEXTUAL_LOG": "keys", "HOME": "/"}
    set_textual_environment(environ)
    assert environ == TEXTUAL_ENVIRONMENT | {"ESCDELAY": "80", "HOME": "/"}


def test_the_environment_of_textual_comes_before_textual() -> None:
    program = "import textual.constants, hallterm.terminal as t; t.set_textual_environment()"
    late = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert "textual is imported already" in late.stderr
    program = "import hallterm.terminal as t; t.set_textual_environment(); import textual.constants as c; print(c.ESCAPE_DELAY)"
    early = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert early.stdout.strip() in {"0.025"}


def test_what_is_no_terminal_is_not_asked(tmp_path: Path) -> None:
    with (tmp_path / "file").open("w+b") as file:
        assert look_at_terminal(file.fileno(), file.fileno()) == SILENT
        assert file.tell() == 0


@pytest.mark.parametrize(
    ("answer", "expected"), [(UTF8, Understanding.UTF8), (OTHER, Understanding.OTHER), (SILENT, Understanding.SILENT)]
)
def test_understanding(answer: TerminalAnswer, expected: Understanding) -> None:
    assert answer.understanding is expected


def asked(lang: str | None, *, utf8: bool = True, answers: bool = True, limit_s: float = 30.0) -> str:
    command = [sys.executable, "-m", "tests.end_to_end.apps.probe_terminal", "auto", str(limit_s)]
    with Terminal(command, env={"LANG": lang}, utf8=utf8, answers=answers) as terminal:
        terminal.wait_for("done")
        assert terminal.wait_exit() == 0
        assert terminal.echoes, "the terminal was not restored"
        return terminal.text()


@pytest.mark.pty
@pytest.mark.parametrize("lang", ["C", "zh_CN.UTF-8", None])
def test_a_terminal_of_utf8_gets_chinese(lang: str | None) -> None:
    shown = asked(lang)
    assert shown.startswith("answer 3 4\nlanguage zh_CN ansi False\nremark\ntextual loaded False\ndone")


@pytest.mark.pty
@pytest.mark.parametrize("lang", ["C", "zh_CN.UTF-8"])
def test_a_terminal_of_single_bytes_gets_english(lang: str) -> None:
    shown = asked(lang, utf8=False)
    assert shown.startswith("answer 4 7\nlanguage en ansi False\nremark This terminal cannot show Chinese (")


@pytest.mark.pty
def test_a_silent_terminal_is_waited_for_only_so_long() -> None:
    shown = asked("C", answers=False, limit_s=0.2)
    assert "answer None None\nlanguage en" in shown
    assert "(LANG=C)" in shown
    assert "中" not in shown, "the question was not erased"
