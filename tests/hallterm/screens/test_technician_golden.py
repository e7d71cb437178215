"""The technician's pages as text, in both languages; ports and the board are fixed, nothing is opened."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from devices.errors import LineSettings
from devices.events import Identity, Role
from devices.technician.checks import DeviceCheck
from devices.technician.identify import Heard, Identification, Step, Verdict
from devices.technician.loopback import LoopFigures
from devices.technician.modem import Levels, ModemLines
from devices.technician.monitor import Direction, MonitorLine
from devices.technician.probes import Answered, Trial
from devices.technician.results import Outcome, Tried
from hallterm.screens.technician import TechnicianScreen
from hallterm.screens.technician_checkup import CheckPage
from hallterm.screens.technician_identify import IdentifyPage
from hallterm.screens.technician_loopback import LoopPage
from hallterm.screens.technician_monitor import MonitorPage
from hallterm.screens.technician_parameters import ParametersPage
from hallterm.screens.technician_status import DeviceStatusScreen
from hallterm.workflows.technician.site import Template, Wanted
from tests.hallterm.screens.pages import check_golden, shown, until
from tests.hallterm.screens.technicians import (
    CLERK,
    FIXED,
    PAD,
    ROWS,
    TECHNICIAN,
    found_with_technician,
    hall_with_technician,
    on_the_board,
    place,
    port,
    technician,
)
from tests.hallterm.workflows.founded import Stores, at

LANGUAGES = pytest.mark.parametrize("language", ["zh_CN", "en"])
NEW = ROWS[4]
STEPS = (
    Step(Trial.LISTEN, 0, 5, 9600, Heard.SILENT, 300, 25_000),
    *(Step(Trial.HTP1, 1, 5, baud, Heard.SILENT, 900, 25_000) for baud in (9600, 115200, 19200)),
    Step(Trial.SAM, 2, 5, 9600, Heard.SILENT, 5_000, 25_000),
    Step(Trial.SAM, 2, 5, 115200, Heard.FOUND, 6_000, 25_000),
)
STEPPED = ((False, False), (True, False), (False, True), (True, True), (False, False))
TEMPLATE = Template(
    "1",
    "2026-11-20_c01_HT25A0000311.toml",
    (
        Wanted(Role.RATING_DEVICE, "pad_htp1", keys=PAD.keys),
        Wanted(Role.OVERTIME_LAMP, "lamp_lcus", "lamp_lcus", options={"channel": 2}),
        Wanted(Role.ID_CARD_READER, "idcard_sam", line=LineSettings(115200)),
        Wanted(Role.VOICE, "voice_syn"),
    ),
)
EVIDENCE = bytes.fromhex("AAAAAA96690004000090 94")
FOUND = Identification(
    NEW.name, Verdict.FOUND, 6_000, STEPS, Answered("idcard_sam", Identity(model="SAM"), EVIDENCE), LineSettings(115200),
    Trial.SAM,
)  # fmt: skip


@pytest.fixture(scope="module")
def founded_with_technician(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A hall that is only copied."""
    with pytest.MonkeyPatch.context() as quick:
        quick.setattr("storage.vault.PASSES", 1)
        return found_with_technician(tmp_path_factory.mktemp("technician"))


@pytest.fixture
def stores(tmp_path: Path, founded_with_technician: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stores]:
    """A hall whose station told the states of four devices, on fixed ports."""
    monkeypatch.setattr("hallterm.screens.technician_base.read_ports", lambda place, pid: FIXED)
    with hall_with_technician(tmp_path, founded_with_technician) as made:
        on_the_board(made.board, at("10:45"))
        yield made


def filled(screen: TechnicianScreen) -> None:
    """Each page with something on it, as after some work."""
    screen.visit.found[NEW.name] = FOUND
    identify, monitor, loop, check = screen.pages[1], screen.pages[2], screen.pages[3], screen.pages[6]
    assert isinstance(identify, IdentifyPage)
    assert isinstance(monitor, MonitorPage)
    assert isinstance(loop, LoopPage)
    assert isinstance(check, CheckPage)
    lines = (
        MonitorLine(1, at("10:45").t + 113, 0, Direction.SENT, "7E 41 03 02 07 00 C6 1E 7E", "~A......~"),
        MonitorLine(2, at("10:45").t + 154, 41, Direction.RECEIVED, " ".join(["··"] * 20), "·" * 20, hidden=20),
    )
    for line in lines:
        monitor._put(monitor._line(line, screen.size.width))
    loop._over(
        (LoopFigures(9600, 100, 0, 6400, 0, 0, 12.2, 41.4), LoopFigures(19200, 100, 2, 6400, 3, 1, 9.0, 20.1)), PAD
    )
    failed = Tried("paper", Outcome.FAIL, "paper_out")
    for role, tests in (
        (PAD.role, (Tried("port", Outcome.PASS), Tried("loop", Outcome.PASS))),
        (screen.ports.bindings[2].role, (Tried("port", Outcome.PASS), failed)),
    ):
        check._one(DeviceCheck(role, "3" if role is PAD.role else "", "", tests))
    screen.visit.points.append("灯 3号: 电源线要换")
    screen.say("")


@LANGUAGES
async def test_ports(stores: Stores, tmp_path: Path, language: str) -> None:
    async with technician(tmp_path, language=language) as (house, pilot, screen):
        await until(pilot, lambda: screen.ports.rows)
        check_golden(house, f"technician-ports-{language}")
        await pilot.press("f5")
        assert screen.chosen == ROWS[3]
        house.later(1)
        await pilot.press("f5")
        check_golden(house, f"technician-new-{language}")


