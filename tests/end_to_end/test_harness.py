"""The terminal of the tests is itself right about what a terminal does."""

from __future__ import annotations

import signal
import sys

import pytest

from tests.end_to_end.keys import key_bytes
from tests.end_to_end.pty_screen import PtyScreen, PtyStream
from tests.end_to_end.terminal import Terminal

pytestmark = pytest.mark.pty


def shown(data: bytes, *, utf8: bool = True, columns: int = 10) -> list[str]:
    """The rows after these bytes, fed one by one."""
    screen = PtyScreen(columns, 3, answer=lambda answer: None)
    stream = PtyStream(screen, utf8=utf8)
    for number in range(len(data)):
        stream.feed(data[number : number + 1])
    return [row.rstrip() for row in screen.rows()]


def test_a_wide_character_stands_once_and_its_halves_are_spaces() -> None:
    assert shown("中文a".encode()) == ["中文a", "", ""]
    assert shown("中文\x1b[1;1Ha".encode())[0] == "a 文"
    assert shown("中文\x1b[1;2Ha".encode())[0] == " a文"


def test_signs_without_width_do_not_swallow_the_rest() -> None:
    assert shown("a\u200db\u202ec".encode())[0] == "abc"


def test_sequences_that_are_not_shown() -> None:
    assert shown(b"a\x1b[>1u\x1b[<u\x1b[?2026$p\x1b[?1004h\x1b[=5ub")[0] == "ab"


def test_a_terminal_of_single_bytes() -> None:
    assert shown("中a".encode(), utf8=False)[0] == "???a"


def test_the_alternate_screen_gives_the_ordinary_one_back() -> None:
    assert shown(b"before\x1b[?1049h\x1b[2J\x1b[Hfull\x1b[?1049l!") == ["before!", "", ""]


def test_a_program_reads_what_is_typed_and_is_killed_by_a_signal() -> None:
    with Terminal([sys.executable, "-c", "print(input('名: ')[::-1], flush=True); input()"]) as terminal:
        terminal.wait_for("名:")
        terminal.type("王小明\n")
        terminal.wait_for("明小王")
        assert terminal.cursor == (3, 1)
        terminal.signal(signal.SIGKILL)
        assert terminal.wait_exit() == -signal.SIGKILL


def test_a_hang_up_is_a_sighup() -> None:
    with Terminal([sys.executable, "-c", "print('up', flush=True); input()"]) as terminal:
        terminal.wait_for("up")
        terminal.hang_up()
        assert terminal.wait_exit() == -signal.SIGHUP


def test_nothing_is_read_while_the_line_is_stalled() -> None:
    program = "import os; os.write(1, b'a'); os.read(0, 1); os.write(1, b'b' * 100000 + b'c')"
    with Terminal([sys.executable, "-c", program]) as terminal:
        terminal.wait_for("a")
        terminal.stop_reading()
        terminal.type("\n")
        terminal.wait_until(lambda: terminal.unread_bytes > 0)
        assert terminal.bytes_seen == 1
        terminal.resume_reading()
        terminal.wait_for("c")
        assert terminal.wait_exit() == 0


def test_a_wait_that_fails_shows_the_screen() -> None:
    with (
        Terminal([sys.executable, "-c", "print('中文')"]) as terminal,
        pytest.raises(AssertionError, match=r"never showed 'x' \(it ended with code 0\); the screen was\n中文"),
    ):
        terminal.wait_for("x")


@pytest.mark.parametrize(
    ("key", "data"), [("ctrl+p", b"\x10"), ("ctrl+h", b"\x08"), ("alt+x", b"\x1bx"), ("中", "中".encode())]
)
def test_key_bytes(key: str, data: bytes) -> None:
    assert key_bytes(key) == data


def test_an_unknown_key_is_refused() -> None:
    with pytest.raises(KeyError):
        key_bytes("f99")
