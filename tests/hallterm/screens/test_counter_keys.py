"""Every key of the counter in every state: it does its work, or says why it does not."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from hallterm.actions import Place, ReservedKey
from hallterm.keys import resolve
from hallterm.rules.slots import Slot
from hallterm.rules.words import Reason
from hallterm.screens.counter_keys import refusal_of
from hallterm.workflows.desk import Done, Refused, Undoable
from hallterm.workflows.seen import CounterView
from storage.errors import StorageFull
from storage.facts import (
    BreakReason,
    CounterAction,
    HoldReason,
    PauseReason,
    UnratedReason,
    WalkUpReason,
    WindowNow,
    WindowState,
)
from tests.hallterm.screens import views
from tests.hallterm.screens.conftest import Opened

Made = Callable[[], CounterView]

STATES: dict[str, Made] = {
    "idle": views.idle,
    "nobody": lambda: views.idle(waiting=False),
    "called": views.called,
    "called_third": lambda: views.called(3, since_s=25),
    "serving": views.serving,
    "paused": views.paused,
    "awaiting": views.awaiting,
    "awaiting_the_visit": views.awaiting_the_visit,
    "walk_up": views.walk_up,
    "alone": views.alone,
    "break": views.on_break,
}

OWN = ("x", "enter", "backspace", "b", "3", "-", "0", "0", "1")
"""What is no number is told, and corrected."""

WORKS: list[tuple[str, tuple[str, ...], str, dict[str, Any]]] = [
    ("idle", ("f5",), "call", {}),
    ("idle", ("f4", "2"), "start_break", {"reason": BreakReason.LUNCH}),
    ("idle", ("f6", "4"), "next_service", {"code": "D01", "quantity": 1}),
    ("idle", ("insert", "1"), "walk_up", {"code": "B02", "quantity": 1}),
    ("idle", ("insert", "0", "c", "1", "1"), "walk_up", {"code": "C11", "quantity": 1}),
    (
        "alone",
        ("insert", "b", "0", "1", "2", "enter", "1"),
        "walk_up",
        {"code": "B02", "quantity": 1, "number": "B012"},
    ),
    ("alone", ("insert", "enter", "1"), "walk_up", {"code": "B02", "quantity": 1}),
    (
        "alone",
        ("insert", *OWN, "enter", "0", "d", "0", "1"),
        "walk_up",
        {"code": "D01", "quantity": 1, "number": "B3-001"},
    ),
    ("idle", ("ctrl+o", "2"), "take_back", {"ticket": "t-c015"}),
    ("idle", ("ctrl+r", "2"), "give_unrated_reason", {"reason": UnratedReason.NO_RESPONSE}),
    ("called", ("f6",), "start", {}),
    ("called", ("4",), "start", {"code": "D01", "quantity": 1}),
    ("called", ("0", "b", "0", "7"), "start", {"code": "B07", "quantity": 1}),
    ("called", ("0", "f", "p", "1"), "start", {"code": "B02", "quantity": 1}),
    ("called", ("ctrl+y", "1"), "transfer", {"to": "360600001-05"}),
    ("called_third", ("f9", "f9"), "no_show", {}),
    ("serving", ("f8",), "finish", {}),
    ("serving", ("f4", "1"), "pause", {"reason": PauseReason.MATERIAL_SUPPLEMENT}),
    ("serving", ("f4", "0", "等", "enter"), "pause", {"reason": PauseReason.OTHER, "note": "等"}),
    ("serving", ("f6", "4"), "change_service", {"code": "D01", "quantity": 0}),
    ("serving", ("f6", "d", "0", "1"), "change_service", {"code": "D01", "quantity": 0}),
    ("serving", ("ctrl+o", "1"), "hold", {"reason": HoldReason.PAPERS}),
    ("serving", ("ctrl+y", "3"), "transfer", {"to": "B"}),
    ("awaiting_the_visit", ("f6", "4"), "next_service", {"code": "D01", "quantity": 1}),
    ("walk_up", ("ctrl+r", "2"), "change_walk_up_reason", {"reason": WalkUpReason.LAN_DOWN}),
    ("walk_up", ("f8",), "finish", {}),
    ("paused", ("f4",), "resume", {}),
    ("paused", ("f8",), "finish", {}),
    ("break", ("f4",), "end_break", {}),
]


@pytest.mark.parametrize(("state", "keys", "name", "values"), WORKS, ids=lambda value: str(value)[:30])
async def test_key_does_its_work(
    state: str, keys: tuple[str, ...], name: str, values: dict[str, Any], opened: Opened
) -> None:
    async with opened(STATES[state]()) as counter:
        await counter.press(*keys)
        assert counter.store.calls == [(name, values)]


@pytest.mark.parametrize("state", STATES)
async def test_refused_keys_say_their_reason_and_do_nothing(state: str, opened: Opened) -> None:
    view = STATES[state]()
    async with opened(view) as counter:
        refused = {slot: refusal_of(view, slot, counter.screen.keys) for slot in Slot}
        assert any(refused.values())
        for slot, reason in refused.items():
            if reason:
                await counter.press(counter.app.key_map.key_of(slot.value))
                assert counter.row(22).startswith(" X ")
                assert reason in counter.row(22)
        assert counter.store.calls == []


@pytest.mark.parametrize("state", STATES)
async def test_slots_that_do_not_work_are_marked_and_all_others_are_not(state: str, opened: Opened) -> None:
    view = STATES[state]()
    columns = (0, 7, 14, 21, 28, 35, 42, 50, 57, 64, 71)
    async with opened(view) as counter:
        bar = counter.row(24)
        cells = [ch for ch in bar for _ in range(2 if ord(ch) > 0x2E80 else 1)]
        marks = [cells[column] for column in columns]
        expected = ["-" if refusal_of(view, slot, counter.screen.keys) else " " for slot in Slot]
    assert marks == [*expected, " "]


async def test_the_same_key_twice_within_300_ms_counts_once(opened: Opened) -> None:
    async with opened(views.paused()) as counter:
        await counter.press("f4")
        await counter.show(views.serving())
        counter.clock.wait_ms(299)
        await counter.pilot.press("f4")
        await counter.settled()
        assert counter.store.calls == [("resume", {})]
        assert counter.screen.panel is None


async def test_a_key_is_no_bounce_when_another_lay_between(opened: Opened) -> None:
    async with opened(views.idle()) as counter:
        for key in ("ctrl+p", "1", "ctrl+p"):  # within a millisecond: the menu opens, a digit is typed, the menu closes
            await counter.pilot.press(key)
        await counter.settled()
        assert counter.screen.pages.menu is None


async def test_no_show_needs_its_key_again_after_300_ms_and_within_3_s(opened: Opened) -> None:
    async with opened(views.called(3, since_s=25)) as counter:
        await counter.press("f9")
        assert "过号 B047? 3 秒内再按一次 F9" in counter.row(22)
        counter.clock.wait_ms(100)
        await counter.pilot.press("f9")
        await counter.settled()
        assert counter.store.calls == []
        counter.clock.wait_ms(4000)
        await counter.pilot.press("f9")
        await counter.settled()
        assert counter.store.calls == []
        assert "3 秒内" in counter.row(22)
        await counter.press("f9")
        assert counter.store.calls == [("no_show", {})]


async def test_another_key_cancels_a_question_and_does_its_own_work(opened: Opened) -> None:
    async with opened(views.called(3, since_s=25)) as counter:
        await counter.press("f9", "f6")
        assert counter.store.calls == [("start", {})]
    async with opened(views.called(3, since_s=25)) as counter:
        await counter.press("f9", "escape", "f9")
        assert counter.store.calls == []


def _undo(clock: str) -> Undoable:
    at = views.moment(clock)
    return Undoable(CounterAction.CALL, "f1", at.t, at.m, at.boot, WindowNow(WindowState.IDLE))


async def test_backspace_takes_back_the_last_action_for_10_s(opened: Opened) -> None:
    undo = _undo("10:45:24")
    async with opened(views.idle()) as counter:
        counter.store.answers = [Done(Reason("back on duty"), undo)]
        await counter.press("f5")
        await counter.show(views.called(seq=2))
        await counter.press("backspace")
        assert counter.store.calls == [("call", {}), ("undo", {"last": undo})]


async def test_after_10_s_there_is_nothing_to_take_back_and_the_offer_is_gone(opened: Opened) -> None:
    async with opened(views.idle()) as counter:
        counter.store.answers = [Done(Reason("back on duty"), _undo("10:45:24"))]
        await counter.press("f5")
        await counter.show(views.called(seq=2))
        assert counter.row(22).strip()
        counter.clock.wait_ms(10_001)
        counter.screen.second()
        await counter.settled()
        assert not counter.row(22).strip()
        await counter.press("backspace")
        assert counter.store.calls == [("call", {})]
        assert "10 秒内没有可撤销的" in counter.row(22)


async def test_backspace_in_an_open_field_edits(opened: Opened) -> None:
    async with opened(views.serving()) as counter:
        await counter.press("f6", "f", "p", "backspace")
        assert counter.screen.body.field.value == "f"
        assert counter.store.calls == []


async def test_one_write_in_flight_and_keys_meanwhile_say_so(opened: Opened) -> None:
    gate = asyncio.Event()
    async with opened(views.idle()) as counter:
        counter.store.release = gate.wait
        counter.clock.wait_ms(1000)
        await counter.pilot.press("f5")
        await counter.pilot.pause()
        assert "保存中" in counter.row(22)
        counter.clock.wait_ms(1000)
        await counter.pilot.press("f4")
        await counter.pilot.pause()
        assert "还在保存" in counter.row(22)
        assert counter.screen.panel is None
        gate.set()
        await counter.settled()
        await counter.press("f4")
        assert counter.screen.panel is None  # the view of the call has not come: the key would be judged by the old one
        await counter.show(views.called(seq=2))
        await counter.press("f6")
        assert counter.store.calls == [("call", {}), ("start", {})]


async def test_a_slow_write_says_what_is_slow(opened: Opened) -> None:
    gate = asyncio.Event()
    async with opened(views.serving()) as counter:
        counter.store.release = gate.wait
        counter.clock.wait_ms(1000)
        await counter.pilot.press("f8")
        async with asyncio.timeout(120):
            while "磁盘慢" not in counter.row(22):
                await counter.pilot.pause(0.05)
        gate.set()
        await counter.settled()


async def test_a_refusal_and_a_full_disk_are_told_and_nothing_changes(opened: Opened) -> None:
    async with opened(views.serving()) as counter:
        counter.store.answers = [Refused(Reason("already finished")), StorageFull("hall.db")]
        await counter.press("f8")
        assert counter.row(22).startswith(" X 已办结")
        await counter.press("f8")
        assert counter.row(22).startswith(" X 磁盘满")
        assert "办理中" in counter.row(4)
        await counter.press("f8")
        assert len(counter.store.calls) == 3


async def test_a_pause_counts_from_the_press_of_its_key(opened: Opened) -> None:
    async with opened(views.serving(), "10:45:22") as counter:
        await counter.press("f4")
        pressed = counter.clock.moment
        await counter.press("1")
        assert counter.store.asked[0][2] == pressed


async def test_escape_in_the_pause_list_means_no_pause(opened: Opened) -> None:
    async with opened(views.serving()) as counter:
        await counter.press("f4", "escape", "1")
        assert counter.store.calls == []
        assert "挂起 2 件" in counter.row(12)


async def test_a_reason_that_cannot_be_chosen_says_why(opened: Opened) -> None:
    async with opened(views.serving()) as counter:
        await counter.press("f4", "5")
        assert counter.row(22).startswith(" X 5  网络正常")
        assert counter.store.calls == []


async def test_f_keys_act_through_an_open_list_or_field_and_close_it(opened: Opened) -> None:
    async with opened(views.serving()) as counter:
        await counter.press("ctrl+o", "f8")
        assert counter.store.calls == [("finish", {})]
        await counter.show(views.serving(seq=2))
        await counter.press("f6", "f", "f4")
        assert "为什么暂停" in counter.row(11)
        assert counter.screen.field is None


async def test_unknown_codes_are_told_with_what_there_is(opened: Opened) -> None:
    async with opened(views.serving()) as counter:
        await counter.press("f6", "b", "7", "7")
        assert "没有代码 B77。B 类是 B01-B10" in counter.row(22)
        assert counter.store.calls == []
        await counter.press("ctrl+g")
        assert counter.row(22).strip() == "", "the field is gone, and so is what was wrong in it"


async def test_enter_of_a_reader_does_nothing_in_the_matter_field(opened: Opened) -> None:
    async with opened(views.called()) as counter:
        await counter.press("0", "f", "p", "enter", "enter")
        assert counter.store.calls == []
        await counter.press("enter")
        assert counter.screen.body.field.value == "fp"


async def test_pasted_chinese_finds_a_matter(opened: Opened) -> None:
    async with opened(views.serving()) as counter:
        await counter.press("f6", "发", "票", "领", "1")
        assert counter.store.calls == [("change_service", {"code": "B02", "quantity": 0})]


async def test_up_and_down_change_the_quantity_of_batchable_matters_only(opened: Opened) -> None:
    async with opened(views.serving()) as counter:
        await counter.press("up")
        assert counter.row(22).startswith(" X 这一项一次只办一件")
        await counter.show(views.serving(batchable=True, service=views.service(quantity=2), seq=2))
        await counter.press("up")
        await counter.show(views.serving(batchable=True, service=views.service(quantity=3), seq=3))
        await counter.press("down")
        assert counter.store.calls == [("set_quantity", {"quantity": 3}), ("set_quantity", {"quantity": 2})]


async def test_a_star_and_a_digit_after_a_code_set_the_quantity(opened: Opened) -> None:
    async with opened(views.serving(batchable=True)) as counter:
        await counter.press("*", "3")
        assert counter.store.calls == [("set_quantity", {"quantity": 3})]


async def test_walk_ups_while_people_wait_are_for_consulting_only(opened: Opened) -> None:
    async with opened(views.idle(walk_up_only="L", walk_up_reason="consult")) as counter:
        await counter.press("insert")
        assert "原因 咨询" in counter.row(11)
        assert [counter.row(number)[5:6] for number in range(12, 17)] == ["L"] * 5
        await counter.press("0", "b", "0", "7")
        assert counter.store.calls == []


async def test_a_queue_that_moves_leaves_a_list_open_and_another_state_closes_it(opened: Opened) -> None:
    async with opened(views.serving()) as counter:
        await counter.press("f4")
        await counter.show(views.serving(waiting_all=20, seq=2))
        assert "为什么暂停" in counter.row(11)
        assert "等候 20 人" in counter.row(4)
        await counter.show(views.paused(seq=3))
        assert "为什么暂停" not in counter.row(11)


async def test_a_moved_key_works_and_is_shown_in_its_old_slot(opened: Opened) -> None:
    async with opened(views.serving()) as counter:
        counter.app.key_map = resolve(reserved=[ReservedKey("*", "f8", "POS", Place("keys.toml"))])
        counter.screen.repaint()
        await counter.press("f8")
        assert counter.store.calls == []
        await counter.press("delete")
        assert counter.store.calls == [("finish", {})]
        assert "De办结" in counter.row(24)


async def test_the_clock_of_row_8_goes_on_alone(opened: Opened) -> None:
    async with opened(views.serving()) as counter:
        before = counter.rows()
        counter.clock.wait_ms(1000)
        counter.screen.case_clock.tick()
        await counter.settled()
        after = counter.rows()
        assert [number for number in range(24) if before[number] != after[number]] == [7]
        assert "02:32 / 10:00  余 07:28" in after[7]


async def test_beyond_100_minutes_the_clock_shows_hours(opened: Opened) -> None:
    async with opened(views.serving("08:50:00"), "10:45:23") as counter:
        assert counter.row(8).startswith(" [E] 1:55:23 / 10:00  超 1:45:23   严重")


async def test_quit_asks_by_a_second_press(opened: Opened) -> None:
    async with opened(views.idle()) as counter:
        await counter.press("ctrl+q")
        assert "再按一次 ^Q" in counter.row(22)
        assert counter.app.is_running
        await counter.press("ctrl+q")
        assert counter.app._exit
