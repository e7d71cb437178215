"""The editor on a real store: a hall can be made ready for tomorrow."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from hallterm.screens.editor import EditorScreen
from hallterm.workflows.reference import StaffDraft, add_staff, hall_roles
from storage import views
from storage.facts import Role
from tests.hallterm.screens.pages import House, shown, type_in, until, until_golden
from tests.hallterm.workflows.founded import ADMIN, HALL, Stores, at, founded


@pytest.fixture(autouse=True)
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.vault.PASSES", 1)


@pytest.fixture
def stores(tmp_path: Path) -> Iterator[Stores]:
    with founded(tmp_path) as made:
        for number, name, role in (("0317", "张晓梅", Role.CLERK), ("0400", "[red]{0}", Role.HALL_DIRECTOR)):
            draft = StaffDraft(number, name, (role,), password="first password")
            add_staff(made.desk(staff=ADMIN), made.vault, draft, at("08:05"))
        yield made


def said(house: House) -> str:
    return house.rows[21].strip()


@pytest.mark.parametrize("language", ["zh_CN", "en"])
async def test_the_three_lists(stores: Stores, tmp_path: Path, language: str) -> None:
    async with shown(EditorScreen(), tmp_path, language=language, staff=ADMIN) as (house, pilot):
        await until(pilot, lambda: "张晓梅" in house.text())
        await pilot.press("down", "f6")
        await until_golden(pilot, house, f"editor-staff-{language}")
        await pilot.press("escape", "2")
        await until_golden(pilot, house, f"editor-windows-{language}")
        await pilot.press("3", "pagedown")
        await until_golden(pilot, house, f"editor-matters-{language}")


async def test_a_new_clerk(stores: Stores, tmp_path: Path) -> None:
    async with shown(EditorScreen(), tmp_path, staff=ADMIN) as (house, pilot):
        await until(pilot, lambda: "张晓梅" in house.text())
        await pilot.press("insert")
        await type_in(pilot, "0500\n李强\n12\nshort")
        await pilot.press("f8")
        await until(pilot, lambda: said(house).startswith("X"))
        assert "李强" in house.text()
        await type_in(pilot, " no more")
        house.later(1)
        await pilot.press("f8")
        await until(pilot, lambda: "0500 李强 已保存" in said(house))
        assert hall_roles(stores.journal.database, HALL, "0500") == (Role.CLERK, Role.GUIDE)
        assert stores.vault.must_change("0500")
        assert "no more" not in house.text()


async def test_removing_asks_twice_and_comes_back_at_once(stores: Stores, tmp_path: Path) -> None:
    def active() -> bool:
        row = views.staff(stores.journal.database, "0317")
        return bool(row and row.active)

    async with shown(EditorScreen(), tmp_path, staff=ADMIN) as (house, pilot):
        await until(pilot, lambda: "张晓梅" in house.text())
        await pilot.press("down", "f9")
        await until(pilot, lambda: "0317 不能再登录" in said(house))
        assert active()
        house.later(4)
        await pilot.press("f9")
        await pilot.pause()
        assert active()
        house.later(1)
        await pilot.press("f9")
        await until(pilot, lambda: not active())
        await until(pilot, lambda: "启用" in house.rows[23])
        house.later(1)
        await pilot.press("f9")
        await until(pilot, active)


async def test_a_forgotten_password_is_given_anew(stores: Stores, tmp_path: Path) -> None:
    async with shown(EditorScreen(), tmp_path, staff=ADMIN) as (house, pilot):
        await until(pilot, lambda: "张晓梅" in house.text())
        await pilot.press("down", "f6", "down", "down")
        await type_in(pilot, "given again")
        await pilot.press("f8")
        await until(pilot, lambda: "已重置" in said(house))
        assert stores.vault.verify("0317", "given again")


async def test_windows_and_matters(stores: Stores, tmp_path: Path) -> None:
    db = stores.journal.database
    async with shown(EditorScreen(), tmp_path, staff=ADMIN) as (house, pilot):
        await until(pilot, lambda: "张晓梅" in house.text())
        await pilot.press("2", "insert")
        await type_in(pilot, "8\nab\nc")
        await pilot.press("f8")
        await until(pilot, lambda: "8 号窗口已保存" in said(house))
        row = views.window(db, f"{HALL}-08")
        assert row is not None
        assert (row.primary, row.secondary) == ("A,B", "C")
        await pilot.press("3", "f6", "down")
        await pilot.press("backspace", "backspace")
        await type_in(pilot, "999")
        house.later(1)
        await pilot.press("f8")
        await until(pilot, lambda: said(house).startswith("X"))
        await pilot.press("backspace", "backspace")
        house.later(1)
        await pilot.press("f8")
        await until(pilot, lambda: "A01 已保存" in said(house))
        matter = views.matter(db, HALL, "A01")
        assert matter is not None
        assert (matter.limit_min, matter.number) == (9, 2)


async def test_a_director_edits_windows_only(stores: Stores, tmp_path: Path) -> None:
    async with shown(EditorScreen(), tmp_path, staff="0400") as (house, pilot):
        await until(pilot, lambda: "Window 1" in house.text())
        await pilot.press("1", "3")
        assert "张晓梅" not in house.text()
        assert "人员" not in house.rows[0]


async def test_a_clerk_sees_settings_only(stores: Stores, tmp_path: Path) -> None:
    async with shown(EditorScreen(), tmp_path, staff="0317") as (house, pilot):
        await until(pilot, lambda: "只有本厅主任" in house.text())
        await pilot.press("insert", "f6", "f9", "1", "2", "3")
        assert "张晓梅" not in house.text()
        assert "人员" not in house.rows[0]
        await pilot.press("escape")
        await until(pilot, lambda: house.heard)
        assert isinstance(house.heard[0], EditorScreen.Left)
