"""The reports on the page: chosen, sorted, drawn, opened line by line down to a service, saved; by the rights of the person."""

from __future__ import annotations

import asyncio
import csv
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from queue import SimpleQueue

import openpyxl
import pytest
from textual.pilot import Pilot

from hallterm.config import load
from hallterm.reading_progress import told
from hallterm.report_desk import ReportRequest, read_report
from hallterm.reports.model import Report
from hallterm.reports.registry import REPORTS
from hallterm.screens.mode_screen import InMode
from hallterm.screens.reports import ReportsScreen
from hallterm.workflows import counter
from hallterm.workflows.desk import Desk
from storage import facts as f
from storage.facts import Moment, PauseReason, Role
from tests.hallterm.screens.pages import DEADLINE_S, House, shown, type_in, until, until_golden
from tests.hallterm.workflows.founded import ADMIN, HALL, Stores, at, founded
from tests.hallterm.workflows.shift import FANG, MEI, WEI, Shift

DIRECTOR, GUIDE, TECHNICIAN = "0101", "0501", "T017"
PEOPLE = (
    *((MEI, "张晓梅", Role.CLERK), (WEI, "李强", Role.CLERK), (FANG, "王芳", Role.CLERK)),
    *((DIRECTOR, "赵主任", Role.HALL_DIRECTOR), (GUIDE, "孙导税", Role.GUIDE), (TECHNICIAN, "王工", Role.TECHNICIAN)),
)
NOW = at("17:30")
WIDE = (120, 40)


