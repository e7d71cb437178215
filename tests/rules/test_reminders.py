"""Reminders: when, to whom, and the lamp of a due clock."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hallterm.rules.deadlines import same_day_due, workdays_due
from hallterm.rules.lamp import Lamp
from hallterm.rules.reminders import TO, Addressee, ReminderKind, due_lamp, reminders
from tests.rules.modest import MODEST
from tests.rules.moments import HOURS, t, text
from tests.rules.test_deadlines import MOMENTS

CREATED = t("2026-03-02T09:20")
FIVE = workdays_due(CREATED, 5, HOURS)


def shown(created: int, until: str, now: str, n: int = 5) -> list[tuple[str, str]]:
    due = workdays_due(created, n, HOURS)
    assert text(due.t) == until
    return [(one.kind.value, text(one.at_t)) for one in reminders(created, due, HOURS, t(now))]


def test_a_term_of_five_days_is_reminded_at_its_half_and_at_its_end() -> None:
    assert shown(CREATED, "2026-03-09T18:00", "2026-03-11T12:00") == [
        ("created", "2026-03-02T09:20"),
        ("half", "2026-03-05T09:00"),
        ("due_day", "2026-03-09T09:00"),
        ("due", "2026-03-09T18:00"),
        ("overdue", "2026-03-10T09:00"),
        ("overdue", "2026-03-11T09:00"),
    ]


def test_a_term_of_one_day_has_no_half() -> None:
    assert shown(CREATED, "2026-03-03T18:00", "2026-03-03T18:00", n=1) == [
        ("created", "2026-03-02T09:20"),
        ("due_day", "2026-03-03T09:00"),
        ("due", "2026-03-03T18:00"),
    ]


def test_a_term_of_two_days_has_its_half_on_the_first() -> None:
    assert shown(CREATED, "2026-03-04T18:00", "2026-03-03T12:00", n=2) == [
        ("created", "2026-03-02T09:20"),
        ("half", "2026-03-03T09:00"),
    ]


def test_what_is_due_the_same_day_is_not_announced_before_it_came() -> None:
    due = same_day_due(CREATED, HOURS)
    kinds = [one.kind for one in reminders(CREATED, due, HOURS, due.t)]
    assert kinds == [ReminderKind.CREATED, ReminderKind.DUE]


def test_overdue_goes_to_the_superior_too_and_on_working_days_only() -> None:
    assert TO[ReminderKind.OVERDUE] == (Addressee.HANDLER, Addressee.SUPERIOR)
    assert all(to == (Addressee.HANDLER,) for kind, to in TO.items() if kind is not ReminderKind.OVERDUE)
    late = [one for one in reminders(CREATED, FIVE, HOURS, t("2026-03-17T12:00")) if one.kind is ReminderKind.OVERDUE]
    assert [text(one.at_t)[:10] for one in late] == [f"2026-03-{n}" for n in (10, 11, 12, 13, 16, 17)]
    assert all(one.to == TO[ReminderKind.OVERDUE] for one in late)


@MODEST
@given(MOMENTS, st.integers(1, 15), st.integers(0, 40 * 86_400_000), st.integers(0, 20 * 86_400_000))
def test_a_machine_that_was_off_misses_none(created: int, n: int, after: int, more: int) -> None:
    due = workdays_due(created, n, HOURS)
    earlier = reminders(created, due, HOURS, created + after)
    later = reminders(created, due, HOURS, created + after + more)
    assert later[: len(earlier)] == earlier
    assert list(later) == sorted(later)
    assert len(set(later)) == len(later)


@pytest.mark.parametrize(
    ("now", "with_superior", "lamp"),
    [
        ("2026-03-02T09:20", False, Lamp.GREEN),
        ("2026-03-05T09:00", False, Lamp.GREEN),
        ("2026-03-06T12:00", False, Lamp.YELLOW),
        ("2026-03-09T08:00", False, Lamp.YELLOW),
        ("2026-03-09T18:00", False, Lamp.YELLOW),
        ("2026-03-09T18:01", False, Lamp.RED),
        ("2026-03-09T18:01", True, Lamp.ESCALATE),
        ("2026-03-06T12:00", True, Lamp.YELLOW),
    ],
)
def test_the_lamp_of_a_due_clock(now: str, with_superior: bool, lamp: Lamp) -> None:
    assert due_lamp(CREATED, FIVE, t(now), with_superior=with_superior) is lamp


def test_what_is_due_today_is_yellow_from_the_start() -> None:
    due = same_day_due(CREATED, HOURS)
    assert due_lamp(CREATED, due, CREATED) is Lamp.YELLOW
