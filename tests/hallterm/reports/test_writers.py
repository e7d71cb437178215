"""What a report is written as: rows of exact cells, pages, bars, CSV and XLSX that are read back."""

from __future__ import annotations

import csv
import io
import json
import os
import zipfile
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree

import msgspec
import pytest
from msgspec import structs

from hallterm.locale import use
from hallterm.reports import csv_file, xlsx_file
from hallterm.reports.files import FileFormat, encoded, export
from hallterm.reports.make import make
from hallterm.reports.model import Column, Kind, Missing, Report, Row
from hallterm.reports.nothing import why_nothing
from hallterm.reports.writing import duration, file_name, title, write_whole
from hallterm.widgets.cells import width
from hallterm.widgets.report_bars import Point, bar_rows, bars, scale, trend
from hallterm.widgets.report_page import screen_page, text_page
from hallterm.widgets.report_rows import headings, layout, line, page, position, sums
from storage.database import Database
from tests.hallterm.reports.city import hall_code
from tests.hallterm.reports.conftest import HALLS
from tests.hallterm.reports.test_reports import CITY, CLERK, HALL, NOW, report

ALL = [("R01", CITY), ("R03", CITY), ("R04", HALL), ("R05", HALL), ("R06", HALL), ("R07", HALL), ("R08", HALL)]
ALL += [("R11", HALL), ("R12", HALL), ("R29", CLERK), ("R30", CITY)]
SPREADSHEET = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
COUNT = Column("count", "Services", Kind.COUNT)


@pytest.fixture(params=["zh_CN", "en"])
def either(request: pytest.FixtureRequest) -> str:
    use(request.param)
    return str(request.param)


@pytest.mark.parametrize(("id", "scope"), ALL)
@pytest.mark.parametrize("cells", [80, 120])
def test_rows_have_exactly_their_cells(city: Database, either: str, id: str, scope: str, cells: int) -> None:
    made = report(city, id, scope=scope)
    rows = screen_page(made, cells)
    assert {width(row) for row in rows} == {cells}, either
    if made.chart:
        assert {width(row) for row in bars(made, cells)} == {cells}


@pytest.mark.parametrize(("id", "scope"), ALL)
def test_every_glyph_is_one_or_two_cells_everywhere(city: Database, either: str, id: str, scope: str) -> None:
    for row in [*screen_page(report(city, id, scope=scope)), *text_page(report(city, id, scope=scope))]:
        row.encode("gb2312")
    assert either


def test_columns_that_do_not_fit_go_behind_the_edge(city: Database) -> None:
    made = report(city, "R01", scope=CITY)
    first = layout(made, 80)
    assert not first.is_whole
    assert (first.first, first.of) == (3, len(made.columns))
    assert position(first) == f"columns 3-{first.last}/{first.of}"
    second = layout(made, 80, first.last - 2)
    assert second.places[:2] == first.places[:2] == (0, 1), "what names a row stays"
    assert second.places[2] == first.places[-1] + 1
    assert second.last == second.of
    assert position(layout(made, 300)) == ""


def test_nothing_is_lost_in_the_blocks_of_a_page(city: Database) -> None:
    made = report(city, "R01", scope=CITY)
    text = "\n".join(page(made, 80))
    for column in made.columns:
        assert column.heading in text
    assert str(made.sum_of("score")) in text


def test_an_absent_figure_is_two_strokes_at_the_right_edge(city: Database) -> None:
    made = report(city, "R01", scope=CITY)
    shape = layout(made, 80)
    silent = line(made, shape, next(row for row in made.rows if row.cells[0] == hall_code(HALLS)))
    assert silent.split()[-1] == "--"
    assert silent.rstrip().endswith("--")
    assert len(sums(made, shape)) == 80
    assert headings(made, layout(made, 120), 120)[1].count("(%)") == 2


def test_nothing_recorded_is_said(city: Database) -> None:
    made = report(city, "R07", "2025-03")
    assert any("nothing was recorded in this time" in row for row in page(made))
    assert "Over by" in page(made)[0]


def test_what_holds_no_line_says_why_and_what_to_do(city: Database) -> None:
    """Not begun, not sent, not planned, no hall: each in words, on every page that shows a report."""
    empty = report(city, "R07", "2025-03")
    later = report(city, "R07", "2027-03")
    assert "2027-03 has not begun. Choose an earlier time" in " ".join("\n".join(page(later, 120)).split())
    never = structs.replace(empty, missing=tuple(Missing(hall, f"hall {hall}", "") for hall in empty.scope.halls))
    assert "nothing has come from hall" in why_nothing(never).text()
    late = structs.replace(empty, missing=tuple(Missing(hall, "", "2025-02-11") for hall in empty.scope.halls))
    assert f"{empty.scope.halls[0]} 2025-02-11 was the last day that came" in why_nothing(late).text()
    mine = structs.replace(empty, scope=structs.replace(empty.scope, staff="0317"))
    assert why_nothing(mine).text().startswith("nothing was recorded of 0317 in this time; of others")
    planned = structs.replace(empty, id="R10")
    assert "nobody is planned in 2025-03" in why_nothing(planned).text()
    nowhere = structs.replace(empty, scope=structs.replace(empty.scope, halls=(), name="新城市局"))
    assert why_nothing(nowhere).text().startswith("no data: 新城市局 has no hall yet")


