"""A report is the same on SQLite and on PostgreSQL, byte by byte."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing

import pytest

from hallterm.reports.make import make
from hallterm.reports.model import encode
from hallterm.reports.registry import REPORTS
from storage import schema
from storage.database import Database, open_postgresql
from tests.hallterm.reports.city import HallDays, put
from tests.hallterm.reports.test_reports import CITY, CLERK, HALL, NOW
from tests.sync.conftest import postgresql as postgresql

pytestmark = pytest.mark.postgresql


@pytest.fixture(scope="module")
def other(postgresql: Callable[[], str], city_logs: list[HallDays]) -> Iterator[Database]:
    """The same facts on PostgreSQL."""
    with closing(open_postgresql(postgresql())) as database:
        schema.migrate(database)
        database.execute("BEGIN")
        put(database, city_logs)
        database.execute("COMMIT")
        yield database


@pytest.mark.parametrize("id", REPORTS)
def test_a_report_is_the_same_on_both_engines(city: Database, other: Database, id: str) -> None:
    spec = REPORTS[id]
    scopes = [CLERK] if spec.own else [HALL] if spec.one_hall else [CITY, HALL]
    for scope in scopes:
        for by in spec.rows or ("",):
            ours = encode(make(city, id, "2026-10", scope, NOW, by=by))
            assert encode(make(other, id, "2026-10", scope, NOW, by=by)) == ours
            assert len(ours) > 400
