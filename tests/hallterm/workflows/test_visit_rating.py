"""One rating a visit, where the hall rates so: asked at the last finish, counted once (rule 8.1, T21)."""

from __future__ import annotations

import pytest

from hallterm.workflows import counter, rating
from hallterm.workflows.case import read_case
from hallterm.workflows.desk import Desk, Refused
from hallterm.workflows.look import look
from hallterm.workflows.ticketing import cancel
from hallterm.workflows.visit_rating import settle_left
from storage import views
from storage.facts import HoldReason, RatingUnit, ServiceState, SettingSet, UnratedReason, WindowState
from tests.hallterm.workflows.founded import HALL
from tests.hallterm.workflows.shift import W2, WEI, Shift, changed, tables


@pytest.fixture
def desk(shift: Shift) -> Desk:
    """A clerk in a hall that rates whole visits."""
    with shift.stores.journal.write("0001", shift.clock()) as tx:
        tx.record(SettingSet("rating_unit", f'"{RatingUnit.PER_VISIT}"', HALL))
    return shift.open()


def ratings(shift: Shift, *services: str) -> list[str]:
    return [shift.service(one).rating for one in services]


def sums(shift: Shift) -> tuple[int, int, int, int]:
    return (shift.figure("services"), shift.figure("rated"), shift.figure("unrated"), shift.figure("exempt"))


def asked_now(shift: Shift, desk: Desk) -> str:
    """The service at the window, its pad's window open."""
    service = shift.window(desk).service
    assert rating.ask(shift.stores.journal, service, "HT25A0000001", 30, shift.clock.after(0.1))
    return service


def missed(shift: Shift, service: str, reason: UnratedReason = UnratedReason.NO_RESPONSE) -> bool:
    return rating.miss(shift.stores.journal, service, reason, shift.clock.after(30))


def next_asked(shift: Shift, desk: Desk) -> str:
    shift.do(counter.next_service, desk, "B02")
    shift.do(counter.finish, desk, after_s=60)
    return asked_now(shift, desk)


def test_the_next_matter_cancels_the_prompt_and_the_last_finish_carries_the_one_rating(
    shift: Shift, desk: Desk
) -> None:
    first = shift.await_rating(desk)
    done = shift.do(counter.next_service, desk, "B02")
    assert "one rating at the end" in done.words.text()
    ask = views.ask_of_service(shift.db, first)
    assert ask is not None
    assert ask.state == "cancelled"
    assert shift.rate(first) is None
    shift.do(counter.finish, desk, after_s=60)
    second = asked_now(shift, desk)
    assert shift.rate(second, 4) is not None
    assert ratings(shift, first, second) == ["with_visit", "rated"]
    assert sums(shift) == (2, 1, 0, 0)
    assert shift.figure("level_4") == 1
    assert [views.level(shift.db, one) for one in (first, second)] == [4, 4]
    last = look(desk, shift.clock()).last
    assert last is not None
    assert last.rating == "rated"
    shift.check()


def test_a_visit_nobody_rated_is_unrated_once(shift: Shift, desk: Desk) -> None:
    first = shift.await_rating(desk)
    second = next_asked(shift, desk)
    missed(shift, second)
    assert ratings(shift, first, second) == ["with_visit", "unrated"]
    assert sums(shift) == (2, 0, 1, 0)
    assert look(desk, shift.clock()).evaluation_rate == "0.00"


@pytest.mark.parametrize("reason", [UnratedReason.NO_RESPONSE, UnratedReason.DEVICE_FAULT])
@pytest.mark.parametrize("pressed", [True, False])
def test_an_earlier_missing_rating_of_the_visit_is_withdrawn_by_the_last_one(
    shift: Shift, desk: Desk, reason: UnratedReason, pressed: bool
) -> None:
    first = shift.await_rating(desk)
    missed(shift, first, reason)
    second = next_asked(shift, desk)
    assert sums(shift)[2] == 1
    assert shift.rate(second) is not None if pressed else missed(shift, second)
    assert ratings(shift, first, second) == ["with_visit", "rated" if pressed else "unrated"]
    assert sums(shift) == (2, int(pressed), int(not pressed), 0)
    assert [row.service for row in views.unrated_today(shift.db, HALL, desk.staff, "2026-11-24")] == (
        [] if pressed else [second]
    )
    shift.check()


