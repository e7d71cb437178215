"""The page of faults and back-entries on real files: what is drawn, what is asked a second time, what is recorded."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot

from hallterm.modes import BACK_ENTRY, OUTAGES, allowed
from hallterm.rules.day import business_day
from hallterm.screens.outage_words import times_t
from hallterm.screens.outages import BackEntryScreen, OutageScreen
from hallterm.workflows import counter
from hallterm.workflows.back_entering import Slip, enter
from hallterm.workflows.outage_cards import accept_papers, issue_card, write_receipt
from hallterm.workflows.outages import declare, end
from hallterm.workflows.sign_on import SignedOn
from storage import views
from storage.access import Grant
from storage.facts import FaultKind, GrantSet, Moment, PauseReason, Role, StaffSet, WindowState
from storage.views import StaffRow
from storage.views.outages import entries_waiting, open_outages, open_receipts, outages
from tests.hallterm.screens.pages import SIZE, House, check_golden, shown, type_in, until
from tests.hallterm.workflows.founded import HALL, Stores, at
from tests.hallterm.workflows.shift import MEI, WEI, Shift, make_hall

LEADER, OTHER = "0301", "0302"
DAY = "2026-11-24"
NOW = at("10:45")
WIDE = (120, 40)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A morning: a power failure that is over, a tax system that is down, a long pause, slips, papers, a receipt."""
    folder = tmp_path_factory.mktemp("faults") / "data"
    make_hall(folder)
    stores = Stores(folder)
    shift = Shift(stores)
    try:
        with stores.journal.write("0001", shift.clock()) as tx:
            for number, name, role in (
                *((LEADER, "周磊", Role.DUTY_LEADER), (OTHER, "王建国", Role.DUTY_LEADER)),
                *((MEI, "张晓梅", Role.CLERK), (WEI, "李伟", Role.CLERK)),
            ):
                tx.record(StaffSet(number, name, HALL))
                tx.record(GrantSet(number, role, HALL))
        a_morning(shift)
    finally:
        stores.close()
    return folder


def a_morning(shift: Shift) -> None:
    leader, mei, wei = shift.stores.desk(0, LEADER), shift.open(1, MEI), shift.open(2, WEI)
    shift.serve(mei)
    shift.serve(wei)
    declare(leader, shift.clock.after(60), FaultKind.POWER)
    accept_papers(mei, shift.clock.after(60), "P7", "B01", contact="13800001111")
    issue_card(leader, shift.clock.after(60), "B")
    end(leader, shift.clock.after(1800), open_outages(shift.db, HALL)[0].id)
    write_receipt(mei, shift.clock.after(10), "R-17", "增值税", 12_300, 500)
    start_t = at("09:10").t
    enter(mei, shift.clock.after(60), Slip("S001", "B01", start_t, start_t + 600_000))
    shift.pads = False
    for desk in (mei, wei):
        shift.show_pad(desk.window, "lost")
        shift.do(counter.finish, desk, after_s=10)
    shift.serve(wei)
    shift.do(counter.pause, wei, PauseReason.SYSTEM_FAULT)
    shift.do(counter.resume, wei, after_s=900)
    declare(wei, shift.clock.after(10), FaultKind.TAX_CORE)


@pytest.fixture
def stores(made: Path, tmp_path: Path) -> Iterator[Stores]:
    shutil.copytree(made, tmp_path / "data")
    stores = Stores(tmp_path / "data")
    yield stores
    stores.close()


@asynccontextmanager
async def page(
    folder: Path,
    staff: str = LEADER,
    language: str = "en",
    size: tuple[int, int] = SIZE,
    screen: OutageScreen | None = None,
    now: Moment = NOW,
) -> AsyncIterator[tuple[House, Pilot[None]]]:
    one = screen or OutageScreen()
    async with shown(one, folder / "data", now, size=size, language=language, staff=staff) as (house, pilot):
        await until(pilot, lambda: one.pane.is_read or one.message)
        yield house, pilot
        await house.workers.wait_for_complete()  # what is being read again meanwhile


def said(house: House) -> str:
    return house.rows[-3].strip()


async def turn(house: House, pilot: Pilot[None]) -> None:
    """F7, a second after the last key: sooner it is the same press."""
    house.later(1)
    await pilot.press("f7")
    await pilot.pause()


