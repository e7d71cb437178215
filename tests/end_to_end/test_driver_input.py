"""What the driver asks of the terminal, and what arrives from it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.end_to_end.report import LAST_ROW, Report, probe_terminal

pytestmark = pytest.mark.pty

CTRL_LETTERS = "glorypqnt"
PLAIN_KEYS = ["f4", "f5", "f6", "f7", "f8", "f9", "insert", "delete", "home", "end", "pageup", "pagedown", "enter"]

RAW_KEYS = {
    "backspace as DEL": (b"\x7f", "backspace"),
    "backspace as BS": (b"\x08", "backspace"),
    "F5 of PuTTY": (b"\x1b[15~", "f5"),
    "F4 of PuTTY": (b"\x1b[14~", "f4"),
    "Escape of the kitty protocol": (b"\x1b[27u", "escape"),
    "Ctrl-P of the kitty protocol": (b"\x1b[112;5u", "ctrl+p"),
    "Home of the Linux console": (b"\x1b[1~", "home"),
}


@pytest.fixture
def report(tmp_path: Path) -> Report:
    return Report(tmp_path / "report")


def test_of_kitty_keys_only_disambiguate_is_asked_and_neither_mouse_nor_focus_nor_size(report: Report) -> None:
    with probe_terminal(report) as terminal:
        terminal.wait_for(LAST_ROW)
        assert terminal.kitty_flags == [1]
        assert not terminal.modes_ever_set & {1000, 1002, 1003, 1004, 1006, 1015, 1016, 2048}
        assert b"\x1b[?2048$p" not in terminal.raw


def test_the_mouse_is_there_when_asked(report: Report) -> None:
    with probe_terminal(report, "mouse") as terminal:
        terminal.wait_for(LAST_ROW)
        assert terminal.modes_ever_set >= {1000, 1006}


@pytest.mark.parametrize("term", ["linux", "vt100", "ansi"])
def test_old_consoles_are_asked_nothing_they_would_print(report: Report, term: str) -> None:
    with probe_terminal(report, env={"TERM": term}) as terminal:
        terminal.wait_for(LAST_ROW)
        assert b"$p" not in terminal.raw


def test_escape_arrives_and_in_order(report: Report) -> None:
    with probe_terminal(report) as terminal:
        terminal.wait_for(LAST_ROW)
        for number in range(1, 11):
            terminal.press("escape")
            terminal.wait_for(f"键 {2 * number - 1} escape")
            terminal.press("f6")
            terminal.wait_for(f"键 {2 * number} f6")
        assert report.values("key") == ["escape", "f6"] * 10


def test_the_keys_of_the_key_map_arrive_under_their_names(report: Report) -> None:
    keys = [*PLAIN_KEYS, *(f"ctrl+{letter}" for letter in CTRL_LETTERS), *"0123456789"]
    with probe_terminal(report) as terminal:
        terminal.wait_for(LAST_ROW)
        terminal.press(*keys)
        terminal.wait_for(f"键 {len(keys)} ")
        assert report.values("key") == keys


def test_bytes_of_other_terminals_arrive_under_the_same_names(report: Report) -> None:
    with probe_terminal(report) as terminal:
        terminal.wait_for(LAST_ROW)
        for number, (name, (data, key)) in enumerate(RAW_KEYS.items(), start=1):
            terminal.send(data)
            terminal.wait_for(f"键 {number} ")
            assert report.values("key")[-1] == key, name


def test_chinese_text_arrives_in_a_field(report: Report) -> None:
    with probe_terminal(report, "input") as terminal:
        terminal.wait_for(LAST_ROW)
        terminal.type("增值税专用发票代开")
        terminal.wait_until(lambda: report.values("value")[-1:] == ["增值税专用发票代开"])
        terminal.wait_for("增值税专用发票代开")


def test_a_paste_arrives_as_one(report: Report) -> None:
    with probe_terminal(report) as terminal:
        terminal.wait_for(LAST_ROW)
        terminal.paste("91360681MA35XXXX1G\t张三")
        terminal.wait_until(lambda: report.has("paste"))
        assert report.values("paste") == ["91360681MA35XXXX1G\t张三"]
        assert report.values("key") == []


def test_noise_on_the_line_does_no_harm(report: Report) -> None:
    with probe_terminal(report) as terminal:
        terminal.wait_for(LAST_ROW)
        terminal.send(b"\xff\xfe\xd6\xd0\xc3")  # half of it GBK
        terminal.send("中".encode()[:2])
        terminal.send("中".encode()[2:])
        terminal.press("f6")
        terminal.wait_until(lambda: "f6" in report.values("key"))
        assert report.values("key")[-2:] == ["中", "f6"]
