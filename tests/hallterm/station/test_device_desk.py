"""What technicians ask of a running station, and what it tells of its devices: on the board, and once a day as facts."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from devices.bindings import dump, load
from devices.codecs.htp1_messages import AckCode, FaultCode
from devices.events import DeviceState, DeviceStatus, PadFault, Role
from devices.rating import STRAYS_ALLOWED
from devices.sim.bench import Bench
from devices.telemetry import flat
from hallterm.config import DEVICES_FILE
from hallterm.station.device_day import DeviceDays
from hallterm.station.device_desk import ask
from hallterm.station.device_status import device_status
from hallterm.station.main import Station
from hallterm.workflows import counter
from storage import clock, views
from storage.facts import DayClosed, Moment
from storage.rebuild import compare
from storage.views import devices as device_views
from tests.hallterm.station.line import HALL, QUICK, Line, StationProcess, StationThread, wait_until

W1, W2 = f"{HALL}-01", f"{HALL}-02"
PAD = Role.RATING_DEVICE


class DeskStation(StationThread):
    """A station that may write the bindings of its folder."""

    def _run(self, folder: Path, bench: Bench) -> None:
        machine = folder / "hallterm.d"
        bindings = load((machine / DEVICES_FILE).read_text("utf-8"))
        self.station = Station(folder, bindings, bench.by_id, QUICK, machine_folder=machine)
        self._made.set()
        self.station.run()


@pytest.fixture
def running(line: Line) -> Iterator[DeskStation]:
    """Two windows with a pad each."""
    line.bench.add_pad("2")
    devices_file(line).write_text(dump(line.bench.bindings()), "utf-8")
    station = DeskStation(line.folder, line.bench)
    line.open()
    for window in (W1, W2):
        wait_until(lambda window=window: line.device(PAD, window) == "ready", "pads")  # type: ignore[misc]
    yield station
    if station.alive:
        station.stop()


def devices_file(line: Line) -> Path:
    return line.folder / "hallterm.d" / DEVICES_FILE


def asked(line: Line, request: str, window: str = W1, role: Role = PAD, **more: str) -> dict[str, Any]:
    number = ask(line.board, request, role, window, clock.now(), **more)
    wait_until(lambda: line.board.answer_of(number) is not None, "the answer")
    answer = line.board.answer_of(number)
    assert answer is not None
    return answer


def pad_of(status: DeviceStatus) -> str:
    return f"{HALL}-{int(status.window):02}" if status.role is PAD else ""


def await_pads(line: Line, state: str) -> None:
    wait_until(lambda: {line.device(PAD, window) for window in (W1, W2)} == {state}, f"both pads {state}")


def test_a_technician_gets_a_port_and_gives_it_back(line: Line, running: DeskStation) -> None:
    assert asked(line, "let_go") == {"ok": True}
    wait_until(lambda: line.device(PAD) == "disabled", "the free port")
    assert line.device(PAD, W2) == "ready"
    assert asked(line, "take_back", "1") == {"ok": True}
    line.await_pad()
    assert asked(line, "let_go", f"{HALL}-09") == {"ok": False, "why": "unknown_device"}


def test_swapped_cables_are_cured_by_one_request_and_the_file_says_so(line: Line, running: DeskStation) -> None:
    before = devices_file(line).read_text("utf-8")
    line.bench.swap("pad", "1", "2")
    await_pads(line, "wrong_device")
    service = line.serve()
    line.do(counter.finish)
    line.bench.press("1", 5)
    line.bench.press("2", 5)
    line.await_idle()
    assert line.ratings() == []
    row = views.unrated(line.db, service)
    assert row is not None
    assert row.reason == "device_fault"
    assert asked(line, "swap", other=W2, by="T017") == {"ok": True}
    await_pads(line, "ready")
    ports = {b.window: b.port for b in load(devices_file(line).read_text("utf-8")) if b.role is PAD}
    old = {b.window: b.port for b in load(before) if b.role is PAD}
    assert ports == {"1": old["2"], "2": old["1"]}
    assert load(devices_file(line).with_name(f"{DEVICES_FILE}.1").read_text("utf-8")) == load(before)
    service, _, _ = line.finish()
    line.bench.press("1", 1)
    line.await_idle()
    assert line.ratings() == [(service, 5)]
    assert asked(line, "swap", other=W1) == {"ok": False, "why": "unknown_device"}


def test_bindings_are_read_anew_without_a_restart_and_mistakes_change_nothing(line: Line, running: DeskStation) -> None:
    only_first = tuple(b for b in line.bench.bindings() if b.window != "2")
    devices_file(line).write_text(dump(only_first), "utf-8")
    assert asked(line, "reload") == {"ok": True}
    wait_until(lambda: line.device(PAD, W2) == "none", "the second pad's leave")
    assert line.device(PAD) == "ready"
    refused = asked(line, "rebind", toml='[[device]]\nrole = "rating_device"\ndriver = "pad_xy"\n')
    assert (refused["ok"], refused["why"], refused["key"]) == (False, "bad_file", "driver")
    devices_file(line).write_text("[[device", "utf-8")
    assert asked(line, "reload")["why"] == "bad_file"
    assert asked(line, "rebind", toml=dump(line.bench.bindings())) == {"ok": True}
    await_pads(line, "ready")
    assert load(devices_file(line).read_text("utf-8")) == line.bench.bindings()


def test_a_tampered_pad_stays_locked_over_a_restart_until_somebody_releases_it(
    line: Line, running: DeskStation
) -> None:
    line.bench.device("pad", "1").do(line.pad.tamper)
    wait_until(lambda: line.device(PAD) == "quarantined", "the quarantine")
    wait_until(lambda: [row.window for row in device_views.locked(line.db, HALL)] == [W1], "the lock")
    line.bench.device("pad", "1").do(lambda: line.pad.tamper(False))
    running.stop()
    again = DeskStation(line.folder, line.bench)
    try:
        locked = [DeviceState.QUARANTINED]
        wait_until(lambda: [s.state for s in again.station.manager.status() if pad_of(s) == W1] == locked, "the lock")
        assert len(device_views.locked(line.db, HALL)) == 1
        assert asked(line, "release", by="T017") == {"ok": True}
        line.await_pad()
        assert device_views.locked(line.db, HALL) == []
        assert line.db.value('SELECT "by" FROM device_lock') == "T017"
        service, _, _ = line.finish()
        line.bench.press("1", 1)
        line.await_idle()
        assert line.ratings() == [(service, 5)]
    finally:
        again.stop()
    assert compare(line.db) == []


def test_a_fault_that_a_pad_repeats_is_one_line_in_the_log_with_its_count(
    line: Line, running: DeskStation, caplog: pytest.LogCaptureFixture
) -> None:
    desk = running.station.desk
    fault = PadFault("1", "HT25A", FaultCode.STUCK, 3)
    for told in (*[fault] * 50, msgspec.structs.replace(fault, code=FaultCode.FREED), fault):
        desk.pad_fault(told, Moment(0, 0, "b"))
    said = [one.getMessage() for one in caplog.records if "reports fault" in one.getMessage()]
    assert [one.partition("(")[2] for one in said] == [f"the one before: {times} times)" for times in (0, 50, 1)]


def test_the_board_shows_counters_under_flat_names(line: Line, running: DeskStation) -> None:
    def pad() -> dict[str, int]:
        return next(word.counters for word in line.board.devices() if (word.role, word.window) == (PAD, W1))

    wait_until(lambda: pad().get("rtt_p95_ms") is not None and pad().get("link_ok", 0) > 3, "the counters")
    named = flat(PAD, "1", "ready", "", pad())
    assert named["pad.1.link.score"] == 1.0
    assert named["pad.1.link.grade"] == "good"
    assert named["pad.1.link.rtt.p95_ms"] == pad()["rtt_p95_ms"]
    assert device_status(line.board)[f"pad.{W1}.state"] == "ready"
    assert {"pad.1.state", "pad.1.device.resets", "pad.1.port.connections", "pad.1.link.echo"} <= named.keys()


def test_the_day_of_each_device_is_recorded_once_and_survives_restarts(line: Line, running: DeskStation) -> None:
    line.finish()
    line.bench.press("1", 1)
    line.await_idle()
    line.bench.device("pad", "1").do(line.pad.reset)
    wait_until(lambda: running.station.desk.days.today(PAD, W1).get("boots") == 1, "the reset")
    before = running.station.desk.days.today(PAD, W1)
    running.stop()
    again = DeskStation(line.folder, line.bench)
    try:
        wait_until(lambda: line.station_alive() and again.station.desk.days.today(PAD, W1), "the second station")
        assert again.station.desk.days.today(PAD, W1)["boots"] == 1
        day = views.last_day(line.db, HALL)
        with line.journal.write("-", clock.now()) as tx:
            tx.record(DayClosed(day=day))
        wait_until(lambda: len(device_views.device_days(line.db, day, HALL)) == 4, "the day of four devices")
    finally:
        again.stop()
    pad = next(row for row in device_views.device_days(line.db, day) if (row.role, row.window) == (PAD, W1))
    assert (pad.boots, pad.asked, pad.rated, pad.no_pad) == (1, 1, 1, 0)
    assert pad.link_ok >= before["link_ok"]
    assert len(line.facts("device.daily")) == 4
    third = DeskStation(line.folder, line.bench)
    try:
        wait_until(lambda: line.station_alive() and line.device(PAD, W2) == "ready", "the third station")
        line.await_pad()
    finally:
        third.stop()
    assert len(line.facts("device.daily")) == 4
    assert compare(line.db) == []


def test_what_the_board_kept_of_yesterday_is_recorded_when_the_pc_comes_back(line: Line) -> None:
    with line.journal.write("-", clock.now()) as tx:
        day = views.last_day(tx.database, HALL)
    line.board.set_counters(PAD, W1, {"today": 20260102, "today_link_ok": 90, "today_boots": 5, "link_ok": 7})
    days = DeviceDays(line.journal, line.board, lambda window: window)
    days.second((), clock.now())
    days.second((), Moment(*(clock.now().t, clock.now().m, "b")))
    (row,) = device_views.device_days(line.db, "2026-01-01", HALL)
    assert (row.day, row.window, row.link_ok, row.boots) == ("2026-01-02", W1, 90, 5)
    assert day != row.day


@pytest.mark.faults
def test_f5_killed_between_commit_and_acknowledgement_there_is_one_rating(line: Line) -> None:
    line.open()
    station = StationProcess(line.folder, line.bench)
    try:
        line.await_pad()
        service, wid, _ = line.finish()
        line.pad.drop_acks = 1_000_000  # the acknowledgement is on its way when the plug is pulled
        line.bench.press("1", 2)
        wait_until(lambda: line.ratings() == [(service, 4)], "the commit")
        assert station.end(signal.SIGKILL) == -signal.SIGKILL
        assert line.pad.acks == []
        line.pad.drop_acks = 0
        station = StationProcess(line.folder, line.bench)
        wait_until(lambda: line.pad.acks == [(wid, AckCode.DUPLICATE)], "the acknowledgement")
        assert line.ratings() == [(service, 4)]
        assert set(line.refused()) == {"dup_retransmit"}
    finally:
        station.stop()


def test_a_pad_that_presses_by_itself_is_told_until_it_is_calm(
    line: Line, running: DeskStation, monkeypatch: pytest.MonkeyPatch
) -> None:
    for count in range(STRAYS_ALLOWED + 1):
        line.bench.press("1", 1, 40)
        wait_until(lambda count=count: len(line.refused()) > count, "the refusal")  # type: ignore[misc]
    told = {"role": "rating_device", "window": W1, "state": "degraded", "reason": "strays"}
    wait_until(lambda: told in line.facts("device.changed"), "the fault")
    assert line.device(PAD) == "degraded"
    (word,) = (one for one in line.board.devices() if (one.role, one.window) == (PAD, W1))
    assert word.detail == "strays"
    assert line.device(PAD, W2) == "ready"
    monkeypatch.setattr("hallterm.station.device_desk.STRAYS_CALM_MS", 0)
    wait_until(lambda: line.device(PAD) == "ready", "the end of the fault")
    state = "SELECT state, reason FROM device_state WHERE role = ? AND window = ?"
    wait_until(lambda: [tuple(row) for row in line.db.rows(state, (PAD, W1))] == [("ready", "")], "its fact")
    assert line.facts("device.changed").count(told) == 1
    assert compare(line.db) == []
