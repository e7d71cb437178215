"""The page of the nodes on a real store: what has not arrived, since when, and what is done about it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from hallterm.centre import FILE
from hallterm.config import load
from hallterm.screens.sync_page import SyncScreen
from hallterm.workflows.doubles_look import counted
from storage import contacts, durable, nodes
from storage.contacts import Contact
from storage.facts import DoubleFound, DoubleKind, NodeEnrolled, ServiceStarted
from storage.journal import Journal
from storage.receive import accept
from sync.enrol import code_key
from sync.keys import load_or_make
from tests.hallterm.screens.centre_house import ADMIN, CLERK, DEPT, DIRECTOR, CentreStores, centre
from tests.hallterm.screens.pages import House, shown, type_in, until, until_golden
from tests.hallterm.workflows.founded import ADMIN as HALL_ADMIN
from tests.hallterm.workflows.founded import HALL, at, founded
from tests.sync.facts import batch_of

NOW = at("10:45")
WIDE = (120, 40)


@pytest.fixture(autouse=True)
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.vault.PASSES", 1)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("centre")
    with pytest.MonkeyPatch.context() as quick:
        quick.setattr("storage.vault.PASSES", 1)
        with centre(folder):
            pass
    return folder


@pytest.fixture
def stores(made: Path, tmp_path: Path) -> Iterator[CentreStores]:
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    stores = CentreStores(tmp_path)
    yield stores
    stores.close()


def screen(folder: Path) -> SyncScreen:
    return SyncScreen(load(None, {}, data=folder))


def said(house: House) -> str:
    return house.rows[-3].strip()


@pytest.mark.parametrize("language", ["zh_CN", "en"])
async def test_all_nodes_worst_first(stores: CentreStores, tmp_path: Path, language: str) -> None:
    async with shown(screen(tmp_path), tmp_path, NOW, language=language, staff=ADMIN, file=FILE) as (house, pilot):
        await until(pilot, lambda: "360681902-01" in house.text())
        await until_golden(pilot, house, f"sync-centre-{language}")


@pytest.mark.parametrize("language", ["zh_CN", "en"])
async def test_the_wide_dress(stores: CentreStores, tmp_path: Path, language: str) -> None:
    options = {"language": language, "staff": ADMIN, "file": FILE}
    async with shown(screen(tmp_path), tmp_path, NOW, size=WIDE, **options) as (house, pilot):
        await until(pilot, lambda: "0.0 kB" in house.text())
        await until_golden(pilot, house, f"sync-centre-{language}-120x40", WIDE)


async def test_f5_goes_from_one_problem_to_the_next(stores: CentreStores, tmp_path: Path) -> None:
    def cursor(house: House) -> str:
        return next(row for row in house.rows if row.startswith(">"))[1:14].strip()

    async with shown(screen(tmp_path), tmp_path, NOW, language="en", staff=ADMIN, file=FILE) as (house, pilot):
        await until(pilot, lambda: "360681902-01" in house.text())
        found = []
        for _n in range(6):
            house.later(1)
            await pilot.press("f5")
            await pilot.pause()
            found.append(cursor(house))
        assert found == [
            *(f"3606{one}" for one in ("81902-01", "71002-01", "03001-02", "71001-01", "81001-03")),
            found[0],
        ]


async def test_enter_opens_logs_and_lines_put_aside(stores: CentreStores, tmp_path: Path) -> None:
    async with shown(screen(tmp_path), tmp_path, NOW, language="zh_CN", staff=ADMIN, file=FILE) as (house, pilot):
        await until(pilot, lambda: "360681902-01" in house.text())
        await pilot.press("down", "down", "enter")
        await until(pilot, lambda: "0:400  forked" in house.text())
        await until_golden(pilot, house, "sync-centre-detail-zh_CN")
        await pilot.press("escape")
        await until(pilot, lambda: "360681902-01" in house.text())


async def test_f1_shows_what_each_key_does(stores: CentreStores, tmp_path: Path) -> None:
    async with shown(screen(tmp_path), tmp_path, NOW, staff=ADMIN, file=FILE) as (house, pilot):
        await until(pilot, lambda: "360681902-01" in house.text())
        await pilot.press("f1")
        await until(pilot, lambda: "360681902-01" not in house.text())
        assert all(word in house.text() for word in ("注册", "吊销", "收包", "各机器自己会来"))
        await pilot.press("escape")
        await until(pilot, lambda: "360681902-01" in house.text())


async def test_a_code_lets_one_pc_of_a_hall_enrol(stores: CentreStores, tmp_path: Path) -> None:
    async with shown(screen(tmp_path), tmp_path, NOW, language="zh_CN", staff=ADMIN, file=FILE) as (house, pilot):
        await until(pilot, lambda: "360681902-01" in house.text())
        await pilot.press("insert")
        await until(pilot, lambda: "2  360600001  市办税厅" in house.text())
        await pilot.press("2")
        await until(pilot, lambda: "7 天内用一次" in said(house))
        assert said(house).startswith("! ")
        offers = nodes.offers(stores.journal.database, "360600001", NOW.t)
        assert [one.used_t for one in offers] == [0]


async def test_revoking_needs_a_reason_and_asks_twice(stores: CentreStores, tmp_path: Path) -> None:
    def revoked() -> bool:
        known = nodes.registered(stores.journal.database, "360603001-02")
        return known is not None and known.revoked_t > 0

    async with shown(screen(tmp_path), tmp_path, NOW, language="zh_CN", staff=ADMIN, file=FILE) as (house, pilot):
        await until(pilot, lambda: "360681902-01" in house.text())
        await pilot.press("down", "down", "f9")
        await until(pilot, lambda: "先写" in said(house))
        await pilot.press("ctrl+r")
        await type_in(pilot, "stolen\n")
        house.later(1)
        await pilot.press("f9")
        await until(pilot, lambda: "吊销 余江 2? 收到第 9132 条为止" in said(house))
        house.later(1)
        assert not revoked()
        await pilot.press("f9")
        await until(pilot, revoked)
        await until(pilot, lambda: "已吊销: stolen" in house.text() or "9132 条都保留" in said(house))
        assert stores.kinds()[-1] == "node.revoked"


async def test_who_sees_which_nodes(stores: CentreStores, tmp_path: Path) -> None:
    async with shown(screen(tmp_path), tmp_path, NOW, language="en", staff=DIRECTOR, file=FILE) as (house, pilot):
        await until(pilot, lambda: "360671001-01" in house.text())
        assert "360681902-01" not in house.text()
    async with shown(screen(tmp_path), tmp_path, NOW, language="en", staff=DEPT, file=FILE) as (house, pilot):
        await until(pilot, lambda: "360681902-01" in house.text())
        await pilot.press("insert")
        await until(pilot, lambda: "codes are given by" in said(house))
    async with shown(screen(tmp_path), tmp_path, NOW, language="en", staff=CLERK, file=FILE) as (house, pilot):
        await until(pilot, lambda: "your roles do not show" in said(house))
        assert "36060" not in house.text()


async def test_one_place_alone_and_other_orders(stores: CentreStores, tmp_path: Path) -> None:
    async with shown(screen(tmp_path), tmp_path, NOW, language="en", staff=ADMIN, file=FILE) as (house, pilot):
        await until(pilot, lambda: "360681902-01" in house.text())
        await pilot.press("f7")
        house.later(1)
        await pilot.press("f7")
        await until(pilot, lambda: house.rows[4].startswith(">360681902-01") or "most waiting first" in house.text())
        assert house.rows[4][1:13] == "360671002-01"
        await pilot.press("f4")
        await until(pilot, lambda: "360671001" in house.rows[7] or "Show the PCs of" in house.text())
        row = next(row for row in house.rows if "360671002" in row)
        await pilot.press(row.strip()[0])
        await until(pilot, lambda: "1-1/1" in house.text())


async def test_the_rows_are_read_again_and_only_what_differs_is_painted(stores: CentreStores, tmp_path: Path) -> None:
    async with shown(screen(tmp_path), tmp_path, NOW, language="en", staff=ADMIN, file=FILE) as (house, pilot):
        await until(pilot, lambda: "360681902-01" in house.text())
        page = house.first.query_one("#page")
        painted: list[int] = []
        refresh = page.refresh
        page.refresh = lambda *regions, **more: painted.append(len(regions)) or refresh(*regions, **more)  # type: ignore
        contacts.keep(
            stores.journal,
            Contact("360600001-03", NOW.t, 0, 12, 38 * 10**9, 0, "", "1.4.0", 0, disk_size=10**11),
        )
        house.first.second()
        await until(pilot, lambda: "1.4.0   12" in house.text())
        assert painted == [1]


# at a hall


async def test_one_pc_without_a_centre(tmp_path: Path) -> None:
    with founded(tmp_path):
        pass
    for language in ("zh_CN", "en"):
        async with shown(screen(tmp_path), tmp_path, NOW, language=language, staff="0001") as (house, pilot):
            await until(pilot, lambda: "360600001-01" in house.text())
            row = next(row for row in house.rows if row.startswith(">"))
            assert row.split()[:3] == [">360600001-01", "市办税厅", "1"]
            assert ("单独工作" if language == "zh_CN" else "works alone") in house.text()
            await pilot.press("insert")
            await until(pilot, lambda: "X" in said(house))


async def test_the_bundle_is_written_to_the_stick_that_a_digit_chooses_and_taken_in_at_the_centre(
    stores: CentreStores, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hall, sticks = tmp_path / "hall", tmp_path / "sticks"
    (sticks / "KINGSTON").mkdir(parents=True)
    hall.mkdir()
    monkeypatch.setenv("HALLTERM_STICKS", str(sticks))
    with founded(hall) as pc:
        key, own = load_or_make(hall), load_or_make(tmp_path)
        with stores.journal.write(ADMIN, NOW) as tx:
            tx.record(NodeEnrolled(node=f"{HALL}-01", scope=HALL, key=key.public, box=key.public_box))
        up = nodes.Upstream(stores.journal.identity.node, own.public, own.public_box, HALL)
        nodes.enrolled_with(pc.journal, up)

    async with shown(screen(hall), hall, NOW, staff=HALL_ADMIN) as (house, pilot):
        await until(pilot, lambda: f"{HALL}-01" in house.text())
        await pilot.press("f8")
        await until(pilot, lambda: "1  KINGSTON" in house.text())
        await pilot.press("1")
        await until(pilot, lambda: "可以拔出" in said(house))
    assert [one.suffix for one in (sticks / "KINGSTON").iterdir()] == [".hts"]

    async with shown(screen(tmp_path), tmp_path, NOW, language="en", staff=ADMIN, file=FILE) as (house, pilot):
        await until(pilot, lambda: "360681902-01" in house.text())
        await pilot.press("f8")
        await until(pilot, lambda: "1  KINGSTON" in house.text())
        await pilot.press("1")
        await until(pilot, lambda: "1 bundles are taken in" in said(house))
        await until(pilot, lambda: f"{HALL}-01" in house.text())
    assert {one.suffix for one in (sticks / "KINGSTON").iterdir()} == {".hts", ".htr"}


async def test_a_stick_that_is_gone_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with founded(tmp_path):
        pass
    monkeypatch.setenv("HALLTERM_STICKS", str(tmp_path / "none"))
    async with shown(screen(tmp_path), tmp_path, NOW, language="en", staff=HALL_ADMIN) as (house, pilot):
        await until(pilot, lambda: f"{HALL}-01" in house.text())
        await pilot.press("f8")
        await until(pilot, lambda: "another folder, typed" in house.text())
        await pilot.press("0")
        await type_in(pilot, "/nowhere\n")
        await until(pilot, lambda: said(house).startswith("X") and "hallterm enrol" in said(house))


async def test_sending_now_asks_the_station(tmp_path: Path) -> None:
    with founded(tmp_path) as pc:
        nodes.enrolled_with(pc.journal, nodes.Upstream("centre-1", "00" * 32, "00" * 32, HALL))
        async with shown(screen(tmp_path), tmp_path, NOW, language="en", staff=HALL_ADMIN) as (house, pilot):
            await until(pilot, lambda: f"{HALL}-01" in house.text())
            await pilot.press("f6")
            await until(pilot, lambda: "does not run" in said(house))
            pc.board.process_beat("station", 1, house.moment, {})
            house.later(1)
            pc.board.process_beat("station", 1, house.moment, {})
            await pilot.press("f6")
            await until(pilot, lambda: "sends now" in said(house))
            assert [one.kind for one in pc.board.take_requests(house.moment)] == ["send"]


@pytest.mark.parametrize("language", ["zh_CN", "en"])
async def test_what_was_done_twice_is_listed_behind_f7(stores: CentreStores, tmp_path: Path, language: str) -> None:
    """Two cut-off windows served one number: the hall's number host found it, the centre shows it."""
    hall = Journal.open(tmp_path / "host.db")
    hall.found(f"{HALL}-01", HALL)
    with hall.write(CLERK, at("10:20")) as tx:
        started = ServiceStarted(f"{HALL}-01", CLERK, "2026-11-24", "B02", 1, 600)
        one, two = (tx.record(msgspec.structs.replace(started, window=f"{HALL}-0{n}")) for n in (1, 3))
        for what, subject in (
            (DoubleKind.NUMBER, "B004"),
            (DoubleKind.CLERK, CLERK),
            (DoubleKind.WINDOW, f"{HALL}-01"),
        ):
            tx.record(DoubleFound(what, "2026-11-24", subject, one, two))
        tx.record(DoubleFound(DoubleKind.TICKET, "2026-11-23", "A001", "unknown/0/1/00000000", two))
        tx.record(DoubleFound(DoubleKind.TICKET, "2026-01-05", "A009", one, two))
    accept(stores.journal, batch_of(hall, 1, 7), NOW.t)
    hall.close()
    async with shown(screen(tmp_path), tmp_path, NOW, language=language, staff=ADMIN, file=FILE) as (house, pilot):
        await until(pilot, lambda: "(F7" in house.text() or "按 F7 看" in house.text())
        for _n in range(3):
            house.later(1)
            await pilot.press("f7")
        await until(pilot, lambda: "A001" in house.text())
        await until_golden(pilot, house, f"sync-twice-{language}")
        house.later(1)
        await pilot.press("f7")
        await until(pilot, lambda: "360681902-01" in house.text())
    assert counted(stores.journal.database, NOW) == 4


