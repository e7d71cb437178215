"""Two terminals on one data folder; who is refused, and why; the lock."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from hallterm.rules.passwords import delay_s
from storage.clock import now
from tests.end_to_end.hall import (
    MEI,
    PASSWORD,
    WEI,
    Hall,
    again_until,
    called_number,
    press_until,
    sign_on,
    state_row,
    wait_counter,
)
from tests.end_to_end.terminal import Terminal

pytestmark = pytest.mark.pty

TICKETS = 8
MORE_FAILURES = 3
"""At another terminal, so that the next try has to wait for several seconds."""

TIME = r"\d\d:\d\d:\d\d 起可以再试"


def waiting(rows: list[str]) -> int:
    """How many wait, in the right column of row 4."""
    found = re.search(r"等候 (\d+) 人", rows[3])
    return int(found[1]) if found else -1


def so_many_wait(count: int) -> Callable[[list[str]], bool]:
    return lambda rows: waiting(rows) == count


def both(one: Terminal, two: Terminal, wanted: Callable[[list[str]], bool] | None = None, press: str = "") -> None:
    """The same at two windows: a key, or what has to be seen."""
    for terminal in (one, two):
        if press:
            terminal.press(press)
        if wanted is not None:
            terminal.wait_for(wanted)


def test_two_windows_call_at_the_same_time_and_never_the_same_ticket(hall: Hall) -> None:
    numbers = [hall.issue("B02") for _ticket in range(TICKETS)]
    called: list[str] = []
    with hall.counter(1, MEI) as one, hall.counter(2, WEI) as two:
        for left in range(TICKETS - 2, -1, -2):
            both(one, two, state_row("空闲"))
            both(one, two, press="f5")
            called += [called_number(terminal) for terminal in (one, two)]
            both(one, two, so_many_wait(left))
            for key, state in (("f6", "办理中"), ("f8", "空闲")):
                both(one, two, press=key)
                both(one, two, state_row(state))
    assert sorted(called) == sorted(numbers)
    assert sorted(one["number"] for one in hall.facts("ticket.called")) == sorted(numbers)
    assert hall.kinds().count("service.finished") == TICKETS
    assert hall.chain_holds()


def test_each_sees_what_the_other_does(hall: Hall) -> None:
    with hall.counter(1, MEI) as one, hall.counter(2, WEI) as two:
        one.wait_for("没有人等候")
        number = hall.issue("B02")
        one.wait_for(lambda rows: waiting(rows) == 1 and number in rows[4])
        two.wait_for(lambda rows: waiting(rows) == 1 and number in rows[4])
        two.press("f5")
        one.wait_for(lambda rows: waiting(rows) == 0 and "没有人等候" in rows[4])
        one.press("f5")
        one.wait_for(lambda rows: rows[21].startswith(" X F5"))
    assert hall.kinds().count("ticket.called") == 1


def test_the_same_number_at_a_second_window_is_told_where_it_sits(hall: Hall) -> None:
    with hall.counter(1, MEI) as first, hall.terminal(at=2) as second:
        sign_on(second, MEI)
        second.wait_for(lambda rows: "0317 已在 1 号窗口登录(" in rows[21])
        assert first.row(4).startswith(" 空闲")
    assert hall.state(2) in ("", "closed")


def test_somebody_else_cannot_sit_at_a_window_that_is_in_use(hall: Hall) -> None:
    with hall.counter(1, MEI), hall.terminal(at=1) as second:
        sign_on(second, WEI)
        second.wait_for(lambda rows: "0317" in rows[21] and "1 号窗口" in rows[21])
    assert [one["staff"] for one in hall.facts("sign_on.done")] == [MEI]


def test_a_wrong_password_says_when_to_try_again_and_keeps_what_came_too_early(hall: Hall) -> None:
    with hall.terminal(at=1) as terminal:
        sign_on(terminal, MEI, "not the word")
        terminal.wait_for(lambda rows: "第 1 次" in rows[21] and "[____" in rows[7])
        assert re.search(TIME, terminal.row(22))
        for _failure in range(MORE_FAILURES):
            hall.read(lambda desk: desk.board.password_failed(MEI, now(), delay_s))
        sign_on(terminal, MEI)
        terminal.wait_for(lambda rows: "这时打的字都留着" in rows[21] and "[****" in rows[7])
        press_until(terminal, "enter", lambda: "|" in terminal.row(5))
        wait_counter(terminal)
        assert "correct" not in bytes(terminal.raw).decode()


def test_the_lock_hides_the_counter_until_the_password_is_given(hall: Hall) -> None:
    number = hall.issue("B02")
    with hall.counter(1, MEI) as terminal:
        terminal.wait_for(number)
        terminal.press("ctrl+p")
        terminal.wait_for("锁屏")
        terminal.type("t")
        rows = terminal.wait_for(lambda rows: rows[3].startswith(" 已锁定"))
        assert number not in "".join(rows)
        terminal.press("f5")
        terminal.wait_for(lambda rows: rows[21].startswith(" X 已锁定"))
        terminal.type("not the word")
        terminal.press("enter")
        terminal.wait_for(lambda rows: re.search(TIME, rows[21]) is not None and "密码不对" in rows[21])
        unlock(terminal)
        assert number in terminal.text()
        terminal.press("f5")
        terminal.wait_for(state_row("已叫号"))


def unlock(terminal: Terminal) -> None:
    """The password, as often as it takes: after a wrong one it is not taken at once."""

    def give() -> None:
        terminal.press(*["backspace"] * len(PASSWORD))
        terminal.type(PASSWORD)
        terminal.press("enter")

    again_until(terminal, give, lambda: "|" in terminal.row(5))
