"""The second screen in front of the citizen: a terminal of its own beside the counter's, with the real station."""

from __future__ import annotations

import re
import signal

import pytest

from hallterm.platform import shares_keyboard, terminal_of
from hallterm.workflows.pads import mirror_there
from storage.clock import now
from tests.end_to_end.hall import MEI, Hall, again_until, state_row, window

pytestmark = pytest.mark.pty


def test_a_citizen_rates_on_a_screen_of_his_own_while_the_clerk_sees_no_level(hall: Hall) -> None:
    hall.issue("B02")
    with hall.station(), hall.counter(1, MEI) as counter, hall.terminal("mirror", "--window", "1") as mirror:
        mirror.wait_for("张晓梅 0317")
        assert not shares_keyboard(mirror.pid, counter.pid)
        assert not hall.facts("rating.asked")
        mirror.wait_until(lambda: hall.read(lambda desk: mirror_there(desk.board, window(1), now())))
        counter.press("f5")
        counter.wait_for(state_row("已叫号"))
        counter.press("f6")
        mirror.wait_for("在办")
        first = running(mirror.wait_for(lambda rows: running(rows) != ""))
        mirror.wait_for(lambda rows: running(rows) not in ("", first))
        counter.press("f8")
        counter.wait_for(state_row("等待评价"))
        mirror.wait_for("5     很好")
        mirror.wait_until(lambda: len(hall.facts("rating.asked")) == 1, what="the station asks where a mirror is")
        mirror.press("x", "f5", "enter")
        again_until(mirror, lambda: mirror.press("3"), lambda: hall.facts("rating.given"))
        mirror.wait_for("谢谢您的评价")
        rows = counter.wait_for(state_row("空闲"))
        assert not any("一般" in row for row in rows)
        given = hall.facts("rating.given")
        assert [(one["level"], one["pad"], one["window"]) for one in given] == [(3, "mirror", window(1))]
        mirror.press("ctrl+q")
        mirror.wait_for("再按一次")
        mirror.wait_quiet()
        again_until(mirror, lambda: mirror.press("ctrl+q"), lambda: not mirror.is_running)
        assert mirror.wait_exit() == 0
        assert not mirror.in_alternate_screen
    assert hall.chain_holds()


def running(rows: list[str]) -> str:
    """The clock of the matter, before its limit."""
    found = re.search(r"(\d\d:\d\d) / ", rows[3])
    return found[1] if found else ""


def test_the_mirror_stands_alone_and_ends_with_its_line(hall: Hall) -> None:
    """Neither station nor counter: it shows, and goes when its terminal goes."""
    with hall.terminal("mirror", "--window", window(2)) as mirror:
        rows = mirror.wait_for("2号窗口")
        assert "".join(rows[2:]).strip() == ""
        assert terminal_of(mirror.pid)[0] != 0
        mirror.signal(signal.SIGHUP)
        assert mirror.wait_exit() == 128 + signal.SIGHUP


@pytest.mark.parametrize("words", [(), ("--window", "9")], ids=["none", "unknown"])
def test_a_window_that_is_not_there_is_told_in_one_sentence(hall: Hall, words: tuple[str, ...]) -> None:
    with hall.terminal("mirror", *words) as mirror:
        assert mirror.wait_exit() == 2
        assert "本厅的窗口是 1, 2, 3" in mirror.text()
