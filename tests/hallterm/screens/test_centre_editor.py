"""The editor of a centre on a real store: what is decided for a place and all below it, and who may."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from hallterm import cli
from hallterm.centre import FILE
from hallterm.screens.centre_editor import CentreEditorScreen
from hallterm.workflows.centre_editing import put_grant, put_staff
from hallterm.workflows.desk import Refused
from hallterm.workflows.workdays import is_workday
from storage import views
from storage.facts import Role
from storage.views.calendars import closing_days
from tests.hallterm.screens.centre_house import ADMIN, CITY, DEPT, DIRECTOR, LEADER, CentreStores, centre
from tests.hallterm.screens.pages import House, shown, type_in, until, until_golden
from tests.hallterm.workflows.founded import at

NOW = at("10:45")
PARK = "360671001"


@pytest.fixture(autouse=True)
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.vault.PASSES", 1)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("centre")
    with pytest.MonkeyPatch.context() as quick:
        quick.setattr("storage.vault.PASSES", 1)
        with centre(folder, nodes=False):
            pass
    return folder


@pytest.fixture
def stores(made: Path, tmp_path: Path) -> Iterator[CentreStores]:
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    stores = CentreStores(tmp_path)
    yield stores
    stores.close()


def said(house: House) -> str:
    return house.rows[21].strip()


async def test_places_and_the_place_that_is_worked_at(stores: CentreStores, tmp_path: Path) -> None:
    db = stores.journal.database
    async with shown(CentreEditorScreen(), tmp_path, NOW, staff=ADMIN, file=FILE) as (house, pilot):
        await until(pilot, lambda: "金屯点" in house.text())
        await until_golden(pilot, house, "centre-places-zh_CN")
        await pilot.press("insert")
        await type_in(pilot, "360602001\n月湖\n1\n")
        await pilot.press("f8")
        await until(pilot, lambda: "360602001" in said(house))
        hall = views.hall(db, "360602001")
        assert hall is not None
        assert hall.name == "月湖"
        house.later(1)
        await pilot.press("home", "down", "f4")
        await until(pilot, lambda: "市办税厅" in house.rows[0])
        await pilot.press("2")
        await until(pilot, lambda: "张晓梅" in house.text())
        assert "王建国" not in house.text()


async def test_a_person_and_a_role(stores: CentreStores, tmp_path: Path) -> None:
    db = stores.journal.database
    async with shown(CentreEditorScreen(), tmp_path, NOW, staff=ADMIN, file=FILE) as (house, pilot):
        await until(pilot, lambda: "金屯点" in house.text())
        await pilot.press("2", "insert")
        await type_in(pilot, "0555\n李强\n360671001\nfirst words")
        await pilot.press("f8")
        await until(pilot, lambda: "0555 李强" in said(house))
        assert stores.vault.must_change("0555")
        await pilot.press("3", "insert")
        await type_in(pilot, "0555\n4\n360671001")
        await until_golden(pilot, house, "centre-role-zh_CN")
        house.later(1)
        await pilot.press("f8")
        await until(pilot, lambda: "hall_director" in said(house))
        assert [(one.role, one.node) for one in views.grants(db, "0555")] == [("hall_director", PARK)]
        line = next(row for row in house.rows if "0555" in row and "李强" in row)
        while not line.startswith(">"):
            await pilot.press("down")
            line = next(row for row in house.rows if "0555" in row and "李强" in row)
        house.later(1)
        await pilot.press("f9")
        await until(pilot, lambda: "3 秒" in said(house))
        house.later(1)
        await pilot.press("f9")
        await until(pilot, lambda: not views.grants(db, "0555"))


async def test_matters_and_settings_hold_from_a_place_down(stores: CentreStores, tmp_path: Path) -> None:
    db = stores.journal.database
    async with shown(CentreEditorScreen(), tmp_path, NOW, staff=DEPT, file=FILE) as (house, pilot):
        await until(pilot, lambda: "4事项" in house.rows[0])
        assert "2人员" not in house.rows[0]
        await pilot.press("4", "insert")
        await type_in(pilot, "B50\nzizhu\n12\nWS50\n\n1")
        await pilot.press("f8")
        await until(pilot, lambda: "1" in said(house) and not said(house).startswith("X"))
        matter = views.matter(db, PARK, "B50")
        assert matter is not None
        assert (matter.limit_min, matter.number, matter.tax_core_ref) == (12, 1, "WS50")
        house.later(1)
        await pilot.press("end", "f6")
        await until(pilot, lambda: "WS50" in house.text())
        await type_in(pilot, "\n")
        await pilot.press(*["backspace"] * 2)
        await type_in(pilot, "20\n\n2\n1")
        await until_golden(pilot, house, "centre-matter-zh_CN")
        house.later(1)
        await pilot.press("f8")
        await until(pilot, lambda: "2026-11-25" in said(house) and not said(house).startswith("X"))
        await until(pilot, lambda: "2026-11-25 起: zizhu,20 分" in house.text())
        days = [views.matter(db, PARK, "B50", day=day) for day in ("2026-11-24", "2026-11-25")]
        assert [(one.limit_min, one.tax_core_ref) for one in days if one] == [(12, "WS50"), (20, "WS50")]
        await pilot.press("5", "f6")
        await until(pilot, lambda: "[" in house.text())
        await pilot.press(*["backspace"] * 4)
        await type_in(pilot, "40\n\n2")
        house.later(1)
        await pilot.press("f8")
        await until(pilot, lambda: "40" in said(house) and not said(house).startswith("X"))
        assert views.setting(db, "rating_timeout_s", PARK, "2026-11-24") == "40"
        assert stores.kinds()[-1] == "setting.set"


async def test_over_ssh_a_change_is_confirmed(
    stores: CentreStores, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSH_CONNECTION", "192.0.2.1 50000 192.0.2.2 22")
    async with shown(CentreEditorScreen(), tmp_path, NOW, staff=ADMIN, file=FILE) as (house, pilot):
        await until(pilot, lambda: "金屯点" in house.text())
        await pilot.press("insert")
        await type_in(pilot, "360602001\n月湖\n1\n")
        before = len(stores.kinds())
        house.later(1)
        await pilot.press("f8")
        await until(pilot, lambda: said(house).startswith("! "))
        assert len(stores.kinds()) == before
        house.later(1)
        await pilot.press("f8")
        await until(pilot, lambda: len(stores.kinds()) == before + 1)


@pytest.mark.parametrize("number", [DEPT, DIRECTOR, LEADER])
def test_who_may_not_enter_people_is_told_who_may(stores: CentreStores, number: str) -> None:
    journal, before = stores.journal, len(stores.kinds())
    with pytest.raises(Refused) as refused:
        put_staff(journal, stores.vault, "0777", "某人", PARK, NOW, password="", by=number)
    assert "admin" in refused.value.reason.text()
    with pytest.raises(Refused):
        put_grant(journal, number, Role.ADMIN, CITY, NOW, by=number)
    assert len(stores.kinds()) == before


def test_the_only_administrator_of_a_centre_stays_one(stores: CentreStores) -> None:
    journal = stores.journal
    put_grant(journal, DIRECTOR, Role.ADMIN, PARK, NOW)
    with pytest.raises(Refused):
        put_grant(journal, ADMIN, Role.ADMIN, CITY, NOW, ended=True, by=ADMIN)
    with pytest.raises(Refused):
        put_staff(journal, stores.vault, ADMIN, "", "", NOW, active=False, password="", by=ADMIN)
    put_grant(journal, LEADER, Role.ADMIN, CITY, NOW, by=ADMIN)
    put_grant(journal, ADMIN, Role.ADMIN, CITY, NOW, ended=True, by=ADMIN)
    assert [one.role for one in views.grants(journal.database, ADMIN)] == [Role.COLLECTION_DEPT]


async def test_the_calendar_of_a_hall_by_screen_and_by_table(stores: CentreStores, tmp_path: Path) -> None:
    db = stores.journal.database
    table = tmp_path / "2027.csv"
    table.write_text("day,kind,name\n2027-02-17,holiday,春节\n2027-02-20,makeup,\n", encoding="utf-8")

    def works(code: str, day: str) -> bool:
        hall = views.hall(db, code)
        assert hall is not None
        return is_workday(db, hall, day)

    async with shown(CentreEditorScreen(), tmp_path, NOW, staff=ADMIN, file=FILE) as (house, pilot):
        await until(pilot, lambda: "金屯点" in house.text())
        await pilot.press("6", "insert")
        await type_in(pilot, f"\n\n{table}")
        await pilot.press("f8")
        await until(pilot, lambda: "2027 年 2 天" in said(house))
        assert not works(PARK, "2027-02-17")
        assert works(PARK, "2027-02-20")
        house.later(1)
        await pilot.press("1", "home", "down", "down", "down", "f4")
        await until(pilot, lambda: "园区" in house.rows[0])
        await pilot.press("6", "insert")
        await type_in(pilot, "2026-12-01\nrepairs")
        house.later(1)
        await pilot.press("f8")
        await until(pilot, lambda: "园区 2026-12-01 闭厅" in said(house))
        await until_golden(pilot, house, "centre-days-zh_CN")
        assert not works(PARK, "2026-12-01")
        assert works("360600001", "2026-12-01")
        house.later(1)
        await pilot.press("home", "f9")
        await until(pilot, lambda: "照常上班?" in said(house))
        house.later(1)
        await pilot.press("f9")
        await until(pilot, lambda: works(PARK, "2026-12-01"))


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("day,name\n2027-02-17,x\n", "columns day, kind, name"),
        ("day,kind,name\n", "no day"),
        ("day,kind,name\n2027-2-17,rest,\n", "line 2: 2027-2-17"),
        ("day,kind,name\n2027-02-17,off,\n", "line 2: off"),
        ("day,kind,name\n2027-02-17,rest,\n2027-02-17,rest,\n", "line 3: 2027-02-17 stands there twice"),
        ("day,kind,name\n2027-02-17,rest,\n2028-02-17,rest,\n", "line 3: one table is one year, 2027"),
    ],
)
def test_a_table_with_a_fault_is_refused_with_its_line(
    stores: CentreStores, tmp_path: Path, table: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file, before = tmp_path / "table.csv", len(stores.kinds())
    file.write_text(table, encoding="utf-8")
    words = ["admin", "calendar", "import", str(file), "--scope", CITY, "--data", str(tmp_path), "--lang", "en"]
    assert cli.main(words) == 2
    assert said in capsys.readouterr().err
    assert len(stores.kinds()) == before


def test_closing_days_by_command(stores: CentreStores, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def run(*words: str) -> int:
        return cli.main(["admin", "calendar", *words, "--data", str(tmp_path), "--lang", "en"])

    assert run("close", PARK, "2026-12-01", "--why", "repairs") == 0
    assert [one.day for one in closing_days(stores.journal.database, PARK)] == ["2026-12-01"]
    assert run("open", PARK, "2026-12-01") == 0
    assert closing_days(stores.journal.database, PARK) == []
    assert run("close", CITY, "2026-12-01") == 2
    assert "only a hall" in capsys.readouterr().err
