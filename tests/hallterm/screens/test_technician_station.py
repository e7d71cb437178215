"""The technician beside a running station: ports are lent and given back, bindings are its business."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.pilot import Pilot

from devices.bindings import dump, load
from devices.events import Role
from devices.sim.bench import Bench
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
        await press(pilot, "3", "f6")
        await until(pilot, lambda: " R 7E " in house.text())
        await press(pilot, "escape")
        await until(pilot, lambda: line.device(PAD, W1) == "ready" and screen.jobs.now is None)


async def test_swapped_pads_are_cured_by_two_keys(running: Line) -> None:
    line = running
    before = {one.window: one.port for one in line.bench.bindings()}
    screen = TechnicianScreen(Place(line.folder / "hallterm.d", line.folder, line.bench.by_id, W1))
    async with shown(screen, line.folder, clock.now(), staff=TECHNICIAN) as (house, pilot):
        house.store.watch(technician_look)
        line.bench.swap("pad", "1", "2")
        await until(pilot, lambda: screen.binder.exchanged() is not None and house.text().count(" 错 ") == 2)
        await press(pilot, "ctrl+y")
        assert "接反了" in house.rows[21]
        await press(pilot, "ctrl+y")
        await until(pilot, lambda: line.device(PAD, W1) == line.device(PAD, W2) == "ready")
        await until(pilot, lambda: "换过来了" in house.rows[21])
        found = load((line.folder / "hallterm.d" / DEVICES_FILE).read_text("utf-8"))
        assert {one.window: one.port for one in found} == {"1": before["2"], "2": before["1"]}
