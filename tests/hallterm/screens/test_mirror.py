"""The mirror of a window on a real journal: what the person sees, what a digit writes, and what is never shown."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot

from hallterm.platform import shares_keyboard
from hallterm.screens.mirror import MirrorScreen
from hallterm.workflows import counter, rating
from hallterm.workflows.checking import show_entry
from hallterm.workflows.desk import Refused
from hallterm.workflows.explaining import explain
from hallterm.workflows.identifying import identify
from hallterm.workflows.mirror import MirrorLook, at_window, rate
from hallterm.workflows.pads import mirror_name
from hallterm.workflows.sign_on import sign_on, take_lease
from hallterm.workflows.ticketing import issue
from storage import views
from storage.errors import StorageBusy
from storage.facts import BreakReason, PauseReason
from tests.hallterm.screens.pages import SIZE, House, shown, until, until_golden
from tests.hallterm.workflows.founded import ADMIN, HALL, PASSWORD, Stores, at, founded

W3 = f"{HALL}-03"
TAX_NUMBER = "91350100M000100Y43"
WIDE = (120, 40)
Told = tuple[House, Pilot[None]]


@pytest.fixture(autouse=True)
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.vault.PASSES", 1)


@pytest.fixture
def stores(tmp_path: Path) -> Iterator[Stores]:
    """B001 is called to window 3, where 0001 sits; the station lives."""
    with founded(tmp_path) as made:
        sign_on(made.desk(3), made.vault, ADMIN, PASSWORD, at("08:31"))
        issue(made.desk(), at("10:30"), "B")
        counter.call(made.desk(3, ADMIN), at("10:40"))
        yield made


def start(stores: Stores) -> None:
    counter.start(stores.desk(3, ADMIN), at("10:42"), "B07")


def finish(stores: Stores) -> str:
    """Done at 10:49, the station asks six seconds later; the service."""
    stores.board.process_beat("station", 1, at("10:49"))
    stores.board.process_beat(mirror_name(W3), 1, at("10:48", second=59))
    counter.finish(stores.desk(3, ADMIN), at("10:49"))
    window = views.window(stores.journal.database, W3)
    assert window is not None
    assert rating.ask(stores.journal, window.service, "mirror", 30, at("10:49", second=6)) is not None
    return window.service


@asynccontextmanager
async def mirror(folder: Path, minute: str, second: float = 0, **options: object) -> AsyncIterator[Told]:
    """The mirror of window 3, told by the store as in the program."""
    async with shown(MirrorScreen(W3), folder, at(minute, second=second), **options) as (house, pilot):  # type: ignore[arg-type]
        house.store.watch(MirrorLook(W3))
        await until(pilot, lambda: "3" in house.rows[0])
        yield house, pilot


def body(house: House) -> str:
    """Everything below the rule."""
    return "".join(house.rows[2:]).strip()


async def sees(told: Told, text: str) -> None:
    await until(told[1], lambda: text in told[0].text())


async def is_blank(told: Told) -> None:
    await until(told[1], lambda: body(told[0]) == "")


async def both_sizes(told: Told, name: str) -> None:
    """The golden screens at 80x24 and 120x40; the terminal has its first size again afterwards."""
    house, pilot = told
    await until_golden(pilot, house, name)
    await pilot.resize_terminal(*WIDE)
    await until(pilot, lambda: len(house.rows) == WIDE[1])
    await until_golden(pilot, house, f"{name}-wide", WIDE)
    await pilot.resize_terminal(*SIZE)
    await until(pilot, lambda: len(house.rows) == SIZE[1])


@pytest.mark.parametrize("language", ["zh_CN", "en"])
async def test_a_matter_from_the_start_to_the_thanks(stores: Stores, tmp_path: Path, language: str) -> None:
    async with mirror(tmp_path, "10:44", 31, language=language) as told:
        house, pilot = told
        await is_blank(told)
        start(stores)
        identify(stores.desk(3, ADMIN), at("10:43"), TAX_NUMBER)
        await sees(told, "9135***0Y43")
        await both_sizes(told, f"mirror-serving-{language}")
        show_entry(stores.desk(3, ADMIN), at("10:44", second=32), "限额 100,000 元  份数 25")
        await sees(told, "份数 25")
        await both_sizes(told, f"mirror-check-{language}")
        await pilot.press("3", "0", "2", "1")
        await until(pilot, lambda: stores.facts("entry.disputed"))
        await sees(told, "您说: 不对" if language == "zh_CN" else "not right")
        house.moment = at("10:49", second=14)
        service = finish(stores)
        await sees(told, "很好" if language == "zh_CN" else "Very good")
        assert "9135" not in house.text(), "no number of a person stays when the matter is done"
        assert "100,000" not in house.text()
        assert "entry.confirmed" not in stores.kinds()
        await both_sizes(told, f"mirror-rating-{language}")
        await pilot.press("4")
        await until(pilot, lambda: stores.facts("rating.given"))
        given = stores.facts("rating.given")[0]
        assert (given["service"], given["level"], given["pad"], given["t_ms"]) == (service, 4, "mirror", 8_000)
        assert given["weak"]
        assert not given.get("grace")
        await sees(told, "10:49:14")
        await both_sizes(told, f"mirror-thanks-{language}")
        house.later(21)
        await is_blank(told)


async def test_only_the_first_digit_of_a_rating_counts_and_no_other_key(stores: Stores, tmp_path: Path) -> None:
    start(stores)
    async with mirror(tmp_path, "10:44") as told:
        house, pilot = told
        await sees(told, "在办")
        await pilot.press("5", "1", "enter", "f5", "f8", "ctrl+p", "x", "f9")
        house.moment = at("10:49", second=10)
        finish(stores)
        await sees(told, "按数字一次即可")
        await pilot.press("6", "enter", "f8", "x", "2", "5")
        await sees(told, "已记下「差」")
        await pilot.press("2", "5")
        assert [one["level"] for one in stores.facts("rating.given")] == [2]
        assert stores.kinds().count("service.finished") == 1


@pytest.mark.parametrize("language", ["zh_CN", "en"])
async def test_after_a_bad_level_reasons_may_follow(
    stores: Stores, tmp_path: Path, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The level is kept before anything is asked; what is chosen when somebody else is called is kept as well."""
    start(stores)
    finish(stores)
    async with mirror(tmp_path, "10:49", 14, language=language) as told:
        house, pilot = told
        await sees(told, "5     ")
        await pilot.press("2")
        await until(pilot, lambda: stores.facts("rating.given"))
        await sees(told, "4  ")
        house.later(1)
        await pilot.press("3", "1", "4", "4")
        await sees(told, "* 1")
        await both_sizes(told, f"mirror-reasons-{language}")
        assert "rating.explained" not in stores.kinds()
        monkeypatch.setattr("hallterm.workflows.mirror.explain", _busy)
        await pilot.press("0")
        await sees(told, "X ")
        monkeypatch.setattr("hallterm.workflows.mirror.explain", explain)
        if language == "en":
            await pilot.press("0")
            await sees(told, "10:49:14")
        else:
            issue(stores.desk(), at("10:49"), "B")
            counter.call(stores.desk(3, ADMIN), at("10:49", second=16))
            await is_blank(told)
        await until(pilot, lambda: stores.facts("rating.explained"))
        assert [one["codes"] for one in stores.facts("rating.explained")] == [["attitude", "slow"]]


