"""The hall board: drawn cell by cell, dispatch line by line, answers to what waits; nothing happens by itself."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace
from textual.pilot import Pilot

from hallterm.screens.hall_board import HallBoardScreen
from hallterm.screens.hall_choices import Ask
from hallterm.screens.hall_clocks import CELLS_A_SECOND
from hallterm.screens.hall_rows import left_row
from hallterm.screens.hall_views import View
from hallterm.screens.mode_screen import InMode
from hallterm.widgets.host import ModePage
from hallterm.widgets.lines import Lines, Row
from hallterm.workflows.hall_look import hall_board
from storage import facts as f
from storage import views
from storage.facts import LeaveType, Moment, TicketState
from tests.hallterm.screens.leading import DIRECTOR, a_morning, board, window
from tests.hallterm.screens.pages import House, check_golden, until, until_golden
from tests.hallterm.workflows.shift import Shift, make_hall, on_copy

BOTH = pytest.mark.parametrize("language", ["zh_CN", "en"])
WIDE = (120, 40)


@pytest.fixture(scope="module")
def morning(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Moment]:
    """A hall at 10:45, that is only copied."""
    folder = tmp_path_factory.mktemp("leading")
    make_hall(folder / "founded")
    with on_copy(folder / "founded", folder / "morning") as shift:
        now = a_morning(shift)
    return folder / "morning", now


@pytest.fixture
def shift(tmp_path: Path, morning: tuple[Path, Moment]) -> Iterator[Shift]:
    with on_copy(morning[0], tmp_path / "data") as found:
        clock = found.clock
        now = morning[1]
        clock.t, clock.m, clock.boot = now.t, now.m, now.boot
        yield found
    shutil.rmtree(tmp_path / "data")


def facts(shift: Shift, kind: str) -> list[dict[str, object]]:
    return shift.stores.facts(kind)


def plain(row: Row) -> str:
    return row if isinstance(row, str) else "".join(text for text, _ink in row)


async def pressed(pilot: Pilot[None], house: House, *keys: str) -> None:
    """Keys of a person, half a second apart."""
    for key in keys:
        house.later(0.5)
        await pilot.press(key)
        await pilot.pause()


@BOTH
async def test_the_board_is_drawn_as_agreed(shift: Shift, tmp_path: Path, language: str) -> None:
    async with board(tmp_path / "data", shift.clock(), language=language) as (house, pilot, _screen):
        check_golden(house, f"hall-board-{language}")
        await pressed(pilot, house, "f6", "1", "3", "1")
        await until(pilot, lambda: "13" in house.rows[16] or "min" in house.rows[16] or "分" in house.rows[16])
        check_golden(house, f"hall-dispatch-{language}")


@BOTH
async def test_with_room_it_shows_what_leaders_did(shift: Shift, tmp_path: Path, language: str) -> None:
    async with board(tmp_path / "data", shift.clock(), language=language, size=WIDE) as (house, pilot, _screen):
        await pressed(pilot, house, "down", "f6", "1", "1", "1", "f8")
        await until(pilot, lambda: facts(shift, "dispatch.done"))
        await until_golden(pilot, house, f"hall-board-{language}-120x40", WIDE)


@BOTH
async def test_the_other_views(shift: Shift, tmp_path: Path, language: str) -> None:
    async with board(tmp_path / "data", shift.clock(), language=language) as (house, pilot, screen):
        for view in (View.OVERTIME, View.HOURS, View.ORDER):
            await pressed(pilot, house, "f7")
            await until(pilot, lambda: screen.view is not View.HOURS or screen.hours)
            await until_golden(pilot, house, f"hall-{view}-{language}")
        await pressed(pilot, house, "f7")
        assert screen.view is View.WINDOWS


async def test_a_group_is_added_with_five_keys_and_taken_back_with_one(shift: Shift, tmp_path: Path) -> None:
    async with board(tmp_path / "data", shift.clock(), language="en") as (house, pilot, screen):
        await pressed(pilot, house, "down", "down", "down", "down", "f6", "1", "2", "1", "f8")
        await until(pilot, lambda: "window 5 刘洋: D E B now" in house.rows[21])
        assert facts(shift, "dispatch.done")[0]["secondary"] == ["E", "B"]
        assert screen.deeds.form is None
        await until(pilot, lambda: "D E B" in house.rows[8])
        await pressed(pilot, house, "backspace")
        await until(pilot, lambda: "as before" in house.rows[21])
        await until(pilot, lambda: "D E B" not in house.rows[8])


async def test_from_afar_it_is_asked_twice(shift: Shift, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSH_CONNECTION", "192.0.2.1 1 192.0.2.2 22")
    async with board(tmp_path / "data", shift.clock(), language="zh_CN") as (house, pilot, screen):
        await pressed(pilot, house, "f6", "1", "3", "1", "f8")
        await until(pilot, lambda: "3 秒内再按一次 F8" in house.rows[21])
        assert "1号窗口 王芳" in house.rows[21]
        assert facts(shift, "dispatch.done") == []
        await pressed(pilot, house, "f8")
        await until(pilot, lambda: facts(shift, "dispatch.done"))
        await until(pilot, lambda: screen.deeds.form is None)


async def test_answers_are_taken_back_line_by_line(shift: Shift, tmp_path: Path) -> None:
    async with board(tmp_path / "data", shift.clock(), language="en") as (house, pilot, screen):
        await pressed(pilot, house, "f6", "1", "3")
        form = screen.deeds.form
        assert form is not None
        assert form.asked is Ask.WHY
        await pressed(pilot, house, "f8")
        assert "first answer: Because" in house.rows[21]
        await pressed(pilot, house, "up", "2")
        assert form.prefixes == ("C", "B"), "one more group"
        await pressed(pilot, house, "up", "2", "up", "3")
        assert form.missing() == "first answer: Groups", "the same digit takes it out again"
        await pressed(pilot, house, "up", "up", "up")
        assert "What     1 groups" in house.text(), "Up never leaves the form"
        await pressed(pilot, house, "escape")
        assert "What     1 groups" not in house.text()
        assert facts(shift, "dispatch.done") == []


async def test_a_reason_in_own_words(shift: Shift, tmp_path: Path) -> None:
    async with board(tmp_path / "data", shift.clock(), language="en") as (house, pilot, _screen):
        await pressed(pilot, house, "f6", "3", "0")
        assert "Reason: [" in house.rows[20]
        await pressed(pilot, house, "f8")
        assert "say in a few words why" in house.rows[21]
        await pressed(pilot, house, *"fire drill".replace(" ", "_"), "enter")
        assert facts(shift, "dispatch.done") == [], "Enter never confirms"
        await pressed(pilot, house, "f8")
        await until(pilot, lambda: facts(shift, "dispatch.done"))
        assert facts(shift, "dispatch.done")[0]["note"] == "fire_drill"


async def test_two_leaders_at_once(shift: Shift, tmp_path: Path) -> None:
    when = shift.clock()
    async with board(tmp_path / "data", when, language="en", staff=DIRECTOR) as (house, pilot, screen):
        await pressed(pilot, house, "f6", "1", "3", "1")
        house.store.watch(None)  # what the other one does has not been read here yet
        async with board(tmp_path / "data", when, language="en") as (other, other_pilot, _screen):
            await pressed(other_pilot, other, "f6", "1", "2", "1", "f8")
            await until(other_pilot, lambda: facts(shift, "dispatch.done"))
        await pressed(pilot, house, "f8")
        await until(pilot, lambda: "was changed by 周磊 at 10:45: now A B" in house.rows[21])
        assert len(facts(shift, "dispatch.done")) == 1
        house.store.watch(hall_board)
        await until(pilot, lambda: screen.chosen and screen.chosen.step)
        await pressed(pilot, house, "f8")
        await until(pilot, lambda: len(facts(shift, "dispatch.done")) == 2)
        row = views.window(shift.db, window(1))
        assert row is not None
        assert (row.primary, row.secondary) == ("A", "B,C")


async def test_a_warning_is_answered_for(shift: Shift, tmp_path: Path) -> None:
    async with board(tmp_path / "data", shift.clock(), language="en") as (house, pilot, screen):
        count = len(screen.deeds.items)
        await pressed(pilot, house, "f5")
        assert house.rows[17].startswith(">red R Empty post  window 7")
        assert screen.chosen is not None
        assert screen.chosen.row.code == window(7), "the cursor goes where the warning is"
        await pressed(pilot, house, "f9")
        assert "this is no proposal" in house.rows[21]
        await pressed(pilot, house, "f8", *"called", "f8")
        await until(pilot, lambda: facts(shift, "warning.acknowledged"))
        await until(pilot, lambda: len(screen.deeds.items) == count - 1)
        assert "Empty post" not in house.rows[17]


async def test_a_proposal_is_declined_by_two_presses(shift: Shift, tmp_path: Path) -> None:
    async with board(tmp_path / "data", shift.clock(), language="en") as (house, pilot, screen):
        await until(pilot, lambda: any(one.proposal for one in screen.deeds.items))
        while screen.deeds.item is None or screen.deeds.item.proposal is None:
            await pressed(pilot, house, "f5")
        assert "Hint" in house.text()
        await pressed(pilot, house, "f9")
        assert facts(shift, "proposal.answered") == []
        await pressed(pilot, house, "f9")
        await until(pilot, lambda: facts(shift, "proposal.answered"))
        assert facts(shift, "proposal.answered")[0]["answer"] == "declined"


async def test_what_is_put_off_comes_back(shift: Shift, tmp_path: Path) -> None:
    async with board(tmp_path / "data", shift.clock(), language="en") as (house, pilot, screen):
        first = screen.deeds.items[0]
        await pressed(pilot, house, "ctrl+o")
        assert first not in screen.deeds.items
        house.later(16 * 60)
        assert screen.board is not None
        screen.deeds.seen(screen.board)
        assert first.key in {one.key for one in screen.deeds.items}


async def test_a_ticket_is_moved_from_the_order_of_tickets(shift: Shift, tmp_path: Path) -> None:
    async with board(tmp_path / "data", shift.clock(), language="en") as (house, pilot, screen):
        await pressed(pilot, house, "f7", "f7", "f7", "down")
        assert screen.board is not None
        ticket = screen.board.waits[1]
        await pressed(pilot, house, "ctrl+y")
        form = screen.deeds.form
        assert form is not None
        assert form.asked is Ask.TO
        await pressed(pilot, house, "5", "1", "f8")
        await until(pilot, lambda: facts(shift, "dispatch.done"))
        assert (shift.ticket(ticket.id).target, shift.ticket(ticket.id).state) == (window(5), TicketState.WAITING)


async def test_a_leader_gives_out_a_ticket(shift: Shift, tmp_path: Path) -> None:
    async with board(tmp_path / "data", shift.clock(), language="en") as (house, pilot, screen):
        await pressed(pilot, house, "insert", "f8")
        await until(pilot, lambda: "first answer: Group" in house.rows[21])
        await pressed(pilot, house, "2", "2", "f8")
        await until(pilot, lambda: "VB01 is given out" in house.rows[21])
        last = facts(shift, "ticket.issued")[-1]
        assert (last["prefix"], last["cls"]) == ("B", "special")
        assert screen.deeds.form is None


async def test_the_day_ends_with_people_waiting(shift: Shift, tmp_path: Path) -> None:
    async with board(tmp_path / "data", shift.clock(), language="en") as (house, pilot, screen):
        assert screen.board is not None
        left = len(screen.board.undecided)
        await pressed(pilot, house, "f6", "8", "2", "1", "1", "f8")
        await until(pilot, lambda: "booked for another day, closing time? F8" in house.rows[21])
        assert facts(shift, "ticket.ended") == [], "asked twice at the hall too"
        await pressed(pilot, house, "f8")
        await until(pilot, lambda: "1 tickets: booked for another day" in house.rows[21])
        ended = facts(shift, "ticket.ended")[0]
        assert (ended["result"], ended["reason"]) == ("rebooked", "closing time")
        await until(pilot, lambda: screen.board is not None and len(screen.board.undecided) == left - 1)
        await pressed(pilot, house, "backspace")
        await until(pilot, lambda: "as before" in house.rows[21])
        await until(pilot, lambda: screen.board is not None and len(screen.board.undecided) == left)


async def test_after_the_hours_what_is_left_is_the_first_thing_that_waits(shift: Shift, tmp_path: Path) -> None:
    shift.clock.after(8 * 3600)
    async with board(tmp_path / "data", shift.clock(), language="en") as (house, pilot, _screen):
        await until(pilot, lambda: "Close the hours are over, 12 tickets are left" in house.rows[17])
        await pressed(pilot, house, "ctrl+r")
        await until(pilot, lambda: "given up when the day is closed" in house.rows[21])
        await pressed(pilot, house, "f8", "1", "2", "0")
        await until(pilot, lambda: "Reason: [" in house.rows[20])
        await pressed(pilot, house, *"storm", "f8", "f8")
        await until(pilot, lambda: "12 tickets: given up" in house.rows[21])
        assert {one["reason"] for one in facts(shift, "ticket.ended")} == {"storm"}
        await until(pilot, lambda: "are left" not in house.text())


async def test_a_full_hall_has_its_checklist(shift: Shift, tmp_path: Path) -> None:
    red = f.WarningRaised("2026-11-24", f.WarningKind.HALL_SATURATION, f.WarningLevel.RED, value_milli=130_000)
    with shift.stores.journal.write("-", shift.clock()) as tx:
        tx.record(red)
    async with board(tmp_path / "data", shift.clock(), language="en") as (house, pilot, screen):
        await until(pilot, lambda: "Crowd 0/4" in house.rows[17])
        await pressed(pilot, house, "f8", "3", "f8")
        await until(pilot, lambda: "full hall: reserve windows open" in house.rows[21])
        await until(pilot, lambda: "Crowd 1/4  10:45 reserve windows open  to do: more guides" in house.rows[17])
        await pressed(pilot, house, "f8", "3", "f8")
        await until(pilot, lambda: "周磊 did this at 10:45" in house.rows[21])
        await pressed(pilot, house, "escape", "escape", "escape", "f8", "1", "f8")
        await until(pilot, lambda: "Crowd 2/4" in house.rows[17])
        await pressed(pilot, house, "backspace")
        await until(pilot, lambda: "Crowd 1/4" in house.rows[17])
        assert [one["to"] for one in facts(shift, "dispatch.done")] == ["reserve", "guides"]
        assert screen.deeds.form is None


async def test_why_something_waits_is_told_whole(shift: Shift, tmp_path: Path) -> None:
    async with board(tmp_path / "data", shift.clock(), language="en") as (house, pilot, _screen):
        await pressed(pilot, house, "ctrl+r")
        await until(pilot, lambda: "Empty post  window 7" in house.rows[21])
        assert "It comes again every 15 minutes until F8" in house.rows[21]


async def test_a_window_nobody_heard_of_says_so_without_colour(shift: Shift, tmp_path: Path) -> None:
    async with board(tmp_path / "data", shift.clock(), language="zh_CN") as (_house, _pilot, screen):
        assert screen.board is not None
        one, empty = screen.board.windows[0], screen.board.windows[6]
        text = plain(left_row(replace(one, silent_t=shift.clock().t), 54, chosen=False, doubtful=False))
        assert text.startswith("  1 王芳       失联 10:45   A04")
        person = replace(empty.post[0], leave=LeaveType.PERSONAL)
        assert "A 孙丽 事假" in plain(left_row(replace(empty, post=(person,)), 54, chosen=False, doubtful=False))


async def test_clocks_tick_alone_and_three_at_a_time(shift: Shift, tmp_path: Path) -> None:
    async with board(tmp_path / "data", shift.clock(), language="en") as (house, pilot, screen):
        clocks = screen.query_one("#clocks", Lines)
        before, left = clocks.rows, screen.query_one("#left", Lines).rows
        house.later(61)
        screen.second()
        changed = [place for place, row in enumerate(clocks.rows) if row != before[place]]
        assert len(changed) == CELLS_A_SECOND
        assert screen.rest_s(house.now()) == 1.0, "the others follow a second later"
        screen.second()
        assert len([place for place, row in enumerate(clocks.rows) if row != before[place]]) > CELLS_A_SECOND
        assert screen.query_one("#left", Lines).rows == left
        await pilot.pause()
        assert "3/8" in house.rows[4]


async def test_digits_switch_the_pages_and_escape_leaves(shift: Shift, tmp_path: Path) -> None:
    opened: list[str] = []
    async with board(tmp_path / "data", shift.clock(), language="zh_CN") as (house, pilot, screen):
        house.mode = (
            ModePage(1, "1Hall", "hall_page", lambda: opened.append("hall")),
            ModePage(7, "7Devices", "devices", lambda: opened.append("devices")),
        )
        screen.repaint()
        await pilot.pause()
        assert ">1大厅 7设备" in house.rows[0]
        await pressed(pilot, house, "f6", "7")
        assert opened == [], "in dispatch digits answer"
        await pressed(pilot, house, "escape", "escape", "7")
        assert opened == ["devices"]
        await pressed(pilot, house, "escape")
        assert any(isinstance(message, InMode.Left) for message in house.heard)


async def test_nothing_of_it_stays_for_the_next_person(shift: Shift, tmp_path: Path) -> None:
    async with board(tmp_path / "data", shift.clock(), language="en") as (house, pilot, screen):
        await pressed(pilot, house, "f6", "1")
        screen.on_screen_suspend(None)  # type: ignore[arg-type]
        assert (screen.board, screen.deeds.form, screen.deeds.items) == (None, None, [])
        assert isinstance(screen, HallBoardScreen)
