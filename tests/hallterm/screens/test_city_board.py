"""Page 1 at a centre: the halls of the grant in one list with one sum line, each with the age of what is known of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from hallterm.centre import FILE
from hallterm.screens.city_board import CityBoardScreen
from hallterm.workflows.desk import Refused
from hallterm.workflows.dispatch import Order, dispatch
from hallterm.workflows.dispatch_rights import ONLY_THERE
from storage import facts as f
from storage.chain import causal_order
from storage.facts import DispatchKind, DispatchReason, WarningKind, WarningLevel
from storage.projections import Placed, project
from tests.hallterm.screens.centre_house import DIRECTOR, LEADER, CentreStores, centre
from tests.hallterm.screens.pages import shown, until, until_golden
from tests.hallterm.workflows.founded import at

DAY = "2026-11-24"
MAIN, PARK = "360600001", "360671001"
WIDE = (120, 40)


def sent(stores: CentreStores, hall: str, clock: str, *facts: f.Fact) -> None:
    """Facts of a hall as the centre has them in its tables."""
    placed = []
    for seq, fact in enumerate(facts, 1):
        name = f"{hall}{clock}{seq}".encode().hex().ljust(64, "0")
        now = at(clock, DAY)
        id = f"{hall}-01/0/{seq}/{name[:8]}"
        order = causal_order(int(clock.replace(":", "")) * 100 + seq, bytes.fromhex(name[:64]))
        placed.append(Placed(fact, id, order, f"{hall}-01", now.t, now.m, now.boot, "0001", hall))
    project(stores.journal.database, placed)


@pytest.fixture
def stores(tmp_path: Path) -> Iterator[CentreStores]:
    folder = tmp_path / "data"
    folder.mkdir()
    with centre(folder) as made:
        main, park = f"{MAIN}-01", f"{PARK}-01"
        sent(made, MAIN, "08:30", f.DayOpened(DAY), f.WindowSet(main, "1", ("A",)), f.WindowOpened(main, "0317", DAY))
        sent(made, PARK, "08:31", f.DayOpened(DAY), f.WindowSet(park, "1", ("B",)))
        tickets = [f.TicketIssued(day=DAY, number=f"B00{number}", prefix="B") for number in (1, 2, 3)]
        sent(made, PARK, "10:12", *tickets, f.WarningRaised(DAY, WarningKind.NO_OPEN_WINDOW, WarningLevel.RED))
        yield made


@pytest.mark.parametrize("language", ["zh_CN", "en"])
async def test_the_wide_dress(stores: CentreStores, tmp_path: Path, language: str) -> None:
    screen, folder, when = CityBoardScreen(), tmp_path / "data", at("10:45")
    options = {"language": language, "staff": LEADER, "file": FILE, "size": WIDE}
    async with shown(screen, folder, when, **options) as (house, pilot):  # type: ignore[arg-type]
        await until(pilot, lambda: screen.halls)
        await until_golden(pilot, house, f"city-board-{language}-120x40", WIDE)
        await pilot.press("enter")
        await until(pilot, lambda: screen.board)
        await until_golden(pilot, house, f"city-hall-{language}-120x40", WIDE)


@pytest.mark.parametrize("language", ["zh_CN", "en"])
async def test_all_halls_on_one_page(stores: CentreStores, tmp_path: Path, language: str) -> None:
    screen, folder, when = CityBoardScreen(), tmp_path / "data", at("10:45")
    async with shown(screen, folder, when, language=language, staff=LEADER, file=FILE) as (house, pilot):
        await until(pilot, lambda: screen.halls)
        await until_golden(pilot, house, f"city-board-{language}")
        assert house.rows[4].startswith(">园区"), "the worst hall stands first"
        await pilot.press("enter")
        await until(pilot, lambda: screen.board)
        await until_golden(pilot, house, f"city-hall-{language}")
        house.later(1)
        await pilot.press("f6")
        await until(pilot, lambda: house.rows[21].startswith(" X F6"))
        await pilot.press("escape")
        await until(pilot, lambda: house.rows[4].startswith(">园区"))


async def test_a_director_sees_his_own_hall_only_and_why_it_has_no_figure_of_today(
    stores: CentreStores, tmp_path: Path
) -> None:
    screen, when = CityBoardScreen(), at("10:45", "2026-11-25")
    async with shown(screen, tmp_path / "data", when, staff=DIRECTOR, file=FILE, language="en") as (house, pilot):
        await until(pilot, lambda: screen.halls)
        assert screen.halls is not None
        assert [one.code for one in screen.halls.halls] == [PARK]
        await until(pilot, lambda: f"no data: 园区 {DAY} was the last day that came" in house.rows[22])


def test_nothing_is_dispatched_from_a_centre(stores: CentreStores) -> None:
    desk = replace(stores.desk(DIRECTOR), hall=PARK)
    wanted = Order(dispatch=DispatchKind.CLOSE, reason=DispatchReason.ROTATE, window=f"{PARK}-01")
    with pytest.raises(Refused) as refusal:
        dispatch(desk, at("10:45"), wanted)
    assert refusal.value.reason == ONLY_THERE
