"""The tables follow from the journal alone, in whatever order logs arrive and however they are batched."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage import facts as f
from storage import schema
from storage.chain import causal_order
from storage.database import Database, open_sqlite
from storage.facts import KINDS
from storage.journal import Journal
from storage.projections import Placed, project, project_one
from storage.projections.register import PROJECTIONS
from storage.rebuild import Difference, Wrong, compare, rebuild_in_place
from storage.tables import DERIVED_MODELS, JOURNAL_MODELS
from tests.storage.conftest import DAY, HALL, NOW, W1, issue_tickets
from tests.storage.some_facts import NODES, digest, id_of, interleaved, some_facts, some_log

MODEST = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
Tables = dict[str, list[tuple[Any, ...]]]


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """Empty tables; :func:`after` fills them within a transaction and takes it back."""
    database = open_sqlite(tmp_path_factory.mktemp("tables") / "t.db", synchronous="OFF")
    schema.migrate(database)
    yield database
    database.close()


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Journal]:
    """A journal that is emptied by each example."""
    journal = Journal.open(tmp_path_factory.mktemp("written") / "hall.db")
    journal.database.execute("PRAGMA synchronous = OFF")
    yield journal
    journal.close()


def content(database: Database) -> Tables:
    """Every row of every derived table."""
    names = [model._meta.table_name for model in DERIVED_MODELS]
    return {name: sorted(database.rows(f'SELECT * FROM "{name}"'), key=repr) for name in names}


def one_by_one(database: Database, placed: list[Placed]) -> None:
    for one in placed:
        project_one(database, one)


def after(database: Database, placed: list[Placed], how: Any = one_by_one) -> Tables:
    """The tables after these facts, from empty."""
    database.execute("BEGIN")
    try:
        how(database, placed)
        return content(database)
    finally:
        database.execute("ROLLBACK")


def emptied(journal: Journal) -> Journal:
    for model in (*JOURNAL_MODELS, *DERIVED_MODELS):
        journal.database.execute(f'DELETE FROM "{model._meta.table_name}"')
    journal.found("n1", HALL)
    return journal


@MODEST
@given(data=st.data())
def test_logs_may_arrive_in_any_order(tables: Database, data: st.DataObject) -> None:
    logs = [data.draw(some_log(node)) for node in NODES[: data.draw(st.integers(2, 3))]]
    first, second = data.draw(interleaved(logs)), data.draw(interleaved(logs))
    assert after(tables, first) == after(tables, second)


@MODEST
@given(data=st.data())
def test_a_batch_does_what_its_facts_do_one_by_one(tables: Database, data: st.DataObject) -> None:
    logs = [data.draw(some_log(node)) for node in NODES]
    mixed = data.draw(interleaved(logs))
    assert after(tables, mixed, project) == after(tables, mixed)


@MODEST
@given(facts=some_facts("n1"), blocks=st.integers(1, 3))
def test_what_was_recorded_is_what_a_rebuild_gives(written: Journal, facts: list[Any], blocks: int) -> None:
    journal = emptied(written)
    for start in range(blocks):
        with journal.write("1001", NOW) as tx:
            for fact in facts[start::blocks]:
                tx.record(fact)
    before = content(journal.database)
    assert compare(journal.database) == []
    assert rebuild_in_place(journal.database).lines == len(facts)
    assert content(journal.database) == before


AWAITED = {
    f"storage.facts.{room}"
    for room in ("assessment", "attendance", "cases", "hall", "outages", "reconciliation")
    if not any(one.__module__ == f"storage.facts.{room}" for kind, one in KINDS.items() if kind in PROJECTIONS)
}
"""Rooms of facts none of which has a table yet; with the first projection of a room all its kinds need one."""


def test_every_kind_that_changes_a_table_is_drawn() -> None:
    """The properties above draw from all kinds; a projection of a kind nobody can record would be dead."""
    assert set(PROJECTIONS) <= set(KINDS)
    assert {kind for kind in KINDS if kind not in PROJECTIONS and KINDS[kind].__module__ not in AWAITED} == {
        *("node.started", "node.stopped", "backup.made"),
        *("sign_on.refused", "credential.changed", "log.pruned"),
    }


def test_a_changed_row_is_named_with_its_column(journal: Journal) -> None:
    ids = issue_tickets(journal, 3)
    database = journal.database
    database.execute("UPDATE ticket SET prefix = 'Z' WHERE id = ?", (ids[0],))
    database.execute("DELETE FROM ticket WHERE id = ?", (ids[1],))
    database.execute("INSERT INTO ticket (id) VALUES ('zz')")
    found = compare(database)
    assert set(found) == {
        Difference("ticket", (ids[0], HALL), "prefix", Wrong.DIFFERS),
        Difference("ticket", (ids[1], HALL), "", Wrong.MISSING),
        Difference("ticket", ("zz", ""), "", Wrong.EXTRA),
    }
    rebuild_in_place(database)
    assert compare(database) == []


def test_comparing_leaves_no_scratch_file_and_does_not_hold_up_writers(journal: Journal, folder: Path) -> None:
    issue_tickets(journal, 2)
    before = {path.name for path in folder.iterdir()}
    assert compare(journal.database) == []
    assert {path.name for path in folder.iterdir()} == before
    issue_tickets(journal, 1)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (b'{"s":1,"k":"pigeon.sent","v":1,"t":1,"m":1,"b":"b","a":"-","h":"x","d":{}}', "unknown_kind"),
        (b'{"s":1,"k":"ticket.issued","v":9,"t":1,"m":1,"b":"b","a":"-","h":"x","d":{}}', "unknown_kind"),
        (b'{"s":1,"k":"ticket.issued","v":1,"t":1,"m":1,"b":"b","a":"-","h":"x","d":{"day":7}}', "bad_data"),
        (b"no json at all", "unreadable"),
    ],
)
def test_a_line_that_is_not_understood_is_put_aside_and_blocks_nothing(journal: Journal, line: bytes, why: str) -> None:
    issue_tickets(journal, 1)
    journal.database.execute("INSERT INTO event VALUES (2, 'other', 0, 1, ?, ?)", (line, b"h" * 32))
    issue_tickets(journal, 1)
    assert rebuild_in_place(journal.database).quarantined == 1
    assert journal.database.rows("SELECT * FROM quarantine") == [("other", 0, 1, why)]
    assert journal.database.value("SELECT count(*) FROM ticket") == 2


def placed(node: str, seq: int, causal: int, fact: Any, t: int = 0) -> Placed:
    name = digest(node, seq)
    return Placed(fact, id_of(node, seq), causal_order(causal, name), node, t, t, "b", "1001", HALL)


def call(ticket: str, wait_s: int) -> f.TicketCalled:
    return f.TicketCalled(
        ticket=ticket, number="A1", window=W1, staff="1001", nth=1, day=DAY, prefix="A", wait_s=wait_s
    )


def test_a_first_call_undone_at_one_node_and_made_at_another_is_the_later_one(tables: Database) -> None:
    ticket = id_of("n1", 1)
    idle = f.WindowNow(f.WindowState.IDLE)
    undo = f.ActionUndone(
        "x", f.CounterAction.CALL, staff="1001", window=W1, window_now=idle, ticket=ticket, first_call=call(ticket, 30)
    )
    first, taken_back = placed("n2", 1, 1, call(ticket, 30), 30), placed("n2", 2, 2, undo, 31)
    second = placed("n3", 1, 3, call(ticket, 90), 90)
    assert after(tables, [second, first, taken_back]) == after(tables, [first, taken_back, second])


def test_a_day_opened_by_two_nodes_of_a_hall_is_the_same_everywhere(tables: Database) -> None:
    one, other = placed("n1", 1, 1, f.DayOpened(DAY), 100), placed("n2", 1, 1, f.DayOpened(DAY), 200)
    assert after(tables, [one, other]) == after(tables, [other, one])
