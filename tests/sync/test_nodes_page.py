"""The page of the nodes says the same on SQLite and on PostgreSQL, of what really came over the protocol."""

from __future__ import annotations

from pathlib import Path

import pytest

from hallterm.workflows.centre_calendar import import_calendar, set_closing_day
from hallterm.workflows.centre_lists import centre_lists
from hallterm.workflows.desk import Desk
from hallterm.workflows.sync_look import node_detail, sync_look
from storage.facts import GrantSet, HallSet, NodeEnrolled, Role, StaffSet
from storage.journal import Journal
from storage.local import Board
from storage.receive import accept
from tests.sync.facts import at, batch_of, serve_visits
from tests.sync.trust import DEVICE_KEY

pytestmark = pytest.mark.postgresql


def test_both_engines_show_the_same(
    device: Journal, centre: Journal, postgresql_centre: Journal, tmp_path: Path
) -> None:
    serve_visits(device, 10)
    table = tmp_path / "2027.csv"
    table.write_text("day,kind,name\n2027-02-17,holiday,x\n", encoding="utf-8")
    batch, node = batch_of(device, 1, 40), device.identity.node
    board = Board(tmp_path / "local.db")
    pages = []
    for journal in (centre, postgresql_centre):
        with journal.write("-", at(0)) as tx:
            tx.record(HallSet(code="360600", name="City"))
            tx.record(HallSet(code="360600001", name="Hall"))
            tx.record(StaffSet("0001", "Wang", "360600"))
            tx.record(GrantSet("0001", Role.ADMIN, "360600"))
            tx.record(GrantSet("0001", Role.COLLECTION_DEPT, "360600"))
            tx.record(NodeEnrolled(node=node, scope="360600001", key=DEVICE_KEY.public))
        accept(journal, batch, at(1).t)
        import_calendar(journal, table, "360600", at(2), by="0001")
        set_closing_day(journal, "360600001", "2026-12-01", at(2), by="0001")
        desk = Desk(journal, board, "", staff="0001")
        lists = centre_lists(desk, at(3), "360600001")
        pages.append((sync_look(desk, at(3), counted=[node]), node_detail(desk, node), lists))
    assert pages[0] == pages[1]
    look, detail, lists = pages[0]
    (line,) = look.lines
    assert (line.node, line.have, bool(line.bytes_a_day), line.managed) == (node, 40, True, True)
    assert [(one.first, one.last) for one in detail.segments] == [(1, 40)]
    assert [one.day for one in lists.closing] == ["2026-12-01"]
    assert [one.year for one in lists.years] == [2027]
    board.close()
