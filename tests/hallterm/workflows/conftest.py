"""One founded hall a run, copied for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.hallterm.workflows.shift import Shift, make_hall, on_copy


@pytest.fixture(scope="session")
def hall_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that is only copied."""
    folder = tmp_path_factory.mktemp("hall") / "founded"
    make_hall(folder)
    return folder


@pytest.fixture
def shift(hall_folder: Path, tmp_path: Path) -> Iterator[Shift]:
    with on_copy(hall_folder, tmp_path / "data") as made:
        yield made