def test_the_head_says_of_what_when_and_how_complete(city: Database) -> None:
    made = make(city, "R01", "2026-11", CITY, NOW, coverage=lambda *_: [Missing("360601002", "余江", "2026-10-30")])
    assert title(made).startswith("R01 Satisfaction  2026-11~  360600  settings version 0  made 11-02 08:30")
    rows = screen_page(made, 100)
    assert any("? not all in: 余江 to 2026-10-30" in row for row in rows)
    assert any("~ not final" in row for row in rows)
    assert any(row.startswith(" Sum?") for row in rows)


def test_bars_have_one_scale_and_their_values_beside() -> None:
    rows = bar_rows(["甲", "乙丙", "x"], [50, 25, None], COUNT, 40, Decimal(30))
    assert rows[0].strip() == "Services   one # is 2"
    assert [row.count("#") + row.count("|") for row in rows[1:]] == [25, 13, 0]
    assert rows[1].rstrip().endswith("50")
    assert rows[3].rstrip().endswith("--")
    assert rows[1].index("|") < rows[1].rindex("#"), "the mean lies within the longer bar"
    assert {width(row) for row in rows} == {40}


@pytest.mark.parametrize(("most", "room", "step"), [(100, 50, "2"), (101, 50, "5"), (5, 50, "0.1"), (0, 50, "0.01")])
def test_a_scale_is_one_two_or_five(most: int, room: int, step: str) -> None:
    assert scale(Decimal(most), room) == Decimal(step)


def test_a_trend_has_a_point_a_moment() -> None:
    points = [Point("08", 10), Point("09", None), Point("10", 30), Point("11", 20)]
    rows = trend(points, COUNT, 5, 40)
    assert sum(row.count("*") for row in rows) == 3
    assert rows[1].split()[0] == "30"
    assert rows[5].split()[0] == "10"
    assert rows[-1].split() == ["08", "09", "10", "11"]
    assert trend([Point("08", None)], COUNT)[0].strip() == "Services  --"


def test_pages_repeat_their_heading(city: Database) -> None:
    text = text_page(report(city, "R03", scope=CITY, by="clerk"))
    sheets = text.split("\f")
    assert len(sheets) > 1
    assert all(title(report(city, "R03", scope=CITY, by="clerk")) in sheet for sheet in sheets)
    assert f"page 2/{len(sheets)}" in sheets[1]
    assert max(len(sheet.strip("\n").split("\n")) for sheet in sheets) <= 60


# files


def read_csv(made: Report) -> list[list[str]]:
    content = csv_file.encode(made)
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def test_csv_is_read_back_with_numbers(city: Database) -> None:
    made = report(city, "R04")
    rows = read_csv(made)
    assert rows[0] == [title(made)]
    head = rows[2]
    assert head[2:5] == ["Timed", "Mean wall (s)", "Mean used (s)"]
    for row, read in zip(made.rows, rows[3:], strict=False):
        assert [int(read[2]), int(read[3]), int(read[4])] == list(row.cells[2:5])
        assert Decimal(read[7]) == row.cells[7]
    assert rows[3 + len(made.rows)][0] == "Sum"


def hostile(made: Report) -> Report:
    """Somebody's name is a formula."""
    names = ("=HYPERLINK(1)", "+1", "-1", "@x", "\t=1")
    rows = tuple(Row(("0101", name, *made.rows[0].cells[2:])) for name in names)
    return msgspec.structs.replace(made, rows=rows)


def test_no_text_is_a_formula_in_csv(city: Database) -> None:
    rows = read_csv(hostile(report(city, "R04")))
    assert [row[1] for row in rows[3:8]] == ["'=HYPERLINK(1)", "'+1", "'-1", "'@x", "'\t=1"]


def test_a_negative_number_stays_one_in_csv(city: Database) -> None:
    made = report(city, "R01", scope=CITY)
    change = made.column("change")
    lines = read_csv(made)[3 : 3 + len(made.rows)]
    assert [read[change] for read in lines] == [str(row.cells[change] or "") for row in made.rows]
    assert any(read[change].startswith("-") for read in lines)


