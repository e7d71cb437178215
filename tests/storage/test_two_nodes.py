"""Two nodes of one hall write of one service; whichever log arrives first, the tables are the same."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage import facts as f
from storage import schema
from storage.chain import causal_order
from storage.database import Database, open_sqlite
from storage.facts import PauseReason, ServiceNow, ServiceState, WindowNow, WindowState
from storage.projections import Placed, project_one

LENGTH = "SELECT length_ms, needs_confirmation, undone FROM service_interval WHERE id = 'n1/pause'"
WINDOW, STAFF, SERVICE = "360600001-03", "0303", "n1/service"


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    database = open_sqlite(tmp_path_factory.mktemp("two") / "t.db", synchronous="OFF")
    schema.migrate(database)
    yield database
    database.close()


def placed(fact: f.Fact, id: str, node: str, n: int) -> Placed:
    order = causal_order(n, id.encode().ljust(32, b"x"))
    return Placed(fact=fact, id=id, ord=order, node=node, t=n, m=n, boot="b", actor="-", hall="360600001")


def resumed(node: str, n: int, length_ms: int) -> Placed:
    fact = f.ServiceResumed(SERVICE, WINDOW, STAFF, "n1/pause", pause_ms=length_ms, counted_ms=1, excluded_ms=length_ms)
    return placed(fact, f"{node}/{n}", node, n)


def undone(node: str, n: int) -> Placed:
    """A resume taken back: the pause is open again."""
    paused = ServiceNow(ServiceState.PAUSED, pause_id="n1/pause")
    fact = f.ActionUndone(
        of_fact="-", action=f.CounterAction.RESUME, staff=STAFF, window=WINDOW,
        window_now=WindowNow(WindowState.PAUSED), service=SERVICE, service_now=paused,
    )  # fmt: skip
    return placed(fact, f"{node}/{n}", node, n)


PAUSED = placed(
    f.ServicePaused(SERVICE, WINDOW, STAFF, PauseReason.TAXPAYER_LEFT, True, 0, 0, from_t=1, from_m=1, boot="b"),
    "n1/pause",
    "n1",
    1,
)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_the_causally_last_word_on_a_pause_holds_in_any_order(tables: Database, data: st.DataObject) -> None:
    """The pause of one PC is ended, taken up again and ended at another one."""
    told = [PAUSED]
    for n in range(2, data.draw(st.integers(3, 7))):
        node = data.draw(st.sampled_from(["n1", "n2"]))
        told.append(undone(node, n) if data.draw(st.booleans()) else resumed(node, n, n * 1000))
    tables.execute("BEGIN")
    for one in data.draw(st.permutations(told)):
        project_one(tables, one)
    found = tables.rows(LENGTH)
    tables.execute("ROLLBACK")
    last = told[-1].fact
    assert found == [(last.pause_ms if isinstance(last, f.ServiceResumed) else 0, 0, 0)]
