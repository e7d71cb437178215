"""A hall with a pad, a display and a printer; the station is a thread, or a process where it must be killed."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from devices.bindings import dump
from devices.sim.bench import Bench
from hallterm.rules.day import business_day
from storage import clock
from tests.hallterm.station.line import Line, StationThread, make_hall


@cache
def founded(parent: Path, day: str) -> Path:
    """The hall as it is on a day: on the next one the first station would open that."""
    folder = parent / f"working-{day}"
    make_hall(folder)
    return folder


@pytest.fixture
def working_hall(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return founded(tmp_path_factory.getbasetemp(), business_day(clock.now().t))


@pytest.fixture
def line(working_hall: Path, tmp_path: Path) -> Iterator[Line]:
    folder = tmp_path / "data"
    shutil.copytree(working_hall, folder)
    with Bench(tmp_path / "sim", heart_s=0.5) as bench:
        bench.add_pad("1")
        bench.add_display("1")
        bench.add_printer()
        (folder / "hallterm.d").mkdir()
        (folder / "hallterm.d" / "devices.toml").write_text(dump(bench.bindings()), encoding="utf-8")
        made = Line(folder, bench)
        yield made
        made.close()


@pytest.fixture
def station(line: Line) -> Iterator[StationThread]:
    """Running, with the pad ready and a clerk at window 1."""
    running = StationThread(line.folder, line.bench)
    line.open()
    line.await_pad()
    yield running
    running.stop()
