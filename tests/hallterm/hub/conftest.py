from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from hallterm.rules.day import business_day
from storage import clock
from tests.hallterm.hub.pcs import Hall, make_template


@cache
def founded(parent: Path, day: str) -> Path:
    """The hall with people waiting on this day: they go home at midnight."""
    folder = parent / f"founded-{day}"
    make_template(folder)
    return folder


@pytest.fixture
def hall(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Iterator[Hall]:
    made = Hall(founded(tmp_path_factory.getbasetemp(), business_day(clock.now().t)), tmp_path)
    yield made
    made.close()