async def test_zero_is_no_rating(stores: Stores, tmp_path: Path) -> None:
    start(stores)
    finish(stores)
    async with mirror(tmp_path, "10:49", 14) as told:
        await sees(told, "0     不评价")
        await told[1].press("0")
        await sees(told, "号码 B001 没有评价")
        assert [one["reason"] for one in stores.facts("rating.missing")] == ["refused"]
        assert "rating.given" not in stores.kinds()


async def test_a_pause_says_why_and_a_counter_that_went_away_that_the_matter_is_safe(
    stores: Stores, tmp_path: Path
) -> None:
    start(stores)
    desk = stores.desk(3, ADMIN)
    counter.pause(desk, at("10:44"), PauseReason.SYSTEM_FAULT)
    async with mirror(tmp_path, "10:45") as told:
        await sees(told, "暂停: 征管系统故障(10:44 起)。这段时间不计时限")
        stores.board.release_window(W3)
        told[0].later(6)
        await sees(told, "柜台程序正在恢复。您的事项不受影响")
        take_lease(desk, at("10:46"))
        told[0].later(6)
        await sees(told, "征管系统故障")
        counter.resume(desk, at("10:46"))
        await until(told[1], lambda: "暂停" not in told[0].text())


async def test_between_people_it_is_blank_but_for_row_1(stores: Stores, tmp_path: Path) -> None:
    start(stores)
    desk = stores.desk(3, ADMIN)
    async with mirror(tmp_path, "10:49", 14) as told:
        house, pilot = told
        await sees(told, "B07")
        counter.finish(desk, at("10:49", second=14))
        await sees(told, "号码 B001 没有评价。谢谢您来办税")
        issue(stores.desk(), at("10:49"), "B")
        counter.call(desk, at("10:49", second=15))
        await is_blank(told)
        house.later(4)
        counter.start(desk, at("10:49", second=16), "B07")
        await sees(told, "B002")
        counter.finish(desk, at("10:49", second=17))
        await sees(told, "B002 没有评价")
        counter.start_break(desk, at("10:49", second=18), BreakReason.ROTATE)
        await is_blank(told)
        assert "王建国 0001" in house.rows[0]
        counter.sign_off(desk, at("10:50"))
        await until(pilot, lambda: "王建国" not in house.rows[0])
        assert body(house) == ""


