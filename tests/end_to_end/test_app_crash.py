"""A crash of the real program: one clear screen without anybody's data, Enter opens again, nothing recorded is lost."""

from __future__ import annotations

import re
import sys

import pytest

from tests.end_to_end.apps.identity import IDENTITY, NAME
from tests.end_to_end.hall import MEI, PASSWORD, Hall, sign_on, state_row, wait_counter, window
from tests.end_to_end.terminal import Terminal

pytestmark = pytest.mark.pty

STOPPED = "hallterm 停了"


def crashing(hall: Hall) -> Terminal:
    command = [sys.executable, "-m", "tests.end_to_end.apps.crashing_app", str(hall.config), window(1)]
    return Terminal(command, env={"HOME": str(hall.folder), "HALLTERM_NO_STATION": "1"})


def serve(terminal: Terminal) -> None:
    sign_on(terminal, MEI)
    wait_counter(terminal)
    terminal.press("f5")
    terminal.wait_for(state_row("已叫号"))
    terminal.press("f6")
    terminal.wait_for(state_row("办理中"))


@pytest.mark.parametrize("key", ["f10", "f11", "f12"], ids=["key", "worker", "storage"])
def test_a_crash_shows_one_screen_and_enter_opens_again(hall: Hall, key: str) -> None:
    hall.issue()
    with crashing(hall) as terminal:
        serve(terminal)
        terminal.press(key)
        terminal.wait_for("Enter")
        rows = terminal.wait_for(STOPPED)
        assert not terminal.in_alternate_screen
        number = re.search(r"事件号 ([2-9A-Z]{3}-\d{4})", "\n".join(rows))
        assert number is not None
        assert f"incident {number[1]}" in hall.logs()
        assert max(len(row.rstrip()) for row in rows) <= 80
        terminal.press("enter")
        sign_on(terminal, MEI)
        terminal.wait_for(state_row("已暂停  本软件重启"))
        shown = bytes(terminal.raw).decode()
    for secret in (IDENTITY, NAME, PASSWORD, "Traceback"):
        assert secret not in shown
        assert secret not in hall.logs()
    assert hall.kinds().count("service.started") == 1
    assert [one["reason"] for one in hall.facts("service.paused")] == ["app_restart"]
    assert hall.chain_holds()


def test_leaving_the_incident_screen_ends_with_its_code(hall: Hall) -> None:
    with crashing(hall) as terminal:
        sign_on(terminal, MEI)
        wait_counter(terminal)
        terminal.press("f10")
        terminal.wait_for(STOPPED)
        terminal.press("ctrl+q")
        assert terminal.wait_exit() == 1
        assert terminal.echoes
    assert hall.state() == "idle"
