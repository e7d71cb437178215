"""R31: who changed what, when and from where; at a hall, at a centre, and for whom it is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from hallterm.locale import use
from hallterm.report_desk import ReportRequest, read_report
from hallterm.reports.audit import DEEDS
from hallterm.reports.make import make
from hallterm.rules.day import midnight_t
from hallterm.workflows.desk import Desk, Refused
from storage import facts
from storage.facts import Moment, Role
from storage.journal import Journal
from storage.local import Board
from storage.views import audit

HALL, DAY, NEXT = "360600001", "2026-11-20", "2026-11-21"


def at(day: str, minute: int) -> Moment:
    return Moment(t=midnight_t(day) + minute * 60_000, m=minute * 60_000, boot="b")


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    use("en")
    made = Journal.open(tmp_path / "hall.db")
    made.found(f"{HALL}-01", HALL)
    with made.write("-", at(DAY, 480)) as tx:
        tx.record(facts.HallSet(HALL, "One"))
        tx.record(facts.DayOpened(DAY))
        for number, name in (("3001", "Mei"), ("3002", "Wang")):
            tx.record(facts.StaffSet(number, name, HALL))
        tx.record(facts.GrantSet("3002", Role.HALL_DIRECTOR, HALL))
    with made.write("3002", at(DAY, 490)) as tx:
        tx.record(facts.SignOnDone("3002", DAY, "", False, "10.1.2.3"))
        tx.record(facts.SettingSet("call_timeout_s", "90", HALL, NEXT))
        tx.record(facts.TicketIssued(DAY, "A001", "A"))
    with made.write("3001", at(DAY, 500)) as tx:
        tx.record(facts.SignOnDone("3001", DAY, f"{HALL}-03", True))
    with made.write("3002", at(DAY, 510)) as tx:
        tx.record(facts.SignOffDone("3002", DAY, ""))
    with made.write("3002", at(NEXT, 490)) as tx:
        tx.record(facts.SignOnDone("3002", NEXT, "", False))
        tx.record(facts.GrantSet("3001", Role.GUIDE, HALL))
    yield made
    made.close()


def rows(journal: Journal, day: str, scope: str = HALL) -> list[tuple[object, ...]]:
    return [row.cells[2:] for row in make(journal.database, "R31", day, scope, at(NEXT, 600)).rows]


def test_each_deed_has_its_person_and_the_address_of_the_session(
    journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit, "CHUNK", 3)
    assert rows(journal, DAY) == [
        ("Wang", "signed on", DAY, "", "10.1.2.3"),
        ("Wang", "setting", "call_timeout_s 90", "", "10.1.2.3"),
        ("Mei", "signed on", f"{HALL}-03 {DAY}", "3", "at the machine"),
        ("Wang", "signed off", DAY, "", "10.1.2.3"),
    ]
    assert rows(journal, NEXT)[1] == ("Wang", "gave a right", f"3001 guide {HALL}", "", "at the machine")
    assert [row[0] for row in rows(journal, DAY, "3001")] == ["Mei"]


def test_at_a_centre_its_own_log_and_each_hall_can_be_read(journal: Journal, tmp_path: Path) -> None:
    from storage.receive import accept
    from tests.sync.facts import batch_of

    centre = Journal.open(tmp_path / "centre.db")
    centre.found("centre-1", "")
    have = journal.own_seq()
    accept(centre, batch_of(journal, 1, have), 0)
    with centre.write("9001", at(DAY, 700)) as tx:
        tx.record(facts.SettingSet("call_timeout_s", "60", "360600", NEXT))
    assert rows(centre, DAY) == rows(journal, DAY)
    assert rows(centre, DAY, "360600") == [("9001", "setting", "call_timeout_s 60", "", "at the machine")]
    centre.close()


def test_only_who_may_see_the_audit_log_sees_it(journal: Journal, tmp_path: Path) -> None:
    asked = ReportRequest("R31", DAY, HALL)
    board = Board(tmp_path / "local.db")
    assert read_report(Desk(journal, board, HALL, "", "3002"), at(NEXT, 600), asked).rows
    with pytest.raises(Refused):
        read_report(Desk(journal, board, HALL, "", "3001"), at(NEXT, 600), asked)


def test_every_deed_is_a_kind_of_the_house() -> None:
    assert set(DEEDS) <= set(facts.KINDS)
