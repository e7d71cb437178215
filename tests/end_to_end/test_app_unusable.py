"""Files that cannot be used, in every command that opens them: one sentence, an exit code, and nothing is touched."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from storage.database import open_sqlite
from tests.end_to_end.hall import Hall
from tests.end_to_end.rights import ORDINARY_PROGRAM

pytestmark = pytest.mark.pty

WIDE = (300, 24)
"""Nothing is broken into rows, however long the folder's name is."""

NEWER = "数据是更新的 hallterm 写的(数据版本 99"
NEWER_TOLD = "hall.db 是更新版本的 hallterm 写的(表版本 99)"


def said(hall: Hall, *words: str) -> tuple[int, str]:
    """The exit code, and all that was printed; the screen was never taken, and nobody is sent to a technician."""
    with hall.terminal(*words, program=ORDINARY_PROGRAM, size=WIDE) as terminal:
        code = terminal.wait_exit()
        assert 1049 not in terminal.modes_ever_set
        text = terminal.text().replace("\n", "")
    assert "Traceback" not in text
    assert "事件号" not in text
    return code, text


def unreadable(config: Path) -> None:
    config.chmod(0)


def other_charset(config: Path) -> None:
    config.write_bytes('[window]\n# 三号窗口\ncode = ""\n'.encode("gbk"))


def folder_instead(config: Path) -> None:
    config.unlink()
    config.mkdir()


@pytest.mark.parametrize(
    ("spoil", "sentence", "command"),
    [
        (unreadable, "读不了(本用户没有权)。请让本用户有权读它", ()),
        (unreadable, "读不了(本用户没有权)。请让本用户有权读它", ("station",)),
        (other_charset, "不是 UTF-8 文本。请另存为 UTF-8", ()),
        (folder_instead, "没有这个文件。--config 要指向一个配置文件", ()),
    ],
    ids=["unreadable", "unreadable by the station", "other charset", "a folder"],
)
def test_a_configuration_that_cannot_be_read_is_one_sentence(
    hall: Hall, spoil: Callable[[Path], None], sentence: str, command: tuple[str, ...]
) -> None:
    spoil(hall.config)
    code, text = said(hall, *command)
    assert code == 2
    assert sentence in text
    assert text.count(str(hall.config)) == 1


@pytest.mark.parametrize(
    ("command", "sentence"),
    [("station", NEWER), ("backup", NEWER), ("rebuild", NEWER), ("doctor", NEWER_TOLD)],
)
def test_data_of_a_newer_program_are_left_alone_by_every_command(hall: Hall, command: str, sentence: str) -> None:
    database = open_sqlite(hall.data / "hall.db")
    database.execute("PRAGMA user_version = 99")
    database.close()
    before = hashlib.sha256((hall.data / "hall.db").read_bytes()).digest()
    code, text = said(hall, command)
    assert code == 1
    assert sentence in text
    assert hashlib.sha256((hall.data / "hall.db").read_bytes()).digest() == before
    assert not list(hall.data.glob("backup/*"))
