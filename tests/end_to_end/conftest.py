"""One small hall a run, copied for each test that opens the real program on it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from hallterm.demo_hall import DemoHall
from hallterm.station.main import SIMULATORS
from tests.end_to_end.hall import Hall


@pytest.fixture(scope="session")
def founded_hall(tmp_path_factory: pytest.TempPathFactory) -> Hall:
    """A hall that is only copied."""
    return Hall(tmp_path_factory.mktemp("hall")).make()


@pytest.fixture
def hall(founded_hall: Hall, tmp_path: Path) -> Hall:
    """A hall of the test's own: three windows, two clerks, nobody waiting, no devices."""
    return Hall(tmp_path / "hall").copy_of(founded_hall)


@pytest.fixture(scope="session")
def demo() -> Iterator[DemoHall]:
    """A hall with simulated devices, station and centre; the pads wait for the test. One window a test."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv(SIMULATORS, "")
        with DemoHall(pad_presses=False) as hall:
            yield hall
