"""Tickets: numbers never doubled, a closed hall issues none, estimates with their own figures."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from hallterm.workflows import counter
from hallterm.workflows.desk import Desk, Refused
from hallterm.workflows.sign_on import sign_on
from hallterm.workflows.ticketing import cancel, explanation, issue, queue_groups, reprint, slip
from storage import views
from storage.facts import HallKind, HallSet, Moment, TicketClass, TicketState
from storage.journal import Journal
from storage.local import Board
from tests.hallterm.workflows.founded import ADMIN, HALL, PASSWORD, RUN, Stores, at, founded

DAY = "2026-11-24"


@pytest.fixture(autouse=True)
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.vault.PASSES", 1)


@pytest.fixture
def stores(tmp_path: Path) -> Iterator[Stores]:
    with founded(tmp_path) as made:
        yield made


def test_numbers_count_by_group_and_day_and_special_ones_have_their_own(stores: Stores) -> None:
    desk = stores.desk()
    wanted = [("B", TicketClass.NORMAL)] * 2 + [("A", TicketClass.NORMAL), ("B", TicketClass.SPECIAL)]
    assert [issue(desk, at("09:00"), *one).number for one in wanted] == ["B001", "B002", "A001", "VB01"]
    assert issue(desk, at("09:00", "2026-11-25"), "B").number == "B001"
    first = views.ticket_by_number(stores.journal.database, HALL, DAY, "B001")
    assert first is not None
    assert (first.state, first.result) == (TicketState.CLOSED, "abandoned")


def take(folder: Path, now: Moment, count: int) -> list[str]:
    journal, board = Journal.open(folder / "hall.db"), Board(folder / "local.db")
    desk = Desk(journal, board, HALL)
    numbers = [issue(desk, now, "B").number for _ in range(count)]
    journal.close()
    board.close()
    return numbers


def test_two_kiosks_never_give_the_same_number(stores: Stores, tmp_path: Path) -> None:
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        both = pool.starmap(take, [(tmp_path, at("09:00"), 20)] * 2)
        pool.close()
        pool.join()
    assert sorted(both[0] + both[1]) == [f"B{n:03d}" for n in range(1, 41)]


@pytest.mark.parametrize(
    ("when", "day", "may"),
    [
        ("08:14", DAY, False),
        ("08:15", DAY, True),
        ("12:00", DAY, False),
        ("13:45", DAY, True),
        ("17:59", DAY, True),
        ("18:00", DAY, False),
        ("10:00", "2026-11-22", False),
        ("10:00", "2026-10-10", True),
        ("10:00", "2031-11-22", False),
        ("10:00", "2031-11-24", True),
    ],
)
def test_tickets_from_15_minutes_before_the_hall_opens_on_working_days(
    stores: Stores, when: str, day: str, may: bool
) -> None:
    with stores.journal.write("-", at(when, day)) as tx:
        before = len(tx.recorded)
    if may:
        assert issue(stores.desk(), at(when, day), "B").ticket
    else:
        with pytest.raises(Refused):
            issue(stores.desk(), at(when, day), "B")
        assert "ticket.issued" not in stores.kinds()
    assert before == 0


def test_a_demonstration_hall_is_always_open(stores: Stores) -> None:
    with stores.journal.write("-", at("09:00")) as tx:
        tx.record(HallSet(HALL, "厅", HallKind.HALL, open_always=True))
    assert issue(stores.desk(), at("03:00", "2026-11-28"), "B").number == "B001"


def test_a_group_without_a_window_or_a_matter_is_refused(tmp_path: Path) -> None:
    with founded(tmp_path, msgspec.structs.replace(RUN, windows=RUN.windows[:1])) as stores:
        with pytest.raises(Refused) as caught:
            issue(stores.desk(), at("09:00"), "H")
        assert "press 0" in caught.value.reason.text().lower()
        for prefix, code in (("X", ""), ("B", "A01"), ("B", "B99")):
            with pytest.raises(Refused):
                issue(stores.desk(), at("09:00"), prefix, service_code=code)
        assert issue(stores.desk(), at("09:00"), "B", service_code="B07").number == "B001"


def test_the_estimate_divides_what_is_ahead_by_the_open_windows(stores: Stores) -> None:
    desk = stores.desk()
    closed = issue(desk, at("08:30"), "B", service_code="B07")
    assert closed.estimate_min is None
    assert closed.ahead == 0
    sign_on(stores.desk(1), stores.vault, ADMIN, PASSWORD, at("08:31"))
    matter = views.matter(stores.journal.database, HALL, "B07")
    assert matter is not None
    std_min = matter.limit_min * 0.6
    second = issue(desk, at("08:32"), "B", service_code="B07")
    assert (second.ahead, second.estimate.windows) == (1, 1)
    assert second.estimate_min == -(-int(std_min * 1000) // 1000)
    special = issue(desk, at("08:33"), "B", TicketClass.SPECIAL)
    assert special.ahead == 0
    sentence = explanation(second.estimate).text()
    assert f"{second.estimate.total_min} / 1 = {second.estimate_min}" in sentence


def test_what_is_being_served_counts_with_what_is_left_of_it(stores: Stores) -> None:
    sign_on(stores.desk(1), stores.vault, ADMIN, PASSWORD, at("08:31"))
    issue(stores.desk(), at("08:32"), "B", service_code="B07")
    clerk = stores.desk(1, ADMIN)
    counter.call(clerk, at("08:33"))
    counter.start(clerk, at("08:34"), "B07")
    fresh, later = (
        next(one for one in queue_groups(stores.journal.database, HALL, DAY, at(when)) if one.prefix == "B")
        for when in ("08:34", "08:36")
    )
    assert fresh.waiting == later.waiting == 0
    assert fresh.estimate.in_service_min - later.estimate.in_service_min == 2
    matter = views.matter(stores.journal.database, HALL, "B07")
    assert matter is not None
    assert fresh.estimate.in_service_min == -(-matter.limit_min * 6 // 10)


def test_all_groups_of_the_hall_are_listed(stores: Stores) -> None:
    groups = queue_groups(stores.journal.database, HALL, DAY, at("09:00"))
    assert [one.prefix for one in groups] == list("ABCDEFGHJKL")
    assert {one.estimate_min for one in groups} == {None}
    assert next(one for one in groups if one.prefix == "B").serving == 3


def test_a_waiting_ticket_is_cancelled_once(stores: Stores) -> None:
    issue(stores.desk(), at("09:00"), "B")
    assert cancel(stores.desk(staff=ADMIN), at("09:01"), " b001 ") == "B001"
    row = views.ticket_by_number(stores.journal.database, HALL, DAY, "B001")
    assert row is not None
    assert row.result == "cancelled"
    for text in ("B001", "B002", "77", "", "\x1b[2J", "B001; DROP"):
        with pytest.raises(Refused):
            cancel(stores.desk(staff=ADMIN), at("09:02"), text)


def test_printing_again_is_asked_of_the_station(stores: Stores) -> None:
    issued = issue(stores.desk(), at("09:00"), "B")
    assert reprint(stores.desk(staff=ADMIN), at("09:01"), "B001") == "B001"
    requests = stores.board.take_requests(at("09:01"))
    assert [(one.kind, one.data) for one in requests] == [("print", {"ticket": issued.ticket, "reprint": True})]


def test_the_slip_says_number_group_and_wait(stores: Stores) -> None:
    issue(stores.desk(), at("09:00"), "B")
    issued = issue(stores.desk(), at("09:01"), "B")
    doc = slip(stores.journal.database, issued.ticket, at("09:01"), reprint=True)
    assert doc is not None
    text = "\n".join(line.text for line in doc.lines)
    for part in ("市办税厅", "B002", "Invoices", "1 before you", "2026-11-24 09:01", "Printed again"):
        assert part in text
    assert slip(stores.journal.database, "no/such/one", at("09:01")) is None


def test_an_hour_of_the_wall_clock_set_back_does_not_reopen_yesterday(stores: Stores) -> None:
    issue(stores.desk(), at("09:00", "2026-11-25"), "B")
    assert issue(stores.desk(), at("09:00", "2026-11-24"), "B").number == "B002"