async def test_a_new_pc_in_place_of_another_and_trouble_that_is_known(stores: CentreStores, tmp_path: Path) -> None:
    async with shown(screen(tmp_path), tmp_path, NOW, language="zh_CN", staff=ADMIN, file=FILE) as (house, pilot):
        await until(pilot, lambda: "360681902-01" in house.text())
        await pilot.press("ctrl+y")
        await until(pilot, lambda: "接替 金屯点 1" in said(house))
        code = said(house).split()[1]
        offers = nodes.offers(stores.journal.database, "360681902", NOW.t)
        assert [(one.key, one.replaces) for one in offers] == [(code_key(code), "360681902-01")]
        house.later(1)
        await pilot.press("ctrl+o")
        await until(pilot, lambda: house.rows[4].startswith(" 360671002-01"))
        await until(pilot, lambda: "放到明天" in "".join(house.rows[11:15]))
        house.later(1)
        await pilot.press("f5")
        await until(pilot, lambda: house.rows[4].startswith(">360671002-01"))
        house.later(1)
        await pilot.press("end")
        await until(pilot, lambda: any(row.startswith(">360681902-01") for row in house.rows))
        house.later(1)
        await pilot.press("ctrl+o")
        await until(pilot, lambda: house.rows[4].startswith(">360681902-01"))


