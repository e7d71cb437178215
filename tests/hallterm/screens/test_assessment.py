"""The page of the assessment on a real store: a hall, a person, the rows behind a part, freezing; a city at a centre."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterator
from pathlib import Path
from queue import SimpleQueue

import pytest

from hallterm.centre import FILE
from hallterm.reading_progress import told
from hallterm.screens.assessment import AssessmentScreen, MyAssessmentScreen
from hallterm.screens.assessment_look import Ask, AssessmentLook, assessment_look
from hallterm.workflows.desk import Desk
from hallterm.workflows.months import freeze_month
from hallterm.workflows.outstanding import open_vote
from storage import facts as f
from storage.facts import FrozenScore, FrozenWork, Moment
from storage.views import assessment as rows
from tests.hallterm.screens.assessed import DAYS, MONTH, attend, month, plan, serve, service
from tests.hallterm.screens.centre_house import CLERK, LEADER, CentreStores, centre
from tests.hallterm.screens.pages import DEADLINE_S, House, shown, type_in, until, until_golden
from tests.hallterm.workflows.crew import ASSESSOR, DIRECTOR
from tests.hallterm.workflows.crew import LEADER as DUTY_LEADER
from tests.hallterm.workflows.founded import HALL, Stores, at, founded
from tests.hallterm.workflows.shift import MEI, WEI

NOW, WIDE = at("10:45"), (120, 40)
TODAY = "2026-11-24"


@pytest.fixture(autouse=True)
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.vault.PASSES", 1)
    monkeypatch.delenv("SSH_CONNECTION", raising=False)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("assessed")
    with pytest.MonkeyPatch.context() as quick:
        quick.setattr("storage.vault.PASSES", 1)
        with founded(folder) as stores:
            month(stores)
    return folder


@pytest.fixture
def stores(made: Path, tmp_path: Path) -> Iterator[Stores]:
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    stores = Stores(tmp_path)
    yield stores
    stores.close()


def said(house: House) -> str:
    return house.rows[-3].strip()


async def october(pilot: object, house: House) -> None:
    """F4, then last month."""
    await until(pilot, lambda: "R02" in house.text())  # type: ignore[arg-type]
    await pilot.press("f4", "2")  # type: ignore[attr-defined]
    await until(pilot, lambda: MONTH in house.rows[1])  # type: ignore[arg-type]


@pytest.mark.parametrize("language", ["zh_CN", "en"])
async def test_from_the_hall_to_the_rows_behind_a_point(stores: Stores, tmp_path: Path, language: str) -> None:
    async with shown(AssessmentScreen(), tmp_path, NOW, language=language, staff=ASSESSOR) as (house, pilot):
        await october(pilot, house)
        await until_golden(pilot, house, f"assessment-hall-{language}")
        await pilot.press("enter")
        await until(pilot, lambda: "0318" in house.rows[1])
        await until_golden(pilot, house, f"assessment-person-{language}")
        await pilot.press("down", "enter")
        await until(pilot, lambda: "B01" in house.text())
        await until_golden(pilot, house, f"assessment-business-{language}")
        await pilot.press("escape")
        house.later(1)
        await pilot.press("escape")
        await until(pilot, lambda: "R02" in house.rows[1])
        assert house.rows[4].startswith("> 1 0318")


@pytest.mark.parametrize("language", ["zh_CN", "en"])
async def test_the_wide_dress_has_the_chosen_one_beside_the_list(stores: Stores, tmp_path: Path, language: str) -> None:
    options = {"language": language, "staff": ASSESSOR, "size": WIDE}
    async with shown(AssessmentScreen(), tmp_path, NOW, **options) as (house, pilot):  # type: ignore[arg-type]
        await october(pilot, house)
        await until_golden(pilot, house, f"assessment-hall-{language}-120x40", WIDE)


async def test_another_order_and_the_chart(stores: Stores, tmp_path: Path) -> None:
    async with shown(AssessmentScreen(), tmp_path, NOW, language="zh_CN", staff=DIRECTOR) as (house, pilot):
        await october(pilot, house)
        await pilot.press("f7")
        await until(pilot, lambda: "0  总分图" in house.text())
        await pilot.press("4")
        await until(pilot, lambda: ">B 业务" in house.rows[3])
        assert [row[4:8] for row in house.rows[4:7]] == ["0319", "0318", "0317"]
        house.later(1)
        await pilot.press("f7", "0")
        await until(pilot, lambda: "####" in house.text())
        await pilot.press("escape")
        await until(pilot, lambda: ">B 业务" in house.rows[3])
        house.later(1)
        await pilot.press("f4", "0")
        await until(pilot, lambda: "时间 [" in house.rows[20])
        await type_in(pilot, "2026-13")
        await pilot.press("enter")  # what is shown stays, what was typed too
        await until(pilot, lambda: said(house).startswith("X 2026-13 不是时间段"))
        await until(pilot, lambda: "时间 [2026-13_" in house.rows[20] and "0319" in house.rows[4])


async def test_who_has_nothing_in_this_time_looks_at_another(stores: Stores, tmp_path: Path) -> None:
    async with shown(MyAssessmentScreen(), tmp_path, NOW, language="zh_CN", staff=ASSESSOR) as (house, pilot):
        await until(pilot, lambda: said(house) == f"X {ASSESSOR} 这段时间不在考核内")
        await pilot.press("f8")
        await until(pilot, lambda: said(house) == "X F8  这一页不用")
        await pilot.press("f4")
        await until(pilot, lambda: "看什么时间?" in house.text() and said(house) == "")


async def test_a_month_is_frozen_by_the_second_press(stores: Stores, tmp_path: Path) -> None:
    async with shown(AssessmentScreen(), tmp_path, NOW, language="zh_CN", staff=ASSESSOR) as (house, pilot):
        await october(pilot, house)
        house.later(1)
        await pilot.press("f6")
        await until(pilot, lambda: "冻结 市办税厅 2026-10?" in said(house))
        assert not rows.freezes(stores.journal.database, [HALL], [MONTH])
        house.later(1)
        await pilot.press("f6")
        await until(pilot, lambda: "2026-10 已冻结: 3 人,岗位能手 0318" in said(house))
        await until(pilot, lambda: "已冻结 11-24" in house.text())
        assert rows.freezes(stores.journal.database, [HALL], [MONTH])
        house.later(1)
        await pilot.press("f6")
        await until(pilot, lambda: "已冻结" in said(house))
        await pilot.press("f9")
        await type_in(pilot, "late data\n")
        house.later(1)
        await pilot.press("f9")
        await until(pilot, lambda: "2026-10 已解冻: late data" in said(house))
    assert stores.kinds()[-1] == "month.reopened"


async def test_what_was_proposed_waits_for_who_freezes(stores: Stores, tmp_path: Path) -> None:
    async with shown(AssessmentScreen(), tmp_path, NOW, language="zh_CN", staff=DIRECTOR) as (house, pilot):
        await october(pilot, house)
        await pilot.press("f6")
        house.later(1)
        await pilot.press("f6")
        await until(pilot, lambda: "已提请冻结 2026-10;没有未办完的" in said(house))
    async with shown(AssessmentScreen(), tmp_path, NOW, language="zh_CN", staff=ASSESSOR) as (house, pilot):
        await until(pilot, lambda: "2026-11" in house.rows[1])
        await pilot.press("f5")
        await until(pilot, lambda: "2026-10" in house.rows[1] and "已提请冻结" in house.text())


async def test_the_duty_leader_sees_names_in_order_and_no_points(stores: Stores, tmp_path: Path) -> None:
    async with shown(AssessmentScreen(), tmp_path, NOW, language="zh_CN", staff=DUTY_LEADER) as (house, pilot):
        await october(pilot, house)
        assert [row[1:8] for row in house.rows[4:7]] == [" 1 0318", " 2 0317", " 3 0319"]
        assert "无记录" not in house.text(), "he has a record, and it is hidden"
        assert "91.43" not in house.text()
        await pilot.press("enter")
        await until(pilot, lambda: "只看数字不看姓名" in said(house))


async def test_an_error_is_typed_on_the_page_of_a_person(stores: Stores, tmp_path: Path) -> None:
    async with shown(AssessmentScreen(), tmp_path, NOW, language="zh_CN", staff=DIRECTOR) as (house, pilot):
        await october(pilot, house)
        await pilot.press("enter")
        await until(pilot, lambda: "0318" in house.rows[1])
        await pilot.press("insert")
        await type_in(pilot, "10-12 b01 wrong form\n")
        await until(pilot, lambda: "已记 0318 2026-10-12 差错: B01" in said(house))
        await until(pilot, lambda: "- 差错 1 x 2" in house.text())


async def test_each_service_says_what_the_tax_software_knows_of_it(stores: Stores, tmp_path: Path) -> None:
    for n, verdict in enumerate((f.Verified.YES, f.Verified.NO, f.Verified.OUTSIDE, None)):
        id = service(stores, WEI, "2026-10-07", f"09:{n}0", "B01", 8)
        if verdict is not None:
            with stores.journal.write(DIRECTOR, at("09:00", "2026-10-08")) as tx:
                tx.record(f.ServiceVerified(id, HALL, WEI, "B01", "2026-10-07", verdict))
    async with shown(AssessmentScreen(), tmp_path, NOW, language="zh_CN", staff=ASSESSOR) as (house, pilot):
        await october(pilot, house)
        await pilot.press("enter")
        await until(pilot, lambda: "0318" in house.rows[1])
        await pilot.press("down", "enter")
        await until(pilot, lambda: "没核对" in house.rows[7])
        ends = [row.split()[-2:] for row in house.rows[4:8]]
        assert ends == [["4.80", "一致"], ["--", "没对上"], ["4.80", "征管没有"], ["4.80", "没核对"]]


@pytest.mark.parametrize("language", ["zh_CN", "en"])
async def test_the_own_page_of_a_running_month(stores: Stores, tmp_path: Path, language: str) -> None:
    """Four ratings of yesterday and six of today: no level, no rating part yet; how many rated is told at once."""
    plan(stores, MEI, ("2026-11-23", TODAY))
    attend(stores, MEI, "2026-11-23", "08:20")
    serve(stores, MEI, "2026-11-23", 4)
    serve(stores, MEI, TODAY, 2)
    async with shown(MyAssessmentScreen(), tmp_path, NOW, language=language, staff=MEI) as (house, pilot):
        await until(pilot, lambda: "0317" in house.rows[1])
        await until_golden(pilot, house, f"assessment-own-{language}")
        assert "5/" not in house.text()
        await pilot.press("enter")
        await until(pilot, lambda: "11-23" in house.text())
        assert "5 级" not in house.text()
        assert "level 5" not in house.text()


async def test_his_levels_are_there_from_five_of_past_days_on(stores: Stores, tmp_path: Path) -> None:
    serve(stores, MEI, "2026-11-23", 5)
    serve(stores, MEI, TODAY, 3)
    async with shown(MyAssessmentScreen(), tmp_path, NOW, language="zh_CN", staff=MEI) as (house, pilot):
        await until(pilot, lambda: "很好 3 好 1 一般 1 差 0 很差 0" in house.text())
        assert "已评 8" in house.text()


def said_and_given(stores: Stores) -> None:
    with stores.journal.write(DUTY_LEADER, at("09:05", "2026-10-12")) as tx:
        tx.record(f.CommentWritten(MEI, "2026-W41", "quick with invoices"))
        tx.record(f.CommentWritten(WEI, "2026-W41", "not his"))
        tx.record(f.CommentWritten(MEI, "2026-W30", "too old"))
        given = tx.record(f.RewardGiven(MEI, MONTH, f.RewardKind.REWARD, "best", 20000))
        tx.record(f.RewardGiven(MEI, MONTH, f.RewardKind.PENALTY, "not published", 5000))
        tx.record(f.RewardPublished(given, MEI, MONTH))


async def test_what_was_said_of_him_and_how_his_months_went(stores: Stores, tmp_path: Path) -> None:
    said_and_given(stores)
    async with shown(MyAssessmentScreen(), tmp_path, NOW, language="zh_CN", staff=MEI) as (house, pilot):
        await until(pilot, lambda: "点评       --" in house.text() and "奖惩       --" in house.text())
        assert "本月到现在" not in house.text(), "it is the month on the page"
        await pilot.press("f4", "2")
        await until(pilot, lambda: "点评       10-12 第 41 周: quick with invoices" in house.text())
        await until(pilot, lambda: "奖惩       2026-10 奖励 200.00 元 best" in house.text())
        await until(pilot, lambda: "本月到现在" in house.text())
        assert not {"not his", "too old", "not published"} & set(house.text().split())
        await until_golden(pilot, house, "assessment-own-month-zh_CN")
        house.later(1)
        await pilot.press("f7")
        await until(pilot, lambda: "一格 2 分" in house.text())
        house.later(1)
        await pilot.press("f7")
        await until(pilot, lambda: "2026-05" in house.text() and "*" in house.rows[15])
        await until_golden(pilot, house, "assessment-own-trend-zh_CN")
        house.later(1)
        await pilot.press("escape")
        await until(pilot, lambda: "点评" in house.text())
        await pilot.press("ctrl+r")
        await until(pilot, lambda: "E 评价: 满意度" in said(house))


async def test_his_month_and_his_months_in_english(stores: Stores, tmp_path: Path) -> None:
    said_and_given(stores)
    async with shown(MyAssessmentScreen(), tmp_path, NOW, language="en", staff=MEI) as (house, pilot):
        house.pages["my.opinions"] = lambda: None
        await until(pilot, lambda: "0317" in house.rows[1])
        await pilot.press("f4", "2")
        await until(pilot, lambda: "quick with invoices" in house.text())
        await until_golden(pilot, house, "assessment-own-month-en")
        house.later(1)
        await pilot.press("f7")
        await until(pilot, lambda: "one # is 2 points" in house.text())
        house.later(1)
        await pilot.press("f7")
        await until(pilot, lambda: "2026-05" in house.text() and "*" in house.rows[15])
        await until_golden(pilot, house, "assessment-own-trend-en")


@pytest.mark.parametrize("language", ["zh_CN", "en"])
async def test_the_chosen_one_beside_the_list_and_how_points_come_about(
    stores: Stores, tmp_path: Path, language: str
) -> None:
    async with shown(AssessmentScreen(), tmp_path, NOW, language=language, staff=ASSESSOR) as (house, pilot):
        await october(pilot, house)
        house.later(1)
        await pilot.press("ctrl+y")
        await until(pilot, lambda: "| 李伟 0318" in house.text() and "2026-05" in house.text())
        await until_golden(pilot, house, f"assessment-pair-{language}")
        await pilot.press("down")
        await until(pilot, lambda: "| 张晓梅 0317" in house.text() and "2026-05" in house.text())
        house.later(1)
        await asyncio.sleep(0.2)  # a person's pace
        await pilot.press("escape")
        await until(pilot, lambda: "|" not in house.text())
        await asyncio.sleep(0.2)  # a person's pace
        await pilot.press("ctrl+r")
        await until(pilot, lambda: "x 30 %" in house.text())
        await until_golden(pilot, house, f"assessment-explained-{language}")
        await pilot.press("end")
        await until(pilot, lambda: "R26" in house.text())
        await pilot.press("escape")
        await until(pilot, lambda: house.rows[5].startswith(">") and "0317" in house.rows[5])


async def test_the_chart_and_then_the_months_of_the_hall(stores: Stores, tmp_path: Path) -> None:
    async with shown(AssessmentScreen(), tmp_path, NOW, language="zh_CN", staff=ASSESSOR) as (house, pilot):
        await october(pilot, house)
        await pilot.press("f7", "0")
        await until(pilot, lambda: "竖线 = 平均 70.42" in house.text())
        house.later(1)
        await pilot.press("f7")
        await until(pilot, lambda: "2026-05" in house.text() and "70.42" in house.text() and "88.55" in house.text())
        house.later(1)
        await pilot.press("f7")
        await until(pilot, lambda: "0318" in house.rows[4])


async def test_the_duty_leader_sees_nobodys_parts_beside_the_list(stores: Stores, tmp_path: Path) -> None:
    options = {"language": "zh_CN", "staff": DUTY_LEADER, "size": WIDE}
    async with shown(AssessmentScreen(), tmp_path, NOW, **options) as (house, pilot):  # type: ignore[arg-type]
        await october(pilot, house)
        await until(pilot, lambda: "| 只看数字不看姓名" in house.text() or "| 您" in house.text())
        assert "91.43" not in house.text()
        await pilot.press("ctrl+y")
        await until(pilot, lambda: "不看姓名" not in house.text())
        await pilot.press("f7", "0")
        await until(pilot, lambda: "一格" in house.text())
        house.later(1)
        await pilot.press("f7")
        await until(pilot, lambda: "只看名次,不看分" in house.text())


async def test_a_vote_is_cast_on_the_own_page(stores: Stores, tmp_path: Path) -> None:
    open_vote(stores.desk(0, DIRECTOR), MONTH, NOW)
    async with shown(MyAssessmentScreen(), tmp_path, NOW, language="zh_CN", staff=MEI) as (house, pilot):
        await until(pilot, lambda: "投票开着" in house.text())
        await pilot.press("insert")
        await until(pilot, lambda: "6  0318  李伟" in house.text())
        house.later(1)
        await pilot.press("6")
        await until(pilot, lambda: "2026-10 这一票投给 李伟?" in said(house))
        assert rows.ballots(stores.journal.database, HALL, MONTH) == [], "a vote is asked twice"
        house.later(1)
        await pilot.press("insert")
        await until(pilot, lambda: "已投入" in said(house))
    assert [voter for voter, _ballot in rows.ballots(stores.journal.database, HALL, MONTH)] == [MEI]


async def test_whoever_is_not_assessed_votes_too(stores: Stores, tmp_path: Path) -> None:
    open_vote(stores.desk(0, DIRECTOR), MONTH, NOW)
    async with shown(MyAssessmentScreen(), tmp_path, NOW, language="en", staff=DIRECTOR) as (house, pilot):
        await until(pilot, lambda: "is open: 0 of" in house.text())
        assert "is not assessed in this time" in house.text()
        await pilot.press("insert")
        await until(pilot, lambda: "0318  李伟" in house.text())
        digit = next(row.split()[0] for row in house.rows if "0318  李伟" in row)
        for key in (digit, "insert"):
            house.later(1)
            await pilot.press(key)
        await until(pilot, lambda: "is open: 1 of" in house.text())
    assert [voter for voter, _ballot in rows.ballots(stores.journal.database, HALL, MONTH)] == [DIRECTOR]


async def test_a_frozen_month_is_shown_as_it_was_frozen_and_stays_when_another_takes_too_long(
    stores: Stores, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Forty halls are read for the other one, as the test lets them; Esc ends that."""
    next_hall, begun = SimpleQueue[None](), list[int]()

    def slowly(desk: Desk, now: Moment, ask: Ask) -> AssessmentLook:
        for hall in told(range(40)):
            begun.append(hall)
            next_hall.get()
        return assessment_look(desk, now, ask)

    freeze_month(stores.desk(0, ASSESSOR), HALL, MONTH, NOW)
    serve(stores, WEI, DAYS[0], 3)
    async with shown(AssessmentScreen(), tmp_path, NOW, language="zh_CN", staff=ASSESSOR) as (house, pilot):
        await october(pilot, house)
        assert "91.43   11.20   81.53   98.00    71.03" in house.rows[4]
        monkeypatch.setattr("hallterm.screens.assessment.assessment_look", slowly)
        next_hall.put(None)
        await pilot.press("f4")
        await until(pilot, lambda: "看什么时间?" in house.text())
        pressed = asyncio.create_task(pilot.press("4"))  # the press is over when what it asked for is
        async with asyncio.timeout(DEADLINE_S):
            while "读取 1/40 厅" not in said(house):
                await asyncio.sleep(0.05)
            assert isinstance(house.screen, AssessmentScreen)
            house.screen.act("back")
            next_hall.put(None)
            await pressed
        await until(pilot, lambda: "没有读完就停了" in said(house))
        await until(pilot, lambda: f"{MONTH}" in house.rows[1] and "91.43" in house.rows[4])
        assert begun == [0, 1], "no hall is begun after that"


