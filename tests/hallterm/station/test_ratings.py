"""From the finish to the rating on a real line: counted once, committed before it is acknowledged, never by default."""

from __future__ import annotations

import signal

import pytest
from msgspec.structs import replace

from devices.codecs.htp1_messages import AckCode, Rate
from hallterm.workflows import counter
from hallterm.workflows.ticketing import issue
from storage import clock, views
from storage.doctor import verify_chain
from storage.facts import Moment, SettingSet, UnratedReason, WindowState
from storage.rebuild import compare
from tests.hallterm.station.line import HALL, Line, StationProcess, StationThread, wait_until


def short_time_out(line: Line, seconds: int = 1) -> None:
    now = clock.now()
    with line.journal.write("0001", now) as tx:
        tx.record(SettingSet("rating_timeout_s", str(seconds), HALL, views.last_day(tx.database, HALL)))


def test_a_press_is_counted_once_and_frees_the_window(line: Line, station: StationThread) -> None:
    service, wid, _ = line.finish()
    line.bench.press("1", 2)
    line.await_idle()
    wait_until(lambda: line.pad.acks == [(wid, AckCode.COUNTED)], "the acknowledgement")
    wait_until(lambda: line.pad.window is None, "the closed pad")
    assert line.ratings() == [(service, 4)]
    line.bench.press("1", 5)
    wait_until(lambda: len(line.refused()) == 1, "the refusal")
    assert line.ratings() == [(service, 4)]
    assert verify_chain(line.db).holds
    assert compare(line.db) == []


def test_a_press_that_is_sent_again_is_not_counted_again(line: Line, station: StationThread) -> None:
    service, wid, _ = line.finish()
    line.pad.drop_acks = 2
    line.bench.press("1", 1)
    wait_until(lambda: line.pad.acks == [(wid, AckCode.DUPLICATE)], "the acknowledgement")
    assert line.ratings() == [(service, 5)]
    assert set(line.refused()) == {"dup_retransmit"}


def test_nothing_is_acknowledged_that_is_not_committed(line: Line, station: StationThread) -> None:
    service, wid, _ = line.finish()
    with line.locked():
        line.bench.press("1", 3)
        wait_until(lambda: line.pad._press is not None and line.pad._press.tries >= 3, "the second repetition")
        assert line.pad.acks == []
        assert line.ratings() == []
    wait_until(lambda: line.pad.acks, "the acknowledgement")
    assert line.ratings() == [(service, 3)]
    assert line.pad.acks[0][0] == wid


def test_the_service_is_unrated_when_nobody_presses(line: Line, station: StationThread) -> None:
    short_time_out(line)
    service, _, _ = line.finish()
    line.await_idle()
    row = views.unrated(line.db, service)
    assert row is not None
    assert (row.reason, row.exempt) == ("no_response", False)
    assert line.ratings() == []


def test_an_undone_finish_closes_the_pads_window_and_the_next_one_has_another_number(
    line: Line, station: StationThread
) -> None:
    _, first, done = line.finish()
    assert done.undo is not None
    line.undo(done.undo)
    wait_until(lambda: line.pad.window is None, "the closed pad")
    line.do(counter.finish)
    wait_until(lambda: line.pad.window is not None and line.pad.window.wid != first, "the second window")
    line.bench.press("1", 1)
    line.await_idle()
    assert len(line.ratings()) == 1


def test_a_pad_unplugged_at_the_finish_is_a_device_fault_and_the_counter_goes_on(
    line: Line, station: StationThread
) -> None:
    service = line.serve()
    line.bench.unplug("pad", "1")
    line.await_pad("lost")
    done = line.do(counter.finish)
    assert done.undo is None
    row = views.unrated(line.db, service)
    assert row is not None
    assert (row.reason, row.exempt) == ("device_fault", True)
    line.serve()
    assert line.window().state is WindowState.SERVING


def test_a_pad_that_goes_after_the_finish_frees_the_window_as_a_fault(line: Line, station: StationThread) -> None:
    short_time_out(line, 2)
    service, _, _ = line.finish()
    line.bench.unplug("pad", "1")
    line.await_idle()
    row = views.unrated(line.db, service)
    assert row is not None
    assert (row.reason, row.exempt) == ("device_fault", True)


def test_a_pad_that_comes_back_in_time_gets_the_same_window(line: Line, station: StationThread) -> None:
    service, wid, _ = line.finish()
    line.bench.unplug("pad", "1")
    line.await_pad("lost")
    line.bench.device("pad", "1").do(line.pad.reset)
    line.bench.replug("pad", "1")
    wait_until(lambda: line.pad.window is not None and line.pad.window.wid == wid, "the same window")
    line.bench.press("1", 1)
    line.await_idle()
    assert line.ratings() == [(service, 5)]
    assert set(line.pad.opens) == {wid}


