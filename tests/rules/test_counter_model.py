"""Random days at one window never reach what business rule 7.5 calls impossible.

The model keeps its own books (services, ratings, held tickets) and knows nothing of the table but its answers.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hallterm.rules.counter import Situation, refusals
from hallterm.rules.key_bar import key_bar
from hallterm.rules.transitions import next_state
from hallterm.rules.undo import LastAction, undo_refusal, undone_state
from storage.facts import CounterAction, WindowState
from tests.rules.modest import MODEST

A = CounterAction
W = WindowState
STARTS = {A.START, A.WALK_UP, A.NEXT_SERVICE}
OPEN_STATES = {W.SERVING, W.PAUSED}


class Books:
    """One service: when it was started, finished, asked for and ended otherwise."""

    def __init__(self, has_ticket: bool) -> None:
        self.has_ticket = has_ticket
        self.open = True
        self.finished = False
        self.asked = False
        self.rated = False


class Day:
    """One window through a day, driven only by what the rules allow."""

    def __init__(self, per_visit: bool) -> None:
        self.per_visit = per_visit
        self.state = W.CLOSED
        self.now_s = 0
        self.waiting = 2
        self.calls = 0
        self.called_s = 0
        self.asked_s = 0
        self.service: Books | None = None
        self.held: list[Books] = []
        self.served: list[Books] = []
        self.last: tuple[CounterAction, WindowState, int, tuple[object, ...]] | None = None

    def situation(self) -> Situation:
        return Situation(
            window_state=self.state,
            waiting_count=self.waiting,
            calls=self.calls,
            s_since_last_call=self.now_s - self.called_s,
            held_count=len(self.held),
            can_next=bool(self.served) and not self.served[-1].open and self.state is W.IDLE,
            unrated_today=sum(one.finished and not one.rated for one in self.served),
            number="B047",
            code="B07",
            has_ticket=self.service is None or self.service.has_ticket,
            batchable=True,
            asked_t=self.asked_s * 1000,
            rating_s_so_far=self.now_s - self.asked_s,
            per_visit=self.per_visit,
            undo_available=undo_refusal(self.last_action()) is None,
        )

    def last_action(self) -> LastAction | None:
        if self.last is None:
            return None
        action, _, at_s, _ = self.last
        rating_open = self.state is W.AWAITING_RATING
        return LastAction(action=action, ms_ago=(self.now_s - at_s) * 1000, rating_open=rating_open)

    def snapshot(self) -> tuple[object, ...]:
        return (self.service, list(self.held), self.waiting, self.calls, self.called_s)

    def act(self, action: CounterAction) -> None:
        if action is A.UNDO:
            self.undo()
            return
        before, books = self.state, self.snapshot()
        self.state = next_state(before, action)
        self.book(action, before)
        self.last = (action, before, self.now_s, books)

    def book(self, action: CounterAction, before: WindowState) -> None:
        if action is A.CALL:
            assert self.waiting > 0, "a call of nobody"
            self.waiting, self.calls, self.called_s = self.waiting - 1, 1, self.now_s
        elif action is A.RECALL:
            assert self.now_s - self.called_s >= 20, "a recall too early"
            self.calls, self.called_s = self.calls + 1, self.now_s
        elif action is A.NO_SHOW:
            assert self.calls == 3, "a no-show before three calls"
            assert self.now_s - self.called_s >= 20, "a no-show too early"
        elif action in STARTS:
            self.start(Books(has_ticket=action is not A.WALK_UP))
        elif action is A.TAKE_BACK:
            self.start(self.held.pop())
        elif action is A.FINISH:
            assert self.service is not None, "a finish without a start"
            assert self.service.open, "a finish without a start"
            self.service.open, self.service.finished, self.service.asked = False, True, True
            self.served.append(self.service)
            self.service, self.asked_s = None, self.now_s
        elif action in (A.HOLD, A.TRANSFER):
            self.leave(action, before)

    def start(self, service: Books) -> None:
        assert self.service is None, "two open services at a window"
        assert not service.finished, "a finished service runs again"
        self.service = service

    def leave(self, action: CounterAction, before: WindowState) -> None:
        if before in OPEN_STATES:
            assert self.service is not None
            assert self.service.has_ticket, "a walk-up in a queue"
            if action is A.HOLD:
                self.held.append(self.service)
            self.service = None

    def undo(self) -> None:
        assert self.last is not None
        action, before, at_s, books = self.last
        assert self.now_s - at_s <= 10, "an undo after ten seconds"
        service, held, waiting, calls, called_s = books
        if action is A.FINISH:
            finished = self.served.pop()
            assert not finished.rated, "an undo of a rated service"
            finished.finished, finished.asked, finished.open = False, False, True
        assert service is None or isinstance(service, Books)
        assert isinstance(held, list)
        assert isinstance(waiting, int)
        assert isinstance(calls, int)
        assert isinstance(called_s, int)
        self.service, self.held, self.waiting, self.calls, self.called_s = service, held, waiting, calls, called_s
        self.state = undone_state(action, before)
        self.last = None

    def pad(self) -> None:
        """The taxpayer presses, or the time runs out: only the station does this."""
        if self.state is W.AWAITING_RATING:
            assert self.served[-1].asked, "a rating before it was asked"
            assert self.served[-1].finished, "a rating before finish"
            self.served[-1].rated = True
            self.state = W.IDLE
            self.last = None

    def check(self) -> None:
        assert (self.service is not None) is (self.state in OPEN_STATES), "a clock without a service, or the reverse"
        assert self.service is None or not self.service.asked, "a prompt before finish"
        assert all(one.finished for one in self.served)
        assert not (self.state is W.CLOSED and self.held), "signed off with held tickets"


STEPS = st.one_of(
    st.sampled_from(CounterAction),
    st.sampled_from([A.CALL, A.START, A.FINISH, A.UNDO, A.RECALL, A.NO_SHOW, A.HOLD, A.TAKE_BACK]),
    st.sampled_from([1, 9, 20]),
    st.just("pad"),
    st.just("ticket"),
)


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@MODEST
@given(steps=st.lists(STEPS, max_size=60), per_visit=st.booleans())
def test_no_day_reaches_what_must_be_impossible(
    language: str, speak: Callable[[str], None], steps: list[CounterAction | int | str], per_visit: bool
) -> None:
    speak(language)
    day = Day(per_visit)
    day.act(A.OPEN)
    for step in steps:
        now = day.situation()
        answers = refusals(now)
        assert all(why is None or why.text() for why in answers.values()), "a dead key without a reason"
        assert any(why is None for why in answers.values()), "a window that nothing can move"
        assert all(key.refused == answers[key.action] for key in key_bar(now))
        if isinstance(step, CounterAction):
            if answers[step] is None:
                day.act(step)
        elif isinstance(step, int):
            day.now_s += step
        elif step == "pad":
            day.pad()
        else:
            day.waiting += 1
        day.check()


@pytest.mark.parametrize("per_visit", [False, True])
def test_from_every_state_the_window_can_close(per_visit: bool) -> None:
    """With patience alone (time passes, the pad answers) every state leads to a sign-off."""
    leads = {W.CALLED: A.START, W.SERVING: A.FINISH, W.PAUSED: A.FINISH, W.BREAK: A.SIGN_OFF, W.IDLE: A.SIGN_OFF}
    for first in ([A.CALL], [A.WALK_UP], [A.WALK_UP, A.PAUSE], [A.BREAK], []):
        day = Day(per_visit)
        for action in (A.OPEN, *first):
            day.act(action)
        while day.state is not W.CLOSED:
            day.now_s += 30
            day.pad()
            action = leads[day.state]
            assert refusals(day.situation())[action] is None
            day.act(action)
            day.check()
