"""The guide's cards and no-shows at the ticket machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from hallterm.screens.kiosk import KioskScreen
from hallterm.workflows import counter
from hallterm.workflows.outages import declare
from hallterm.workflows.reference import StaffDraft, add_staff
from storage import views
from storage.facts import FaultKind, GrantSet, Role, StaffSet, TicketClass
from storage.views.outages import card_by_number
from tests.hallterm.screens.pages import shown, type_in, until
from tests.hallterm.workflows.conftest import hall_folder as hall_folder
from tests.hallterm.workflows.conftest import shift as shift
from tests.hallterm.workflows.founded import ADMIN, HALL, PASSWORD
from tests.hallterm.workflows.shift import Shift

DAY = "2026-11-24"


@pytest.fixture(autouse=True)
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.vault.PASSES", 1)
    monkeypatch.setattr("hallterm.workflows.sign_on.PASSES", 1)


async def test_the_guide_gives_a_card_takes_one_and_brings_a_no_show_back(shift: Shift, tmp_path: Path) -> None:
    guide = StaffDraft("0500", "导", (Role.GUIDE,), password=PASSWORD)
    add_staff(shift.stores.desk(staff=ADMIN), shift.stores.vault, guide, shift.clock())
    with shift.stores.journal.write(ADMIN, shift.clock()) as tx:
        tx.record(StaffSet("0301", "周磊", HALL))
        tx.record(GrantSet("0301", Role.DUTY_LEADER, HALL))
    desk = shift.open()
    gone = shift.ticket(shift.call(desk)).number
    for _ in range(2):
        shift.do(counter.recall, desk, after_s=21)
    shift.do(counter.no_show, desk, after_s=21)
    declare(shift.stores.desk(0, "0301"), shift.clock.after(1), FaultKind.TAX_CORE)
    now = shift.clock.after(60)
    async with shown(KioskScreen(), tmp_path / "data", now) as (house, pilot):
        await until(pilot, lambda: "市办税厅" in house.text())
        await pilot.press("f4")
        await type_in(pilot, f"0500\n{PASSWORD}\n")
        await until(pilot, lambda: "功能键可用" in house.text())
        house.later(1)
        await pilot.press("f8")
        await type_in(pilot, f"{gone}\n")
        await until(pilot, lambda: f"{gone} 重新等候" in house.text())
        house.later(1)
        await pilot.press("insert")
        await type_in(pilot, "b\n")
        await until(pilot, lambda: "优先卡 K1124-001 在打印" in house.text())
        house.later(1)
        await pilot.press("insert")
        await type_in(pilot, "k1124-001\n")
        await until(pilot, lambda: "优先卡已用" in house.text())
    assert "print_card" in [one.kind for one in shift.stores.board.take_requests(now)]
    card = card_by_number(shift.db, HALL, "K1124-001")
    assert card is not None
    assert card.used_ticket
    classes = {row.cls for row in views.waiting(shift.db, HALL, DAY)}
    assert classes == {TicketClass.REINSTATED, TicketClass.OUTAGE_CARD}