@pytest.fixture
def city(tmp_path: Path) -> Iterator[CentreStores]:
    """A centre with two halls that were frozen, one that runs, and three without a record."""
    with centre(tmp_path) as stores:
        for hall, totals in (("360600001", (8751, 8012)), ("360671001", (8556,))):
            with stores.journal.write("0001", at("09:00", "2026-11-05")) as tx:
                scores = tuple(_frozen(hall, n, total) for n, total in enumerate(totals))
                tx.record(f.MonthFrozen(hall, MONTH, (), scores, best_clerk=scores[0].staff))
        yield stores


def _frozen(hall: str, n: int, total: int) -> FrozenScore:
    work = FrozenWork(levels=(18, 6, 1, 0, 0), unrated=1, scheduled=8, attended=8, window_halves=8)
    return FrozenScore(f"{hall[4:6]}{n:02d}", total + 90, total - 816, total + 261, total + 499, total, 1, work)


@pytest.mark.parametrize("language", ["zh_CN", "en"])
async def test_the_whole_city_on_one_page(city: CentreStores, tmp_path: Path, language: str) -> None:
    options = {"language": language, "staff": LEADER, "file": FILE}
    async with shown(AssessmentScreen(), tmp_path, NOW, **options) as (house, pilot):  # type: ignore[arg-type]
        await october(pilot, house)
        await until_golden(pilot, house, f"assessment-city-{language}")
        house.later(1)
        await pilot.press("f7", "0")
        await until(pilot, lambda: "####" in house.text())
        await until_golden(pilot, house, f"assessment-chart-{language}")
        await asyncio.sleep(0.2)  # a person's pace
        await pilot.press("escape")
        await until(pilot, lambda: "####" not in house.text())
        await asyncio.sleep(0.2)  # a person's pace
        await pilot.press("enter")
        await until(pilot, lambda: "7100" in house.text())
        await pilot.press("escape")
        await until(pilot, lambda: "6" in house.rows[1])


@pytest.mark.parametrize("language", ["zh_CN", "en"])
async def test_the_whole_city_in_the_wide_dress(city: CentreStores, tmp_path: Path, language: str) -> None:
    options = {"language": language, "staff": LEADER, "file": FILE, "size": WIDE}
    async with shown(AssessmentScreen(), tmp_path, NOW, **options) as (house, pilot):  # type: ignore[arg-type]
        await october(pilot, house)
        await until_golden(pilot, house, f"assessment-city-{language}-120x40", WIDE)


async def test_a_clerk_has_no_page_of_others(city: CentreStores, tmp_path: Path) -> None:
    async with shown(AssessmentScreen(), tmp_path, NOW, language="zh_CN", staff=CLERK, file=FILE) as (house, pilot):
        await until(pilot, lambda: "没有您可以看考核的单位" in said(house))
