"""What a hall shows and prints, and how the station begins and ends."""

from __future__ import annotations

import os
import signal
from functools import partial

from hallterm.rules.voice import FRESH_S
from hallterm.station.lock import StationLock, station_runs
from hallterm.workflows import counter
from hallterm.workflows.ticketing import issue, reprint
from storage import clock, views
from storage.doctor import verify_chain
from storage.facts import BreakReason, TicketCalled
from storage.projections import Placed
from tests.hallterm.station.line import HALL, Line, StationProcess, StationThread, wait_until


def shown(line: Line, *parts: str) -> None:
    wait_until(lambda: all(part in line.display.shown for part in parts), f"{parts} on the display")


def test_the_display_follows_the_window(line: Line, station: StationThread) -> None:
    wait_until(lambda: line.device("window_display") == "ready", "the display")
    issue(line.desk, clock.now(), "B", service_code="B02")
    line.do(counter.call)
    shown(line, "B001", "window 1")
    line.do(counter.start)
    shown(line, "serving B001")
    line.do(counter.finish)
    wait_until(lambda: line.pad.window is not None, "the pad's window")
    line.bench.press("1", 1)
    line.await_idle()
    wait_until(lambda: line.display.shown == "window 1", "the free window")
    line.do(counter.start_break, BreakReason.LUNCH)
    shown(line, "closed")


def test_a_late_press_does_not_wipe_the_next_call_off_the_display(line: Line, station: StationThread) -> None:
    wait_until(lambda: line.device("window_display") == "ready", "the display")
    service, _, done = line.finish()
    assert done.undo is not None
    line.bench.press("1", 1)
    line.await_idle()
    issue(line.desk, clock.now(), "B")
    line.do(counter.call)
    shown(line, "B002")
    assert line.ratings() == [(service, 5)]


def test_a_ticket_is_printed_and_then_recorded_as_printed(line: Line, station: StationThread) -> None:
    wait_until(lambda: line.device("ticket_printer", "") == "ready", "the printer")
    issued = issue(line.desk, clock.now(), "B", service_code="B02")
    wait_until(lambda: line.facts("ticket.printed") == [{"ticket": issued.ticket}], "the fact")
    assert [issued.number in slip.text for slip in line.printer.slips] == [True]
    row = views.ticket(line.db, issued.ticket)
    assert row is not None
    assert row.printed


def test_a_lost_slip_is_printed_again_and_marked(line: Line, station: StationThread) -> None:
    wait_until(lambda: line.device("ticket_printer", "") == "ready", "the printer")
    issued = issue(line.desk, clock.now(), "B")
    wait_until(lambda: len(line.printer.slips) == 1, "the slip")
    reprint(line.desk, clock.now(), issued.number)
    wait_until(lambda: len(line.facts("ticket.printed")) == 2, "the second fact")
    assert line.facts("ticket.printed")[-1] == {"ticket": issued.ticket, "reprint": True}
    assert "Printed again" in line.printer.slips[-1].text


def test_without_paper_nothing_is_recorded_as_printed(line: Line, station: StationThread) -> None:
    wait_until(lambda: line.device("ticket_printer", "") == "ready", "the printer")
    line.printer.paper_out = True
    issue(line.desk, clock.now(), "B")
    line.do(counter.call)
    wait_until(lambda: "B001" in line.display.shown, "the call")
    assert line.facts("ticket.printed") == []


def test_the_station_says_when_it_begins_and_ends(line: Line) -> None:
    running = StationThread(line.folder, line.bench)
    line.await_pad()
    running.stop()
    assert [fact["process"] for fact in line.facts("node.started")] == ["station"]
    assert [fact["process"] for fact in line.facts("node.stopped")] == ["station"]
    assert {("rating_device", "ready")} <= {(f["role"], f["state"]) for f in line.facts("device.changed")}


def test_sigterm_ends_the_process_cleanly_and_there_is_only_one(line: Line) -> None:
    station = StationProcess(line.folder, line.bench)
    second = None
    try:
        line.await_pad()
        assert station_runs(line.folder)
        second = StationProcess(line.folder, line.bench)
        assert second.ended() == 0
        assert station.end(signal.SIGTERM) == 0
    finally:
        station.stop()
        if second is not None:
            second.stop()
    assert not station_runs(line.folder)
    assert len(line.facts("node.stopped")) == len(line.facts("node.started")) == 1
    assert verify_chain(line.db).holds


def test_the_lock_is_freed_with_its_holder(line: Line) -> None:
    lock = StationLock(line.folder)
    assert lock.take()
    assert station_runs(line.folder)
    assert (line.folder / "station.lock").read_text() == f"{os.getpid()}\n"
    lock.free()
    assert not station_runs(line.folder)


def test_a_locked_file_does_not_end_the_station(line: Line, station: StationThread) -> None:
    with line.locked():
        line.bench.press("1", 1)
        wait_until(lambda: station.station._stopping.is_set() or line.pad.window is None, "the press")
    wait_until(lambda: line.refused() == ["no_window"], "the refusal")
    assert station.alive
    service, _, _ = line.finish()
    line.bench.press("1", 1)
    line.await_idle()
    assert line.ratings() == [(service, 5)]
    assert line.desk.window == f"{HALL}-01"


def test_a_call_of_another_node_that_comes_late_is_not_shown(line: Line, station: StationThread) -> None:
    now, outputs = clock.now(), station.station.outputs
    for number, age_ms in (("B007", (FRESH_S + 1) * 1000), ("B008", 1000)):
        fact = TicketCalled("x", number, line.desk.window, "0318", 1, "2026-01-01", "B", 0)
        at_t = now.t - age_ms
        placed = Placed(fact, "other/0/1/0", "1", "other", at_t, 0, "boot of the other", "0318", HALL)
        station.station.events.put(partial(outputs.called, placed))
    wait_until(lambda: "B008" in line.display.shown, "the fresh call")
    assert not any("B007" in text for text in line.display.history)
