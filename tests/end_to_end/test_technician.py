"""The technician's mode in a real terminal: signs on into it, finds, tests and binds by keyboard; what a second costs."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from devices.bindings import load
from devices.events import Role
from devices.sim.control import send_command
from hallterm.config import DEVICES_FILE
from hallterm.station.main import SIMULATORS
from storage.facts import GrantSet, StaffSet
from storage.facts import Role as Job
from storage.vault import Vault
from tests.end_to_end.hall import ADMIN, HALL, MEI, PASSWORD, Hall, press_until, sign_on, window
from tests.end_to_end.terminal import Terminal

pytestmark = pytest.mark.pty

TECHNICIAN = "T017"
LINE_BYTES = 150


@contextmanager
def simulators(folder: Path) -> Iterator[None]:
    """A pad and a display of window 1, and a printer, in a process of their own."""
    process = subprocess.Popen(
        [sys.executable, "-m", "devices.sim", "--run", str(folder), "--until-eof", "--window", "1"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        assert process.stdout.readline()
        yield
    finally:
        process.stdin.close()
        process.wait(120)
        process.stdout.close()


@pytest.fixture(scope="module")
def equipped(founded_hall: Hall, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    """A hall with a technician and a running station; the printer is there, but not bound yet."""
    hall = Hall(tmp_path_factory.mktemp("technician") / "hall").copy_of(founded_hall)
    folder = hall.folder / "simulators"
    hall.record(StaffSet(TECHNICIAN, "王工", HALL), GrantSet(TECHNICIAN, Job.TECHNICIAN, HALL))
    vault = Vault.open(hall.data)
    vault.set_password(TECHNICIAN, PASSWORD)
    vault.close()
    with simulators(folder):
        text = (folder / DEVICES_FILE).read_text("utf-8")
        kept = text.split("[[device]]")
        unbound = "[[device]]".join(part for part in kept if Role.TICKET_PRINTER not in part)
        (hall.folder / "hallterm.d").mkdir()
        (hall.folder / "hallterm.d" / DEVICES_FILE).write_text(unbound, "utf-8")
        with hall.station(**{SIMULATORS: str(folder / "by-id")}):
            yield hall


def opened(hall: Hall, *, at: int = 0, lang: str = "zh_CN") -> Terminal:
    by_id = str(hall.folder / "simulators" / "by-id")
    return hall.terminal(at=at, lang=lang, env={SIMULATORS: by_id})


def bound_roles(hall: Hall) -> set[Role]:
    return {one.role for one in load((hall.folder / "hallterm.d" / DEVICES_FILE).read_text("utf-8"))}


def cursor_on(terminal: Terminal, text: str) -> None:
    """From the top down until the cursor is on the row with this text."""
    terminal.press("home")
    terminal.wait_for(lambda rows: rows[4].startswith(">"))
    for _ in range(12):
        row = next(row for row in terminal.screen()[4:11] if row.startswith(">"))
        if text in row:
            return
        terminal.press("down")
        terminal.wait_for(lambda rows, row=row: row not in rows[4:11])  # type: ignore[misc]
    raise AssertionError(terminal.text())


def test_a_technician_finds_binds_tests_and_reports_by_keyboard_for_a_line_a_second(equipped: Hall) -> None:
    folder = equipped.folder / "simulators"
    with opened(equipped) as terminal:
        sign_on(terminal, TECHNICIAN)
        terminal.wait_for(">1端口")
        terminal.wait_for(lambda rows: any("评价器 1号" in row and " 好 " in row for row in rows))
        cursor_on(terminal, "PR25A")
        terminal.press("f6")
        terminal.wait_for("printer_escpos")
        terminal.press("4")
        terminal.wait_for("已绑定")
        assert Role.TICKET_PRINTER in bound_roles(equipped)
        terminal.press("backspace")
        terminal.wait_for("已撤销")
        assert Role.TICKET_PRINTER not in bound_roles(equipped)
        terminal.press("1")
        terminal.wait_for(">1端口")
        cursor_on(terminal, "HT25A")
        terminal.press("4")
        terminal.wait_for(">4回环")
        terminal.press("f6")
        terminal.wait_for("100 帧,坏或丢 0 帧")
        assert send_command(folder, "deaf pad 1 on") == "ok"
        press_until(terminal, "f8", lambda: "短接回环" in terminal.row(4))
        terminal.wait_for(lambda rows: "第 " in rows[3])
        seconds: dict[str, int] = {}
        while "短接回环" in (row := terminal.row(4)):
            seconds.setdefault(row, terminal.bytes_seen)
            terminal.wait_for(lambda rows, row=row: rows[3] != row)  # type: ignore[misc]
        costs = [later - earlier for earlier, later in zip(seconds.values(), list(seconds.values())[1:], strict=False)]
        assert costs
        assert max(costs) <= LINE_BYTES
        assert send_command(folder, "deaf pad 1 off") == "ok"
        terminal.press("8")
        terminal.wait_for(">8报告")
        terminal.press("f8")
        terminal.wait_for("已签字")
        terminal.press("ctrl+p")
        terminal.wait_for("41")
        press_until(terminal, "ctrl+q", lambda: not terminal.is_running)
    assert len(list((equipped.data / "reports").glob("*.toml"))) == 1


def test_the_administrator_comes_by_the_menu_and_a_clerk_only_reads(equipped: Hall) -> None:
    with opened(equipped, lang="en") as terminal:
        sign_on(terminal, ADMIN)
        terminal.wait_for("without a window")
        terminal.press("0")
        terminal.wait_for(">1")
        terminal.press("ctrl+p")
        terminal.wait_for("Technician: test, bind")
        terminal.press("4", "1")
        terminal.wait_for(">1Port")
        terminal.wait_for("Pad w.1")
    with opened(equipped, at=1) as terminal:
        sign_on(terminal, MEI)
        terminal.wait_for(lambda rows: "|" in rows[4])
        terminal.press("ctrl+p")
        terminal.wait_for("设备状态")
        assert "41" not in "".join(row[:44] for row in terminal.screen()[3:17] if "技术" in row)
        terminal.press("3", "1")
        terminal.wait_for(lambda rows: rows[3].strip().startswith("设备 "))
        terminal.wait_for(lambda rows: any("评价器 1号" in row for row in rows))
        terminal.press("escape")
        terminal.wait_for(lambda rows: "|" in rows[4])
    assert window(1).endswith("-01")
