"""The sign-on page: two fields, one sentence when it does not work."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest
from textual.pilot import Pilot

from hallterm.config import load
from hallterm.keys import resolve
from hallterm.modes import COUNTER, SIGN_ON
from hallterm.screens.counter import CounterScreen
from hallterm.screens.sign_on import SignOnScreen
from hallterm.station.lock import NO_STATION
from hallterm.wiring import TerminalApp
from hallterm.workflows import counter
from hallterm.workflows.reference import StaffDraft, add_staff
from hallterm.workflows.sign_on import change_password, is_a_number, sign_on
from hallterm.workflows.ticketing import issue
from storage import clock
from storage.facts import Role
from storage.local import SyncWord
from tests.hallterm.screens.pages import House, check_golden, shown, type_in, until
from tests.hallterm.workflows.founded import ADMIN, HALL, PASSWORD, RUN, Stores, at, founded

CLERK = "0317"
FIRST = "first password"
W3 = f"{HALL}-03"


@pytest.fixture(autouse=True)
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.vault.PASSES", 1)
    monkeypatch.setattr("hallterm.workflows.sign_on.PASSES", 1)


@pytest.fixture
def stores(tmp_path: Path) -> Iterator[Stores]:
    with founded(tmp_path, day="2026-11-20") as made:
        draft = StaffDraft(CLERK, "张晓梅", (Role.CLERK,), password=FIRST)
        add_staff(made.desk(staff=ADMIN), made.vault, draft, at("08:05", "2026-11-23"))
        yield made


def yesterday(stores: Stores) -> None:
    """One service at window 3, then signed off."""
    day = "2026-11-23"
    desk = stores.desk(3, CLERK)
    sign_on(stores.desk(3), stores.vault, CLERK, FIRST, at("08:31", day))
    change_password(desk, stores.vault, FIRST, "my own words", "my own words", at("08:31", day))
    issue(stores.desk(), at("08:32", day), "B")
    counter.call(desk, at("08:33", day))
    counter.start(desk, at("08:34", day), "B07")
    counter.finish(desk, at("08:40", day))
    stores.board.release_window(W3)


def said(house: House) -> str:
    return house.rows[21].strip()


@pytest.mark.parametrize("language", ["zh_CN", "en"])
async def test_the_page_as_it_is_in_the_morning(stores: Stores, tmp_path: Path, language: str) -> None:
    desk = stores.desk(3, CLERK)
    yesterday(stores)
    stores.board.process_beat("station", 1, at("08:21"))
    stores.board.set_sync(SyncWord(online=True, since_t=at("08:00").t))
    counter.sign_off(desk, at("18:04", "2026-11-23"))
    async with shown(SignOnScreen(W3), tmp_path, language=language) as (house, pilot):
        await until(pilot, lambda: "0317" in house.text())
        check_golden(house, f"sign_on-{language}")


async def test_who_is_not_the_one_of_yesterday_goes_back_and_types_his_own_number(
    stores: Stores, tmp_path: Path
) -> None:
    yesterday(stores)
    counter.sign_off(stores.desk(3, CLERK), at("18:04", "2026-11-23"))
    async with shown(SignOnScreen(W3), tmp_path) as (house, pilot):
        await until(pilot, lambda: "[0317" in house.text())
        await pilot.press("up")
        await until(pilot, lambda: "[0317" not in house.text())
        await type_in(pilot, ADMIN)
        await until(pilot, lambda: f"[{ADMIN}_" in house.text())


async def test_a_number_typed_where_the_cursor_stands_is_no_wrong_password(stores: Stores, tmp_path: Path) -> None:
    """The program put yesterday's number in; who comes today types his own into the field of the password."""
    yesterday(stores)
    counter.sign_off(stores.desk(3, CLERK), at("18:04", "2026-11-23"))
    async with shown(SignOnScreen(W3), tmp_path) as (house, pilot):
        await until(pilot, lambda: "[0317" in house.rows[6])
        await type_in(pilot, f"{ADMIN}\n")
        await until(pilot, lambda: said(house) == "0001 是工号,已放到工号栏。请输这个工号的密码")
        await until(pilot, lambda: f"[{ADMIN}_" in house.rows[6] and "*" not in house.rows[7])
        await type_in(pilot, f"{PASSWORD}\n")
        await until(pilot, lambda: house.heard)
        entered = house.heard[0]
        assert isinstance(entered, SignOnScreen.Entered)
        assert entered.signed.staff.number == ADMIN
    for staff in (CLERK, ADMIN):
        assert stores.board.password_failed(staff, at("08:30"), lambda _n: 0).failures == 1, "none was counted before"


