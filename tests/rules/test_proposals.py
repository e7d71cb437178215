"""Proposals to a leader: which window could take which group, and why."""

from __future__ import annotations

from hallterm.rules import proposals as rules
from hallterm.rules.proposals import EmptyPost, GroupAt, Proposal, WindowAt, proposals
from hallterm.rules.words import Reason, Value
from storage.facts import ProposalKind, WindowState

MIN = 60_000
BUSY = WindowAt(window="03", state=WindowState.SERVING, staff="0303", primary=("B",))
IDLE = WindowAt(window="05", state=WindowState.IDLE, staff="0305", primary=("D",), idle_ms=12 * MIN)
LONGER = WindowAt(window="06", state=WindowState.IDLE, staff="0306", primary=("E",), idle_ms=20 * MIN)
RESERVE = WindowAt(window="09", state=WindowState.CLOSED, reserve=True)


def test_an_idle_window_is_proposed_for_the_group_that_waits_and_says_why() -> None:
    (found,) = proposals([BUSY, IDLE], [GroupAt("B", 9), GroupAt("D", 0)])
    values: dict[str, Value] = {"window": "05", "minutes": 12, "waiting": 9, "group": "B", "open": 1}
    assert found == Proposal(ProposalKind.ADD_GROUP, "05", Reason(rules.ADD_GROUP, values), "B", "0305")
    assert found.why.text() == "window 05 is idle for 12 min, 9 wait in group B at 1 open windows"


def test_the_fullest_group_goes_to_the_longest_idle_window() -> None:
    found = proposals([BUSY, IDLE, LONGER], [GroupAt("B", 9), GroupAt("C", 2), GroupAt("A", 11)])
    assert [(one.window, one.prefix) for one in found] == [("06", "A"), ("05", "B")]
    assert found[0].why == Reason(
        rules.ADD_ALONE, {"window": "06", "minutes": 20, "waiting": 11, "group": "A", "open": 0}
    )


def test_nothing_is_proposed_before_ten_idle_minutes_or_for_five_waiting() -> None:
    just_idle = WindowAt(window="05", state=WindowState.IDLE, primary=("D",), idle_ms=10 * MIN - 1)
    assert proposals([BUSY, just_idle], [GroupAt("B", 9)]) == ()
    assert proposals([BUSY, IDLE], [GroupAt("B", 5)]) == ()
    assert len(proposals([BUSY, IDLE], [GroupAt("B", 6)])) == 1


def test_a_window_with_people_of_its_own_is_not_idle() -> None:
    assert proposals([BUSY, IDLE], [GroupAt("B", 9), GroupAt("D", 1)]) == ()


def test_a_declined_proposal_is_not_made_again() -> None:
    declined = {(ProposalKind.ADD_GROUP, "05", "B")}
    assert proposals([BUSY, IDLE], [GroupAt("B", 9)], declined=declined) == ()


def test_a_reserve_window_is_proposed_when_nobody_is_idle() -> None:
    (found,) = proposals([BUSY, RESERVE], [GroupAt("B", 9)])
    assert (found.kind, found.window) == (ProposalKind.OPEN_RESERVE, "09")
    assert found.why == Reason(rules.RESERVE, {"waiting": 9, "open": 1, "window": "09"})
    assert proposals([BUSY, RESERVE], [GroupAt("B", 8)]) == ()
    assert [one.kind for one in proposals([BUSY, IDLE, RESERVE], [GroupAt("B", 99)])] == [ProposalKind.ADD_GROUP]
    assert proposals([BUSY], [GroupAt("B", 99)]) == ()


def test_a_break_is_proposed_where_few_wait_the_most_tired_first() -> None:
    tired = WindowAt(window="01", state=WindowState.SERVING, staff="0301", primary=("A",), without_break_ms=100 * MIN)
    more = WindowAt(window="02", state=WindowState.IDLE, staff="0302", primary=("C",), without_break_ms=130 * MIN)
    resting = WindowAt(window="04", state=WindowState.BREAK, staff="0304", without_break_ms=200 * MIN)
    found = proposals([tired, more, resting], [GroupAt("A", 3), GroupAt("C", 0)])
    assert [(one.kind, one.staff) for one in found] == [(ProposalKind.BREAK, "0302"), (ProposalKind.BREAK, "0301")]
    assert found[1].why == Reason(rules.BREAK, {"minutes": 100, "waiting": 3, "window": "01"})
    assert proposals([tired], [GroupAt("A", 4)]) == ()


def test_who_could_stand_in_is_proposed_first() -> None:
    found = proposals([BUSY, IDLE], [GroupAt("B", 9)], [EmptyPost("08", "0309"), EmptyPost("07")])
    assert [(one.kind, one.window, one.staff) for one in found] == [
        (ProposalKind.SUBSTITUTE, "08", "0309"),
        (ProposalKind.ADD_GROUP, "05", "0305"),
    ]
