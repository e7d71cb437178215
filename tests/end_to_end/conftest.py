"""One small hall a run, copied for each test that opens the real program on it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.end_to_end.hall import Hall


@pytest.fixture(scope="session")
def founded_hall(tmp_path_factory: pytest.TempPathFactory) -> Hall:
    """A hall that is only copied."""
    return Hall(tmp_path_factory.mktemp("hall")).make()


@pytest.fixture
def hall(founded_hall: Hall, tmp_path: Path) -> Hall:
    """A hall of the test's own: three windows, two clerks, nobody waiting, no devices."""
    return Hall(tmp_path / "hall").copy_of(founded_hall)