def test_the_clerks_reason_and_a_pad_that_is_away_are_outcomes_of_the_visit_too(shift: Shift, desk: Desk) -> None:
    missed(shift, shift.await_rating(desk))
    second = next_asked(shift, desk)
    shift.do(counter.give_unrated_reason, desk, UnratedReason.REFUSED, after_s=11)
    assert sums(shift) == (2, 0, 1, 0)
    shift.do(counter.next_service, desk, "B02")
    shift.pads = False
    shift.show_pad(desk.window, "lost")
    shift.do(counter.finish, desk, after_s=60)
    assert ratings(shift, second) == ["with_visit"]
    assert sums(shift) == (3, 0, 1, 1)


def test_a_visit_that_is_rated_is_not_asked_again(shift: Shift, desk: Desk) -> None:
    first = shift.await_rating(desk)
    assert shift.rate(first, 5) is not None
    shift.do(counter.next_service, desk, "B02")
    second = shift.window(desk).service
    done = shift.do(counter.finish, desk, after_s=60)
    assert "already" in done.words.text()
    assert done.undo is None
    assert shift.window(desk).state is WindowState.IDLE
    assert views.awaiting(shift.db, HALL) == []
    assert ratings(shift, first, second) == ["rated", "with_visit"]
    assert sums(shift) == (2, 1, 0, 0)
    shift.do(counter.next_service, desk, "B02")
    assert shift.window(desk).state is WindowState.SERVING


def test_the_undo_of_the_next_matter_awaits_the_rating_again(shift: Shift, desk: Desk) -> None:
    first = shift.await_rating(desk)
    before = tables(shift)
    done = shift.do(counter.next_service, desk, "B02")
    second = shift.window(desk).service
    shift.undo(desk, done)
    assert changed(before, tables(shift)) == {
        "service": [(second, HALL)],
        "rating_ask": [(views.ask_of_service(shift.db, first).id, HALL)],  # type: ignore[union-attr]
    }
    assert shift.window(desk).state is WindowState.AWAITING_RATING
    assert shift.service(second).state is ServiceState.CANCELLED
    assert [one.id for one in views.awaiting(shift.db, HALL)] == [first]
    asked_now(shift, desk)
    assert shift.rate(first) is not None
    assert sums(shift) == (1, 1, 0, 0)
    shift.check()


def test_per_service_the_next_matter_waits_for_the_rating(shift: Shift) -> None:
    desk = shift.open()
    shift.await_rating(desk)
    with pytest.raises(Refused) as refused:
        shift.do(counter.next_service, desk, "B02")
    assert refused.value.reason.text() == "already finished"
    assert shift.window(desk).state is WindowState.AWAITING_RATING


@pytest.mark.parametrize("value", ['"per_planet"', "7", "not json", '"per_service"'])
def test_a_value_nobody_understands_is_the_default(shift: Shift, value: str) -> None:
    with shift.stores.journal.write("0001", shift.clock()) as tx:
        tx.record(SettingSet("rating_unit", value, HALL))
    assert not read_case(shift.db, shift.open(), "2026-11-24").per_visit


def test_the_rating_goes_with_the_visit_to_the_clerk_who_ends_it(shift: Shift, desk: Desk) -> None:
    first = shift.await_rating(desk)
    shift.do(counter.next_service, desk, "B02")
    other = shift.open(2, WEI)
    shift.do(counter.transfer, desk, W2)
    shift.do(counter.call, other)
    shift.do(counter.start, other, "B02")
    shift.do(counter.finish, other, after_s=60)
    last = asked_now(shift, other)
    assert shift.rate(last) is not None
    assert ratings(shift, first, last) == ["with_visit", "rated"]
    assert shift.db.rows("SELECT staff FROM rating") == [(WEI,)]


@pytest.mark.parametrize("how", ["cancelled", "day over"])
def test_a_visit_that_ends_before_its_rating_was_asked_is_unrated_once(shift: Shift, desk: Desk, how: str) -> None:
    first = shift.await_rating(desk)
    shift.do(counter.next_service, desk, "B02")
    if how == "cancelled":
        number = shift.ticket(shift.window(desk).ticket).number
        shift.do(counter.transfer, desk, "B")
        cancel(shift.stores.desk(), shift.clock.after(1), number)
    else:
        shift.do(counter.hold, desk, HoldReason.PAPERS)
        shift.clock.after(86_400)
        shift.issue()  # the next day begins
    for settled in (1, 0):
        with shift.stores.journal.write("-", shift.clock.after(60)) as tx:
            assert settle_left(tx, "2026-11-20") == settled
    row = views.unrated(shift.db, first)
    assert row is not None
    assert (row.reason, row.exempt, row.day) == ("left", False, "2026-11-24")
    period = shift.db.rows("SELECT sum(unrated) FROM figure WHERE period = '2026-11-24'")
    assert period == [(1,)]
    shift.check()
