from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.hallterm.hub.pcs import Hall, make_template


@pytest.fixture(scope="session")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("founded")
    make_template(folder)
    return folder


@pytest.fixture
def hall(founded: Path, tmp_path: Path) -> Iterator[Hall]:
    made = Hall(founded, tmp_path)
    yield made
    made.close()
