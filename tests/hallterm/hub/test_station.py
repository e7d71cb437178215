"""The whole way with real processes: a station at a PC, the number host over HTTP, a terminal's workflow."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from hallterm.workflows import counter
from hallterm.workflows.desk import Desk
from hallterm.workflows.number_host import host_state
from hallterm.workflows.presence import open_window
from storage import clock, views
from storage.journal import Journal
from storage.local import Board
from tests.faults.clerk import HALL
from tests.faults.halls import staff_of, window_of
from tests.faults.hub_hall import HubHall, until

PC = 2


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[HubHall]:
    made = HubHall(tmp_path, counters=1, tickets=3, seed=1)
    yield made
    made.stop()


@pytest.fixture
def station(hall: HubHall) -> Iterator[subprocess.Popen[bytes]]:
    """`hallterm station` of the PC, configured as the first page leaves it."""
    config = hall.folder / "hallterm.toml"
    config.write_text(f'[sync]\nupstream = "{hall.hub.url}"\n', encoding="utf-8")
    command = ["-m", "hallterm", "station", "--config", str(config), "--data", str(hall.path(PC))]
    process = subprocess.Popen([sys.executable, *command], cwd=Path(__file__).parents[3], env=dict(os.environ))
    yield process
    process.terminate()
    process.wait(60)


@pytest.mark.usefixtures("station")
def test_a_call_at_a_pc_goes_through_its_station(hall: HubHall) -> None:
    folder = hall.path(PC)
    desk = Desk(Journal.open(folder / "hall.db"), Board(folder / "local.db"), HALL, window_of(PC), staff_of(PC))

    def is_there() -> bool:
        state = host_state(desk)
        return state is not None and state.online and views.window(desk.journal.database, desk.window) is not None

    until(is_there, "the number host is followed")
    with desk.journal.write(desk.staff, clock.now()) as tx:
        open_window(tx, desk, views.last_day(tx.database, HALL), clock.now())
    done = counter.call(desk, clock.now())
    assert done.number == "B001"
    sql = "SELECT calls FROM ticket WHERE id = ?"
    until(lambda: hall.journal.database.value(sql, (done.ticket,)) == 1, "the call is known at the number host")
    assert hall.journal.database.value("SELECT used FROM claim WHERE ticket = ?", (done.ticket,)) == 1
    desk.journal.close()
    desk.board.close()
