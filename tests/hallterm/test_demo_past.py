"""The past of the demonstration hall: true to its journal, adding up, with something behind every page of every role."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest
from rich.cells import cell_len
from textual.pilot import Pilot

from hallterm.config import load
from hallterm.demo_decisions import tell_past
from hallterm.demo_hall import FOUNDING
from hallterm.demo_past import past_days
from hallterm.demo_people import CLERK, DIRECTOR, HALL, PASSWORD, who_rows
from hallterm.doctor_sums import misfits
from hallterm.keys import resolve
from hallterm.locale import _, use
from hallterm.modes import SIGN_ON
from hallterm.reports.make import make
from hallterm.rules.periods import month_before
from hallterm.screens.sign_on import SignOnScreen
from hallterm.wiring import TerminalApp
from storage.doctor import verify_chain
from storage.journal import Journal
from storage.rebuild import compare
from storage.vault import Vault
from tests.hallterm.screens.pages import type_in, until
from tests.hallterm.workflows.founded import at

TODAY = "2026-11-24"
NO_WINDOW = "0"


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The hall on a Tuesday with its past behind it."""
    folder = tmp_path_factory.mktemp("demo")
    journal, vault = Journal.open(folder / "hall.db"), Vault.open(folder)
    with pytest.MonkeyPatch.context() as quick:
        quick.setattr("storage.vault.PASSES", 1)
        tell_past(journal, vault, folder, at("09:00", TODAY), FOUNDING)
    vault.close()
    journal.close()
    return folder


@pytest.fixture(scope="module")
def journal(hall: Path) -> Iterator[Journal]:
    opened = Journal.open(hall / "hall.db")
    yield opened
    opened.close()


def test_it_is_what_its_journal_says_and_the_reports_agree(journal: Journal) -> None:
    assert verify_chain(journal.database).holds
    assert compare(journal.database) == []
    assert misfits(journal.database, at("09:00", TODAY)) == ()


@pytest.mark.parametrize("report", ["R01", "R02", "R03", "R05", "R07", "R08", "R09", "R10", "R11", "R15"])
def test_every_report_has_something_to_show(journal: Journal, report: str) -> None:
    assert len(make(journal.database, report, TODAY[:7], HALL, at("09:00", TODAY)).rows) > 1


@pytest.mark.parametrize("report", ["R06", "R12", "R16", "R17", "R26", "R29", "R30"])
def test_so_has_what_comes_once_a_month(journal: Journal, report: str) -> None:
    month = month_before(TODAY[:7]) if report in ("R17", "R26") else TODAY[:7]
    made = make(journal.database, report, month, CLERK if report == "R29" else HALL, at("09:00", TODAY))
    assert made.rows
    assert made.total is not None
    assert report != "R26" or made.sum_of("staff_name") == f"{len(made.rows)} changes"


def test_the_last_month_is_frozen_and_voted_on(journal: Journal) -> None:
    last = month_before(TODAY[:7])
    assert journal.database.rows('SELECT "month", "state" FROM month_state') == [(last, "frozen")]
    assert make(journal.database, "R02", last, HALL, at("09:00", TODAY)).provisional is False
    assert journal.database.value("SELECT count(*) FROM ballot") > 2


def test_cases_leave_and_lists_are_in_every_state(journal: Journal) -> None:
    def told(table: str, column: str) -> set[str]:
        return {str(one) for (one,) in journal.database.rows(f'SELECT DISTINCT "{column}" FROM {table}')}

    assert {"", "rectified", "explained", "revoked"} <= told("rating_case", "result")
    assert {"submitted", "approved", "rejected", "void"} <= told("leave_request", "state")
    assert {"yes", "no"} <= told("verification", "verified")


@pytest.mark.parametrize("today", ["2026-12-01", "2027-01-02", "2028-03-01"])
def test_there_are_four_weeks_of_working_days_whatever_the_day(today: str) -> None:
    days = past_days(today)
    assert len(days) >= 20
    assert max(days) < today


class Guest:
    """Somebody at the terminal of the hall."""

    def __init__(self, app: TerminalApp, pilot: Pilot[None]) -> None:
        self.app, self.pilot = app, pilot

    def rows(self) -> list[str]:
        return [strip.text for strip in self.app.screen._compositor.render_strips()]

    async def sign_on(self, number: str) -> None:
        await until(self.pilot, lambda: isinstance(self.app.screen, SignOnScreen))
        await type_in(self.pilot, f"{number}\n{PASSWORD}\n")
        await until(self.pilot, lambda: self._asks_for_a_window() or not isinstance(self.app.screen, SignOnScreen))
        if self._asks_for_a_window():
            await self.pilot.press(NO_WINDOW)
        await until(self.pilot, lambda: not isinstance(self.app.screen, SignOnScreen))

    def _asks_for_a_window(self) -> bool:
        return isinstance(self.app.screen, SignOnScreen) and any(_("without a window") in row for row in self.rows())

    async def every_page(self) -> None:
        for page in self.app.mode:
            page.open()
            await until(self.pilot, lambda page=page: self.app.screen is self.app.made(page.screen))  # type: ignore[misc]
            await until(self.pilot, lambda: any(row.strip() for row in self.rows()[3:20]))
            assert {cell_len(row) for row in self.rows()} == {80}, page.screen


@pytest.mark.parametrize("number", [DIRECTOR, "0602", "0901"])
async def test_everybody_signs_on_and_every_page_opens(
    hall: Path, monkeypatch: pytest.MonkeyPatch, number: str
) -> None:
    monkeypatch.setattr("storage.vault.PASSES", 1)
    monkeypatch.setattr("hallterm.workflows.sign_on.PASSES", 1)
    monkeypatch.setenv("HALLTERM_NO_STATION", "1")
    use("zh_CN")
    app = TerminalApp(load(None, {}, data=hall), resolve(), SIGN_ON)
    try:
        async with app.run_test(size=(80, 24)) as pilot:
            guest = Guest(app, cast("Pilot[None]", pilot))
            await guest.sign_on(number)
            await guest.every_page()
    finally:
        await asyncio.to_thread(app.storage.close, 5.0)
        use("en")


def test_who_may_sign_on_is_told_in_a_few_rows() -> None:
    for language in ("zh_CN", "en"):
        use(language)
        rows = who_rows()
        assert len(rows) <= 4
        assert all(cell_len(row) <= 75 for row in rows)
        assert any("0302" in row for row in rows)
    use("en")
