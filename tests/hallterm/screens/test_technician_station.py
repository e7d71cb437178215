"""The technician beside a running station: ports are lent and given back, bindings are its business."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.pilot import Pilot

from devices.bindings import dump, load
from devices.events import Role
from devices.sim.bench import Bench
from devices.sim.commands import obey
from hallterm.config import DEVICES_FILE
from hallterm.screens.technician import TechnicianScreen
from hallterm.station.main import Station
from hallterm.workflows.technician.look import Place, technician_look
from storage import clock
from storage.facts import GrantSet, StaffSet
from storage.facts import Role as Job
from tests.hallterm.screens.pages import House, shown, until
from tests.hallterm.station.line import HALL, QUICK, Line, StationThread, make_hall, wait_until

W1, W2 = f"{HALL}-01", f"{HALL}-02"
PAD = Role.RATING_DEVICE
TECHNICIAN = "T017"


class FiledStation(StationThread):
    """A station that may write the bindings of its folder."""

    def _run(self, folder: Path, bench: Bench) -> None:
        machine = folder / "hallterm.d"
        self.station = Station(
            folder, load((machine / DEVICES_FILE).read_text("utf-8")), bench.by_id, QUICK, machine_folder=machine
        )
        self._made.set()
        self.station.run()


@pytest.fixture
def running(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Line]:
    """Two windows with a pad each, both ready."""
    monkeypatch.setattr("storage.vault.PASSES", 1)
    monkeypatch.setattr(House, "now", lambda house: clock.now())
    folder = tmp_path / "data"
    make_hall(folder)
    with Bench(tmp_path / "sim", heart_s=0.5) as bench:
        line = Line(folder, bench)
        bench.add_pad("1")
        bench.add_pad("2")
        (folder / "hallterm.d").mkdir()
        (folder / "hallterm.d" / DEVICES_FILE).write_text(dump(bench.bindings()), "utf-8")
        with line.journal.write("0001", clock.now()) as tx:
            tx.record(StaffSet(TECHNICIAN, "王工", HALL))
            tx.record(GrantSet(TECHNICIAN, Job.TECHNICIAN, HALL))
        station = FiledStation(folder, bench)
        wait_until(lambda: line.device(PAD, W1) == line.device(PAD, W2) == "ready" and line.station_alive(), "pads")
        yield line
        station.stop()
        line.close()


async def press(pilot: Pilot[None], *keys: str) -> None:
    """Not before the same key may count again."""
    for key in keys:
        begun_m = clock.now().m
        await until(pilot, lambda begun_m=begun_m: clock.now().m - begun_m > 400)  # type: ignore[misc]
        await pilot.press(key)


async def test_a_port_is_lent_for_the_test_and_given_back(running: Line) -> None:
    line = running
    screen = TechnicianScreen(Place(line.folder / "hallterm.d", line.folder, line.bench.by_id, W1))
    async with shown(screen, line.folder, clock.now(), staff=TECHNICIAN) as (house, pilot):
        house.store.watch(technician_look)
        await until(pilot, lambda: screen.look and screen.look.station and screen.ports.rows)
        screen.choose(next(row for row in screen.ports.rows if row.bound and row.bound[0].window == "1"))
        screen.draw()
        await press(pilot, "4", "f6")
        await until(pilot, lambda: line.device(PAD, W1) == "disabled")
        assert line.device(PAD, W2) == "ready"
        await until(pilot, lambda: "坏或丢 0 帧" in house.rows[21])
        await until(pilot, lambda: line.device(PAD, W1) == "ready")
        await press(pilot, "3", "ctrl+y", "f6")
        await until(pilot, lambda: " R 7E " in house.text() and line.device(PAD, W1) == "disabled")
        await press(pilot, "escape")
        await until(pilot, lambda: line.device(PAD, W1) == "ready" and screen.jobs.now is None)


async def test_a_pad_is_watched_while_the_station_serves_it(running: Line) -> None:
    line = running
    screen = TechnicianScreen(Place(line.folder / "hallterm.d", line.folder, line.bench.by_id, W1))
    async with shown(screen, line.folder, clock.now(), staff=TECHNICIAN) as (house, pilot):
        house.store.watch(technician_look)
        await until(pilot, lambda: screen.look and screen.look.station and screen.ports.rows)
        screen.choose(next(row for row in screen.ports.rows if row.bound and row.bound[0].window == "1"))
        await press(pilot, "3")
        assert "设备照常服务" in house.text()
        await press(pilot, "f6")
        await until(pilot, lambda: " R 7E " in house.text() and " T 7E " in house.text())
        assert line.device(PAD, W1) == "ready"
        await press(pilot, "insert")
        assert "端口由后台程序用着" in house.rows[21]
        assert screen.field is None
        await press(pilot, "f6")
        await until(pilot, lambda: screen.jobs.now is None)
        await until(pilot, lambda: not [one for one in threading.enumerate() if one.name == "watcher"])
        assert line.device(PAD, W1) == "ready"


async def test_swapped_pads_are_cured_by_two_keys(running: Line) -> None:
    line = running
    before = {one.window: one.port for one in line.bench.bindings()}
    screen = TechnicianScreen(Place(line.folder / "hallterm.d", line.folder, line.bench.by_id, W1))
    async with shown(screen, line.folder, clock.now(), staff=TECHNICIAN) as (house, pilot):
        house.store.watch(technician_look)
        line.bench.swap("pad", "1", "2")
        await until(pilot, lambda: screen.binder.exchanged() is not None and house.text().count(" 错 ") == 2)
        await until(pilot, lambda: "接反了" in house.rows[21])
        await press(pilot, "ctrl+y")
        assert "接反了" in house.rows[21]
        await press(pilot, "ctrl+y")
        await until(pilot, lambda: line.device(PAD, W1) == line.device(PAD, W2) == "ready")
        await until(pilot, lambda: "换过来了" in house.rows[21])
        found = load((line.folder / "hallterm.d" / DEVICES_FILE).read_text("utf-8"))
        assert {one.window: one.port for one in found} == {"1": before["2"], "2": before["1"]}


async def test_a_pad_that_took_anothers_place_is_bound_in_its_stead(running: Line) -> None:
    line = running
    new = "HT25A0000522"
    screen = TechnicianScreen(Place(line.folder / "hallterm.d", line.folder, line.bench.by_id, W1))
    async with shown(screen, line.folder, clock.now(), staff=TECHNICIAN) as (house, pilot):
        house.store.watch(technician_look)
        await until(pilot, lambda: screen.look and screen.look.station and screen.ports.rows)
        for words in ("unplug pad 1", f"serial pad 1 {new}", "replug pad 1"):
            assert obey(line.bench, words).startswith("ok")
        await until(pilot, lambda: line.device(PAD, W1) == "wrong_device" and " 错 " in house.text())
        screen.choose(next(row for row in screen.ports.rows if row.bound and row.bound[0].window == "1"))
        screen.draw()
        await until(pilot, lambda: "换件" in house.rows[23])
        await press(pilot, "f8")
        await until(pilot, lambda: "原来是" in house.text())
        await press(pilot, "1")
        await until(pilot, lambda: line.device(PAD, W1) == "ready")
        found = load((line.folder / "hallterm.d" / DEVICES_FILE).read_text("utf-8"))
        assert {one.window: one.identity.serial for one in found}["1"] == new
        await until(pilot, lambda: [one.new for one in screen.visit.replaced] == [new])