async def test_what_is_nobodys_number_is_a_wrong_password(stores: Stores, tmp_path: Path) -> None:
    yesterday(stores)
    counter.sign_off(stores.desk(3, CLERK), at("18:04", "2026-11-23"))
    async with shown(SignOnScreen(W3), tmp_path) as (house, pilot):
        await until(pilot, lambda: "[0317" in house.rows[6])
        await type_in(pilot, "0999\n")
        await until(pilot, lambda: "不对(第 1 次" in said(house))
        assert f"[{CLERK}_" in house.rows[6]


def test_a_password_of_digits_that_is_somebodys_number_too_still_signs_on(stores: Stores) -> None:
    digits = "20260317"
    draft = StaffDraft(digits, "李强", (Role.CLERK,), password=FIRST)
    add_staff(stores.desk(staff=ADMIN), stores.vault, draft, at("08:06", "2026-11-23"))
    assert is_a_number(stores.desk(3), stores.vault, CLERK, digits)
    change_password(stores.desk(3, CLERK), stores.vault, FIRST, digits, digits, at("08:31", "2026-11-23"))
    assert not is_a_number(stores.desk(3), stores.vault, CLERK, digits)
    assert not is_a_number(stores.desk(3), stores.vault, CLERK, "99999999")
    assert not is_a_number(stores.desk(3), stores.vault, CLERK, FIRST)


async def test_a_wrong_password_says_when_to_try_again_and_keeps_the_number(stores: Stores, tmp_path: Path) -> None:
    async with shown(SignOnScreen(W3), tmp_path) as (house, pilot):
        await until(pilot, lambda: "市办税厅" in house.text())
        await type_in(pilot, f"{CLERK}\nwrong\n")
        await until(pilot, lambda: "不对" in house.text())
        assert said(house) == "! 工号或密码不对(第 1 次,已记录)。08:21:01 起可以再试"
        assert f"[{CLERK}_" in house.rows[6]
        assert "*" not in house.rows[7]
        await type_in(pilot, f"{FIRST}\n")
        await until(pilot, lambda: "这时打的字" in house.text())
        check_golden(house, "sign_on-wrong-zh_CN")


async def test_a_given_password_is_changed_before_anything_else(stores: Stores, tmp_path: Path) -> None:
    async with shown(SignOnScreen(W3), tmp_path) as (house, pilot):
        await until(pilot, lambda: "市办税厅" in house.text())
        await type_in(pilot, f"{CLERK}\n{FIRST}\n")
        await until(pilot, lambda: "新密码" in house.text())
        assert not house.heard
        await type_in(pilot, "my own words\nmy own word\n")
        await until(pilot, lambda: "不一样" in house.text())
        await type_in(pilot, "my own words\nmy own words\n")
        await until(pilot, lambda: house.heard)
        entered = house.heard[0]
        assert isinstance(entered, SignOnScreen.Entered)
        assert (entered.signed.staff.number, entered.signed.window) == (CLERK, W3)
        assert stores.vault.verify(CLERK, "my own words")