async def test_a_list_that_is_longer_than_the_page_says_where_one_is(
    stores: Stores, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = msgspec.structs.replace(FIXED, rows=tuple(port(number) for number in range(14)))
    monkeypatch.setattr("hallterm.screens.technician_base.read_ports", lambda place, pid: many)
    async with technician(tmp_path) as (house, pilot, _screen):
        await until(pilot, lambda: any("/14" in row for row in house.rows))
        first = next(row for row in house.rows if "/14" in row)
        seen = int(first.strip().rpartition("-")[2].partition("/")[0])
        assert first.startswith("-----")
        assert first.strip().endswith(f" 1-{seen}/14")
        await pilot.press(*["down"] * 13)
        await until(pilot, lambda: any(row.strip().endswith(f" {15 - seen}-14/14") for row in house.rows))


@LANGUAGES
async def test_the_pages(stores: Stores, tmp_path: Path, language: str) -> None:
    async with technician(tmp_path, language=language) as (house, pilot, screen):
        await until(pilot, lambda: screen.ports.rows)
        filled(screen)
        screen.choose(NEW)
        await pilot.press("2")
        check_golden(house, f"technician-identify-{language}")
        screen.choose(ROWS[0])
        for digit, name in (
            ("3", "monitor"),
            ("4", "loop"),
            ("5", "keys"),
            ("6", "settings"),
            ("7", "check"),
            ("8", "report"),
        ):
            await pilot.press("escape", digit) if digit == "3" else await pilot.press(digit)
            check_golden(house, f"technician-{name}-{language}")


@LANGUAGES
async def test_the_lists_and_forms(stores: Stores, tmp_path: Path, language: str) -> None:
    async with technician(tmp_path, language=language) as (house, pilot, screen):
        await until(pilot, lambda: screen.ports.rows)
        screen.choose(NEW)

        async def keys(*names: str) -> None:
            for name in names:
                house.later(1)
                await pilot.press(name)

        await keys("2", "insert")
        check_golden(house, f"technician-kinds-{language}")
        await keys("2")
        check_golden(house, f"technician-by-hand-{language}")
        await keys("escape", "escape", "1")
        identify, loop = screen.pages[1], screen.pages[3]
        assert isinstance(identify, IdentifyPage)
        assert isinstance(loop, LoopPage)
        screen.choose(ROWS[0])
        screen.visit.found[ROWS[0].name] = msgspec.structs.replace(FOUND, port=ROWS[0].name)
        await keys("2")
        identify._old = PAD
        screen.draw()
        check_golden(house, f"technician-replaced-{language}")
        await keys("escape", "4")
        levels = [Levels(dtr, rts, rts, dtr, True, False) for dtr, rts in STEPPED]
        follows = (("cts", "rts"), ("dsr", "dtr"), ("dcd", ""), ("ri", ""))
        loop._toggled(ModemLines(True, tuple(levels), follows), PAD)
        screen.draw()
        check_golden(house, f"technician-pins-{language}")
        screen.choose(ROWS[1])
        await keys("5", "f5")
        check_golden(house, f"technician-samples-{language}")
        await keys("6", "f5")
        parameters = screen.pages[5]
        assert isinstance(parameters, ParametersPage)
        parameters.site._reports = (TEMPLATE,)
        await keys("f5", "f4", "down")
        check_golden(house, f"technician-site-{language}")


@LANGUAGES
async def test_a_clerk_reads_the_state_of_devices(stores: Stores, tmp_path: Path, language: str) -> None:
    screen = DeviceStatusScreen(place(tmp_path))
    async with shown(screen, tmp_path, at("10:45"), language=language, staff=CLERK) as (house, pilot):
        await until(pilot, lambda: screen.look is not None and screen.ports.rows)
        check_golden(house, f"device-status-{language}")
        await pilot.press("f6", "f8", "f9", "insert")
        assert house.heard == []
        await pilot.press("escape")
        await until(pilot, lambda: any(isinstance(message, DeviceStatusScreen.Left) for message in house.heard))


async def test_a_wide_terminal_shows_more_of_each_port(stores: Stores, tmp_path: Path) -> None:
    async with technician(tmp_path) as (house, pilot, screen):
        await until(pilot, lambda: screen.ports.rows)
        await pilot.resize_terminal(120, 40)
        await until(pilot, lambda: len(house.rows) == 40)
        assert {len(row.encode("gb18030", "replace")) for row in house.rows} == {120}
        assert "评价器 3号 ..0317" in house.text()


async def test_somebody_without_the_right_may_only_look(stores: Stores, tmp_path: Path) -> None:
    async with technician(tmp_path, staff=CLERK) as (house, pilot, screen):
        await until(pilot, lambda: screen.ports.rows)
        for key in ("f6", "f8", "f9", "insert", "ctrl+y", "ctrl+o", "ctrl+r"):
            house.later(1)
            await pilot.press(key)
            assert "您的角色只能看" in house.rows[21]
        assert screen.jobs.now is None
        await pilot.press("2", "1")
        assert ">1端口" in house.rows[0]


def test_the_technician_is_known(stores: Stores) -> None:
    assert stores.desk(staff=TECHNICIAN).staff == TECHNICIAN
