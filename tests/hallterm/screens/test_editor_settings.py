"""The settings page of the editor on a real store: seen by everybody, changed by the director, taken back at once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.pilot import Pilot

from hallterm.rules.settings_table import SettingName, SettingValue
from hallterm.screens.editor import EditorScreen
from hallterm.workflows.hall_settings import value_on
from hallterm.workflows.reference import StaffDraft, add_staff
from storage.facts import Role, SettingSet
from tests.hallterm.screens.pages import House, shown, type_in, until, until_golden
from tests.hallterm.workflows.founded import ADMIN, HALL, Stores, at, founded

DIRECTOR, CLERK, ADMIN_ONLY = "0400", "0317", "0500"
TODAY, TOMORROW = "2026-11-24", "2026-11-25"
WIDE = (120, 40)


@pytest.fixture
def stores(tmp_path: Path) -> Iterator[Stores]:
    with founded(tmp_path) as made:
        for number, name, role in (
            (CLERK, "张晓梅", Role.CLERK),
            (DIRECTOR, "赵主任", Role.HALL_DIRECTOR),
            (ADMIN_ONLY, "李强", Role.ADMIN),
        ):
            draft = StaffDraft(number, name, (role,), password="first password")
            add_staff(made.desk(staff=ADMIN), made.vault, draft, at("08:05"))
        yield made


def said(house: House) -> str:
    return house.rows[-3].strip()


def holds(stores: Stores, name: SettingName, day: str = TODAY) -> SettingValue:
    return value_on(stores.journal.database, name, HALL, day)


async def on_page(house: House, pilot: Pilot[None], title: str = "评价等待时间") -> None:
    await until(pilot, lambda: "0001" in house.text() or "Window" in house.text() or title in house.text())
    await pilot.press("4")
    await until(pilot, lambda: title in house.text())


@pytest.mark.parametrize("size", [(80, 24), WIDE], ids=["80x24", "120x40"])
@pytest.mark.parametrize(("language", "title"), [("zh_CN", "评价等待时间"), ("en", "Time to rate")])
async def test_the_settings_are_listed_and_changed(
    stores: Stores, tmp_path: Path, language: str, title: str, size: tuple[int, int]
) -> None:
    with stores.journal.write(ADMIN, at("08:06")) as tx:
        tx.record(SettingSet("rating_timeout_s", "45", HALL, TODAY))
        tx.record(SettingSet("rating_unit", '"per_visit"', HALL, TOMORROW))
        tx.record(SettingSet("hall_notice", '"[bold]征管系统 10:31 起故障"', HALL))
    name = f"editor-settings-{language}-{size[0]}x{size[1]}"
    async with shown(EditorScreen(), tmp_path, language=language, staff=DIRECTOR, size=size) as (house, pilot):
        await on_page(house, pilot, title)
        await pilot.press("down")
        await until_golden(pilot, house, name, size)
        await pilot.press("f6")
        await until_golden(pilot, house, f"{name}-open", size)


async def test_a_number_from_today_and_back_again(stores: Stores, tmp_path: Path) -> None:
    async with shown(EditorScreen(), tmp_path, staff=DIRECTOR) as (house, pilot):
        await on_page(house, pilot)
        await pilot.press("f6", "backspace", "backspace")
        await type_in(pilot, "5")
        await pilot.press("f8")
        await until(pilot, lambda: "X 评价等待时间是 15 到 60 的整数" in said(house))
        await pilot.press("backspace")
        await type_in(pilot, "45")
        house.later(1)
        await pilot.press("f8")
        await until(pilot, lambda: "评价等待时间: 今天起 45 秒" in said(house))
        await until(pilot, lambda: TODAY in house.text())
        assert holds(stores, SettingName.RATING_TIMEOUT_S) == 45
        house.later(9)
        await pilot.press("backspace")
        await until(pilot, lambda: "恢复原样" in said(house))
        assert holds(stores, SettingName.RATING_TIMEOUT_S) == 30
        await until(pilot, lambda: TODAY not in house.text())
        house.later(1)
        await pilot.press("backspace")
        await until(pilot, lambda: said(house).startswith("X"))


async def test_after_ten_seconds_the_offer_is_gone_and_the_change_stays(stores: Stores, tmp_path: Path) -> None:
    async with shown(EditorScreen(), tmp_path, staff=DIRECTOR) as (house, pilot):
        await on_page(house, pilot)
        await pilot.press("down", "down", "f6")
        await type_in(pilot, "1")
        await pilot.press("f8")
        await until(pilot, lambda: "自动重呼: 今天起 是" in said(house))
        house.later(11)
        house.first.second()
        await until(pilot, lambda: said(house) == "")
        await pilot.press("backspace")
        await until(pilot, lambda: said(house).startswith("X"))
        assert holds(stores, SettingName.AUTO_RECALL) is True


async def test_one_digit_chooses_and_tomorrow_is_the_second(stores: Stores, tmp_path: Path) -> None:
    async with shown(EditorScreen(), tmp_path, staff=DIRECTOR) as (house, pilot):
        await on_page(house, pilot)
        await pilot.press("down", "f6")
        await type_in(pilot, "2\n2")
        await pilot.press("f8")
        await until(pilot, lambda: f"评价单位: {TOMORROW} 起 每次来访" in said(house))
        assert holds(stores, SettingName.RATING_UNIT) == "per_service"
        assert holds(stores, SettingName.RATING_UNIT, TOMORROW) == "per_visit"
        await until(pilot, lambda: f"{TOMORROW} 起: 每次来访" in house.text())


async def test_rows_are_neither_added_nor_removed(stores: Stores, tmp_path: Path) -> None:
    async with shown(EditorScreen(), tmp_path, staff=DIRECTOR) as (house, pilot):
        await on_page(house, pilot)
        for key in ("insert", "f9"):
            house.later(1)
            await pilot.press("up", key)
            await until(pilot, lambda: "X 这里不增不减" in said(house))


@pytest.mark.parametrize("staff", [CLERK, ADMIN_ONLY])
async def test_others_see_the_settings_and_why_they_cannot_change_them(
    stores: Stores, tmp_path: Path, staff: str
) -> None:
    async with shown(EditorScreen(), tmp_path, staff=staff) as (house, pilot):
        await on_page(house, pilot)
        before = stores.kinds()
        assert "只有本厅主任或征管处可以改本厅设置" in house.text()
        for key in ("f6", "enter"):
            await pilot.press(key)
            await until(pilot, lambda: "X 只有本厅主任" in said(house))
            await pilot.press("f8", "4")
        assert stores.kinds() == before


async def test_what_the_city_decides_is_told(stores: Stores, tmp_path: Path) -> None:
    with stores.journal.write(ADMIN, at("08:06")) as tx:
        tx.record(SettingSet("rating_timeout_s", "20", HALL[:6], TODAY))
    async with shown(EditorScreen(), tmp_path, staff=DIRECTOR) as (house, pilot):
        await on_page(house, pilot)
        assert "20 秒" in house.text()
        await pilot.press("f6")
        await until(pilot, lambda: "X 这一项由 360600 统一规定" in said(house))
