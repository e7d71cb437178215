"""Who may call which ticket when a hall has several PCs, whatever is cut off from what. Business rules 7.5.3, 7.5.8, 12."""

from __future__ import annotations

import threading

import pytest

from hallterm.rules.counter import NO_OWN_NUMBER_WAITS, NOBODY_WAITS
from hallterm.workflows import counter, number_host, sign_on
from hallterm.workflows.day import close_day, ensure_day
from hallterm.workflows.desk import Refused
from hallterm.workflows.number_host import TOO_LATE, Answer, Wish
from hallterm.workflows.presence import open_window
from hallterm.workflows.ticketing import cancel, issue
from hallterm.workflows.undo import undo
from hallterm.workflows.walking_up import CALL_IT, walk_up
from storage import claims, clock, views
from storage.facts import ClaimDropped, Got, Moment, TicketsHandedOver, WalkUpReason, Want
from storage.rebuild import compare
from tests.faults.clerk import HALL
from tests.faults.halls import staff_of, window_of
from tests.faults.hub_hall import tables
from tests.hallterm.hub.pcs import Hall, Pc

DAY_MS = 24 * 3600 * 1000


def drop(pc: Pc) -> None:
    """What the station does with claims that nobody waits for."""
    with pc.journal.write("-", clock.now()) as tx:
        for one in claims.open_claims(tx.database, pc.node):
            tx.record(ClaimDropped(claim=one.id, ticket=one.ticket, target=one.target))


def hand_over(pc: Pc) -> None:
    with pc.journal.write("-", clock.now()) as tx:
        tx.record(TicketsHandedOver(tickets=tuple(claims.unhanded(tx.database, pc.node))))


def refused(pc: Pc) -> object:
    with pytest.raises(Refused) as caught:
        counter.call(pc.desk, clock.now())
    return caught.value.reason


def test_each_window_is_given_another_ticket(hall: Hall) -> None:
    first, second = hall.pc(2), hall.pc(3)
    with hall.journal.write(hall.desk.staff, clock.now()) as tx:
        open_window(tx, hall.desk, views.last_day(tx.database, HALL), clock.now())
    given = [counter.call(desk, clock.now()).number for desk in (first.desk, second.desk, hall.desk)]
    assert given == ["B001", "B002", "B003"]


def test_a_claim_asked_again_gets_the_same_ticket_and_one_fact(hall: Hall) -> None:
    pc = hall.pc(2)
    wish = Wish(Want.CALL, "c" * 24, pc.desk.window, pc.desk.staff)
    before = hall.journal.last_pos()
    first, again = hall.decide(pc.node, wish), hall.decide(pc.node, wish)
    assert (first.got, first.ticket) == (Got.GIVEN, again.ticket)
    assert hall.journal.last_pos() == before + 1


def test_a_ticket_whose_answer_was_lost_waits_again_in_its_old_place(hall: Hall) -> None:
    pc, other = hall.pc(2), hall.pc(3)

    def lost(wish: Wish) -> Answer:
        hall.decide(pc.node, wish)
        pc.says(online=False)
        return Answer(Got.AWAY)

    pc.answer = lost
    assert refused(pc) == NO_OWN_NUMBER_WAITS
    assert hall.state("B001") == ("called", "")
    assert counter.call(other.desk, clock.now()).number == "B002"
    hall.meet()
    drop(pc)
    hall.meet()
    assert hall.state("B001") == ("waiting", "")
    counter.start(other.desk, clock.now(), "B02")
    counter.finish(other.desk, clock.now())
    assert counter.call(other.desk, clock.now()).number == "B001"


def test_what_was_given_up_is_not_called_any_more(hall: Hall) -> None:
    pc = hall.pc(2)

    def slow(wish: Wish) -> Answer:
        answer = hall.decide(pc.node, wish)
        hall.meet()
        drop(pc)
        return answer

    pc.answer = slow
    assert refused(pc) == TOO_LATE
    hall.meet()
    assert hall.state("B001") == ("waiting", "")
    assert hall.calls() == []


def test_cut_off_a_pc_gives_its_own_numbers_and_calls_only_those(hall: Hall) -> None:
    pc = hall.pc(3)
    pc.cut_off()
    assert refused(pc) == NO_OWN_NUMBER_WAITS
    assert [issue(pc.desk, clock.now(), "B").number for _ in range(2)] == ["B3-001", "B3-002"]
    assert counter.call(pc.desk, clock.now()).number == "B3-001"