@pytest.mark.parametrize("language", ["zh_CN", "en"])
@pytest.mark.parametrize("size", [SIZE, WIDE])
async def test_what_a_leader_sees(stores: Stores, tmp_path: Path, language: str, size: tuple[int, int]) -> None:
    name = "" if size == SIZE else "-120x40"
    async with page(tmp_path, language=language, size=size) as (house, pilot):
        for pane in ("list", "pauses", "entries", "last", "papers"):
            check_golden(house, f"faults-{pane}-{language}{name}", size)
            await turn(house, pilot)


async def test_a_clerk_reports_by_a_digit_and_may_not_confirm(stores: Stores, tmp_path: Path) -> None:
    async with page(tmp_path, MEI) as (house, pilot):
        await pilot.press("insert")
        await until(pilot, lambda: "What is out of order" in house.text())
        await pilot.press("2")
        await until(pilot, lambda: "Network: reported" in said(house))
        await pilot.press("f8")
        await until(pilot, lambda: said(house) == "X F8  a leader does that")
    assert [one.fault for one in open_outages(stores.journal.database, HALL)] == [FaultKind.TAX_CORE, FaultKind.NETWORK]


async def test_a_leader_confirms_tells_when_and_ends(stores: Stores, tmp_path: Path) -> None:
    db = stores.journal.database
    async with page(tmp_path) as (house, pilot):
        await pilot.press("f8")
        await until(pilot, lambda: "confirmed, with its pauses" in said(house))
        await pilot.press("ctrl+o")
        await type_in(pilot, "1115")
        await pilot.press("enter")
        await until(pilot, lambda: open_outages(db, HALL)[0].back_t == at("11:15").t)
        await until(pilot, lambda: "11:15" in house.text())
        await pilot.press("f6")
        await until(pilot, lambda: "windows go on" in said(house))
    assert open_outages(db, HALL) == []
    assert {row.state for row in views.windows(db, HALL)} >= {WindowState.SERVING}


async def test_a_fault_that_was_none_is_withdrawn_with_words_and_a_second_press(stores: Stores, tmp_path: Path) -> None:
    db = stores.journal.database
    async with page(tmp_path) as (house, pilot):
        await pilot.press("f9")
        await type_in(pilot, "no fault")
        await pilot.press("enter")
        await until(pilot, lambda: "again within 3 seconds" in said(house))
        assert open_outages(db, HALL) != []
        house.later(1)
        await pilot.press("f9")
        await until(pilot, lambda: "withdrawn. Its pauses count again" in said(house))
    assert open_outages(db, HALL) == []


