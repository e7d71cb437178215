"""What must be impossible at the counter, item by item (business rule 7.5); blocked keys have tests of their own (T10)."""

from __future__ import annotations

import inspect
import re
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from hallterm.locale import use
from hallterm.rules.counter import refusals
from hallterm.rules.timers import Interval
from hallterm.workflows import counter, rating
from hallterm.workflows.case import read_case, situation
from hallterm.workflows.desk import Desk, Done, Refused
from hallterm.workflows.look import look
from hallterm.workflows.sign_on import _occupy
from hallterm.workflows.ticketing import issue
from storage import facts, views
from storage.facts import (
    BreakReason,
    CounterAction,
    HallKind,
    HallSet,
    HoldReason,
    Moment,
    PauseReason,
    TicketClass,
    TicketIssued,
    UnratedReason,
    WindowSet,
    WindowState,
)
from storage.journal import Journal
from storage.local import Board
from tests.hallterm.workflows.founded import HALL
from tests.hallterm.workflows.shift import MEI, W1, W2, WEI, Shift, changed, tables

STATES = ("closed", "idle", "called", "serving", "paused", "awaiting_rating", "break")


def bring_to(shift: Shift, state: str) -> Desk:
    """The window of a clerk in a state, with everything around it that may confuse a rule."""
    if state == "closed":
        return shift.desk(1, "")
    desk = shift.open()
    if state == "break":
        shift.do(counter.start_break, desk, BreakReason.LUNCH)
    if state == "called":
        shift.call(desk)
    if state in ("serving", "paused"):
        shift.serve(desk)
    if state == "paused":
        shift.do(counter.pause, desk, PauseReason.SYSTEM_FAULT)
    if state == "awaiting_rating":
        shift.await_rating(desk)
    assert shift.window(desk).state == state
    return desk


@pytest.mark.parametrize("state", STATES)
def test_2_no_action_is_refused_without_words_in_both_languages(shift: Shift, state: str) -> None:
    desk = bring_to(shift, state)
    case = read_case(shift.db, desk, views.last_day(shift.db, HALL))
    answers = refusals(situation(case, shift.clock()))
    assert set(answers) == set(CounterAction)
    assert look(desk, shift.clock()).refusals.keys() == answers.keys()
    for action, reason in answers.items():
        if reason is None:
            continue
        use("en")
        english = reason.text()
        use("zh_CN")
        chinese = reason.text()
        assert english
        assert re.search(r"[\u4e00-\u9fff]", chinese), (action, chinese)
        assert "{" not in english + chinese
    use("en")


ACTIONS: dict[CounterAction, tuple[Callable[..., Done], tuple[str, ...]]] = {
    CounterAction.CALL: (counter.call, ()),
    CounterAction.RECALL: (counter.recall, ()),
    CounterAction.NO_SHOW: (counter.no_show, ()),
    CounterAction.START: (counter.start, ("B02",)),
    CounterAction.WALK_UP: (counter.walk_up, ("L01",)),
    CounterAction.PAUSE: (counter.pause, (PauseReason.TAXPAYER_LEFT,)),
    CounterAction.RESUME: (counter.resume, ()),
    CounterAction.HOLD: (counter.hold, (HoldReason.PAPERS,)),
    CounterAction.TAKE_BACK: (counter.take_back, ("x",)),
    CounterAction.TRANSFER: (counter.transfer, ("C",)),
    CounterAction.CHANGE_SERVICE: (counter.change_service, ("B03",)),
    CounterAction.QUANTITY: (lambda desk, now: counter.set_quantity(desk, now, 2), ()),
    CounterAction.FINISH: (counter.finish, ()),
    CounterAction.UNRATED: (counter.give_unrated_reason, (UnratedReason.LEFT,)),
    CounterAction.ASK_AGAIN: (counter.ask_again, ()),
    CounterAction.NEXT_SERVICE: (counter.next_service, ("B02",)),
    CounterAction.BREAK: (counter.start_break, (BreakReason.LUNCH,)),
    CounterAction.BACK: (counter.end_break, ()),
    CounterAction.SIGN_OFF: (counter.sign_off, ()),
}