def test_presses_that_nobody_asked_for_are_kept_and_not_counted(line: Line, station: StationThread) -> None:
    line.bench.press("1", 1)
    wait_until(lambda: line.refused() == ["no_window"], "the refusal")
    pad = line.bench.device("pad", "1")
    pad.do(lambda: line.pad.forge(Rate(4711, 1, 800, 180)))
    wait_until(lambda: len(line.refused()) == 2, "the second refusal")
    wait_until(lambda: line.pad.acks == [(4711, AckCode.NO_WINDOW)], "the acknowledgement")
    assert line.refused() == ["no_window", "no_window"]
    assert line.ratings() == []
    assert line.window().state is WindowState.IDLE


def press_on_a_slow_line(line: Line) -> str:
    """The press is in time, and arrives after the time-out; the service's id."""
    short_time_out(line)
    service, _, _ = line.finish()
    line.bench.device("pad", "1").faults.delay_s = 1.6
    line.bench.press("1", 1, held_ms=60)
    line.await_idle()
    assert line.ratings() == []
    return service


def test_a_press_for_the_last_person_after_the_next_call_is_late(line: Line, station: StationThread) -> None:
    service = press_on_a_slow_line(line)
    issue(line.desk, clock.now(), "B")
    line.do(counter.call)
    wait_until(lambda: line.refused(), "the refusal")
    assert set(line.refused()) == {"late_other_service"}
    assert line.ratings() == []
    assert line.window().state is WindowState.CALLED
    assert views.unrated(line.db, service) is not None


def test_a_press_in_the_grace_replaces_the_missing_rating(line: Line, station: StationThread) -> None:
    service = press_on_a_slow_line(line)
    wait_until(lambda: line.ratings() == [(service, 5)], "the rating")
    assert line.window().state is WindowState.IDLE
    assert line.facts("rating.given")[0]["grace"] is True


def test_another_pad_behind_the_same_plug_is_not_counted(line: Line, station: StationThread) -> None:
    line.finish()
    pad = line.bench.device("pad", "1")
    line.bench.unplug("pad", "1")
    line.await_pad("lost")
    pad.do(lambda: setattr(line.pad, "serial", "HT25A0000099"))
    line.bench.replug("pad", "1")
    line.await_pad("wrong_device")
    line.bench.press("1", 1)
    pad.do(lambda: line.pad.forge(Rate(line.facts("rating.asked")[-1]["wid"], 1, 800, 180)))
    wait_until(lambda: line.pad._press is None or line.pad._press.tries >= 3, "the repetitions")
    assert line.ratings() == []


def test_an_unbound_key_gives_no_level_and_no_rating(line: Line, station: StationThread) -> None:
    """Somebody took a key off the binding while the pad was in use."""
    service, _, _ = line.finish()
    pads = station.station.ratings.pads
    binding = pads[f"{HALL}-01"]
    keys = {key: level for key, level in binding.keys.items() if key != 3}
    station.station.ratings.pads = {f"{HALL}-01": replace(binding, keys=keys)}
    line.bench.press("1", 3)
    wait_until(lambda: line.refused() == ["unknown_key"], "the refusal")
    wait_until(lambda: [code for _, code in line.pad.acks] == [AckCode.REFUSED], "the acknowledgement")
    assert line.ratings() == []
    assert line.window().service == service


def test_the_clerks_reason_closes_the_pads_window(line: Line, station: StationThread) -> None:
    service, wid, _ = line.finish()
    now = clock.now()
    counter.give_unrated_reason(line.desk, Moment(now.t + 11_000, now.m + 11_000, now.boot), UnratedReason.LEFT)
    wait_until(lambda: line.pad.window is None, "the closed pad")
    line.bench.device("pad", "1").do(lambda: line.pad.forge(Rate(wid, 1, 800, 180)))
    wait_until(lambda: line.pad.acks, "the acknowledgement")
    assert line.ratings() == []
    row = views.unrated(line.db, service)
    assert row is not None
    assert row.reason == "left"


@pytest.mark.faults
@pytest.mark.parametrize("pressed", ["while it is away", "after it is back"])
def test_a_station_killed_while_somebody_is_asked_still_records_the_rating(line: Line, pressed: str) -> None:
    line.open()
    station = StationProcess(line.folder, line.bench)
    try:
        line.await_pad()
        service, wid, _ = line.finish()
        assert station.end(signal.SIGKILL) == -signal.SIGKILL
        if pressed == "while it is away":
            line.bench.press("1", 1)
        station = StationProcess(line.folder, line.bench)
        wait_until(lambda: len(line.facts("node.started")) == 2, "the second station")
        if pressed == "after it is back":
            line.await_pad()
            line.bench.press("1", 1)
        line.await_idle()
        assert line.ratings() == [(service, 5)]
        assert line.wids(service) == [wid]
        wait_until(lambda: line.pad.acks == [(wid, AckCode.COUNTED)], "the acknowledgement")
    finally:
        station.stop()
    assert verify_chain(line.db).holds
