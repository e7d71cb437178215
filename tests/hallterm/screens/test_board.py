"""The hall TV on a real store."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from hallterm.screens.board import BoardScreen, read_board
from hallterm.workflows import counter
from hallterm.workflows.desk import Desk
from hallterm.workflows.number_host import NUMBER_HOST
from hallterm.workflows.sign_on import sign_on
from hallterm.workflows.ticketing import issue
from storage import clock, nodes
from storage.facts import SettingSet
from storage.journal import Journal
from storage.local import Board
from storage.nodes import Upstream
from tests.hallterm.screens.pages import check_golden, shown, until
from tests.hallterm.workflows.founded import ADMIN, HALL, PASSWORD, Stores, at, founded


@pytest.fixture(autouse=True)
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.vault.PASSES", 1)


@pytest.fixture
def stores(tmp_path: Path) -> Iterator[Stores]:
    with founded(tmp_path) as made:
        sign_on(made.desk(3), made.vault, ADMIN, PASSWORD, at("08:31"))
        for prefix in "BBAC":
            issue(made.desk(), at("10:30"), prefix)
        with made.journal.write(ADMIN, at("10:31")) as tx:
            tx.record(SettingSet("hall_notice", '"征管系统故障 10:31 起,预计 11:00 恢复"', HALL, "2026-11-24"))
        yield made


@pytest.mark.parametrize("language", ["zh_CN", "en"])
async def test_a_call_is_shown_big_and_marked_for_20_s(stores: Stores, tmp_path: Path, language: str) -> None:
    counter.call(stores.desk(3, ADMIN), at("10:44", second=50))
    async with shown(BoardScreen(), tmp_path, at("10:45"), language=language) as (house, pilot):
        await until(pilot, lambda: "####" in house.text())
        check_golden(house, f"board-{language}")
        house.later(11)
        await until(pilot, lambda: ">>>" not in house.text())
        assert "####" in house.text()


async def test_a_call_of_another_process_appears(stores: Stores, tmp_path: Path) -> None:
    async with shown(BoardScreen(), tmp_path, at("10:45")) as (house, pilot):
        await until(pilot, lambda: "市办税厅" in house.text())
        assert "####" not in house.text()
        house.store.watch(read_board)
        counter.call(stores.desk(3, ADMIN), at("10:45"))
        await until(pilot, lambda: "####" in house.text())


async def test_keys_of_people_do_nothing_but_the_language(stores: Stores, tmp_path: Path) -> None:
    async with shown(BoardScreen(), tmp_path, at("10:45")) as (house, pilot):
        await until(pilot, lambda: "市办税厅" in house.text())
        await pilot.press("5", "enter", "x", "f5", "f9")
        assert "请到窗口" in house.text()
        house.later(1)
        await pilot.press("f7")
        assert "Please go to the window" in house.text()


def test_calls_of_other_pcs_are_not_seen_while_the_number_host_is_away(tmp_path: Path) -> None:
    """The digits stay; after half a minute row 24 says where to listen."""
    journal = Journal.open(tmp_path / "hall.db")
    journal.found("360600001-03", "360600001")
    nodes.enrolled_with(journal, Upstream("360600001-01", "00", "00", "360600001"))
    desk = Desk(journal, Board(tmp_path / "local.db"), "360600001")
    now = clock.now()
    for since_t, away_t in ((now.t, 0), (now.t - 31_000, now.t - 31_000)):
        desk.board.process_beat(NUMBER_HOST, 1, now, {"online": False, "since_t": since_t})
        assert read_board(desk, now).host_away_t == away_t
    desk.board.process_beat(NUMBER_HOST, 1, now, {"online": True, "since_t": now.t - 31_000})
    assert read_board(desk, now).host_away_t == 0
    journal.close()
    desk.board.close()
