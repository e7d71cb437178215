"""Paper: back-entries with a second person, cards, kept papers, the last service before a fault, receipts, T5."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from hallterm.workflows import counter, outage_cards
from hallterm.workflows.back_entering import Slip, confirm_entry, enter, refuse_entry
from hallterm.workflows.desk import Desk, Refused
from hallterm.workflows.outages import declare, end
from storage.facts import FaultKind, GrantSet, LastTransaction, Role, StaffSet, TicketClass, TicketState
from storage.views.outages import card_by_number, entries_waiting, open_outages, open_receipts, outages, papers
from tests.hallterm.workflows.founded import HALL, at
from tests.hallterm.workflows.shift import MEI, WEI, Shift, on_copy

LEADER, OTHER_LEADER, GUIDE = "0301", "0302", "0501"
DAY = "2026-11-24"


@pytest.fixture
def cut(hall_folder: Path, tmp_path: Path) -> Iterator[Shift]:
    """A power failure from 09:00 to 10:00, confirmed; it is over."""
    with on_copy(hall_folder, tmp_path / "data") as shift:
        with shift.stores.journal.write("0001", shift.clock()) as tx:
            for number, role in (
                *((LEADER, Role.DUTY_LEADER), (OTHER_LEADER, Role.DUTY_LEADER), (GUIDE, Role.GUIDE)),
                *((MEI, Role.CLERK), (WEI, Role.CLERK)),
            ):
                tx.record(StaffSet(number, f"n{number}", HALL))
                tx.record(GrantSet(number, role, HALL))
        declare(leader(shift), shift.clock(), FaultKind.POWER)
        yield shift


def over(shift: Shift) -> None:
    (row,) = open_outages(shift.db, HALL)
    end(leader(shift), shift.clock.after(3600), row.id)


def leader(shift: Shift, staff: str = LEADER) -> Desk:
    return shift.stores.desk(0, staff)


def clerk(shift: Shift) -> Desk:
    return shift.stores.desk(1, MEI)


def slip(start: str = "09:10", end: str = "09:20", number: str = "S001", **more: object) -> Slip:
    return Slip(number, "B01", at(start).t, at(end).t, **more)  # type: ignore[arg-type]


def refusal(work: object, *args: object, **more: object) -> str:
    with pytest.raises(Refused) as refused:
        work(*args, **more)  # type: ignore[operator]
    return refused.value.reason.text()


SUMS = (
    *("services", "quantity", "std_milliminutes", "back_entries", "timed", "timed_counted_s", "timed_std_milliminutes"),
    *("overtime", "unrated", "exempt", "rated"),
)


def test_an_entry_counts_for_business_once_another_person_confirms_it(cut: Shift) -> None:
    over(cut)
    enter(clerk(cut), cut.clock.after(60), slip())
    (row,) = entries_waiting(cut.db, HALL)
    assert [cut.figure(one) for one in SUMS] == [0] * len(SUMS)
    assert "duty leader" in refusal(confirm_entry, clerk(cut), cut.clock(), row.id)
    confirm_entry(leader(cut), cut.clock.after(60), row.id)
    assert [cut.figure(one) for one in SUMS] == [1, 1, 4800, 1, 0, 0, 0, 0, 1, 1, 0]
    found = cut.db.rows("SELECT entry_mode, state, rating, start_t, end_t, staff FROM service")
    assert found == [("back_entry", "finished", "unrated", at("09:10").t, at("09:20").t, MEI)]
    assert refusal(confirm_entry, leader(cut), cut.clock(), row.id).startswith("this entry was confirmed")
    cut.check()


def test_nobody_confirms_what_he_entered_or_served(cut: Shift) -> None:
    over(cut)
    enter(leader(cut), cut.clock.after(60), slip(staff=MEI, window=f"{HALL}-01"))
    enter(leader(cut), cut.clock.after(60), slip("09:30", "09:40", "S002", staff=OTHER_LEADER, window=f"{HALL}-02"))
    first, second = entries_waiting(cut.db, HALL)
    for desk, row in ((leader(cut), first), (leader(cut), second), (leader(cut, OTHER_LEADER), second)):
        assert refusal(confirm_entry, desk, cut.clock(), row.id).startswith("another person confirms it")
    confirm_entry(leader(cut, OTHER_LEADER), cut.clock(), first.id)


def test_an_entry_lies_in_a_recorded_outage_with_a_slip_of_its_own(cut: Shift) -> None:
    over(cut)
    now = cut.clock.after(1800)
    assert "outside the outage" in refusal(enter, clerk(cut), now, slip("08:40", "08:50"))
    assert "slip is missing" in refusal(enter, clerk(cut), now, slip(number=" "))
    enter(clerk(cut), now, slip("08:45", "08:55"))
    assert "was entered already" in refusal(enter, clerk(cut), now, slip("09:00", "09:05", "s001"))
    assert "overlaps" in refusal(enter, clerk(cut), now, slip("08:50", "09:05", "S002"))
    assert "no code Z99" in refusal(enter, clerk(cut), now, Slip("S9", "Z99", at("09:30").t, at("09:31").t))
    (row,) = entries_waiting(cut.db, HALL)
    assert refusal(refuse_entry, leader(cut), now, row.id, "") == "say in a few words why"
    refuse_entry(leader(cut), now, row.id, "the slip says another time")
    enter(clerk(cut), now, slip("08:50", "09:05"))
    cut.check()


def test_a_matter_that_the_outage_paused_leaves_the_hands_free(cut: Shift) -> None:
    (row,) = open_outages(cut.db, HALL)
    end(leader(cut), cut.clock.after(1), row.id)
    desk = cut.open(1, MEI)
    cut.serve(desk)
    declare(leader(cut), cut.clock.after(600), FaultKind.TAX_CORE)
    cut.clock.after(3600)
    again = Slip("S003", "B01", cut.clock().t - 1800_000, cut.clock().t - 1200_000)
    assert enter(desk, cut.clock(), again).words.text().startswith("slip S003")
    before = Slip("S004", "B01", cut.clock().t - 3700_000, cut.clock().t - 3650_000)
    assert "overlaps" in refusal(enter, desk, cut.clock(), before)


def test_after_the_next_working_day_nothing_is_entered_any_more(cut: Shift) -> None:
    over(cut)
    cut.clock.t = at("18:01", "2026-11-25").t
    cut.clock.m += 32 * 3600_000
    assert refusal(enter, clerk(cut), cut.clock(), slip()).startswith("no power failure or fault")


def test_a_card_goes_first_once_within_five_working_days(cut: Shift) -> None:
    cut.issue("B")
    card = outage_cards.issue_card(leader(cut), cut.clock.after(60), "B")
    assert (card.number, card.words.text()) == ("K1124-001", "card K1124-001: goes first, once, until 2026-12-01")
    row = card_by_number(cut.db, HALL, card.number)
    assert row is not None
    assert len(row.signature) == 16
    guide = cut.stores.desk(0, GUIDE)
    assert "no card K9" in refusal(outage_cards.use_card, guide, cut.clock(), "K9")
    used = outage_cards.use_card(guide, cut.clock.after(60), "k1124-001")
    assert cut.ticket(used.ticket).cls is TicketClass.OUTAGE_CARD
    assert "was used on 2026-11-24" in refusal(outage_cards.use_card, guide, cut.clock(), card.number)
    desk = cut.open(1, MEI)
    assert cut.do(counter.call, desk).ticket == used.ticket
    second = outage_cards.issue_card(leader(cut), cut.clock.after(60), "B").number
    cut.clock.t = at("10:00", "2026-12-02").t
    assert "was good until 2026-12-01" in refusal(outage_cards.use_card, guide, cut.clock(), second)
    cut.check()


def test_papers_are_kept_under_their_slip_and_the_telephone_in_the_vault(cut: Shift) -> None:
    outage_cards.accept_papers(clerk(cut), cut.clock.after(1), "p7", "B01", contact="13800001111")
    (row,) = open_outages(cut.db, HALL)
    (kept,) = papers(cut.db, HALL, row.id)
    assert (kept.slip, kept.code, kept.staff) == ("P7", "B01", MEI)
    assert cut.stores.vault.reveal(kept.ref) == "13800001111"
    assert "13800001111" not in str(cut.stores.facts("paper.accepted"))
    assert "on record already" in refusal(outage_cards.accept_papers, clerk(cut), cut.clock(), "P7", "B01")
    over(cut)
    assert "no fault" in refusal(outage_cards.accept_papers, clerk(cut), cut.clock(), "P8", "B01")


def test_after_recovery_the_last_service_of_each_window_is_asked_for(cut: Shift) -> None:
    (first,) = open_outages(cut.db, HALL)
    end(leader(cut), cut.clock.after(1), first.id)
    desk = cut.open(1, MEI)
    cut.serve(desk)
    declare(leader(cut), cut.clock.after(60), FaultKind.TAX_CORE)
    (row,) = open_outages(cut.db, HALL)
    end(leader(cut), cut.clock.after(600), row.id)
    row = outages(cut.db, (HALL, DAY, DAY))[0]
    (last,) = outage_cards.unanswered(desk, row)
    assert (last.window, last.staff, last.code) == (desk.window, MEI, "B01")
    with pytest.raises(Refused):
        outage_cards.answer_last(cut.stores.desk(2, WEI), cut.clock(), row.id, last.window, LastTransaction.COMPLETED)
    outage_cards.answer_last(desk, cut.clock.after(1), row.id, last.window, LastTransaction.NOT_COMPLETED)
    assert outage_cards.unanswered(desk, row) == []
    cut.check()


def test_a_receipt_written_by_hand_is_open_until_it_is_entered(cut: Shift) -> None:
    outage_cards.write_receipt(clerk(cut), cut.clock.after(1), "r-17", "VAT", 12_300, 50)
    assert "on record" in refusal(outage_cards.write_receipt, clerk(cut), cut.clock(), "R-17", "VAT", 1)
    assert "more than nothing" in refusal(outage_cards.write_receipt, clerk(cut), cut.clock(), "R-18", "VAT", 0)
    (row,) = open_receipts(cut.db, HALL, "2026-11-30")
    assert (row.receipt_no, row.amount_fen, row.late_fee_fen) == ("R-17", 12_300, 50)
    outage_cards.enter_receipt(clerk(cut), cut.clock.after(1), "R-17")
    assert open_receipts(cut.db, HALL) == []
    assert "no open receipt" in refusal(outage_cards.enter_receipt, clerk(cut), cut.clock(), "R-17")
    cut.check()


def no_show(shift: Shift, desk: Desk, number: str = "") -> str:
    ticket = shift.do(counter.call, desk).ticket if number else shift.call(desk)
    for _ in range(2):
        shift.do(counter.recall, desk, after_s=21)
    shift.do(counter.no_show, desk, after_s=21)
    return shift.ticket(ticket).number


def test_a_no_show_waits_again_once_and_is_taken_out_of_the_sums(cut: Shift) -> None:
    desk, guide = cut.open(1, MEI), cut.stores.desk(0, GUIDE)
    number = no_show(cut, desk)
    assert cut.figure("no_shows") == 1
    with pytest.raises(Refused):
        outage_cards.reinstate(cut.stores.desk(1, MEI), cut.clock(), number)
    assert outage_cards.reinstate(guide, cut.clock.after(600), number.lower()) == number
    row = cut.db.rows("SELECT state, cls, calls, result FROM ticket")
    assert row == [(TicketState.WAITING, TicketClass.REINSTATED, 0, "")]
    assert cut.figure("no_shows") == 0
    assert "is no no-show" in refusal(outage_cards.reinstate, guide, cut.clock(), number)
    assert no_show(cut, desk, number) == number
    assert "once already" in refusal(outage_cards.reinstate, guide, cut.clock(), number)
    assert cut.figure("no_shows") == 1
    cut.check()


def test_after_half_an_hour_a_no_show_takes_a_new_number(cut: Shift) -> None:
    desk, guide = cut.open(1, MEI), cut.stores.desk(0, GUIDE)
    number = no_show(cut, desk)
    assert "30 minutes are over" in refusal(outage_cards.reinstate, guide, cut.clock.after(1800), number)
