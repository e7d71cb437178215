"""Every report, in every form that it is given out in, says of what, when, by which settings, how final and how whole."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Mapping

import openpyxl
import pytest

from hallterm.reports import csv_file, wire, xlsx_file
from hallterm.reports.make import make
from hallterm.reports.model import Missing, Report, encode
from hallterm.reports.registry import REPORTS, Spec
from hallterm.reports.writing import file_name
from hallterm.rules.day import day_clock_text
from hallterm.rules.periods import PeriodKind
from hallterm.screens.report_pane import title_row
from hallterm.widgets.report_page import screen_page, text_page
from storage.database import Database
from storage.facts import Moment
from tests.hallterm.reports.city import opens_t
from tests.hallterm.reports.test_reports import CITY, CLERK, HALL

RUNNING = Moment(opens_t("2026-10-09") + 8 * 3_600_000, 0, "b")
"""On the last drawn day: every time that holds it goes on."""
NOT_IN = Missing(HALL, "market", "2026-10-05")


def of_sheet(report: Report) -> str:
    sheet = openpyxl.load_workbook(io.BytesIO(xlsx_file.encode(report))).worksheets[0]
    return "\n".join(str(cell) for row in sheet.iter_rows(values_only=True) for cell in row if cell is not None)


FORMS: Mapping[str, Callable[[Report], str]] = {
    "screen": lambda report: "\n".join(screen_page(report)),
    "text": text_page,
    "csv": lambda report: csv_file.encode(report).decode("utf-8-sig"),
    "xlsx": of_sheet,
    "from the centre": lambda report: text_page(wire.received(wire.sent(report))),
}


def squeezed(text: str) -> str:
    """Without blanks and breaks: a page folds its lines."""
    return re.sub(r"\s+", "", text)


def now_running(spec: Spec) -> str:
    """A time that is not over, of a kind that the report takes."""
    kinds = {PeriodKind.MONTH: "2026-10", PeriodKind.WEEK: "2026-W41", PeriodKind.DAY: "2026-10-09"}
    return next(text for kind, text in kinds.items() if kind in spec.periods)


def made(city: Database, spec: Spec) -> Report:
    scope = CLERK if spec.own else HALL if spec.one_hall else CITY
    return make(city, spec.id, now_running(spec), scope, RUNNING, coverage=lambda _db, _scope, _upto: [NOT_IN])


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("id", REPORTS)
def test_the_header_is_whole(city: Database, id: str, form: str) -> None:
    spec = REPORTS[id]
    report = made(city, spec)
    assert report.provisional
    text = squeezed(FORMS[form](report))
    wanted = [
        *(id, spec.name, report.scope.name, f"{report.period.code}~"),
        *(f"settings version {report.settings_version}", f"made {day_clock_text(report.made_t)}"),
        *("~ not final: the time is not over", "? not all in: market to 2026-10-05"),
        *(["verified by the tax software:"] if spec.of_work else []),
        *(note.text() for note in report.notes),
    ]
    for words in wanted:
        assert squeezed(words) in text, (id, form, words)
    if report.total is not None:
        assert squeezed("Sum?") in text


@pytest.mark.parametrize("id", REPORTS)
def test_the_header_for_a_machine_is_whole(city: Database, id: str) -> None:
    report = made(city, REPORTS[id])
    found = json.loads(encode(report))
    assert found["scope"]["name"] == report.scope.name
    assert found["period"]["code"] == report.period.code
    assert (found["settings_version"], found["made_t"]) == (report.settings_version, report.made_t)
    assert found["provisional"] is True
    assert found["missing"] == [{"hall": HALL, "name": "market", "last_day": "2026-10-05"}]
    assert found["notes"] == [note.text() for note in report.notes]


@pytest.mark.parametrize("id", REPORTS)
def test_row_2_of_the_page_says_the_same(city: Database, id: str) -> None:
    report = made(city, REPORTS[id])
    row = title_row(report)
    for words in (id, report.scope.name, f"{report.period.code}~", f"settings {report.settings_version}"):
        assert words in row


def test_work_is_shown_with_the_share_that_was_verified(city: Database) -> None:
    assert {id for id, spec in REPORTS.items() if spec.of_work} == {"R02", "R03", "R04", "R29", "R30"}


def test_no_two_reports_have_the_same_file(city: Database) -> None:
    names = [file_name(made(city, spec), "csv") for spec in REPORTS.values()]
    assert len(set(names)) == len(names)