async def test_the_centre_is_backed_up_and_verified_from_its_page(stores: CentreStores, tmp_path: Path) -> None:
    hall = Journal.open(tmp_path / "host.db")
    hall.found(f"{HALL}-01", HALL)
    with hall.write(CLERK, NOW) as tx:
        tx.record(DoubleFound(DoubleKind.TICKET, "2026-11-23", "A001", "x", "y"))
    accept(stores.journal, batch_of(hall, 1, 1), NOW.t)
    hall.close()
    with stores.journal.transaction() as database:  # logs of which only the marks are here hold no chain
        database.execute("DELETE FROM log WHERE node <> ? AND node <> ?", (f"{HALL}-01", stores.journal.identity.node))
    async with shown(screen(tmp_path), tmp_path, NOW, language="en", staff=ADMIN, file=FILE) as (house, pilot):
        await until(pilot, lambda: "360681902-01" in house.text())
        await pilot.press("f8")
        await until(pilot, lambda: "back up this centre" in house.text())
        row = next(row for row in house.rows if "back up this centre" in row)
        await pilot.press(row.strip()[0])
        await until(pilot, lambda: "copied and verified" in said(house))
        made = durable.last_made(tmp_path / "backup")
        assert made
        await until(pilot, lambda: f"({made[4:6]}-{made[6:8]} {made[9:11]}:{made[11:13]})" in house.text())
    assert stores.journal.database.value("SELECT durable FROM log WHERE node = ?", (f"{HALL}-01",)) == 1
