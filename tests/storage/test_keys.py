"""Every table of facts can be placed by hall: its primary key holds the hall."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from storage import schema
from storage.database import open_sqlite
from storage.tables import DERIVED_MODELS, JOURNAL_MODELS

DISTRIBUTED_BY = "hall"
REFERENCE = {"hall", "window", "staff", "staff_grant", "setting"}
"""Small, read with every hall's rows, edited at one place: a copy on each server (Citus: reference tables)."""
OF_THIS_STORE = {"meta", "log", "event", "segment", "snapshot", "clock_sample", "feed", "node_state", "enrol_offer"}
"""The journal itself: in one order, with one mark a log, written by one transaction at a time."""
OF_NODES = {"node", "carried", "quarantine"}
"""Named by node, epoch and seq: what is known of senders and their lines, not of halls."""

OF_A_NUMBER_HOST = {"claim", "own_number", "lan_down", "window_place", "double"}
"""What the PCs of one hall agree on among themselves; a row or two a day each, of no use above the hall."""

OF_PEOPLE = {
    *("attendance_correction", "leave_decision", "leave_request", "off_post", "post", "schedule_slot", "substitution"),
    *("appeal", "case_step", "rating_card", "rating_case", "revoked_rating", "reward", "calendar_year"),
}
"""Attendance and cases: a few rows a day, and a fact about one may be another node's, whose hall is not the row's."""


def _tables() -> dict[str, set[str]]:
    found = {}
    for model in (*JOURNAL_MODELS, *DERIVED_MODELS):
        meta: Any = model._meta
        found[str(meta.table_name)] = {field.column_name for field in meta.get_primary_keys()}
    return found


def test_the_key_of_every_table_of_facts_holds_the_hall(tmp_path: Path) -> None:
    exceptions = REFERENCE | OF_THIS_STORE | OF_NODES | OF_A_NUMBER_HOST | OF_PEOPLE
    tables = _tables()
    assert exceptions <= set(tables)
    assert {name for name, key in tables.items() if DISTRIBUTED_BY not in key} == exceptions
    database = open_sqlite(tmp_path / "t.db")
    schema.migrate(database)
    for name, key in tables.items():
        rows = database.rows(f'PRAGMA table_info("{name}")')
        assert {row[1] for row in rows if row[5]} == key, name
        if name not in exceptions:
            for index in database.rows(f'PRAGMA index_list("{name}")'):
                columns = {row[2] for row in database.rows(f'PRAGMA index_info("{index[1]}")')}
                assert not index[2] or DISTRIBUTED_BY in columns, (name, columns)
    database.close()


@pytest.mark.parametrize("table", ["ticket", "service", "rating"])
def test_one_id_at_two_halls_is_two_rows(table: str, tmp_path: Path) -> None:
    database = open_sqlite(tmp_path / "t.db")
    schema.migrate(database)
    for hall in ("360600001", "360600002"):
        database.execute(f'INSERT INTO "{table}" (id, hall) VALUES (?, ?)', ("n/0/1/00000000", hall))
    assert database.value(f'SELECT count(*) FROM "{table}"') == 2
    database.close()