@pytest.mark.parametrize("state", STATES)
def test_2_what_the_screen_refuses_the_workflow_refuses_with_the_same_words(shift: Shift, state: str) -> None:
    desk = bring_to(shift, state)
    before = tables(shift)
    answers = look(desk, shift.clock()).refusals
    refused = 0
    for action, (function, values) in ACTIONS.items():
        reason = answers[action]
        if reason is None:
            continue
        with pytest.raises(Refused) as caught:
            function(desk, shift.clock(), *values)
        assert caught.value.reason == reason, action
        refused += 1
    assert refused >= 9
    assert changed(before, tables(shift)) == {}


def test_3_no_second_service_opens_at_a_window(shift: Shift) -> None:
    desk = shift.open()
    shift.serve(desk)
    shift.issue()
    for action, values in ((counter.call, ()), (counter.walk_up, ("L01",)), (counter.start, ("B01",))):
        with pytest.raises(Refused):
            shift.do(action, desk, *values)
    assert shift.db.value("SELECT count(*) FROM service WHERE state IN ('serving', 'paused')") == 1


def test_3_a_clerk_does_not_serve_at_two_windows(shift: Shift) -> None:
    """Whoever signs on elsewhere takes the matter along, and the first window closes."""
    first = shift.open(1, MEI)
    shift.serve(first)
    service = shift.serving(first).id
    second = shift.desk(2, MEI)
    with pytest.raises(Refused):
        shift.do(counter.call, second)
    with shift.stores.journal.write(MEI, shift.clock.after(1)) as tx:
        _occupy(tx, second, shift.clock())
    assert (shift.window(first).state, shift.window(second).state) == (WindowState.CLOSED, WindowState.PAUSED)
    assert shift.window(second).service == service
    shift.issue()
    with pytest.raises(Refused):
        shift.do(counter.call, first)
    shift.do(counter.resume, second)
    shift.do(counter.finish, second)
    assert shift.db.value("SELECT count(*) FROM service") == 1
    shift.check()


def test_3_two_windows_that_press_at_once_get_two_tickets(shift: Shift, tmp_path: Path) -> None:
    for _ in range(6):
        shift.issue()
    desks = [shift.open(1, MEI), shift.open(2, WEI)]
    got: list[str] = []
    failed: list[BaseException] = []

    def press(window: str, staff: str, now: Moment) -> None:
        journal, board = Journal.open(tmp_path / "data" / "hall.db"), Board(tmp_path / "data" / "local.db")
        try:
            got.append(counter.call(Desk(journal, board, HALL, window, staff), now).number)
        except BaseException as error:
            failed.append(error)
        finally:
            journal.close()
            board.close()

    for _ in range(3):
        threads = [threading.Thread(target=press, args=(d.window, d.staff, shift.clock.after(1))) for d in desks]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for desk in desks:
            shift.do(counter.start, desk, "B01")
            shift.do(counter.transfer, desk, "C")
    assert failed == []
    assert sorted(got) == sorted(set(got))
    assert len(got) == 6
    shift.check()


def test_4_no_key_of_the_clerk_gives_changes_or_deletes_a_level(shift: Shift) -> None:
    """No workflow of the counter takes a level; what it records after a rating leaves the rating as it is."""
    for name in counter.__all__:
        parameters = inspect.signature(getattr(counter, name)).parameters
        assert not {"level", "key", "score", "rating"} & parameters.keys(), name
    desk = shift.open()
    service = shift.await_rating(desk)
    shift.rate(service, 2)
    rows = shift.db.rows("SELECT * FROM rating")
    for reason in UnratedReason:
        with pytest.raises(Refused):
            shift.do(counter.give_unrated_reason, desk, reason, "words")
    assert shift.rate(service, 5) is None
    assert shift.db.rows("SELECT * FROM rating") == rows
    assert {kind for kind in facts.KINDS if kind.startswith("rating")} == {
        "rating.asked",
        "rating.given",
        "rating.refused",
        "rating.missing",
        "rating.missing_changed",
        "rating.joined",
        "rating.revoked",
        "rating.card_entered",
        "rating.explained",
    }


