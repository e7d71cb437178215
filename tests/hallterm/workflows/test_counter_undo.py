"""Backspace: everything is as before, in every table and every sum; too late or overtaken it is refused (rule 7.2, undo)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from hallterm.workflows import counter, rating
from hallterm.workflows.desk import Desk, Done, Refused
from hallterm.workflows.ticketing import cancel
from storage import views
from storage.facts import HoldReason, PauseReason, ServiceState, TicketState, UnratedReason, WindowState
from tests.hallterm.workflows.shift import W2, WEI, Shift, changed, tables

Act = Callable[[Shift, Desk], Done]


def serving(shift: Shift, desk: Desk) -> None:
    shift.serve(desk, "B02")
    shift.clock.after(30)


def called(shift: Shift, desk: Desk) -> None:
    shift.call(desk, "B01")


def called_thrice(shift: Shift, desk: Desk) -> None:
    shift.call(desk, "B01")
    for _ in range(2):
        shift.do(counter.recall, desk, after_s=20)
    shift.clock.after(20)


def paused(reason: PauseReason) -> Callable[[Shift, Desk], None]:
    def prepare(shift: Shift, desk: Desk) -> None:
        serving(shift, desk)
        shift.do(counter.pause, desk, reason, after_s=10)
        shift.clock.after(20)

    return prepare


def waiting(shift: Shift, desk: Desk) -> None:
    shift.issue("B", "B01")


def rated(shift: Shift, desk: Desk) -> None:
    """An idle window whose visit is still open, and somebody waits."""
    shift.rate(shift.await_rating(desk))
    shift.issue("B", "B01")


def held(shift: Shift, desk: Desk) -> None:
    """A held ticket, and the visit of the next person still open."""
    serving(shift, desk)
    shift.do(counter.hold, desk, HoldReason.PAPERS)
    shift.rate(shift.await_rating(desk))


def held_from_a_pause(shift: Shift, desk: Desk) -> None:
    paused(PauseReason.TAXPAYER_LEFT)(shift, desk)


def returned(shift: Shift, desk: Desk) -> None:
    """The same clerk has called his returned ticket: its clock would go on."""
    id = shift.serve(desk, "B02")
    shift.do(counter.hold, desk, HoldReason.PAPERS)
    shift.do(counter.return_held, shift.stores.desk(), id)
    shift.do(counter.call, desk)


def nothing(shift: Shift, desk: Desk) -> None:
    pass


def press(action: Callable[..., Done], *values: object) -> Act:
    return lambda shift, desk: shift.do(action, desk, *values)


def take_back(shift: Shift, desk: Desk) -> Done:
    held = views.held(shift.db, desk.hall, desk.staff)
    return shift.do(counter.take_back, desk, held[0].id)


CONSULT = PauseReason.INTERNAL_CONSULT
LEFT = PauseReason.TAXPAYER_LEFT
CASES: dict[str, tuple[Callable[[Shift, Desk], None], Act, dict[str, int]]] = {
    "call": (waiting, press(counter.call), {}),
    "call after a visit": (rated, press(counter.call), {}),
    "start": (called, press(counter.start), {"service": 1, "visit": 1}),
    "start of a returned ticket": (returned, press(counter.start), {"service_interval": 1}),
    "walk-up": (nothing, press(counter.walk_up, "B02"), {"service": 1, "visit": 1}),
    "walk-up after a visit": (rated, press(counter.walk_up, "L01"), {"service": 1, "visit": 1}),
    "pause, excluded": (serving, press(counter.pause, LEFT), {"service_interval": 1}),
    "pause, counted": (serving, press(counter.pause, CONSULT), {"service_interval": 1}),
    "resume, excluded": (paused(LEFT), press(counter.resume), {}),
    "resume, counted": (paused(CONSULT), press(counter.resume), {}),
    "hold": (serving, press(counter.hold, HoldReason.PAPERS), {}),
    "hold from a pause": (held_from_a_pause, press(counter.hold, HoldReason.PAPERS), {}),
    "take back": (held, take_back, {"service_interval": 1}),
    "transfer, called": (called, press(counter.transfer, W2), {}),
    "transfer, serving": (serving, press(counter.transfer, "A"), {}),
    "transfer, paused": (paused(CONSULT), press(counter.transfer, W2), {}),
    "no-show": (called_thrice, press(counter.no_show), {}),
    "change": (serving, press(counter.change_service, "B01"), {}),
    "quantity": (serving, press(counter.set_quantity, 7), {}),
    "next service": (rated, press(counter.next_service, "B01"), {"service": 1}),
}


@pytest.mark.parametrize("name", CASES)
def test_everything_is_as_before(shift: Shift, name: str) -> None:
    prepare, act, new_rows = CASES[name]
    desk = shift.open()
    shift.open(2, WEI)
    prepare(shift, desk)
    before = tables(shift)
    shift.undo(desk, act(shift, desk), after_s=9)
    after = tables(shift)
    differing = changed(before, after)
    assert {table: len(keys) for table, keys in differing.items()} == new_rows
    assert all(key not in before[table] for table, keys in differing.items() for key in keys), "an old row differs"
    shift.check()


@pytest.mark.parametrize("name", CASES)
def test_it_can_be_done_again_and_the_clock_is_right(shift: Shift, name: str) -> None:
    """Undo, the same once more, and the shift goes on to the end of the matter: no second is lost or gained."""
    prepare, act, _ = CASES[name]
    desk, other = shift.open(), shift.open(2, WEI)
    prepare(shift, desk)
    shift.undo(desk, act(shift, desk))
    act(shift, desk)
    to_the_end(shift, desk, other)
    for row in shift.db.rows('SELECT "id", "start_t", "end_t", "wall_s" FROM service WHERE "state" = \'finished\''):
        assert (row[2] - row[1]) // 1000 == row[3]
        excluded_ms = sum(ms for _, _, excluded, ms in shift.intervals(row[0]) if excluded)
        assert excluded_ms // 1000 == shift.service(row[0]).excluded_s
    shift.check()


def to_the_end(shift: Shift, desk: Desk, other: Desk) -> None:
    if shift.window(desk).state is WindowState.CALLED:
        shift.do(counter.start, desk)
    if shift.window(desk).state in (WindowState.SERVING, WindowState.PAUSED):
        shift.do(counter.finish, desk, after_s=60)
        service = shift.window(desk).service
        rating.miss(shift.stores.journal, service, UnratedReason.NO_RESPONSE, shift.clock.after(30))
    for row in views.held(shift.db, desk.hall, desk.staff):
        shift.do(counter.take_back, desk, row.id, after_s=30)
        to_the_end(shift, desk, other)


def test_the_walk_up_that_was_taken_back_leaves_no_open_visit(shift: Shift) -> None:
    desk = shift.open()
    shift.undo(desk, shift.do(counter.walk_up, desk, "B02"))
    assert shift.db.rows('SELECT "id" FROM visit WHERE "closed_t" = 0') == []


def test_a_start_that_was_taken_back_is_no_leg(shift: Shift) -> None:
    desk = shift.open()
    shift.call(desk)
    shift.undo(desk, shift.do(counter.start, desk))
    shift.do(counter.start, desk)
    assert shift.serving(desk).leg == 1
    assert shift.db.value("SELECT count(*) FROM visit") == 1


def test_a_finish_taken_back_serves_again_and_the_gap_counts(shift: Shift) -> None:
    desk = shift.open()
    ticket = shift.serve(desk)
    service = shift.serving(desk).id
    before = tables(shift)
    done = shift.do(counter.finish, desk, after_s=60)
    ask = rating.ask(shift.stores.journal, service, "HT25A0000001", 30, shift.clock.after(1))
    assert ask is not None
    shift.undo(desk, done, after_s=20)
    row = shift.service(service)
    assert (row.state, row.counted_s, row.end_t) == (ServiceState.SERVING, 0, 0)
    assert (shift.window(desk).state, shift.ticket(ticket).state) == (WindowState.SERVING, TicketState.SERVING)
    closed = views.ask(shift.db, ask.id)
    assert closed is not None
    assert closed.state == "cancelled"
    after = tables(shift)
    assert changed(before, after).keys() == {"service", "rating_ask"}
    assert after["figure"] == before["figure"]
    shift.do(counter.finish, desk, after_s=39)
    assert shift.service(service).counted_s == 120
    assert shift.figure("services") == 1
    shift.check()


def test_a_finish_from_a_pause_goes_back_to_serving(shift: Shift) -> None:
    desk = shift.open()
    shift.serve(desk)
    shift.do(counter.pause, desk, PauseReason.TAXPAYER_PAYMENT, after_s=10)
    done = shift.do(counter.finish, desk, after_s=100)
    shift.undo(desk, done, after_s=5)
    service = shift.serving(desk).id
    shift.do(counter.finish, desk, after_s=15)
    row = shift.service(service)
    assert (row.counted_s, row.excluded_s, row.wall_s) == (30, 100, 130)
    assert shift.intervals(service) == [("paused", "taxpayer_payment", 1, 100_000)]


def test_a_finish_stays_once_it_is_rated_or_missed(shift: Shift) -> None:
    desk = shift.open()
    for settle in ("rated", "missed"):
        shift.serve(desk)
        done = shift.do(counter.finish, desk, after_s=60)
        service = shift.window(desk).service
        rating.ask(shift.stores.journal, service, "HT25A0000001", 30, shift.clock.after(1))
        if settle == "rated":
            shift.rate(service)
        else:
            rating.miss(shift.stores.journal, service, UnratedReason.NO_RESPONSE, shift.clock.after(30))
        before = tables(shift)
        with pytest.raises(Refused):
            shift.undo(desk, done)
        assert changed(before, tables(shift)) == {}


@pytest.mark.parametrize("name", CASES)
def test_too_late_is_refused_whatever_the_wall_clock_says(shift: Shift, name: str) -> None:
    prepare, act, _ = CASES[name]
    desk = shift.open()
    shift.open(2, WEI)
    prepare(shift, desk)
    done = act(shift, desk)
    before = tables(shift)
    shift.clock.jump(-3600)
    with pytest.raises(Refused) as caught:
        shift.undo(desk, done, after_s=10.001)
    assert "10 seconds" in caught.value.reason.text()
    assert changed(before, tables(shift)) == {}


@pytest.mark.parametrize("name", CASES)
def test_nothing_is_taken_back_twice(shift: Shift, name: str) -> None:
    prepare, act, _ = CASES[name]
    desk = shift.open()
    shift.open(2, WEI)
    prepare(shift, desk)
    done = act(shift, desk)
    shift.undo(desk, done)
    if name in ("change", "quantity"):
        return
    with pytest.raises(Refused):
        shift.undo(desk, done)


def test_a_ticket_called_elsewhere_stays_moved_and_the_window_is_named(shift: Shift) -> None:
    desk, other = shift.open(), shift.open(2, WEI)
    id = shift.serve(desk)
    done = shift.do(counter.transfer, desk, W2)
    shift.do(counter.call, other)
    with pytest.raises(Refused) as caught:
        shift.undo(desk, done)
    assert "B001" in caught.value.reason.text()
    assert "Window 2" in caught.value.reason.text()
    assert shift.ticket(id).window == W2


def test_what_others_did_to_the_ticket_since_is_not_taken_back(shift: Shift) -> None:
    """A held ticket that was returned and called elsewhere, a moved one that its owner cancelled."""
    desk, other = shift.open(), shift.open(2, WEI)
    id = shift.serve(desk)
    done = shift.do(counter.hold, desk, HoldReason.PAPERS)
    shift.do(counter.return_held, shift.stores.desk(), id)
    shift.do(counter.call, other)
    with pytest.raises(Refused):
        shift.undo(desk, done)
    assert (shift.ticket(id).window, shift.window(desk).state) == (W2, WindowState.IDLE)
    id = shift.call(desk)
    done = shift.do(counter.transfer, desk, "C")
    cancel(shift.stores.desk(), shift.clock.after(1), shift.ticket(id).number)
    with pytest.raises(Refused):
        shift.undo(desk, done)
    assert shift.ticket(id).result == "cancelled"


def test_an_older_action_of_the_same_kind_is_not_taken_back(shift: Shift) -> None:
    desk = shift.open()
    shift.serve(desk)
    first = shift.do(counter.pause, desk, PauseReason.TAXPAYER_LEFT)
    shift.do(counter.resume, desk)
    shift.do(counter.pause, desk, PauseReason.TAXPAYER_LEFT)
    with pytest.raises(Refused):
        shift.undo(desk, first)
    assert shift.window(desk).state is WindowState.PAUSED


def test_a_blocked_stretch_survives_the_undo_of_a_change(shift: Shift) -> None:
    desk = shift.open()
    shift.serve(desk, "B02")
    done = shift.do(counter.change_service, desk, "B01", after_s=10)
    since = shift.clock()
    counter.blocked(desk, since, shift.clock.after(4))
    shift.undo(desk, done, after_s=1)
    service = shift.serving(desk)
    assert (service.code, service.excluded_ms) == ("B02", 4_000)
    shift.do(counter.finish, desk, after_s=9)
    assert shift.service(service.id).counted_s == 20


def test_somebody_else_cannot_take_it_back(shift: Shift) -> None:
    desk = shift.open()
    shift.issue()
    done = shift.do(counter.call, desk)
    with pytest.raises(Refused):
        shift.undo(shift.desk(1, WEI), done)