def test_own_numbers_are_called_by_nobody_else_before_they_are_handed_over(hall: Hall) -> None:
    pc, other = hall.pc(3), hall.pc(2)
    pc.cut_off()
    ticket = issue(pc.desk, clock.now(), "B").ticket
    hall.meet()
    wish = Wish(Want.CALL, "", other.desk.window, other.desk.staff)
    given = [hall.decide(other.node, Wish(wish.want, f"{n:024d}", wish.window, wish.staff)) for n in range(6)]
    assert [one.got for one in given] == [Got.GIVEN] * 5 + [Got.NOBODY]
    hand_over(pc)
    hall.meet()
    assert hall.decide(other.node, Wish(wish.want, "x" * 24, wish.window, wish.staff)).ticket == ticket
    assert refused(pc) == NO_OWN_NUMBER_WAITS


def test_who_was_served_by_his_number_is_not_called_again(hall: Hall) -> None:
    pc, other = hall.pc(3), hall.pc(2)
    pc.cut_off()
    done = walk_up(pc.desk, clock.now(), "B02", number="b001")
    assert done.words.values["subject"] == "B001"
    hall.meet()
    assert counter.call(other.desk, clock.now()).number == "B002"
    assert hall.state("B001") == ("closed", "done")
    hall.meet()
    service = views.service(pc.journal.database, str(pc.journal.database.value("SELECT service FROM lan_down")))
    assert service is not None
    assert service.walk_up_reason == WalkUpReason.LAN_DOWN
    hall.tidy()
    assert claims.doubles(hall.journal.database, HALL, views.last_day(hall.journal.database, HALL)) == []


def test_a_walk_up_that_was_taken_back_matches_nothing(hall: Hall) -> None:
    pc, other = hall.pc(3), hall.pc(2)
    pc.cut_off()
    last = walk_up(pc.desk, clock.now(), "B02", number="B001").undo
    assert last is not None
    undo(pc.desk, clock.now(), last)
    hall.meet()
    assert counter.call(other.desk, clock.now()).number == "B001"


def test_a_number_is_served_once_and_never_while_it_can_be_called(hall: Hall) -> None:
    pc = hall.pc(3)
    with pytest.raises(Refused) as caught:
        walk_up(pc.desk, clock.now(), "L01", number="B001")
    assert caught.value.reason == CALL_IT
    pc.cut_off()
    walk_up(pc.desk, clock.now(), "B02", number="B001")
    counter.finish(pc.desk, clock.now())
    with pytest.raises(Refused) as caught:
        walk_up(pc.desk, clock.now(), "B02", number="B001")
    assert caught.value.reason.values == {"number": "B001"}


def test_a_number_that_two_cut_off_pcs_served_is_reported_once(hall: Hall) -> None:
    one, other = hall.pc(2), hall.pc(3)
    for pc in (one, other):
        pc.cut_off()
        walk_up(pc.desk, clock.now(), "B02", number="B004")
    hall.meet()
    for _again in range(2):
        hall.tidy()
    hall.meet()
    for journal in (hall.journal, one.journal):
        found = claims.doubles(journal.database, HALL, views.last_day(journal.database, HALL))
        assert [(row.what, row.subject) for row in found] == [("number", "B004")]
        assert {row.first.split("/")[0] for row in found} | {row.second.split("/")[0] for row in found} == {
            one.node,
            other.node,
        }
    assert hall.state("B004") == ("closed", "done")


@pytest.mark.parametrize("days_later", [0, 1])
def test_a_clerk_at_two_cut_off_windows_is_reported(hall: Hall, days_later: int) -> None:
    one, other = hall.pc(2), hall.pc(3)
    now = clock.now()
    for pc in (one, other):
        pc.cut_off()
        with pc.journal.write("0302", now) as tx:
            tx.database.execute("UPDATE \"window\" SET staff = '0302' WHERE code = ?", (pc.desk.window,))
        desk = type(pc.desk)(pc.journal, pc.board, HALL, pc.desk.window, "0302")
        walk_up(desk, now, "B02")
        counter.finish(desk, Moment(now.t + 600_000, now.m + 600_000, now.boot))
    served = str(one.journal.database.value('SELECT "day" FROM service'))
    if days_later:
        with hall.journal.write("-", Moment(now.t + DAY_MS, now.m, now.boot)) as tx:
            ensure_day(tx)
    hall.meet()
    hall.tidy()
    found = claims.doubles(hall.journal.database, HALL, served)
    assert [(row.what, row.subject) for row in found] == [("clerk", "0302")]


