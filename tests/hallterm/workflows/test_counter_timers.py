"""What counts against the limit, under a clock moved by hand (business rules 7.3, 7.4, T10 and T27)."""

from __future__ import annotations

from itertools import pairwise

import pytest

from hallterm.rules.timers import PAUSE_RULES, PauseRule
from hallterm.workflows import counter
from hallterm.workflows.clocks import stopped
from storage.facts import PauseReason, ServiceState, WindowState
from tests.hallterm.workflows.shift import W1, Shift

CLERKS_REASONS = [rule for rule in PAUSE_RULES if not rule.by_program]


@pytest.mark.parametrize("rule", CLERKS_REASONS, ids=lambda rule: str(rule.reason))
def test_a_pause_counts_or_not_by_its_reason(shift: Shift, rule: PauseRule) -> None:
    desk = shift.open()
    shift.serve(desk)
    service = shift.serving(desk).id
    shift.pads = False
    shift.show_pad(desk.window, "lost")  # a device fault may be chosen only while one is seen
    shift.do(counter.pause, desk, rule.reason, "note", after_s=11)
    shift.do(counter.finish, desk, after_s=200.5)
    row = shift.service(service)
    assert row.counted_s == (11 if rule.excluded else 211)
    assert row.excluded_s == (200 if rule.excluded else 0)
    assert row.wall_s == 211
    assert shift.intervals(service) == [("paused", rule.reason, int(rule.excluded), 200_500)]


def test_milliseconds_are_summed_and_floored_once(shift: Shift) -> None:
    desk = shift.open()
    shift.serve(desk)
    service = shift.serving(desk).id
    for _ in range(4):
        shift.do(counter.pause, desk, PauseReason.TAXPAYER_LEFT, after_s=0.9)
        shift.do(counter.resume, desk, after_s=0.9)
    shift.do(counter.finish, desk, after_s=0.9)
    row = shift.service(service)
    assert (row.counted_s, row.excluded_s, row.wall_s) == (4, 3, 8)


@pytest.mark.parametrize("jump_s", [-86_400, -3_600, 7_200, 86_400 * 3])
def test_setting_the_wall_clock_changes_no_duration(shift: Shift, jump_s: int) -> None:
    desk = shift.open()
    ticket = shift.serve(desk)
    service = shift.serving(desk).id
    shift.clock.jump(jump_s)
    shift.do(counter.pause, desk, PauseReason.TAXPAYER_LEFT, after_s=10)
    shift.clock.jump(-jump_s)
    shift.do(counter.resume, desk, after_s=20)
    shift.clock.jump(jump_s)
    shift.do(counter.hold, desk, "papers", after_s=10)
    shift.clock.jump(-jump_s)
    shift.do(counter.take_back, desk, ticket, after_s=30)
    since = shift.clock.after(5)
    shift.clock.jump(jump_s)
    counter.blocked(desk, since, shift.clock.after(4))
    shift.do(counter.finish, desk, after_s=6)
    row = shift.service(service)
    assert (row.counted_s, row.excluded_s, row.wall_s) == (31, 54, 85)
    shift.check()


def test_the_leg_that_is_taken_back_is_the_held_one_whatever_the_wall_clock_said(shift: Shift) -> None:
    desk = shift.open()
    ticket = shift.serve(desk)
    first = shift.serving(desk).id
    shift.do(counter.transfer, desk, "A")
    shift.clock.jump(-7200)
    shift.do(counter.call, desk)
    shift.do(counter.start, desk)
    second = shift.serving(desk).id
    assert second != first
    assert shift.service(second).leg == 2
    shift.do(counter.hold, desk, "papers", after_s=9)
    shift.do(counter.take_back, desk, ticket)
    assert shift.serving(desk).id == second
    assert shift.service(first).state is ServiceState.TRANSFERRED


# T10


def test_t10_a_blocked_stretch_is_cut_out_of_the_running_clock(shift: Shift) -> None:
    desk = shift.open()
    shift.serve(desk)
    service = shift.serving(desk).id
    since = shift.clock.after(20)
    assert counter.blocked(desk, since, shift.clock.after(7))
    shift.do(counter.finish, desk, after_s=3)
    row = shift.service(service)
    assert (row.counted_s, row.excluded_s, row.wall_s) == (23, 7, 30)
    assert shift.intervals(service) == [("ui_blocked", "ui_blocked", 1, 7_000)]


def test_t10_a_pause_that_counts_does_not_count_while_blocked(shift: Shift) -> None:
    """``finish`` is possible from a pause; when it cannot be taken, the limit stands still there too."""
    desk = shift.open()
    shift.serve(desk)
    service = shift.serving(desk).id
    shift.do(counter.pause, desk, PauseReason.INTERNAL_CONSULT, after_s=10)
    since = shift.clock.after(5)
    assert counter.blocked(desk, since, shift.clock.after(60))
    assert shift.window(desk).state is WindowState.PAUSED
    assert shift.serving(desk).pause_reason == PauseReason.INTERNAL_CONSULT
    shift.do(counter.finish, desk, after_s=5)
    row = shift.service(service)
    assert (row.counted_s, row.excluded_s) == (20, 60)
    assert [(kind, ms) for kind, _, _, ms in shift.intervals(service)] == [
        ("paused", 5_000),
        ("ui_blocked", 60_000),
        ("paused", 5_000),
    ]


def test_t10_an_excluded_pause_and_an_idle_window_need_no_block(shift: Shift) -> None:
    desk = shift.open()
    assert not counter.blocked(desk, shift.clock(), shift.clock.after(5))
    shift.serve(desk)
    shift.do(counter.pause, desk, PauseReason.SYSTEM_FAULT)
    before = shift.stores.kinds()
    assert not counter.blocked(desk, shift.clock(), shift.clock.after(5))
    assert shift.stores.kinds() == before


