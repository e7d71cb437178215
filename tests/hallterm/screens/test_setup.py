"""The first page: nothing is made before everything is right."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from hallterm.locale import use
from hallterm.screens.setup import SetupScreen
from hallterm.screens.setup_form import Purpose, windows_of
from hallterm.workflows.setup import WindowSpec, needs_setup
from storage import views
from storage.journal import Journal
from tests.hallterm.screens.pages import House, check_golden, shown, type_in, until
from tests.hallterm.workflows.founded import HALL


@pytest.fixture(autouse=True)
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.vault.PASSES", 1)


def said(house: House) -> str:
    return house.rows[21].strip()


@pytest.mark.parametrize("language", ["zh_CN", "en"])
async def test_the_page_with_faults(tmp_path: Path, language: str) -> None:
    async with shown(SetupScreen(), tmp_path, language=language) as (house, pilot):
        await type_in(pilot, "\n市办税厅\n36060001\n\n\n\n0001\n王建国\nmy own words\nmy own")
        await pilot.pause()
        assert "36060001" in house.text()
        assert "my own" not in house.text()
        check_golden(house, f"setup-{language}")
        await pilot.press("f8")
        assert said(house).startswith("X")
        house.store.close(120)
        journal = Journal.open(tmp_path / "hall.db")
        assert needs_setup(journal)
        journal.close()


async def test_a_whole_page_founds_the_hall(tmp_path: Path) -> None:
    screen = SetupScreen(tmp_path / "hallterm.d")
    async with shown(screen, tmp_path) as (house, pilot):
        await type_in(pilot, "4\n[b]市办税厅[/b]\n360600001\n")
        await pilot.press("backspace", "backspace")
        await type_in(pilot, "1-3\nhttp://10.0.0.2:8443\n\n0001\n王建国\nfirst words\nfirst words")
        assert "F8" in house.rows[23]
        assert "-F8" not in house.rows[23]
        await pilot.press("f8")
        await until(pilot, lambda: house.heard)
        founded = house.heard[0]
        assert isinstance(founded, SetupScreen.Founded)
        assert founded.purpose is Purpose.POINT
    journal = Journal.open(tmp_path / "hall.db")
    hall = views.hall(journal.database, HALL)
    assert hall is not None
    assert (hall.name, hall.hall_kind) == ("[b]市办税厅[/b]", "point")
    assert [one.name for one in views.windows(journal.database, HALL)] == ["1号窗口", "2号窗口", "3号窗口"]
    journal.close()
    written = tomllib.loads((tmp_path / "hallterm.d" / "sync.toml").read_text(encoding="utf-8"))
    assert written == {"sync": {"upstream": "http://10.0.0.2:8443"}}


async def test_a_fault_is_told_when_its_field_is_left(tmp_path: Path) -> None:
    async with shown(SetupScreen(), tmp_path) as (house, pilot):
        await type_in(pilot, "\n厅\n36060001\n")
        assert said(house) == "X 厅码 36060001 只有 8 位: 要区划 6 位加序号 3 位,例如 360600001"
        await pilot.press("up")
        await type_in(pilot, "1\n")
        assert said(house) == ""
        assert "厅码" not in house.rows[22]


async def test_the_language_changes_and_what_was_typed_stays(tmp_path: Path) -> None:
    async with shown(SetupScreen(), tmp_path) as (house, pilot):
        await type_in(pilot, "\n市办税厅")
        await pilot.press("f7")
        assert "Hall code" in house.text()
        assert "市办税厅" in house.text()


@pytest.mark.parametrize(
    ("text", "numbers"),
    [("3", [3]), ("03", [3]), ("1-4", [1, 2, 3, 4]), ("1,2 5", [1, 2, 5]), ("0", [0]), ("4-1", None), ("1-999", None),
     ("x", None), ("", None)],
)  # fmt: skip
def test_windows_are_numbers(text: str, numbers: list[int] | None) -> None:
    use("en")
    assert windows_of(text) == (None if numbers is None else tuple(WindowSpec(number) for number in numbers))
