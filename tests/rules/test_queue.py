"""The order of the queue, estimates, and when to call again."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hallterm.rules import queue
from hallterm.rules.numbers import parse_number
from hallterm.rules.queue import Handling, QueuedTicket, WindowGroups
from storage.facts import TicketClass
from tests.rules.modest import MODEST
from tests.rules.vectors import Vector, vectors

NOW = 1_772_416_800_000
MIN = 60_000
GROUPS = WindowGroups(("A", "B"), ("C",))


def _ticket(number: str, cls: TicketClass, wait_min: int) -> QueuedTicket:
    parsed = parse_number(number)
    assert parsed is not None
    issued_t = NOW - wait_min * MIN
    return QueuedTicket(number, number, parsed.prefix, cls, issued_t, issued_t)


TICKETS = st.lists(
    st.builds(
        lambda prefix, n, cls, wait: _ticket(f"{prefix}{n:03d}", cls, wait),
        st.sampled_from("ABC"),
        st.integers(1, 2000),
        st.sampled_from(TicketClass),
        st.integers(0, 300),
    ),
    max_size=12,
    unique_by=lambda ticket: ticket.number,
)


@pytest.mark.parametrize("vector", vectors("queue.order"), ids=repr)
def test_order_and_scores(vector: Vector) -> None:
    window = vector.inputs["window"]
    groups = WindowGroups(tuple(window["primary"]), tuple(window["secondary"]))
    tickets = [_ticket(t["no"], TicketClass(t["cls"]), t["wait_min"]) for t in vector.inputs["tickets"]]
    ordered = queue.order(reversed(tickets), groups, NOW)
    shown: dict[str, Any] = {
        "order": [ticket.number for ticket in ordered],
        "scores": {ticket.number: queue.score(ticket, groups, NOW) for ticket in tickets},
    }
    assert shown == vector.expected


@pytest.mark.parametrize("vector", vectors("queue.estimate"), ids=repr)
def test_estimate(vector: Vector) -> None:
    given_ = vector.inputs
    in_service = [Handling(int(one["std_min"] * 1000), int(one["elapsed_min"] * MIN)) for one in given_["in_service"]]
    estimate = queue.estimate([int(m * 1000) for m in given_["std_min_ahead"]], in_service, given_["open_windows"])
    assert {"est_min": estimate.minutes} == vector.expected
    assert (estimate.ahead, estimate.ahead_min, estimate.in_service_min, estimate.total_min) == (4, 9, 3, 12)


def test_idle_windows_and_nobody_ahead_is_no_wait_and_no_window_is_absent() -> None:
    assert queue.estimate([], [], 2).minutes == 0
    assert queue.estimate([], [], 0).minutes is None
    assert queue.estimate([1200], [], 0).ahead_min == 2


@pytest.mark.parametrize("vector", vectors("queue.no_show"), ids=repr)
def test_no_show_after_three_calls(vector: Vector) -> None:
    calls_s = vector.inputs["calls_s"]
    allowed = [queue.no_show_allowed(len(calls_s), now_s - calls_s[-1]) for now_s in vector.inputs["now_s"]]
    assert {"no_show_allowed": allowed} == vector.expected


@pytest.mark.parametrize(("calls", "since", "expected"), [(1, 19, False), (1, 20, True), (2, 20, True), (3, 99, False)])
def test_recall_after_twenty_seconds_and_three_calls_in_all(calls: int, since: int, expected: bool) -> None:
    assert queue.recall_allowed(calls, since) is expected


def test_no_show_comes_back_within_thirty_minutes_and_once() -> None:
    assert queue.reinstate_allowed(1800, False)
    assert not queue.reinstate_allowed(1801, False)
    assert not queue.reinstate_allowed(60, True)


def test_every_class_has_a_base() -> None:
    assert {rule.cls for rule in queue.CLASS_RULES} == set(TicketClass)
    bases = [rule.base for rule in queue.CLASS_RULES]
    assert bases == sorted(bases, reverse=True)


def test_an_appointment_outside_its_slot_counts_as_normal() -> None:
    start, end = NOW, NOW + 30 * MIN
    ticket = QueuedTicket("t", "A001", "A", TicketClass.APPOINTMENT, NOW - 60 * MIN, NOW - 60 * MIN, start, end)
    moments = [start - 5 * MIN - 1, start - 5 * MIN, end + 10 * MIN, end + 10 * MIN + 1]
    assert [queue.class_now(ticket, t) is TicketClass.APPOINTMENT for t in moments] == [False, True, True, False]


def test_an_appointment_waits_from_its_slot() -> None:
    ticket = QueuedTicket(
        "t", "A001", "A", TicketClass.APPOINTMENT, NOW - 60 * MIN, NOW - 60 * MIN, NOW - 2 * MIN, NOW + 28 * MIN
    )
    assert queue.wait_s(ticket, NOW) == 120
    assert queue.wait_s(ticket, NOW - 3 * MIN) == 0


def test_numbers_order_by_count_not_by_letter() -> None:
    tickets = [_ticket("B1000", TicketClass.NORMAL, 5), _ticket("B999", TicketClass.NORMAL, 5)]
    assert [ticket.number for ticket in queue.order(tickets, GROUPS, NOW)] == ["B999", "B1000"]


def test_why_the_first_is_first(speak: Callable[[str], None]) -> None:
    tickets = [_ticket("B047", TicketClass.NORMAL, 30), _ticket("C017", TicketClass.NORMAL, 25)]
    why = queue.why_first(queue.order(tickets, GROUPS, NOW), GROUPS, NOW)
    assert why is not None
    assert why.text() == "1st: own group, waited longest (then C017, second group)"
    speak("zh_CN")
    assert why.text() == "排第 1: 主组,等得最久(再来是 C017,兼组)"


def test_why_a_special_ticket_is_first(speak: Callable[[str], None]) -> None:
    tickets = [_ticket("A001", TicketClass.NORMAL, 30), _ticket("VA01", TicketClass.SPECIAL, 10)]
    why = queue.why_first(queue.order(tickets, GROUPS, NOW), GROUPS, NOW)
    assert why is not None
    speak("zh_CN")
    assert why.text() == "排第 1: 主组,绿色通道,等了 10 分(再来是 A001,主组)"


def test_an_own_group_ticket_before_one_that_waited_longer() -> None:
    ordered = queue.order(
        [_ticket("A001", TicketClass.NORMAL, 20), _ticket("C001", TicketClass.NORMAL, 30)], GROUPS, NOW
    )
    why = queue.why_first(ordered, GROUPS, NOW)
    assert why is not None
    assert why.text() == "1st: own group, waited 20 min (then C001, second group)"


def test_nobody_is_first_in_an_empty_queue() -> None:
    assert queue.why_first([], GROUPS, NOW) is None
    only = queue.why_first([_ticket("A001", TicketClass.NORMAL, 1)], GROUPS, NOW)
    assert only is not None
    assert only.text() == "1st: own group, waited longest"


@MODEST
@given(TICKETS, st.randoms(use_true_random=False))
def test_the_order_is_total(tickets: list[QueuedTicket], random: Any) -> None:
    ordered = queue.order(tickets, GROUPS, NOW)
    shuffled = list(tickets)
    random.shuffle(shuffled)
    assert queue.order(shuffled, GROUPS, NOW) == ordered
    assert sorted(t.number for t in ordered) == sorted(t.number for t in tickets)
    assert all(queue.score(a, GROUPS, NOW) >= queue.score(b, GROUPS, NOW) for a, b in pairwise(ordered))


@MODEST
@given(TICKETS)
def test_tickets_of_other_groups_are_never_called(tickets: list[QueuedTicket]) -> None:
    assert all(ticket.prefix == "A" for ticket in queue.order(tickets, WindowGroups(("A",)), NOW))


@MODEST
@given(st.sampled_from(TicketClass), st.sampled_from("ABC"), TICKETS)
def test_nobody_starves(cls: TicketClass, prefix: str, later: list[QueuedTicket]) -> None:
    """Whoever waits 96 minutes longer than all others (the widest gap of points) is next, whatever he and they are."""
    patient = QueuedTicket("p", f"{prefix}2001", prefix, cls, NOW - 400 * MIN, NOW - 400 * MIN)
    assert queue.order([*later, patient], GROUPS, NOW)[0] == patient


@MODEST
@given(
    st.lists(st.integers(0, 50_000), max_size=8),
    st.lists(st.builds(Handling, st.integers(0, 50_000), st.integers(0, 10_000_000)), max_size=4),
    st.integers(1, 9),
)
def test_the_figures_of_an_estimate_divide_as_shown(ahead: list[int], busy: list[Handling], windows: int) -> None:
    estimate = queue.estimate(ahead, busy, windows)
    exact_ms = sum(ahead) * 60 + sum(max(0, b.std_milliminutes * 60 - b.elapsed_ms) for b in busy)
    assert estimate.minutes == -(-exact_ms // (60_000 * windows)) == -(-estimate.total_min // windows)
    assert min(estimate.ahead_min, estimate.in_service_min) >= 0
