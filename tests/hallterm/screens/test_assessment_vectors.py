"""The totals of the assessment's vectors, from facts in a journal through tables to the page."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from decimal import Decimal
from itertools import groupby
from pathlib import Path

import pytest
from msgspec.structs import replace
from textual.pilot import Pilot

from hallterm.screens.assessment import AssessmentScreen
from storage.facts import EntryMode, LeaveApproved, LeaveCertified, LeaveType, Moment
from tests.hallterm.reports.scored import MONTH, STAFF, Facts, leave
from tests.hallterm.screens.pages import House, shown, type_in, until
from tests.hallterm.workflows.crew import ASSESSOR, crew
from tests.hallterm.workflows.founded import Stores, at, founded
from tests.rules.vectors import Vector, vectors

NOW = at("10:45")
TARGET_HALVES = 40


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("scored")
    with pytest.MonkeyPatch.context() as quick:
        quick.setattr("storage.vault.PASSES", 1)
        with founded(folder) as stores:
            crew(stores)
    return folder


@pytest.fixture
def stores(made: Path, tmp_path: Path) -> Iterator[Stores]:
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    stores = Stores(tmp_path)
    yield stores
    stores.close()


def told(stores: Stores, facts: Facts) -> None:
    """The facts as they are recorded, a transaction a moment and person; what names a request names it as recorded."""
    names: dict[str, str] = {}
    for (t, actor), placed in groupby(facts.placed, key=lambda one: (one.t, one.actor)):
        with stores.journal.write(actor, Moment(t, t % 10**9, "b")) as tx:
            for one in placed:
                fact = one.fact
                if isinstance(fact, LeaveApproved | LeaveCertified):
                    fact = replace(fact, leave=names[fact.leave])
                names[one.id] = tx.record(fact)


def only(topic: str, id: str) -> Vector:
    (found,) = [one for one in vectors(topic) if one.id == id]
    return found


async def person(pilot: Pilot[None], house: House, month: str) -> None:
    """From the list of the hall to the person's page."""
    await until(pilot, lambda: "R02" in house.text())
    await pilot.press("f4", "0")
    await type_in(pilot, f"{month}\n")
    await until(pilot, lambda: month in house.rows[1])
    while not any(row.startswith(">") and STAFF in row for row in house.rows):
        await pilot.press("down")
        await pilot.pause()
    await pilot.press("enter")
    await until(pilot, lambda: f"{STAFF}  {month}" in house.rows[1])


async def test_the_four_parts_and_their_total(stores: Stores, tmp_path: Path) -> None:
    """What is timed and what is credited differ by work that was entered afterwards."""
    ratings, business = only("assessment.rating", "ASM-01").inputs, only("assessment.business", "ASM-02")
    timed, off = only("assessment.efficiency", "ASM-03").inputs, only("assessment.attendance", "ASM-04").inputs
    total = only("assessment.total", "ASM-05")
    facts = Facts()
    facts.ratings(ratings["counts"], ratings["unrated"])
    count, over = timed["timed_services"], timed["overtime"]
    counted_s, credit = timed["counted_minutes"] * 60 // count, 1000 * timed["std_minutes"] // count
    facts.services(count - over, credit, counted_s)
    facts.services(over, credit, counted_s, limit_s=counted_s - 1, day=f"{MONTH}-09")
    later = round(business.expected["std_minutes"] * 1000) - credit * count
    facts.services(10, later // 10, 0, mode=EntryMode.BACK_ENTRY)
    facts.error()
    facts.day(f"{MONTH}-01", on=5)
    facts.day(f"{MONTH}-02", off=570 - 20)
    facts.half_days(business.inputs["attended_half_days"] // 2 - 2, first=3)
    kinds = (LeaveType.PERSONAL, "personal_half"), (LeaveType.SICK, "sick_half"), (LeaveType.ANNUAL, "annual_half")
    days = iter(range(21, 32))
    for kind, name in kinds:
        for _n in range(off[name]):
            leave(facts, kind, f"{MONTH}-{next(days)}")
    told(stores, facts)
    async with shown(AssessmentScreen(), tmp_path, NOW, language="zh_CN", staff=ASSESSOR) as (house, pilot):
        await person(pilot, house, MONTH)
        rows = house.rows
        assert "30 %    87.63   26.29   满意度 93.61 x 评价率 88.93 % / 95 %" in rows[4]
        assert "25 %    60.52   15.13   1875.6 / (75 x 40 半天) - 差错 1 x 2" in rows[5]
        assert "20 %    90.69   18.14   超时 48/600 得 94.00   速度 85.71" in rows[6]
        assert "25 %    85.00   21.25   迟 1  早 1  事假 0.5 天  病假 1.0 天" in rows[7]
        assert f"{total.expected['total']} " in rows[9]


async def test_a_missing_part_leaves_its_weight_to_the_others(stores: Stores, tmp_path: Path) -> None:
    vector = only("assessment.total", "ASM-06")
    wanted = vector.inputs["parts"]
    facts = Facts()
    facts.half_days(TARGET_HALVES // 2)
    credit = round(wanted["business"] * TARGET_HALVES * 75 * 10)  # thousandths of a minute
    facts.services(600, 3020, 240)
    assert 60 + 40 * Decimal(3020) / 4000 == wanted["efficiency"]
    facts.services(10, (credit - 600 * 3020) // 10, 0, mode=EntryMode.BACK_ENTRY)
    told(stores, facts)
    async with shown(AssessmentScreen(), tmp_path, NOW, language="zh_CN", staff=ASSESSOR) as (house, pilot):
        await person(pilot, house, MONTH)
        for row, name in zip(house.rows[5:8], ("business", "efficiency", "attendance"), strict=True):
            assert f"{wanted[name]:.2f}" in row
        assert f"{vector.expected['total']}*" in house.rows[9]
        assert "--" in house.rows[4]
        assert "缺一部分" in house.text()


async def test_nothing_at_all_is_no_record(stores: Stores, tmp_path: Path) -> None:
    label = only("assessment.total", "ASM-08").expected["label"]
    async with shown(AssessmentScreen(), tmp_path, NOW, language="zh_CN", staff=ASSESSOR) as (house, pilot):
        await person(pilot, house, "2026-09")
        assert label in house.rows[9]
        assert all("--" in row for row in house.rows[4:8])