def test_an_undone_call_of_a_claimed_ticket_waits_for_everybody(hall: Hall) -> None:
    pc, other = hall.pc(2), hall.pc(3)
    last = counter.call(pc.desk, clock.now()).undo
    hall.meet()
    assert hall.state("B001") == ("called", "")
    assert last is not None
    undo(pc.desk, clock.now(), last)
    hall.meet()
    assert hall.state("B001") == ("waiting", "")
    assert counter.call(other.desk, clock.now()).number == "B001"


def test_numbers_come_from_one_place_and_none_is_given_twice(hall: Hall) -> None:
    one, other = hall.pc(2), hall.pc(3)
    given = [issue(desk, clock.now(), "C").number for desk in (one.desk, other.desk, one.desk, hall.desk)]
    assert given == ["C001", "C002", "C003", "C004"]
    hall.meet()
    assert issue(hall.desk, clock.now(), "C").number == "C005"


def test_a_ticket_of_the_number_host_is_cancelled_there(hall: Hall) -> None:
    pc = hall.pc(2)
    assert cancel(pc.desk, clock.now(), "B002") == "B002"
    assert hall.state("B002") == ("closed", "cancelled")
    pc.cut_off()
    with pytest.raises(Refused):
        cancel(pc.desk, clock.now(), "B003")
    own = issue(pc.desk, clock.now(), "B").number
    assert cancel(pc.desk, clock.now(), own) == own


def test_nobody_waits_is_the_number_hosts_word(hall: Hall) -> None:
    pc = hall.pc(2)
    for number in range(1, 6):
        cancel(pc.desk, clock.now(), f"B{number:03d}")
    assert refused(pc) == NOBODY_WAITS


def test_the_day_ends_for_a_ticket_where_it_is_kept(hall: Hall) -> None:
    """A cut-off PC knows too little of the hall's tickets to give them up."""
    pc = hall.pc(2)
    pc.cut_off()
    issue(pc.desk, clock.now(), "B")
    now = clock.now()
    later = Moment(now.t + DAY_MS, now.m + DAY_MS, now.boot)
    with pc.journal.write("-", now) as tx:
        close_day(tx, views.last_day(tx.database, HALL))
    with pc.journal.write("-", later) as tx:
        ensure_day(tx)
    assert hall.state("B2-001", pc.journal) == ("closed", "abandoned")
    assert hall.state("B001", pc.journal) == ("waiting", "")
    with hall.journal.write("-", later) as tx:
        ensure_day(tx)
    hall.meet()
    assert hall.state("B001", pc.journal) == hall.state("B001") == ("closed", "abandoned")


def test_every_file_has_the_same_tables_and_can_make_them_again(hall: Hall) -> None:
    pc, other = hall.pc(2), hall.pc(3)
    other.cut_off()
    counter.call(pc.desk, clock.now())
    walk_up(other.desk, clock.now(), "B02", number="B003")
    issue(other.desk, clock.now(), "B")
    hall.meet()
    hall.tidy()
    hall.meet()
    assert tables(hall.journal) == tables(pc.journal) == tables(other.journal)
    for journal in (hall.journal, pc.journal, other.journal):
        assert compare(journal.database) == []


def test_a_terminal_waits_a_bounded_time_and_goes_on_alone(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    pc = hall.pc(3)
    over = threading.Event()

    def silent(_wish: Wish) -> Answer:
        over.wait(60)
        return Answer(Got.AWAY)

    pc.answer = silent
    monkeypatch.setattr(number_host, "ANSWER_LIMIT_S", 0.2)
    assert issue(pc.desk, clock.now(), "B").number == "B3-001"
    assert counter.call(pc.desk, clock.now()).number == "B3-001"
    over.set()


def test_without_a_station_a_pc_is_alone(hall: Hall) -> None:
    pc = hall.pc(3)
    pc.end()
    assert issue(pc.desk, clock.now(), "B").number == "B3-001"
    assert counter.call(pc.desk, clock.now()).number == "B3-001"


@pytest.mark.parametrize(("window", "staff"), [(window_of(3), "0399"), (window_of(5), staff_of(3))])
def test_nobody_signs_on_where_a_terminal_of_another_pc_sits(hall: Hall, window: str, staff: str) -> None:
    """One person, one window, one living terminal in the whole hall."""
    pc = hall.pc(3)
    pc.says(online=True, taken=[[window, staff, clock.now().t]])
    with pytest.raises(Refused) as caught:
        sign_on.take_lease(pc.desk, clock.now())
    assert caught.value.reason.values["staff"] == staff
    assert window not in [one.code for one in sign_on.free_windows(pc.desk)]
    pc.says(online=True)
    assert sign_on.take_lease(pc.desk, clock.now()) is not None
    pc.board.release_window(pc.desk.window)