def opened(content: bytes) -> tuple[ElementTree.Element, list[str], zipfile.ZipFile]:
    """The sheet, the shared texts, and the archive."""
    archive = zipfile.ZipFile(io.BytesIO(content))
    assert archive.testzip() is None
    for name in archive.namelist():
        if name.endswith((".xml", ".rels")):
            ElementTree.fromstring(archive.read(name))
    texts = ElementTree.fromstring(archive.read("xl/sharedStrings.xml"))
    strings = ["".join(text.itertext()) for text in texts.findall("m:si", SPREADSHEET)]
    return ElementTree.fromstring(archive.read("xl/worksheets/sheet1.xml")), strings, archive


def cells_of(sheet: ElementTree.Element, strings: list[str], number: int) -> list[str | float]:
    found: list[str | float] = []
    for cell in sheet.findall(f".//m:row[@r='{number}']/m:c", SPREADSHEET):
        value = cell.findtext("m:v", "", SPREADSHEET)
        found.append(strings[int(value)] if cell.get("t") == "s" else float(value) if value else "")
    return found


def test_xlsx_has_real_numbers_a_frozen_head_and_a_chart(city: Database) -> None:
    made = report(city, "R04")
    sheet, strings, archive = opened(xlsx_file.encode(made))
    pane = sheet.find(".//m:pane", SPREADSHEET)
    assert pane is not None
    assert (pane.get("state"), pane.get("ySplit")) == ("frozen", "3")
    first = cells_of(sheet, strings, 4)
    row = made.rows[0].cells
    assert first[:3] == [row[0], row[1], row[2]]
    assert first[3] == pytest.approx(int(row[3] or 0) / 86400)
    assert first[7] == pytest.approx(float(str(row[7])))
    assert cells_of(sheet, strings, 4 + len(made.rows))[0] == "Sum"
    chart = archive.read("xl/charts/chart1.xml").decode()
    assert f"'R04'!$H$4:$H${3 + len(made.rows)}" in chart.replace("&apos;", "'")
    formats = archive.read("xl/styles.xml").decode()
    assert "[m]:ss" in formats


def test_no_text_is_a_formula_in_xlsx(city: Database) -> None:
    sheet, strings, _archive = opened(xlsx_file.encode(hostile(report(city, "R04"))))
    assert sheet.findall(".//m:f", SPREADSHEET) == []
    assert [cells_of(sheet, strings, number)[1] for number in range(4, 7)] == ["=HYPERLINK(1)", "+1", "-1"]


@pytest.mark.parametrize(("id", "scope"), ALL)
@pytest.mark.parametrize("form", FileFormat)
def test_every_report_can_be_saved_in_every_format(city: Database, id: str, scope: str, form: FileFormat) -> None:
    assert len(encoded(report(city, id, scope=scope), form)) > 100


def test_json_has_cells_by_name(city: Database) -> None:
    made = report(city, "R03", scope=CITY)
    whole = json.loads(encoded(made, FileFormat.JSON))
    assert whole["rows"][0]["services"] == made.rows[0].cells[made.column("services")]
    assert whole["rows"][0]["drill"] == {"hall": hall_code(0), "code": made.rows[0].cells[2]}
    assert whole["total"]["services"] == made.sum_of("services")
    assert whole["period"] == {"code": "2026-10", "first": "2026-10-01", "last": "2026-10-31"}


def test_a_file_says_report_place_and_time(city: Database, tmp_path: Path) -> None:
    path = export(report(city, "R07", "2026-10-08"), FileFormat.XLSX, tmp_path)
    assert path == tmp_path / "reports" / "R07_市办税厅_2026-10-08.xlsx"
    assert [one.name for one in path.parent.iterdir()] == [path.name], "nothing else is left"
    made = report(city, "R03", "2026-09..2026-10")
    evil = msgspec.structs.replace(made, scope=msgspec.structs.replace(made.scope, name="../../etc/x y"))
    assert file_name(evil, "csv") == "R03_etc-x-y_2026-09_2026-10.csv"


def test_a_file_is_there_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "r.csv"
    write_whole(path, b"before")

    def broken(_handle: int) -> None:
        raise OSError(28, "full", str(path))

    monkeypatch.setattr(os, "fsync", broken)
    with pytest.raises(OSError, match="full"):
        write_whole(path, b"after")
    assert path.read_bytes() == b"before"
    assert [one.name for one in tmp_path.iterdir()] == ["r.csv"]


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0:00"), (59, "0:59"), (5999, "99:59"), (6000, "1:40:00"), (-30, "-0:30")]
)
def test_durations(seconds: int, text: str) -> None:
    assert duration(seconds) == text
