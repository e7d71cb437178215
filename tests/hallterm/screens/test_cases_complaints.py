"""The list of founded complaints on page 5: an assessor records one by keys and withdraws it; a director never comes there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from hallterm.screens.cases import CasesScreen
from storage.facts import GrantSet, Role, StaffSet
from tests.hallterm.screens.pages import shown, type_in, until, until_golden
from tests.hallterm.workflows.founded import ADMIN, HALL, Stores, at, founded
from tests.hallterm.workflows.shift import MEI

ASSESSOR, DIRECTOR = "0801", "0101"
NOW = at("10:45")


@pytest.fixture
def stores(tmp_path: Path) -> Iterator[Stores]:
    (tmp_path / "data").mkdir()
    with founded(tmp_path / "data") as made:
        with made.journal.write(ADMIN, at("08:10")) as tx:
            for number, name, role in (
                (ASSESSOR, "钱考核", Role.ASSESSOR),
                (DIRECTOR, "赵主任", Role.HALL_DIRECTOR),
                (MEI, "张晓梅", Role.CLERK),
            ):
                tx.record(StaffSet(number, name, HALL))
                tx.record(GrantSet(number, role, HALL))
        yield made


async def test_an_assessor_records_a_complaint_and_withdraws_it(stores: Stores, tmp_path: Path) -> None:
    screen = CasesScreen()
    async with shown(screen, tmp_path / "data", NOW, language="zh_CN", staff=ASSESSOR) as (house, pilot):
        await until(pilot, lambda: screen.pane.is_read and screen.pane is not screen.cases)
        for pane in (screen.rewards, screen.complaints):
            house.later(1)
            await pilot.press("f7")
            await until(pilot, lambda pane=pane: screen.pane is pane and screen.pane.is_read)  # type: ignore[misc]
        await until(pilot, lambda: "本月没有查实的投诉" in house.text())
        await pilot.press("insert")
        await until(pilot, lambda: "被投诉人" in house.text())
        people = [option.label for option in screen.choice.options] if screen.choice is not None else []
        await pilot.press(str(people.index(f"张晓梅 {MEI}") + 1))
        await until(pilot, lambda: screen.field is not None)
        await type_in(pilot, "TS-17 TD\n")
        await until(pilot, lambda: screen._question is not None and screen._question.painted_m is not None)
        house.later(0.5)
        await pilot.press("insert")
        await until(pilot, lambda: "查实投诉 1 件" in house.text())
        await until(pilot, lambda: "TS-17" in house.rows[4])
        house.later(1)
        screen.say("")
        await until_golden(pilot, house, "cases-complaints-zh_CN")
        house.later(1)
        await pilot.press("f9")
        await until(pilot, lambda: screen.field is not None)
        await type_in(pilot, "fh\n")
        await until(pilot, lambda: screen._question is not None and screen._question.painted_m is not None)
        house.later(0.5)
        await pilot.press("f9")
        await until(pilot, lambda: "查实投诉 0 件" in house.text())
    (fact,) = stores.facts("complaint.founded")
    assert fact == {"staff": MEI, "day": "2026-11-24", "number": "TS-17", "note": "TD"}
    assert [one["reason"] for one in stores.facts("complaint.withdrawn")] == ["fh"]


async def test_who_leads_the_hall_goes_round_without_it(stores: Stores, tmp_path: Path) -> None:
    screen = CasesScreen()
    async with shown(screen, tmp_path / "data", NOW, language="en", staff=DIRECTOR) as (house, pilot):
        await until(pilot, lambda: screen.cases.look is not None)
        for pane in (screen.unrated, screen.comments, screen.rewards, screen.cases):
            house.later(1)
            await pilot.press("f7")
            await until(pilot, lambda pane=pane: screen.pane is pane and screen.pane.is_read)  # type: ignore[misc]
        assert screen.complaints.look is None