def test_4_the_counters_view_shows_no_level(shift: Shift) -> None:
    desk = shift.open()
    shift.rate(shift.await_rating(desk), 1)
    assert not [name for name in views.Today.__struct_fields__ if name.startswith("level")]
    last = look(desk, shift.clock()).last
    assert last is not None
    assert last.rating == "rated"
    assert "level" not in last.__struct_fields__


def test_5_nothing_is_asked_and_nothing_is_rated_before_the_finish(shift: Shift) -> None:
    desk = shift.open()
    shift.serve(desk)
    service = shift.serving(desk).id
    journal = shift.stores.journal
    assert rating.ask(journal, service, "HT25A0000001", 30, shift.clock()) is None
    assert not rating.miss(journal, service, UnratedReason.NO_RESPONSE, shift.clock())
    assert rating.give(journal, "no/such/ask", PRESS, facts.Scale.FIVE_SEED, shift.clock()) is None
    done = shift.do(counter.finish, desk)
    ask = rating.ask(journal, service, "HT25A0000001", 30, shift.clock())
    assert ask is not None
    shift.undo(desk, done)
    assert rating.give(journal, ask.id, PRESS, facts.Scale.FIVE_SEED, shift.clock()) is None
    assert shift.figure("rated") == 0


PRESS = rating.Press(1, "HT25A0000001", 1, 5, 1500, 180, "00000000")


def test_7_no_ticket_is_skipped(shift: Shift) -> None:
    """``call`` takes no ticket: it is the first of the window's order, and no other one is called or started."""
    assert list(inspect.signature(counter.call).parameters) == ["desk", "now"]
    desk = shift.open()
    first, second = shift.issue(), shift.issue()
    special = shift.issue("B", cls=TicketClass.SPECIAL)
    assert shift.do(counter.call, desk).ticket == special
    shift.do(counter.start, desk, "B01")
    shift.do(counter.hold, desk, HoldReason.PAPERS)
    assert shift.do(counter.call, desk).ticket == first
    with pytest.raises(Refused):
        shift.do(counter.take_back, desk, second)
    assert shift.ticket(second).state == "waiting"


def test_8_no_ticket_of_another_hall_is_called(shift: Shift) -> None:
    """A file may hold the facts of other halls: a hub, a centre."""
    other = "360600002"
    with shift.stores.journal.write("-", shift.clock.after(1)) as tx:
        tx.record(HallSet(other, "县办税厅", HallKind.HALL))
        tx.record(WindowSet(f"{other}-01", "1", ("B",)))
        shift.db.execute("UPDATE window SET state = 'idle' WHERE code = ?", (f"{other}-01",))
        tx.record(TicketIssued(views.last_day(shift.db, HALL), "B001", "B"))
        shift.db.execute("UPDATE ticket SET hall = ? WHERE number = 'B001'", (other,))
    desk = shift.open()
    with pytest.raises(Refused):
        shift.do(counter.call, desk)
    shift.call(desk)
    with pytest.raises(Refused):
        shift.do(counter.transfer, desk, f"{other}-01")


def test_8_no_number_twice_in_hall_day_and_prefix(shift: Shift) -> None:
    for prefix in "BBCBB":
        shift.issue(prefix)
    number = shift.db.value("SELECT number FROM ticket ORDER BY issued_t DESC")
    issue(shift.stores.desk(), shift.clock.after(1), "B")
    twice = shift.db.rows("SELECT hall, day, number FROM ticket GROUP BY hall, day, number HAVING count(*) > 1")
    assert (number, twice) == ("B004", [])


def test_9_an_interval_cannot_end_before_it_starts(shift: Shift) -> None:
    with pytest.raises(ValueError, match="5, 4"):
        Interval(5, 4)
    desk = shift.open()
    shift.serve(desk)
    service = shift.serving(desk).id
    shift.do(counter.pause, desk, PauseReason.TAXPAYER_LEFT)
    shift.clock.jump(-86_400)
    shift.do(counter.resume, desk)
    counter.blocked(desk, shift.clock.after(5), shift.clock())
    shift.do(counter.finish, desk)
    row = shift.service(service)
    assert all(ms >= 0 for *_, ms in shift.intervals(service))
    assert min(row.counted_s, row.excluded_s, row.wall_s) >= 0


