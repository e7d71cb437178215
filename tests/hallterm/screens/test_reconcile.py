"""A list of the tax software from a stick to the figures: looked at, recorded by the key twice; and by the command."""

from __future__ import annotations

import json
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from io import StringIO
from pathlib import Path

import pytest
from textual.pilot import Pilot

from hallterm.config import ConfigError, load
from hallterm.locale import use
from hallterm.reconcile_command import ReconcileOptions, main
from hallterm.screens.reconcile import ReconcileScreen
from hallterm.screens.reports import ReportsScreen
from storage import clock
from storage import facts as f
from storage.facts import Moment, Role
from storage.views.reconciliation import services_to_verify
from tests.hallterm.screens.pages import House, shown, until, until_golden
from tests.hallterm.workflows.founded import ADMIN, HALL, PASSWORD, Stores, at, founded
from tests.hallterm.workflows.shift import MEI, Shift
from tests.hallterm.workflows.test_reconciling import DAY, NEXT, table

DIRECTOR = "0101"
NOW = at("09:00", NEXT)


@pytest.fixture(scope="module")
def worked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ten services of a day, and the list of eight of them on a stick; the director's password is set."""
    folder = tmp_path_factory.mktemp("reconcile")
    with pytest.MonkeyPatch.context() as quick:
        quick.setattr("storage.vault.PASSES", 1)
        (folder / "data").mkdir()
        with founded(folder / "data") as stores:
            with stores.journal.write(ADMIN, at("08:05")) as tx:
                for number, name, role in ((MEI, "张晓梅", Role.CLERK), (DIRECTOR, "赵主任", Role.HALL_DIRECTOR)):
                    tx.record(f.StaffSet(number, name, HALL))
                    tx.record(f.GrantSet(number, role, HALL))
            stores.vault.set_password(DIRECTOR, PASSWORD)
            _work(stores, folder / "sticks" / "USB" / "swys.csv")
    return folder


def _work(stores: Stores, path: Path) -> None:
    shift = Shift(stores)
    desk = shift.open(1, MEI)
    for _nth in range(10):
        shift.rate(shift.await_rating(desk, "B02", 120))
    path.parent.mkdir(parents=True)
    path.write_text(table(shift), encoding="utf-8-sig")


@pytest.fixture
def folder(worked: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("storage.vault.PASSES", 1)
    monkeypatch.setenv("HALLTERM_STICKS", str(tmp_path / "sticks"))
    shutil.copytree(worked, tmp_path, dirs_exist_ok=True)
    return tmp_path


@pytest.fixture(autouse=True)
def english() -> None:
    use("en")


@asynccontextmanager
async def page(folder: Path, staff: str = DIRECTOR, language: str = "en") -> AsyncIterator[tuple[House, Pilot[None]]]:
    screen = ReconcileScreen(load(None, {}, data=folder / "data"))
    async with shown(screen, folder / "data", NOW, language=language, staff=staff) as (house, pilot):
        yield house, pilot


def said(house: House) -> str:
    return house.rows[-3].strip()


def verified(folder: Path) -> list[str]:
    stores = Stores(folder / "data")
    try:
        return [one.verified for one in services_to_verify(stores.journal.database, HALL, DAY)]
    finally:
        stores.close()


@pytest.mark.parametrize("language", ["zh_CN", "en"])
async def test_a_list_on_a_stick_is_looked_at_and_recorded_by_the_key_twice(folder: Path, language: str) -> None:
    async with page(folder, language=language) as (house, pilot):
        await until(pilot, lambda: house.rows[-1].strip().startswith("Ins"))
        await pilot.press("insert")
        await until(pilot, lambda: "swys.csv" in house.text())
        await pilot.press("1")
        await until(pilot, lambda: "80.00" in house.text())
        await until_golden(pilot, house, f"reconcile-preview-{language}")
        await pilot.press("f8")
        await until(pilot, lambda: "F8" in said(house))
        assert set(verified(folder)) == {"unknown"}
        house.later(1)
        await pilot.press("f8")
        await until(pilot, lambda: f"{DAY}  " in house.text() and "0101" in house.text())
        await until_golden(pilot, house, f"reconcile-days-{language}")
    assert sorted(verified(folder)) == ["no"] * 2 + ["yes"] * 8


async def test_faults_are_named_by_line_and_keep_the_list_out(folder: Path) -> None:
    path = folder / "sticks" / "USB" / "swys.csv"
    path.write_text(path.read_text(encoding="utf-8-sig") + f"{DAY},{HALL},X,0317,B02,25:00,\n", encoding="utf-8")
    async with page(folder) as (house, pilot):
        await until(pilot, lambda: house.rows[-1].strip().startswith("Ins"))
        await pilot.press("insert")
        await until(pilot, lambda: "swys.csv" in house.text())
        await pilot.press("1")
        await until(pilot, lambda: "line 10: 25:00 is no time" in house.text())
        await pilot.press("f8")
        await until(pilot, lambda: "first mend the lines" in said(house))
    assert set(verified(folder)) == {"unknown"}


async def test_a_clerk_is_refused(folder: Path) -> None:
    async with page(folder, staff=MEI) as (house, pilot):
        await until(pilot, lambda: said(house))
        assert said(house).startswith("X importing needs")


async def test_the_verified_share_stands_beside_the_workload(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    command(folder, monkeypatch, yes=True)
    capsys.readouterr()
    screen = ReportsScreen(load(None, {}, data=folder / "data"))
    async with shown(screen, folder / "data", NOW, language="en", staff=DIRECTOR) as (house, pilot):
        await until(pilot, lambda: screen.look is not None)
        await pilot.press("3")
        await until(pilot, lambda: "80.00" in house.text())
        await pilot.press("enter")
        await until(pilot, lambda: "10 services   credit 9.60 min   not credited 2" in house.text())
        assert house.text().count("not found") == 2


def command(
    folder: Path, monkeypatch: pytest.MonkeyPatch, *, yes: bool = False, as_json: bool = False, hall: str = ""
) -> int:
    """The command on the morning after."""

    def morning() -> Moment:
        return NOW

    monkeypatch.setattr(clock, "now", morning)
    options = ReconcileOptions(hall=hall, yes=yes, as_json=as_json, staff=DIRECTOR, password_stdin=True)
    settings = load(None, {}, data=folder / "data")
    return main(settings, folder / "sticks" / "USB" / "swys.csv", options, StringIO(f"{PASSWORD}\n"))


def test_the_command_shows_first_and_records_with_yes(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert command(folder, monkeypatch) == 0
    assert "Nothing is recorded" in capsys.readouterr().out
    assert set(verified(folder)) == {"unknown"}
    for changed in (10, 0):
        assert command(folder, monkeypatch, yes=True, as_json=True) == 0
        whole = json.loads(capsys.readouterr().out)
        assert whole["recorded"] == [{"day": DAY, "changed": changed}]
        assert whole["days"][0]["share"] == 80.0
    with pytest.raises(ConfigError, match="is of hall"):
        command(folder, monkeypatch, hall="360600002")