@pytest.fixture(scope="module")
def worked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A hall whose two clerks worked a morning; one matter took longer than its limit and was paused on the way."""
    folder = tmp_path_factory.mktemp("reports")
    with pytest.MonkeyPatch.context() as quick:
        quick.setattr("storage.vault.PASSES", 1)
        with founded(folder) as stores:
            with stores.journal.write(ADMIN, at("08:05")) as tx:
                for number, name, role in PEOPLE:
                    tx.record(f.StaffSet(number, name, HALL))
                    tx.record(f.GrantSet(number, role, HALL))
            _work(stores)
    return folder


def _work(stores: Stores) -> None:
    shift = Shift(stores)
    first, second = shift.open(1, MEI), shift.open(2, WEI)
    for code, serving_s in (("B01", 300), ("A17", 240), ("B02", 60)):
        shift.rate(shift.await_rating(first, code, serving_s), 5)
    shift.serve(second, "B01")
    shift.do(counter.pause, second, PauseReason.MATERIAL_SUPPLEMENT)
    shift.do(counter.resume, second, after_s=90)
    shift.do(counter.finish, second, after_s=900)


@pytest.fixture
def folder(worked: Path, tmp_path: Path) -> Path:
    shutil.copytree(worked, tmp_path / "data")
    return tmp_path / "data"


@asynccontextmanager
async def page(
    folder: Path, staff: str = DIRECTOR, language: str = "zh_CN", size: tuple[int, int] = (80, 24)
) -> AsyncIterator[tuple[House, Pilot[None]]]:
    screen = ReportsScreen(load(None, {}, data=folder))
    async with shown(screen, folder, NOW, language=language, staff=staff, size=size) as (house, pilot):
        await until(pilot, lambda: screen.look is not None or screen.message)
        yield house, pilot


async def press(house: House, pilot: Pilot[None], *keys: str) -> None:
    """Keys half a second apart: faster, the same key is one press that was held."""
    for key in keys:
        house.later(0.5)
        await pilot.press(key)


def said(house: House) -> str:
    return house.rows[-3].strip()


async def opened(house: House, pilot: Pilot[None], id: str) -> None:
    """Its digit, on whichever page of the list it is."""
    rows = [row for row in house.rows if f"  {id}  " in row]
    if not rows:
        await press(house, pilot, "pagedown")
        rows = [row for row in house.rows if f"  {id}  " in row]
    await press(house, pilot, rows[0].split()[0].lstrip(">") or rows[0].split()[1])
    await until(pilot, lambda: f" {id} " in house.rows[1])


async def test_a_director_has_every_report_nine_on_a_page(folder: Path) -> None:
    async with page(folder) as (house, pilot):
        assert house.rows[5].startswith("> 1  R01  纳税人评价满意度")
        assert house.rows[20].strip() == f"1-9/{len(REPORTS)}"
        await press(house, pilot, "pagedown")
        assert f"10-18/{len(REPORTS)}" in house.rows[20]


@pytest.mark.parametrize("language", ["zh_CN", "en"])
async def test_the_overtime_list_of_today(folder: Path, language: str) -> None:
    async with page(folder, language=language) as (house, pilot):
        await opened(house, pilot, "R07")
        await until_golden(pilot, house, f"reports-r07-{language}")


@pytest.mark.parametrize("language", ["zh_CN", "en"])
async def test_the_wide_dress_has_the_bars_beside_the_table(folder: Path, language: str) -> None:
    async with page(folder, language=language, size=WIDE) as (house, pilot):
        await opened(house, pilot, "R04")
        await until(pilot, lambda: "#" in house.text())
        await until_golden(pilot, house, f"reports-r04-{language}-120x40", WIDE)


async def test_from_the_hall_to_the_pause_of_one_service_and_back(folder: Path) -> None:
    async with page(folder, language="en") as (house, pilot):
        await opened(house, pilot, "R04")
        await press(house, pilot, "down", "enter")
        await until(pilot, lambda: "李强 0318" in house.rows[1])
        await press(house, pilot, "enter")
        await until(pilot, lambda: "1 services" in house.text())
        await press(house, pilot, "enter")
        await until(pilot, lambda: "When the clock stood still" in house.text())
        assert "15:01" in house.text()
        assert "1:30" in house.text()
        await press(house, pilot, "escape", "escape", "escape")
        await until(pilot, lambda: any(row.startswith(">0318") for row in house.rows))
        await press(house, pilot, "escape")
        await until(pilot, lambda: "Which report?" in house.text())
        assert any(row.strip().startswith("> 4  R04") for row in house.rows), "where it always is"
        assert house.rows[4].startswith(" 0  R04"), "and the one used last once more"
        await press(house, pilot, "0")
        await until(pilot, lambda: "R04" in house.rows[1])
        await press(house, pilot, "escape")
        await until(pilot, lambda: "Which report?" in house.text())
        await press(house, pilot, "escape")
        await until(pilot, lambda: any(isinstance(one, InMode.Left) for one in house.heard))


async def test_sorted_by_a_column_and_turned_around(folder: Path) -> None:
    async with page(folder, language="en") as (house, pilot):
        await opened(house, pilot, "R04")
        for order in (["0318", "0317"], ["0317", "0318"]):
            await press(house, pilot, "f7")
            await until(pilot, lambda: "Sort by which column?" in house.text())
            digit = next(row.split()[0] for row in house.rows if row.strip().endswith("Mean used"))
            await press(house, pilot, digit)
            await until(pilot, lambda: ">Mean used" in house.text())
            assert [row[1:5] for row in house.rows if row[1:3] == "03"] == order


@pytest.mark.parametrize("language", ["zh_CN", "en"])
async def test_bars_and_then_the_trend_of_six_months(folder: Path, language: str) -> None:
    async with page(folder, language=language) as (house, pilot):
        await opened(house, pilot, "R03")
        await press(house, pilot, "f7", "0")
        await until(pilot, lambda: "#" in house.text())
        await until_golden(pilot, house, f"reports-bars-{language}")
        await press(house, pilot, "f7")
        await until(pilot, lambda: "2026-06" in house.text())
        await until_golden(pilot, house, f"reports-trend-{language}")
        await press(house, pilot, "f7")
        await until(pilot, lambda: "2026-06" not in house.text())


async def test_another_time_and_another_person(folder: Path) -> None:
    async with page(folder, language="en") as (house, pilot):
        await opened(house, pilot, "R03")
        await press(house, pilot, "f4", "1")
        await until(pilot, lambda: "2026-11-24" in house.rows[1])
        await press(house, pilot, "f4", "0")
        await type_in(pilot, MEI)
        await press(house, pilot, "enter")
        await until(pilot, lambda: f"张晓梅 {MEI}" in house.rows[1])
        assert "李强" not in house.text()
        await press(house, pilot, "f4", "0")
        await type_in(pilot, "2026-13")
        await press(house, pilot, "enter")
        await until(pilot, lambda: "2026-13 is no place and no staff number here" in said(house))


async def test_saved_as_three_files_that_other_programs_open(folder: Path) -> None:
    async with page(folder, language="en") as (house, pilot):
        await opened(house, pilot, "R07")
        for digit, suffix in (("1", "xlsx"), ("2", "csv"), ("3", "txt")):
            await press(house, pilot, "f8", digit)
            await until(pilot, lambda suffix=suffix: f".{suffix}, 1 lines" in said(house))  # type: ignore[misc]
    found = {one.suffix: one for one in (folder / "reports").iterdir()}
    sheet = openpyxl.load_workbook(found[".xlsx"]).worksheets[0]
    assert any("李强" in [str(cell) for cell in row] for row in sheet.iter_rows(values_only=True))
    with found[".csv"].open(encoding="utf-8-sig", newline="") as file:
        assert any("李强" in row for row in csv.reader(file))
    assert "李强" in found[".txt"].read_text(encoding="utf-8")


async def test_the_printer_gets_the_pages(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paper, program = tmp_path / "paper", tmp_path / "bin" / "lp"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\necho "$2" > {paper}\ncat >> {paper}\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")
    async with page(folder, language="en") as (house, pilot):
        await opened(house, pilot, "R07")
        await press(house, pilot, "f8", "4")
        await until(pilot, lambda: "is with the printer of the hall's PC, 1 pages" in said(house))
    assert paper.read_text(encoding="utf-8").startswith("R07 Overtime list")
    assert "李强" in paper.read_text(encoding="utf-8")


async def test_a_printer_that_is_not_there_or_says_no_is_told(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "bin" / "lp"
    program.parent.mkdir()
    monkeypatch.setenv("PATH", str(program.parent))
    async with page(folder, language="en") as (house, pilot):
        await opened(house, pilot, "R07")
        await press(house, pilot, "f8", "4")
        await until(pilot, lambda: "X no printer is set up on this PC" in said(house))
        program.write_text("#!/bin/sh\necho out of paper >&2\nexit 1\n")
        program.chmod(0o755)
        await press(house, pilot, "f8", "4")
        await until(pilot, lambda: "X the printer took nothing (out of paper)" in said(house))


async def test_page_by_page_on_the_screen(folder: Path) -> None:
    async with page(folder, language="en") as (house, pilot):
        await opened(house, pilot, "R16")
        await press(house, pilot, "f8", "5")
        await until(pilot, lambda: "page 1/" in house.rows[-4])
        await until(pilot, lambda: "made 11-24" in house.text())
        await press(house, pilot, "end")
        await until(pilot, lambda: "clerks have a comment" in house.text())
        await press(house, pilot, "escape")
        await until(pilot, lambda: any(row.startswith(">0317") for row in house.rows))


async def test_who_leaves_while_a_file_is_written_is_told_all_the_same(folder: Path) -> None:
    async with page(folder, language="en") as (house, pilot):
        await opened(house, pilot, "R03")
        await press(house, pilot, "f8", "1", "escape")
        await until(pilot, lambda: "Which report?" in house.text())
        await until(pilot, lambda: ".xlsx, " in said(house))


async def test_from_afar_it_is_said_how_to_fetch_it(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSH_CONNECTION", "10.0.0.1 50000 10.0.0.2 22")
    async with page(folder, language="en", size=WIDE) as (house, pilot):
        await opened(house, pilot, "R07")
        await press(house, pilot, "f8")
        await until(pilot, lambda: "Print, at the hall" in house.text())
        await press(house, pilot, "2")
        await until(pilot, lambda: ".csv, 1 lines, at the hall in" in said(house))


async def test_the_tickets_of_an_hour_of_the_queue(folder: Path) -> None:
    async with page(folder, language="en") as (house, pilot):
        await opened(house, pilot, "R05")
        await press(house, pilot, "f4")
        digit = next(row.split()[0] for row in house.rows if "other lines" in row)
        await press(house, pilot, digit, "2")
        await until(pilot, lambda: "Hour" in house.text())
        await press(house, pilot, "enter")
        await until(pilot, lambda: "Called at" in house.text())
        assert "Served" in house.text()
        await press(house, pilot, "escape")
        await until(pilot, lambda: "Called at" not in house.text())


async def test_a_line_without_anything_behind_it_is_shown_whole(folder: Path) -> None:
    async with page(folder, language="en") as (house, pilot):
        await opened(house, pilot, "R16")
        await press(house, pilot, "enter")
        await until(pilot, lambda: any(row.startswith(" Written by") for row in house.rows))
        assert any(row.split()[:2] == ["Name", "张晓梅"] for row in house.rows)
        await press(house, pilot, "escape")
        await until(pilot, lambda: any(row.startswith(">0317") for row in house.rows))


async def test_a_folder_that_takes_no_file_is_told(folder: Path) -> None:
    (folder / "reports").write_text("in the way")
    async with page(folder, language="en") as (house, pilot):
        await opened(house, pilot, "R07")
        await press(house, pilot, "f8", "2")
        await until(pilot, lambda: said(house).startswith("X nothing is saved in"))


async def test_f5_goes_to_the_next_report_of_the_same_time(folder: Path) -> None:
    async with page(folder, language="en") as (house, pilot):
        await opened(house, pilot, "R03")
        await press(house, pilot, "f5")
        await until(pilot, lambda: " R04 " in house.rows[1])
        assert "2026-11~" in house.rows[1]


async def test_a_clerk_reads_himself_and_nobody_else(folder: Path) -> None:
    async with page(folder, staff=MEI, language="en") as (house, pilot):
        assert [row.split()[1] for row in house.rows if "  R" in row] == ["R29"] or ">" in house.text()
        await opened(house, pilot, "R29")
        assert f"张晓梅 {MEI}" in house.rows[1]
        await press(house, pilot, "f4", "0")
        await type_in(pilot, WEI)
        await press(house, pilot, "enter")
        await until(pilot, lambda: "X analysis and reports needs" in said(house))
        assert "李强" not in house.text()


async def test_who_sees_no_people_sees_stars(folder: Path) -> None:
    async with page(folder, staff=GUIDE, language="en") as (house, pilot):
        await opened(house, pilot, "R04")
        assert "李强" not in house.text()
        assert "李*" in house.text()


async def test_who_has_no_figures_is_told_who_grants_them(folder: Path) -> None:
    async with page(folder, staff=TECHNICIAN, language="en") as (house, pilot):
        await until(pilot, lambda: said(house).startswith("X analysis and reports needs"))
        assert "R01" not in house.text()


async def test_a_long_reading_says_how_far_it_is_and_escape_ends_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Forty halls, read one by one as the test lets them; the thread that reads is free as soon as nobody waits."""
    next_hall = SimpleQueue[None]()
    begun: list[int] = []

    def slowly(desk: Desk, now: Moment, request: ReportRequest) -> Report:
        for hall in told(range(40)):
            begun.append(hall)
            next_hall.get()
        return read_report(desk, now, request)

    monkeypatch.setattr("hallterm.screens.report_pane.read_report", slowly)
    async with page(folder) as (house, pilot):
        for _hall in range(23):
            next_hall.put(None)
        pressed = asyncio.create_task(press(house, pilot, "3"))  # the press is over when what it asked for is
        async with asyncio.timeout(DEADLINE_S):
            while "读取 23/40 厅" not in said(house):
                await asyncio.sleep(0.05)
            assert isinstance(house.screen, ReportsScreen)
            house.screen.act("back")
            next_hall.put(None)
            await pressed
        await until(pilot, lambda: "没有读完就停了" in said(house))
        assert begun == list(range(24))
        await until(pilot, lambda: "1  R01" in house.text())
        monkeypatch.setattr("hallterm.screens.report_pane.read_report", read_report)
        await asyncio.sleep(0.2)  # a person's pace
        await opened(house, pilot, "R07")