async def test_keys_of_the_counter_rate_nothing(
    stores: Stores, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On the keyboard of the counter the mirror shows, and nobody waits for a digit there."""
    monkeypatch.setattr("hallterm.workflows.mirror.keyboard_is_apart", lambda _desk: False)
    start(stores)
    finish(stores)
    async with mirror(tmp_path, "10:49", 14) as told:
        await sees(told, "这块屏只显示")
        await told[1].press("5")
        told[0].later(6)
        await until(told[1], lambda: "一次即可" not in told[0].text())
        with pytest.raises(Refused):
            await told[0].store.do(lambda desk, now: rate(at_window(desk, W3), now, 5))
    assert "rating.given" not in stores.kinds()
    word = stores.board.process(mirror_name(W3))
    assert word is not None
    assert word.m == at("10:48", second=59).m


@pytest.mark.parametrize(
    ("own", "clerks", "shared"),
    [
        ((136, 1), (136, 2), False),
        ((136, 1), (136, 1), True),
        ((4, 1), (4, 2), True),
        ((4, 1), (4, 64), False),
        ((4, 2), (136, 2), False),
        ((0, 0), (0, 0), False),
    ],
)
def test_which_terminals_have_one_keyboard(
    monkeypatch: pytest.MonkeyPatch, own: tuple[int, int], clerks: tuple[int, int], shared: bool
) -> None:
    """Virtual consoles are 4:1 to 4:63, serial lines 4:64 and up, pseudo-terminals 136 and up."""
    monkeypatch.setattr("hallterm.platform.terminal_of", {1: own, 2: clerks}.__getitem__)
    assert shares_keyboard(1, 2) is shared


async def test_a_press_that_comes_too_late_or_cannot_be_kept_says_so(
    stores: Stores, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    start(stores)
    finish(stores)
    async with mirror(tmp_path, "10:49", 14) as told:
        await sees(told, "按数字一次即可")
        kept = rating.give
        monkeypatch.setattr(rating, "give", _busy)
        await told[1].press("5")
        await sees(told, "X 没有记下。请再按一次,或向导税台索取评价卡")
        monkeypatch.setattr(rating, "give", kept)
        told[0].moment = at("10:49", second=40)
        await told[1].press("5")
        await sees(told, "X 评价时间已过")
        assert "rating.given" not in stores.kinds()


def _busy(*_arguments: object, **_named: object) -> None:
    raise StorageBusy
