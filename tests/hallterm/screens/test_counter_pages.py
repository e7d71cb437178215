"""Menu, help, lock, language and size of the counter; and texts that mean harm."""

from __future__ import annotations

import unicodedata
from functools import partial
from typing import cast

import pytest
from msgspec.structs import replace
from rich.cells import cell_len
from textual.pilot import Pilot

from hallterm import locale
from hallterm.rules.counter import Situation, refusals
from hallterm.rules.words import Reason
from hallterm.workflows.desk import Refused
from hallterm.workflows.seen import CounterView
from storage.facts import WindowState
from tests.hallterm.screens import views
from tests.hallterm.screens.conftest import Counter, Opened
from tests.hallterm.screens.pages import until

HOSTILE = ["[/", "[/张]", "[@click=app.quit]x", "\x1b[2J", "\u202e", "👨‍👩‍👧", "龘" * 40, "a\nb\tc"]


async def test_a_key_before_the_first_view_says_so(opened: Opened) -> None:
    async with opened(views.idle()) as counter:
        view, counter.screen.view = counter.screen.view, None
        for key in ("ctrl+p", "f5", "backspace", "f1"):
            counter.screen.say("")
            await counter.press(key)
            assert counter.row(22).startswith(" X 正在读数据"), key
        assert view is not None
        await counter.show(view)
        assert not counter.row(22).strip()
        await counter.press("ctrl+p")
        assert any("25 A 帮助" in row for row in counter.rows())


async def test_the_counters_keys_work_under_menu_and_help(opened: Opened) -> None:
    for key in ("ctrl+p", "f1"):
        async with opened(views.serving()) as counter:
            await counter.press(key, "f8")
            assert counter.store.calls == [("finish", {})]
            assert "办理中" in counter.row(4)


async def test_a_letter_or_two_digits_of_the_menu_act(opened: Opened) -> None:
    for keys in (("b",), ("0", "4"), ("down", "down", "down", "down", "enter")):
        async with opened(views.serving()) as counter:
            await counter.press("ctrl+p", *keys)
            assert counter.store.calls == [("finish", {})]


async def test_the_menu_says_why_not_and_what_is_not_there(opened: Opened) -> None:
    async with opened(views.serving()) as counter:
        await counter.press("ctrl+p", "j")
        assert counter.row(22).startswith(" X 叫号  先办结本件")
        await counter.press("9", "9")
        assert counter.row(22).startswith(" X 菜单里没有这一项")
        await counter.press("escape")
        assert "办理中" in counter.row(4)
        assert counter.store.calls == []


async def test_pages_of_the_app_stand_in_the_menu_and_open(opened: Opened) -> None:
    async with opened(views.idle()) as counter:
        gone: list[str] = []
        counter.app.pages = {"my.leave": lambda: gone.append("leave")}
        await counter.press("ctrl+p")
        assert any("22 L 请假" in row for row in counter.rows())
        assert not any("23 Q" in row for row in counter.rows())
        await counter.press("l")
        assert gone == ["leave"]


async def test_the_language_changes_at_once(opened: Opened) -> None:
    async with opened(views.idle()) as counter:
        await counter.press("ctrl+p", "n")
        assert counter.row(4).startswith(" IDLE  since 10:40")
        assert counter.row(24).startswith(" F4Break F5Call F6More")


async def _locked(counter: Counter) -> None:
    await counter.press("ctrl+p", "t")
    assert counter.row(4).startswith(" 已锁定")


async def test_the_lock_hides_everything_and_the_password_opens_it(opened: Opened) -> None:
    async with opened(views.idle()) as counter:
        given: list[str] = []

        async def unlock(password: str) -> None:
            given.append(password)
            if password != "right1":
                raise Refused(Reason("sign on first"))

        counter.app.unlock = unlock  # type: ignore[method-assign]
        await _locked(counter)
        shown = "".join(counter.rows()[3:22])
        assert "B047" not in shown
        assert "B031" not in shown
        await counter.press("f5", "ctrl+p")
        assert counter.row(22).startswith(" X 已锁定")
        await counter.press(*"wrong1", "enter")
        assert counter.row(22).startswith(" X 先登录")
        assert "*" not in counter.row(5)
        await counter.press(*"right1")
        assert "******" in counter.row(5)
        assert "right1" not in "".join(counter.rows())
        await counter.press("enter")
        assert counter.row(4).startswith(" 空闲")
        assert given == ["wrong1", "right1"]
        assert counter.store.calls == []


