"""The counter inside tmux, as field technicians and people over bad lines run it."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.end_to_end.hall import MEI, Hall, broken_rows, grid, sign_on, state_row, wait_counter, window
from tests.end_to_end.terminal import Terminal

TMUX = shutil.which("tmux")
pytestmark = [pytest.mark.pty, pytest.mark.skipif(TMUX is None, reason="tmux is not installed")]

SETTINGS = "set -g status off\nset -g exit-empty on\n"
"""Its own row at the bottom would take one of the 24; everything else is as tmux comes."""


Seen = str | Callable[[list[str]], bool]


def message(words: str) -> Seen:
    """What row 22 begins with."""
    return lambda rows: rows[21].startswith(words)


def without(words: str) -> Seen:
    return lambda rows: words not in "\n".join(rows)


STEPS: tuple[tuple[str, Seen], ...] = (
    ("insert", "无号办理"),
    ("escape", without("无号办理")),
    ("f5", state_row("已叫号")),
    ("backspace", state_row("空闲")),
    ("f5", state_row("已叫号")),
    ("ctrl+y", "转到哪里"),
    ("escape", without("转到哪里")),
    ("f6", state_row("办理中")),
    ("ctrl+r", message(" X ^R")),
    ("ctrl+o", "为什么挂起"),
    ("escape", without("为什么挂起")),
)
"""Each key of the counter that tmux might keep for itself, and what it does."""


class Session:
    """One tmux server of its own with one window of 80x24."""

    def __init__(self, folder: Path, home: Path) -> None:
        self._settings = folder / "tmux.conf"
        self._settings.write_text(SETTINGS, encoding="utf-8")
        self._tmux = [str(TMUX), "-u", "-S", str(folder / "s"), "-f", str(self._settings)]
        self._env = {"HOME": str(home), "HALLTERM_NO_STATION": "1"}

    def open(self, *program: str) -> Terminal:
        return Terminal([*self._tmux, "new-session", "-s", "counter", *program], env=self._env)

    def attach(self) -> Terminal:
        return Terminal([*self._tmux, "attach-session", "-t", "counter"], env=self._env)

    def end(self) -> None:
        subprocess.run([*self._tmux, "kill-server"], stderr=subprocess.DEVNULL, check=False, timeout=120)


@pytest.fixture
def session(hall: Hall) -> Iterator[Session]:
    """A socket's path is short, a test's folder is long."""
    with tempfile.TemporaryDirectory() as name:
        session = Session(Path(name), hall.folder)
        try:
            yield session
        finally:
            session.end()


def counter(session: Session, hall: Hall) -> Terminal:
    program = [sys.executable, "-m", "hallterm", "--config", str(hall.config), "--lang", "zh_CN"]
    terminal = session.open(*program, "--window", window(1))
    try:
        sign_on(terminal, MEI)
        wait_counter(terminal)
    except BaseException:
        terminal.close()
        raise
    return terminal


def test_the_counters_keys_arrive_through_tmux_and_a_detached_counter_goes_on(hall: Hall, session: Session) -> None:
    number = hall.issue("B07")
    with counter(session, hall) as terminal:
        terminal.wait_for(number)
        for key, wanted in STEPS:
            terminal.press(key)
            terminal.wait_for(wanted)
        terminal.press("ctrl+b", "d")
        assert terminal.wait_exit() == 0
        assert terminal.echoes
    assert hall.state() == "serving"
    with session.attach() as terminal:
        wait_counter(terminal)
        terminal.wait_for(lambda rows: state_row("办理中")(rows) and broken_rows(grid(terminal, 80, 24)) == [])
        terminal.wait_quiet()
        rows = terminal.screen()
        assert number in rows[4]
        assert rows[0].startswith(" 1号窗口")
        terminal.press("f8")
        terminal.wait_for(state_row("空闲"))
    assert hall.kinds().count("service.finished") == 1
    assert hall.chain_holds()