async def test_from_afar_every_write_is_asked_for_twice(
    stores: Stores, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSH_CONNECTION", "10.0.0.1 1 10.0.0.2 22")
    db = stores.journal.database
    async with page(tmp_path) as (house, pilot):
        await pilot.press("f8")
        await until(pilot, lambda: "for the whole hall? F8 again within 3 seconds" in said(house))
        assert not open_outages(db, HALL)[0].confirmed_t
        house.later(1)
        await pilot.press("f8")
        await until(pilot, lambda: open_outages(db, HALL)[0].confirmed_t)


async def test_a_pause_is_confirmed_and_f5_leads_to_it(stores: Stores, tmp_path: Path) -> None:
    async with page(tmp_path) as (house, pilot):
        await pilot.press("f5")
        await until(pilot, lambda: "Fault pauses over 10 minutes" in house.text())
        await pilot.press("f8")
        await until(pilot, lambda: "is confirmed: it stays excluded" in said(house))
        await until(pilot, lambda: "No pause waits for a word" in house.text())


async def test_a_slip_is_typed_and_another_person_confirms_it(stores: Stores, tmp_path: Path) -> None:
    db = stores.journal.database
    async with page(tmp_path, screen=BackEntryScreen()) as (house, pilot):
        await until(pilot, lambda: "S001" in house.text())
        await pilot.press("f8")
        await until(pilot, lambda: "confirmed, it counts from now on" in said(house))
        await pilot.press("insert")
        for text in ("s2", "b01*1", "0923-0927", "0318 2"):
            await type_in(pilot, text)
            await pilot.press("enter")
        await until(pilot, lambda: "slip S2, B01, 09:23-09:27: entered" in said(house))
        await until(pilot, lambda: "S2" in house.text())
        await pilot.press("f8")
        await until(pilot, lambda: "another person confirms it" in said(house))
    (row,) = entries_waiting(db, HALL)
    assert (row.slip, row.staff, row.window) == ("S2", WEI, f"{HALL}-02")
    assert db.value("SELECT count(*) FROM service WHERE entry_mode = 'back_entry'") == 1


@pytest.mark.parametrize("times", ["0923-0927", "11-24 09:23-09:27"])
async def test_a_slip_is_entered_on_the_next_day(stores: Stores, tmp_path: Path, times: str) -> None:
    """Of the day of the fault, whose slips may be entered until the end of the next working day."""
    async with page(tmp_path, screen=BackEntryScreen(), now=at("09:05", "2026-11-25")) as (house, pilot):
        await until(pilot, lambda: "S001" in house.text())
        await pilot.press("insert")
        for text in ("s2", "b01", times, "0318 2"):
            await type_in(pilot, text)
            await pilot.press("enter")
        await until(pilot, lambda: "slip S2, B01, 09:23-09:27: entered" in said(house))
    row = next(one for one in entries_waiting(stores.journal.database, HALL) if one.slip == "S2")
    assert business_day(row.from_t) == DAY


def test_times_of_another_day_are_those_of_the_last_such_day() -> None:
    start, end = at("09:10", "2025-12-31").t, at("09:20", "2025-12-31").t
    assert times_t("12-31 09:10-0920", "2026-01-02") == (start, end)
    assert times_t("02-30 09:10-09:20", "2026-03-02") is None


async def test_what_cannot_be_read_is_said_and_nothing_is_entered(stores: Stores, tmp_path: Path) -> None:
    async with page(tmp_path, screen=BackEntryScreen()) as (house, pilot):
        await pilot.press("insert")
        for text in ("s3", "b01", "9 to 10", "0318 2"):
            await type_in(pilot, text)
            await pilot.press("enter")
        await until(pilot, lambda: said(house).startswith("X from and to, as 09:10-09:20"))
    assert len(entries_waiting(stores.journal.database, HALL)) == 1


async def test_a_digit_answers_for_the_last_service(stores: Stores, tmp_path: Path) -> None:
    db = stores.journal.database
    async with page(tmp_path) as (house, pilot):
        for _ in range(3):
            await turn(house, pilot)
        await until(pilot, lambda: "Last before the fault" in house.text())
        await pilot.press("2")
        await until(pilot, lambda: "window 1: not done there" in said(house))
        await pilot.press("1")
        await until(pilot, lambda: "Nothing is asked for" in house.text())
    over = next(one for one in outages(db, (HALL, DAY, DAY)) if one.to_t)
    found = db.rows("SELECT answer FROM last_answer WHERE outage = ? ORDER BY window", (over.id,))
    assert found == [("not_completed",), ("completed",)]


async def test_a_receipt_is_written_and_later_entered(stores: Stores, tmp_path: Path) -> None:
    db = stores.journal.database
    async with page(tmp_path, MEI) as (house, pilot):
        for _ in range(4):
            await turn(house, pilot)
        await until(pilot, lambda: "R-17" in house.text())
        await pilot.press("insert")
        for text in ("r9", "VAT", "88.5 x"):
            await type_in(pilot, text)
            await pilot.press("enter")
        await until(pilot, lambda: said(house).startswith("X amounts in yuan"))
        await until(pilot, lambda: "[88.5 x_" in house.text())  # what is refused stays in its field
        await pilot.press("escape")
        await asyncio.sleep(0.2)  # a person's pace
        await pilot.press("f8")
        await until(pilot, lambda: "receipt R-17 stands" in said(house))
    assert open_receipts(db, HALL) == []


async def test_who_may_not_see_it_is_told_and_sees_nothing(stores: Stores, tmp_path: Path) -> None:
    with stores.journal.write("0001", at("10:40")) as tx:
        tx.record(StaffSet("0501", "导税", HALL))
        tx.record(GrantSet("0501", Role.GUIDE, HALL))
    async with page(tmp_path, "0501") as (house, pilot):
        await until(pilot, lambda: said(house).startswith("X"))
        assert "Faults of" not in house.text()
        await pilot.press("insert")
        assert "What is out of order" not in house.text()


@pytest.mark.parametrize(
    ("role", "opens"),
    [
        (Role.CLERK, {OUTAGES, BACK_ENTRY}),
        (Role.DUTY_LEADER, {OUTAGES, BACK_ENTRY}),
        (Role.TECHNICIAN, {OUTAGES}),
        (Role.GUIDE, set()),
        (Role.ASSESSOR, set()),
    ],
)
def test_the_menu_has_the_page_for_whom_it_is(role: Role, opens: set[str]) -> None:
    signed = SignedOn(StaffRow("0317", "n", HALL, True), (role,), grants=(Grant(role, HALL),))
    assert {OUTAGES, BACK_ENTRY} & set(allowed(signed, HALL)) == opens