async def test_the_lock_falls_after_idle_time_but_never_on_a_case(opened: Opened) -> None:
    for view, locks in ((views.idle(), True), (views.on_break(), True), (views.serving(), False)):
        async with opened(view) as counter:
            counter.clock.wait_ms(299_999)
            counter.screen.second()
            await counter.settled()
            assert "已锁定" not in counter.row(4)
            counter.clock.wait_ms(1)
            counter.screen.second()
            await counter.settled()
            assert ("已锁定" in counter.row(4)) is locks


async def test_f9_twice_without_a_password_signs_off(opened: Opened) -> None:
    free = views.idle(held=(), refusals=refusals(Situation(window_state=WindowState.IDLE)))
    async with opened(free) as counter:
        gone: list[bool] = []
        counter.app.when_signed_off = lambda: gone.append(True)
        await _locked(counter)
        await counter.press("f9")
        assert "给 0317 签退" in counter.row(22)
        await counter.press("f9")
        assert counter.store.calls == [("sign_off", {})]
        assert gone == [True]
    async with opened(views.idle()) as counter:
        await _locked(counter)
        await counter.press("f9")
        assert counter.row(22).startswith(" X 挂起 2 件")


@pytest.mark.parametrize("language", ["zh_CN", "en"])
@pytest.mark.parametrize("size", [(80, 24), (100, 30), (120, 40)])
async def test_every_row_fills_the_terminal(size: tuple[int, int], language: str, opened: Opened) -> None:
    locale.use(language)
    shown = (views.idle(), views.called(), views.serving(), views.awaiting())
    async with opened(shown[0], size=size) as counter:
        for view in shown:
            await counter.show(view)
            for keys in ((), ("ctrl+p",), ("f1",), ("f1",)):
                await counter.press(*keys)
                rows = counter.rows()
                assert [cell_len(row) for row in rows] == [size[0]] * size[1]
                assert ("Ctrl-Y" in rows[-1]) is (size[0] >= 100)


async def test_a_smaller_terminal_is_no_crash(opened: Opened) -> None:
    async with opened(views.serving()) as counter:
        pilot = cast("Pilot[None]", counter.pilot)
        for width, height in ((60, 15), (20, 5), (120, 40), (80, 24)):
            await pilot.resize_terminal(width, height)
            await until(pilot, partial(_fills, counter, [width] * height))
        await until(pilot, lambda: "办理中" in counter.row(4))


def _fills(counter: Counter, widths: list[int]) -> bool:
    return [cell_len(row) for row in counter.rows()] == widths


def _hostile(text: str, view: CounterView) -> CounterView:
    """The text wherever people or other programs can have put it."""
    matter = replace(views.BY_CODE["B07"], name_zh=text, name_en=text)
    return replace(
        view,
        hall=replace(view.hall, name=text),
        window=replace(view.window, name=text),
        staff=replace(view.staff, name=text, number=text),
        matter=matter if view.matter else None,
        most=(matter,) * 9,
        matters=(*view.matters, matter),
        first_inquiry=text,
        ticket=replace(view.ticket, number=text) if view.ticket else None,
        held=tuple(replace(line, number=text, matter=matter) for line in view.held),
        last=replace(view.last, number=text, matter=matter) if view.last else None,
        next=replace(view.next, number=text) if view.next else None,
        targets=tuple(
            replace(one, staff=text, window=replace(one.window, name=text) if one.window else None)
            for one in view.targets
        ),
        groups=tuple(replace(line, prefix=text) for line in view.groups),
        health=replace(view.health, devices=tuple(replace(one, role=text) for one in view.health.devices)),
    )


@pytest.mark.parametrize("text", HOSTILE)
async def test_hostile_text_is_shown_as_text(text: str, opened: Opened) -> None:
    cases: list[tuple[CounterView, list[tuple[str, ...]]]] = [
        (views.called(), [("0",), ("f",)]),
        (views.serving(), [("ctrl+y",), ("f4",), ("f6",), ("f1",)]),
        (views.awaiting(), [()]),
        (views.on_break(), [()]),
        (views.idle(), [("ctrl+o",), ("ctrl+p",), ("t",)]),
    ]
    async with opened(_hostile(text, views.idle())) as counter:
        for view, steps in cases:
            await counter.show(_hostile(text, view))
            for keys in steps:
                await counter.press(*keys)
                rows = counter.rows()
                assert [cell_len(row) for row in rows] == [80] * 24
                assert not [ch for row in rows for ch in row if unicodedata.category(ch) in ("Cc", "Cf")]
            assert counter.app.is_running
            assert not counter.app._exit
            if text.startswith("[") and view.ticket is not None:
                assert text[:6] in "".join(counter.rows())
