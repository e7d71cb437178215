"""Configuration, data and terminals that cannot be used as they are: one clear sentence, and nothing is touched."""

from __future__ import annotations

import hashlib
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.database import open_sqlite
from tests.end_to_end.hall import MEI, Hall, press_until, sign_on, state_row
from tests.end_to_end.terminal import Terminal

pytestmark = pytest.mark.pty

CANNOT_SHOW = "This terminal cannot show Chinese"
# Another user may not be able to import anything: what is needed is loaded before.
AS_NOBODY = (
    "import os, encodings.utf_8_sig\n"
    "import hallterm.__main__, hallterm.run, hallterm.catalogue, hallterm.station.lock, storage.journal, storage.vault\n"
    "import hallterm.repair\n"
    "if os.getuid() == 0: os.setgroups([]); os.setgid(65534); os.setuid(65534)\n"
    "hallterm.__main__.main()"
)
WIDE = (300, 24)
"""No sentence is broken, however long the path in it."""


def ended(terminal: Terminal) -> tuple[int, str]:
    """The exit code and all that was said; the screen was never taken."""
    code = terminal.wait_exit()
    assert 1049 not in terminal.modes_ever_set
    text = terminal.text().replace("\n", "")
    assert "Traceback" not in text
    return code, text


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        ('[data\npath = "x"', "第 1 行"),
        ("[ui]\nlanguage = 7", "[ui] language = 7: 应为"),
        ('[window]\ncode = "third"', '[window] code = "third": 应为'),
        ('[ui]\nlangauge = "en"', "[ui]: 没有 langauge 这一项"),
        ('[dta]\npath = "x"', "没有 [dta] 这一节"),
        ('[keys]\ncounter.call = "ctrl+c"', "counter.call"),
        ('[keys]\ncounter.call = "f6"', "counter.call"),
        ('[reserved."*"]\nf5 = 3', "f5 = 3: 应为"),
    ],
)
def test_a_configuration_that_cannot_be_used_is_one_sentence(hall: Hall, lines: str, sentence: str) -> None:
    hall.config.write_text(f"{lines}\n", encoding="utf-8")
    with hall.terminal("--data", str(hall.data), size=WIDE) as terminal:
        code, text = ended(terminal)
    assert code == 2
    assert sentence in text
    assert "hallterm.toml" in text
    assert text.count("hallterm.toml") == 1


def test_a_key_that_a_device_sends_moves_and_is_told(hall: Hall) -> None:
    hall.config.write_text(f'[data]\npath = "{hall.data}"\n[reserved."*"]\nf5 = "POS"\n', encoding="utf-8")
    hall.issue()
    with hall.counter() as terminal:
        assert "F5" not in terminal.row(24)
        assert "De叫号" in terminal.row(24)
        terminal.press("f5")
        terminal.press("delete")
        terminal.wait_for(state_row("已叫号"))
    assert hall.kinds().count("ticket.called") == 1


def test_data_of_a_newer_program_are_left_alone(hall: Hall) -> None:
    database = open_sqlite(hall.data / "hall.db")
    database.execute("PRAGMA user_version = 99")
    database.close()
    before = fingerprint(hall.data / "hall.db")
    with hall.terminal(size=WIDE) as terminal:
        code, text = ended(terminal)
    assert code == 1
    assert "99" in text
    assert "更新的 hallterm" in text
    assert fingerprint(hall.data / "hall.db") == before


@pytest.fixture
def readable(founded_hall: Hall) -> Iterator[Hall]:
    """A hall that another user may read and not write; pytest's own folders may not even be entered."""
    with tempfile.TemporaryDirectory() as name:
        hall = Hall(Path(name))
        hall.copy_of(founded_hall)
        for path in hall.data.iterdir():
            path.chmod(0o444 if path.is_file() else 0o555)
        hall.data.chmod(0o555)
        hall.folder.chmod(0o755)
        yield hall
        hall.data.chmod(0o755)
        for path in hall.data.iterdir():
            if path.is_dir():
                path.chmod(0o755)


def test_a_folder_that_may_not_be_written_is_one_sentence(readable: Hall) -> None:
    before = fingerprint(readable.data / "hall.db")
    command = [sys.executable, "-c", AS_NOBODY, "--config", str(readable.config), "--lang", "zh_CN"]
    with Terminal(command, env={"HOME": "/nonexistent", "HALLTERM_NO_STATION": "1"}, size=WIDE) as terminal:
        code, text = ended(terminal)
    assert code == 1
    assert str(readable.data) in text
    assert "权限" in text
    assert fingerprint(readable.data / "hall.db") == before


@pytest.mark.parametrize(
    ("env", "utf8"),
    [({"TERM": "linux", "LANG": "zh_CN.UTF-8"}, True), ({"LANG": "C"}, False), ({"LANG": "zh_CN.GB18030"}, True)],
    ids=["console", "bytes", "gbk"],
)
def test_a_terminal_without_chinese_is_told_so_once(hall: Hall, env: dict[str, str], utf8: bool) -> None:
    hall.issue()
    with hall.terminal(at=1, lang="", env=env, utf8=utf8) as terminal:
        sign_on(terminal, MEI)
        terminal.wait_for("IDLE")
        if not utf8:
            # A name in Chinese is a question mark a cell, and shifts nothing: the clock stands where it always does.
            terminal.wait_for(lambda rows: rows[0].startswith(" 1??????  ?????? 0317") and rows[0][76] == ":")
        press_until(terminal, "ctrl+q", lambda: not terminal.is_running)
        assert terminal.raw.count(CANNOT_SHOW.encode()) == 1
        assert CANNOT_SHOW in terminal.text()


def fingerprint(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