def test_t10_a_block_begins_at_the_earliest_with_the_running_stretch(shift: Shift) -> None:
    """The press that was slow may be the start itself, or the block may reach back over the pause before."""
    desk = shift.open()
    since = shift.clock()
    shift.serve(desk)
    shift.do(counter.pause, desk, PauseReason.TAXPAYER_LEFT, after_s=10)
    shift.do(counter.resume, desk, after_s=20)
    assert counter.blocked(desk, since, shift.clock.after(4))
    service = shift.serving(desk)
    assert (service.counted_ms, service.excluded_ms) == (10_000, 24_000)


# T27


def test_t27_after_a_crash_the_pause_begins_at_the_last_heartbeat(shift: Shift) -> None:
    desk = shift.open()
    ticket = shift.serve(desk)
    service = shift.serving(desk).id
    shift.stores.board.beat(W1, service, shift.clock.after(50))
    shift.clock.after(300)
    shift.open()
    row = shift.serving(desk)
    assert (row.state, row.pause_reason, row.counted_ms) == (ServiceState.PAUSED, PauseReason.APP_RESTART, 50_000)
    assert (shift.window(desk).state, shift.ticket(ticket).state) == (WindowState.PAUSED, "paused")
    shift.do(counter.resume, desk, after_s=4)
    shift.do(counter.finish, desk, after_s=10)
    row = shift.service(service)
    assert (row.counted_s, row.excluded_s) == (60, 305)
    shift.check()


def test_t27_a_heartbeat_of_before_the_last_change_says_nothing(shift: Shift) -> None:
    desk = shift.open()
    shift.serve(desk)
    service = shift.serving(desk).id
    shift.stores.board.beat(W1, service, shift.clock.after(10))
    shift.do(counter.pause, desk, PauseReason.LEADER_APPROVAL, after_s=3)
    shift.clock.after(100)
    shift.open()
    shift.do(counter.finish, desk, after_s=9)
    row = shift.service(service)
    assert (row.counted_s, row.excluded_s, row.wall_s) == (13, 110, 123)


@pytest.mark.parametrize("service_of_beat", ["", "another/0/1/abcdef01", None])
def test_t27_without_a_heartbeat_of_the_service_nothing_is_counted_that_nobody_saw(
    shift: Shift, service_of_beat: str | None
) -> None:
    desk = shift.open()
    shift.serve(desk)
    shift.clock.after(4)
    if service_of_beat is not None:
        shift.stores.board.beat(W1, service_of_beat, shift.clock())
    shift.clock.after(60)
    shift.open()
    assert shift.serving(desk).counted_ms == 0


def test_t27_a_reboot_is_bridged_by_the_wall_clock(shift: Shift) -> None:
    desk = shift.open()
    shift.serve(desk)
    service = shift.serving(desk).id
    shift.stores.board.beat(W1, service, shift.clock.after(40))
    shift.clock.after(3)
    shift.clock.reboot(off_s=600)
    shift.open()
    assert stopped(shift.serving(desk), shift.clock()).counted_ms == 40_000
    shift.do(counter.resume, desk, after_s=6)
    shift.stores.board.beat(W1, service, shift.clock.after(5))
    shift.do(counter.finish, desk, after_s=5)
    row = shift.service(service)
    assert (row.counted_s, row.excluded_s, row.wall_s) == (50, 610, 660)


def test_t27_a_second_crash_does_not_go_back_to_the_beat_before_the_first(shift: Shift) -> None:
    """Same service, another boot: the old beat is older than the stretch that runs now."""
    desk = shift.open()
    shift.serve(desk)
    service = shift.serving(desk).id
    shift.stores.board.beat(W1, service, shift.clock.after(40))
    shift.clock.reboot(off_s=100)
    shift.open()
    shift.do(counter.resume, desk, after_s=10)
    shift.clock.after(2)
    shift.clock.reboot(off_s=50)
    shift.open()
    shift.do(counter.finish, desk, after_s=10)
    row = shift.service(service)
    assert row.counted_s == 40
    rows = shift.db.rows("SELECT from_t, length_ms FROM service_interval ORDER BY from_t")
    assert all(a + ms <= b for (a, ms), (b, _) in pairwise(rows))


def test_t27_a_wall_clock_set_back_over_a_reboot_gives_no_negative_time(shift: Shift) -> None:
    desk = shift.open()
    shift.serve(desk)
    service = shift.serving(desk).id
    shift.clock.reboot(off_s=-7200)
    shift.open()
    shift.do(counter.finish, desk, after_s=10)
    row = shift.service(service)
    assert min(row.counted_s, row.excluded_s, row.wall_s) >= 0
    assert all(ms >= 0 for *_, ms in shift.intervals(service))


def test_leaving_with_a_matter_open_stops_its_clock(shift: Shift) -> None:
    desk = shift.open()
    shift.serve(desk)
    service = shift.serving(desk).id
    counter.leave(desk, shift.clock.after(30))
    assert shift.serving(desk).pause_reason == PauseReason.APP_RESTART
    before = shift.stores.kinds()
    counter.leave(desk, shift.clock.after(1))
    assert shift.stores.kinds() == before
    shift.clock.after(99)
    shift.open()
    shift.do(counter.resume, desk)
    shift.do(counter.pause, desk, PauseReason.INTERNAL_CONSULT, after_s=10)
    counter.leave(desk, shift.clock.after(5))
    shift.clock.after(40)
    shift.open()
    shift.do(counter.finish, desk, after_s=1)
    assert shift.service(service).counted_s == 45
    assert [ms for *_, ms in shift.intervals(service)] == [102_000, 5_000, 42_000]
    shift.check()