async def test_a_terminal_without_a_window_lets_the_clerk_choose(stores: Stores, tmp_path: Path) -> None:
    async with shown(SignOnScreen(), tmp_path) as (house, pilot):
        await until(pilot, lambda: "市办税厅" in house.text())
        await type_in(pilot, f"{ADMIN}\n{PASSWORD}\n")
        await until(pilot, lambda: "选您坐的窗口" in house.text())
        check_golden(house, "sign_on-windows-zh_CN")
        await pilot.press("2")
        await until(pilot, lambda: house.heard)
        entered = house.heard[0]
        assert isinstance(entered, SignOnScreen.Entered)
        assert entered.signed.window == f"{HALL}-02"
        assert [one.window for one in stores.board.windows_taken()] == [f"{HALL}-02"]


async def test_f7_changes_the_language_and_keeps_what_was_typed(stores: Stores, tmp_path: Path) -> None:
    async with shown(SignOnScreen(W3), tmp_path) as (house, pilot):
        await until(pilot, lambda: "市办税厅" in house.text())
        await type_in(pilot, CLERK)
        await pilot.press("f7")
        assert "Staff no." in house.text()
        assert CLERK in house.text()
        house.later(1)
        await pilot.press("f7")
        assert "工号" in house.text()


async def test_keys_that_do_not_work_yet_say_so(stores: Stores, tmp_path: Path) -> None:
    async with shown(SignOnScreen(W3), tmp_path) as (house, pilot):
        await until(pilot, lambda: "市办税厅" in house.text())
        for key in ("f4", "f5", "f6", "f8", "f9", "insert"):
            house.later(1)
            await pilot.press(key)
            assert said(house).startswith("!")
        await pilot.press("escape", "up", "down", "ctrl+p")
        assert not house.heard


async def test_what_a_crash_left_open_is_told_first(stores: Stores, tmp_path: Path) -> None:
    desk = stores.desk(3, CLERK)
    sign_on(stores.desk(3), stores.vault, CLERK, FIRST, at("08:01"))
    issue(stores.desk(), at("08:16"), "B")
    counter.call(desk, at("08:17"))
    counter.start(desk, at("08:18"), "B07")
    stores.board.release_window(W3)
    async with shown(SignOnScreen(W3), tmp_path) as (house, pilot):
        await until(pilot, lambda: "没有正常关机" in house.text())
        assert "B001 没办完" in house.text()
        assert "[*" not in house.text()
        assert f"[{CLERK}" in house.rows[6]


async def test_hostile_names_are_shown_as_text(tmp_path: Path) -> None:
    import msgspec

    run = msgspec.structs.replace(RUN, hall_name="[red]厅[/] {0} %s")
    with founded(tmp_path, run):
        async with shown(SignOnScreen(W3), tmp_path) as (house, pilot):
            await until(pilot, lambda: "[red]厅[/] {0} %s" in house.rows[0])
            await type_in(pilot, "[b]\x1b")
            assert house.rows[0].count("[red]") == 1


async def test_row_2_follows_what_happens_while_nobody_is_signed_on(
    stores: Stores, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A terminal stands at the sign-on from the evening to the morning; a view read for it never reaches the next page."""
    monkeypatch.setenv(NO_STATION, "1")
    monkeypatch.setattr("hallterm.workflows.pads.STATION_STARTS_MS", 0)  # none comes up: it is gone at once
    app = TerminalApp(load(None, {"HALLTERM_WINDOW": W3}, data=tmp_path), resolve(), SIGN_ON)

    def row_2() -> str:
        return app.screen._compositor.render_strips()[1].text

    try:
        async with app.run_test(size=(80, 24)) as running:
            pilot = cast("Pilot[None]", running)
            await until(pilot, lambda: "Station gone" in row_2())
            stores.board.process_beat("station", os.getpid(), clock.now())
            stores.board.set_device("rating_device", W3, "ready", 0)
            await until(pilot, lambda: "Station" not in row_2() and "Pad ok" in row_2())
            stores.board.set_device("rating_device", W3, "lost", 0)
            await until(pilot, lambda: "Pad gone" in row_2())
            counter_page = cast("CounterScreen", app.made(COUNTER))
            assert isinstance(app.screen, SignOnScreen)
            assert app.screen.seen is not None
            counter_page.show_view(app.screen.seen)
    finally:
        await asyncio.to_thread(app.storage.close, 5.0)
