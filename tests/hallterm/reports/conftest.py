"""One drawn city a run, on a file that is only read."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from hallterm.locale import language, use
from storage import schema
from storage.database import Database, open_sqlite
from tests.hallterm.reports.city import HallDays, drawn, fill
from tests.hallterm.workflows.conftest import hall_folder as hall_folder
from tests.hallterm.workflows.conftest import shift as shift

DAYS = ("2026-09-28", "2026-09-29", "2026-10-08", "2026-10-09")
HALLS = 4
"""A fifth hall is known and has no day."""


@pytest.fixture(scope="session")
def city_logs() -> list[HallDays]:
    """Four halls with four days, and one that never sent anything."""
    logs = drawn(range(HALLS), DAYS, 30)
    silent = drawn([HALLS], DAYS, 0)[0]
    silent.log.placed = [one for one in silent.log.placed if one.fact.kind == "hall.set"]
    return [*logs, silent]


@pytest.fixture(scope="session")
def city(tmp_path_factory: pytest.TempPathFactory, city_logs: list[HallDays]) -> Iterator[Database]:
    """Their facts in tables."""
    database = open_sqlite(tmp_path_factory.mktemp("city") / "centre.db", synchronous="OFF")
    schema.migrate(database)
    fill(database, city_logs)
    yield database
    database.close()


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Tests read source strings."""
    before = language()
    use("en")
    yield
    use(before)
