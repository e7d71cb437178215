"""A technician swipes once at a POS that types: its key is reserved for good, the action moves, swipes do nothing more."""

from __future__ import annotations

import tomllib

import pytest

from storage.facts import GrantSet, Role, StaffSet
from storage.vault import Vault
from tests.end_to_end.hall import HALL, MEI, PASSWORD, Hall, called_number, press_until, sign_on, state_row, window
from tests.end_to_end.keys import key_bytes
from tests.end_to_end.terminal import Terminal

pytestmark = pytest.mark.pty

TECHNICIAN = "T017"
NUMBER = "6222021234567890128"
TRACK = f"%B{NUMBER}^ZHANG/SAN^30122010000000000?;{NUMBER}=30122010000000000?"
CARD_READ = "这里读到一张银行卡"


def swipe(terminal: Terminal, header: str) -> None:
    """What a POS sends, in one write; no hand types so soon behind it."""
    terminal.send(key_bytes(header) + TRACK.encode() + b"\r")
    terminal.wait_quiet()


def learn(hall: Hall, header: str, says: str) -> bytes:
    """The technician's key test, from sign-on to the end of the program; all that was painted."""
    with hall.terminal(at=1) as terminal:
        sign_on(terminal, TECHNICIAN)
        terminal.wait_for(">1端口")
        terminal.press("5")
        terminal.wait_for(">5按键")
        terminal.press("f7")
        terminal.wait_for("请在 POS 上刷一次卡")
        swipe(terminal, header)
        terminal.wait_for(says)
        press_until(terminal, "ctrl+q", lambda: not terminal.is_running)
        return bytes(terminal.raw)


def kept(hall: Hall) -> dict[str, dict[str, str]]:
    """The keys that belong to readers, as the file has them."""
    text = (hall.folder / "hallterm.d" / "keys.toml").read_text("utf-8")
    found: dict[str, dict[str, str]] = tomllib.loads(text)["reserved"]
    return found


@pytest.mark.parametrize(("header", "action"), [("f9", "过号"), ("f7", "重呼")])
def test_the_key_of_a_pos_is_learnt_once_and_never_acts_again(hall: Hall, header: str, action: str) -> None:
    hall.record(StaffSet(TECHNICIAN, "王工", HALL), GrantSet(TECHNICIAN, Role.TECHNICIAN, HALL))
    vault = Vault.open(hall.data)
    vault.set_password(TECHNICIAN, PASSWORD)
    vault.close()
    with hall.counter(1) as terminal:
        assert f"{header.upper()}{action}" in terminal.row(24)

    painted = learn(hall, header, f"{action}从 {header.upper()} 移到 Del")
    assert kept(hall) == {window(1): {header: "读卡器"}}
    assert NUMBER[:8].encode() not in painted

    number = hall.issue()
    with hall.terminal(at=1) as terminal:  # another process: only the file can have told it
        terminal.wait_for(f"[{MEI}")  # who was here last
        terminal.press("up", *["backspace"] * len(MEI))
        terminal.wait_for(lambda rows: "[_" in rows[6])
        terminal.type(MEI[:2])
        terminal.wait_for(lambda rows: f"[{MEI[:2]}_" in rows[6])
        swipe(terminal, header)
        terminal.wait_for(CARD_READ)
        terminal.type(MEI[2:])
        terminal.wait_for(lambda rows: f"[{MEI}_" in rows[6])
        terminal.press("enter")
        terminal.type(PASSWORD)
        terminal.press("enter")
        terminal.wait_for(state_row("空闲"))
        terminal.wait_for(lambda rows: f"De{action}" in rows[23])
        assert header.upper() not in terminal.row(24)
        terminal.press("f5")
        assert called_number(terminal) == number
        for _swipe in range(2):  # twice within three seconds would confirm a no-show
            swipe(terminal, header)
            terminal.wait_for(CARD_READ)
        terminal.press(header, header)
        terminal.wait_quiet()
        assert state_row("已叫号")(terminal.screen())
        assert acted(hall) == ["ticket.called"]
        terminal.press("delete")  # the action itself: told on row 22 what is still to wait for, or done
        terminal.wait_until(lambda: " Del " in terminal.row(22) or len(acted(hall)) > 1)
        shown = bytes(terminal.raw)
    assert NUMBER[:8].encode() not in shown


def acted(hall: Hall) -> list[str]:
    """What was done with tickets since they were issued."""
    return [kind for kind in hall.kinds() if kind.startswith("ticket.") and kind != "ticket.issued"]
