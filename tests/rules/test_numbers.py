"""Ticket numbers."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hallterm.rules import numbers
from storage.facts import TicketClass
from tests.rules.modest import MODEST
from tests.rules.vectors import Vector, vectors


@pytest.mark.parametrize("vector", vectors("ticket.number"), ids=repr)
def test_numbers_of_a_day(vector: Vector) -> None:
    counters: Counter[str] = Counter()
    issued = []
    for prefix, cls in vector.inputs["issued"]:
        key = numbers.counter_key(prefix, TicketClass(cls))
        counters[key] += 1
        issued.append(numbers.ticket_number(prefix, TicketClass(cls), counters[key]))
    assert {"numbers": issued} == vector.expected


def test_one_digit_more_after_the_last_number() -> None:
    assert [numbers.ticket_number("B", TicketClass.NORMAL, n) for n in (999, 1000)] == ["B999", "B1000"]
    assert [numbers.ticket_number("B", TicketClass.SPECIAL, n) for n in (99, 100)] == ["VB99", "VB100"]


def test_all_classes_but_special_share_a_counter() -> None:
    keys = {cls: numbers.counter_key("B", cls) for cls in TicketClass}
    assert {cls for cls, key in keys.items() if key == "VB"} == {TicketClass.SPECIAL}
    assert set(keys.values()) == {"B", "VB"}


def test_a_window_that_is_cut_off_numbers_by_itself() -> None:
    assert numbers.cut_off_number("B", TicketClass.NORMAL, 3, 7) == "B3-007"
    assert numbers.cut_off_number("B", TicketClass.NORMAL, 12, 7) == "B12-007"
    assert numbers.window_number("360600001-03") == 3


@pytest.mark.parametrize("text", ["", "B", "B1", "B07", "007", "BB007", "B3-07", "B000", "B0-007", "B003-007", "V007"])
def test_what_is_no_number(text: str) -> None:
    assert numbers.parse_number(text) is None
    assert numbers.ticket_class(text) is None


def test_the_class_a_number_shows() -> None:
    assert numbers.ticket_class(" vb07 ") is TicketClass.SPECIAL
    assert numbers.ticket_class("b047") is TicketClass.NORMAL


@MODEST
@given(st.sampled_from("ABCDEFGHJKL"), st.sampled_from(TicketClass), st.integers(1, 99), st.integers(1, 99_999))
def test_a_number_reads_back(prefix: str, cls: TicketClass, window: int, count: int) -> None:
    special = cls is TicketClass.SPECIAL
    own = numbers.ticket_number(prefix, cls, count)
    cut_off = numbers.cut_off_number(prefix, cls, window, count)
    assert numbers.parse_number(own) == numbers.TicketNumber(prefix, count, special)
    assert numbers.parse_number(cut_off) == numbers.TicketNumber(prefix, count, special, window)
