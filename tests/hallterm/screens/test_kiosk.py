"""The ticket machine on a real store: a digit is a ticket, once."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from hallterm.screens.kiosk import KioskScreen
from hallterm.workflows.reference import StaffDraft, add_staff
from hallterm.workflows.setup import WindowSpec
from hallterm.workflows.sign_on import sign_on
from hallterm.workflows.ticketing import issue
from storage import views
from storage.facts import Role
from tests.hallterm.screens.pages import House, check_golden, shown, type_in, until
from tests.hallterm.workflows.founded import ADMIN, HALL, PASSWORD, RUN, Stores, at, founded

DAY = "2026-11-24"
NOW = at("10:12")


@pytest.fixture(autouse=True)
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.vault.PASSES", 1)
    monkeypatch.setattr("hallterm.workflows.sign_on.PASSES", 1)


@pytest.fixture
def stores(tmp_path: Path) -> Iterator[Stores]:
    windows = (WindowSpec(1, ("A", "B", "C", "D", "E", "F", "L", "J", "K")), WindowSpec(2, ("G", "H")))
    with founded(tmp_path, msgspec.structs.replace(RUN, windows=windows)) as made:
        made.board.set_device("printer", "", "ready", 0)
        made.board.process_beat("station", os.getpid(), NOW)
        sign_on(made.desk(1), made.vault, ADMIN, PASSWORD, at("08:31"))
        for prefix in "AABBBBCL":
            issue(made.desk(), at("10:00"), prefix)
        yield made


def numbers(stores: Stores) -> list[str]:
    return [row.number for row in views.waiting(stores.journal.database, HALL, DAY)]


def note(house: House) -> str:
    return house.rows[22].strip()


@pytest.mark.parametrize("language", ["zh_CN", "en"])
async def test_the_list_and_the_number(stores: Stores, tmp_path: Path, language: str) -> None:
    async with shown(KioskScreen(), tmp_path, NOW, language=language) as (house, pilot):
        await until(pilot, lambda: "市办税厅" in house.text())
        check_golden(house, f"kiosk-{language}")
        await pilot.press("2")
        await until(pilot, lambda: "########" in house.text())
        check_golden(house, f"kiosk-number-{language}")
        assert numbers(stores)[-1] == "B005"


async def test_a_second_press_within_5_s_gives_no_second_ticket(stores: Stores, tmp_path: Path) -> None:
    async with shown(KioskScreen(), tmp_path, NOW) as (house, pilot):
        await until(pilot, lambda: "市办税厅" in house.text())
        await pilot.press("2")
        await until(pilot, lambda: "########" in house.text())
        house.later(4.9)
        await pilot.press("2")
        assert note(house) == "! 您已取 B005。再取一张请等 5 秒"
        house.later(0.1)
        await pilot.press("2")
        await until(pilot, lambda: "B006" in numbers(stores))
        assert numbers(stores).count("B005") == 1


async def test_the_number_leaves_after_12_s(stores: Stores, tmp_path: Path) -> None:
    async with shown(KioskScreen(), tmp_path, NOW) as (house, pilot):
        await until(pilot, lambda: "市办税厅" in house.text())
        await pilot.press("2")
        await until(pilot, lambda: "########" in house.text())
        house.later(12)
        await until(pilot, lambda: "请按数字键" in house.text())


async def test_9_opens_the_second_list_and_minus_goes_back(stores: Stores, tmp_path: Path) -> None:
    async with shown(KioskScreen(), tmp_path, NOW) as (house, pilot):
        await until(pilot, lambda: "市办税厅" in house.text())
        await pilot.press("9")
        await until(pilot, lambda: "注销登记" in house.text())
        assert numbers(stores)[-1] == "L001"
        await pilot.press("minus")
        assert "车辆" in house.text()
        await pilot.press("9", "2")
        await until(pilot, lambda: "您的号码" in house.text())
        assert numbers(stores)[-1] == "K001"


async def test_star_is_english_for_one_ticket(stores: Stores, tmp_path: Path) -> None:
    async with shown(KioskScreen(), tmp_path, NOW) as (house, pilot):
        await until(pilot, lambda: "市办税厅" in house.text())
        await pilot.press("asterisk")
        assert "Press a digit" in house.text()
        await pilot.press("1")
        await until(pilot, lambda: "Your number" in house.text())
        house.later(12)
        await until(pilot, lambda: "请按数字键" in house.text())


async def test_a_closed_hall_says_when(stores: Stores, tmp_path: Path) -> None:
    async with shown(KioskScreen(), tmp_path, at("12:30")) as (house, pilot):
        await until(pilot, lambda: "市办税厅" in house.text())
        await pilot.press("2")
        await until(pilot, lambda: note(house).startswith("X"))
        assert "15 分" in note(house)
        assert "B005" not in numbers(stores)


@pytest.mark.parametrize("printer", ["absent", "ready"])
async def test_without_a_printer_or_its_station_the_number_is_to_be_noted(
    stores: Stores, tmp_path: Path, printer: str
) -> None:
    stores.board.set_device("printer", "", printer, 0)
    if printer == "ready":  # the station is gone, its last word about the printer stands
        stores.board.process_beat("station", os.getpid(), at("08:00"))
    async with shown(KioskScreen(), tmp_path, NOW) as (house, pilot):
        await until(pilot, lambda: "市办税厅" in house.text())
        await pilot.press("1")
        await until(pilot, lambda: "请记下 A003" in house.text())


async def test_the_guide_finds_prints_cancels_and_gives_a_green_number(stores: Stores, tmp_path: Path) -> None:
    guide = StaffDraft("0500", "导", (Role.GUIDE,), password=PASSWORD)
    add_staff(stores.desk(staff=ADMIN), stores.vault, guide, at("09:00"))
    async with shown(KioskScreen(), tmp_path, NOW) as (house, pilot):
        await until(pilot, lambda: "市办税厅" in house.text())
        await pilot.press("f6")
        assert note(house).startswith("! 由导税员")
        house.later(1)
        await pilot.press("f4")
        await type_in(pilot, f"0500\n{PASSWORD}\n")
        await until(pilot, lambda: "功能键可用" in house.text())
        assert PASSWORD not in house.text()
        house.later(1)
        await pilot.press("f4")
        await type_in(pilot, "b003\n")
        await until(pilot, lambda: "B003 在等候,前面 2 人" in note(house).replace(", ", ","))
        await pilot.press("f7")
        await type_in(pilot, "B002\n")
        await until(pilot, lambda: "已补打" in note(house))
        assert [one.kind for one in stores.board.take_requests(NOW)] == ["print"]
        await pilot.press("f9")
        await type_in(pilot, "b004")
        house.later(1)
        await pilot.press("f9")
        await until(pilot, lambda: "作废 B004" in note(house))
        assert "B004" in numbers(stores)
        house.later(1)
        await pilot.press("f9")
        await until(pilot, lambda: "B004" not in numbers(stores))
        house.later(1)
        await pilot.press("f6")
        assert ">F6" in house.rows[23]
        await pilot.press("2")
        await until(pilot, lambda: "VB01" in numbers(stores))
        house.later(60)
        await until(pilot, lambda: "-F4" in house.rows[23])


async def test_letters_and_enter_do_nothing(stores: Stores, tmp_path: Path) -> None:
    async with shown(KioskScreen(), tmp_path, NOW) as (house, pilot):
        await until(pilot, lambda: "市办税厅" in house.text())
        before = numbers(stores)
        await pilot.press("a", "enter", "space", "up", "plus", "escape")
        await pilot.pause()
        assert numbers(stores) == before
        assert "预约" in note(house) or "65" in note(house)
