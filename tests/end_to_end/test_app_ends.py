"""How a terminal ends while somebody is served: hang-up, SIGTERM, kill -9; and what is there afterwards."""

from __future__ import annotations

import signal

import pytest

from storage import views
from tests.end_to_end.hall import MEI, WEI, Hall, called_number, press_until, sign_on, state_row, wait_counter, window
from tests.end_to_end.terminal import Terminal

pytestmark = pytest.mark.pty

SERVED = ["ticket.called", "service.started"]


def serve(terminal: Terminal) -> str:
    """Call and start; the number."""
    terminal.wait_for(state_row("空闲"))
    terminal.press("f5")
    number = called_number(terminal)
    terminal.press("f6")
    terminal.wait_for(state_row("办理中"))
    return number


@pytest.mark.parametrize("ending", ["hang_up", "sigterm", "quit"])
def test_a_clean_end_stops_the_clock_and_records_it(hall: Hall, ending: str) -> None:
    hall.issue()
    with hall.counter() as terminal:
        serve(terminal)
        if ending == "hang_up":
            terminal.hang_up()
            assert terminal.wait_exit() == 128 + signal.SIGHUP
        elif ending == "quit":
            press_until(terminal, "ctrl+q", lambda: not terminal.is_running)
            assert terminal.wait_exit() == 0
            assert_restored(terminal)
        else:
            terminal.signal(signal.SIGTERM)
            assert terminal.wait_exit() == 128 + signal.SIGTERM
            assert_restored(terminal)
    assert hall.kinds()[-3:] == [*SERVED, "service.paused"]
    pause = hall.facts("service.paused")[0]
    assert (pause["reason"], pause["excluded"]) == ("app_restart", True)
    assert hall.state() == "paused"
    assert hall.read(lambda desk: desk.board.windows_taken()) == []
    assert hall.chain_holds()


def test_after_kill_9_the_clerk_goes_on_and_the_outage_is_not_counted(hall: Hall) -> None:
    hall.issue()
    with hall.counter() as terminal:
        number = serve(terminal)
        terminal.wait_until(lambda: beat_of_service(hall), what="no heartbeat of the service")
        terminal.signal(signal.SIGKILL)
        assert terminal.wait_exit() == -signal.SIGKILL
    beaten = hall.beat()
    assert beaten is not None
    assert hall.kinds()[-2:] == SERVED
    with hall.terminal(at=1) as terminal:
        terminal.wait_for("没有正常关机")
        rows = terminal.screen()
        assert any(number in row for row in rows)
        sign_on(terminal, MEI)
        wait_counter(terminal)
        terminal.wait_for(state_row("已暂停  本软件重启"))
        rows = terminal.screen()
        assert "不计入时限" in rows[3]
        assert number in rows[4]
        terminal.press("f4")
        terminal.wait_for(state_row("办理中"))
        terminal.press("f8")
        terminal.wait_for(state_row("空闲"))
    pause, resumed, finished = (hall.facts(f"service.{one}")[0] for one in ("paused", "resumed", "finished"))
    assert (pause["reason"], pause["from_m"]) == ("app_restart", beaten.m)
    outage_ms = {line.k: line.m for line in hall.lines()}["service.resumed"] - beaten.m
    assert resumed["pause_ms"] == finished["excluded_ms"] == outage_ms
    times = {line.k: line.m for line in hall.lines()}
    assert finished["counted_ms"] == times["service.finished"] - times["service.started"] - outage_ms
    assert hall.chain_holds()


def beat_of_service(hall: Hall) -> bool:
    """The terminal has said once more that it serves somebody, after the service began."""
    beat = hall.beat()
    return beat is not None and beat.service != ""


def test_another_clerk_cannot_take_what_was_left_open(hall: Hall) -> None:
    hall.issue()
    with hall.counter() as terminal:
        number = serve(terminal)
        terminal.signal(signal.SIGKILL)
        terminal.wait_exit()
    with hall.terminal(at=1) as terminal:
        sign_on(terminal, WEI)
        rows = terminal.wait_for(lambda rows: number in rows[21])
        assert MEI in rows[21]
    row = hall.read(lambda desk: views.window(desk.journal.database, window(1)))
    assert row is not None
    assert row.staff == MEI


def test_signing_off_by_keys_closes_the_window(hall: Hall) -> None:
    with hall.counter() as terminal:
        terminal.press("ctrl+p")
        terminal.wait_for("签退")
        terminal.type("o")
        terminal.wait_for("给 0317 签退")
        press_until(terminal, "f9", lambda: hall.state() == "closed")
        terminal.wait_for("输工号")
        assert "张晓梅" not in terminal.text()
    assert hall.kinds()[-2:] == ["window.closed", "sign_off.done"]


def assert_restored(terminal: Terminal) -> None:
    assert not terminal.in_alternate_screen
    assert terminal.private_modes >= {7, 25}, "line wrap and cursor"
    assert terminal.echoes