def test_9_intervals_do_not_overlap(shift: Shift) -> None:
    """Pauses, a block inside a counted pause, a hold: one after the other, and their sum is what is excluded."""
    desk = shift.open()
    id = shift.serve(desk)
    service = shift.serving(desk)
    shift.do(counter.pause, desk, PauseReason.LEADER_APPROVAL, after_s=10)
    since = shift.clock.after(5)
    counter.blocked(desk, since, shift.clock.after(8))
    counter.blocked(desk, since, shift.clock.after(2))
    shift.do(counter.hold, desk, HoldReason.PAYMENT, after_s=7)
    shift.do(counter.take_back, desk, id, after_s=30)
    counter.blocked(desk, since, shift.clock.after(3))
    shift.do(counter.finish, desk, after_s=5)
    rows = shift.db.rows("SELECT from_t, length_ms, excluded FROM service_interval WHERE undone = 0 ORDER BY from_t")
    assert len(rows) >= 5
    ends = [from_t + ms for from_t, ms, _ in rows]
    assert all(end <= start for end, (start, _, _) in zip(ends[:-1], rows[1:], strict=True))
    assert sum(ms for _, ms, excluded in rows if excluded) == shift.service(service.id).excluded_ms


@pytest.mark.parametrize("settled", [False, True])
def test_9_a_finished_timer_is_not_edited(shift: Shift, settled: bool) -> None:
    desk = shift.open()
    service = shift.await_rating(desk)
    if settled:
        shift.rate(service)
    frozen = shift.service(service)
    shift.clock.after(100)
    assert not counter.blocked(desk, shift.clock(), shift.clock.after(10))
    counter.leave(desk, shift.clock())
    shift.open()
    for action, values in (
        (counter.resume, ()),
        (counter.pause, (PauseReason.TAXPAYER_LEFT,)),
        (counter.finish, ()),
        (counter.change_service, ("B02",)),
        (counter.set_quantity, (3,)),
        (counter.hold, (HoldReason.PAPERS,)),
        (counter.transfer, ("C",)),
    ):
        with pytest.raises(Refused):
            shift.do(action, desk, *values)
    assert shift.service(service) == frozen


def test_15_what_was_answered_is_in_the_file(shift: Shift, tmp_path: Path) -> None:
    """Every answer is given after the commit: another connection sees the fact at once."""
    desk = shift.open()
    other = Journal.open(tmp_path / "data" / "hall.db")
    shift.issue("B", "B01")
    for action, values in (
        (counter.call, ()),
        (counter.start, ()),
        (counter.pause, (PauseReason.SYSTEM_FAULT,)),
        (counter.resume, ()),
        (counter.finish, ()),
    ):
        done = shift.do(action, desk, *values)
        assert done.undo is not None
        seq = int(done.undo.fact.split("/")[-2])
        assert other.database.value("SELECT count(*) FROM event WHERE seq = ?", (seq,)) == 1
    other.close()


def test_18_there_is_no_default_rating(shift: Shift) -> None:
    desk = shift.open()
    for reason in (UnratedReason.NO_RESPONSE, UnratedReason.DEVICE_FAULT):
        service = shift.await_rating(desk)
        rating.miss(shift.stores.journal, service, reason, shift.clock.after(30))
    service = shift.await_rating(desk)
    shift.do(counter.give_unrated_reason, desk, UnratedReason.LEFT, after_s=10)
    assert shift.db.value("SELECT count(*) FROM rating") == 0
    assert [shift.figure(f"level_{n}") for n in range(1, 6)] == [0] * 5
    assert (shift.figure("rated"), shift.figure("unrated"), shift.figure("exempt")) == (0, 3, 1)
    assert {W1, W2} <= {window.code for window in views.windows(shift.db, HALL)}
