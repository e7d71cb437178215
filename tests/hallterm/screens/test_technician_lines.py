"""The technician beside a POS that types, a bus with several pads, and ports in trouble: real files, ptys and library."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec import structs
from textual.events import Key
from textual.pilot import Pilot

from devices.codecs.htp1_messages import CfgKey
from devices.codecs.htp1_upkeep import BAUD_UNIT
from devices.errors import LineSettings
from devices.sim.pad import SimPad
from devices.technician.findings import Code, Finding
from devices.technician.listing import PortRow
from hallterm.device_words import finding_words
from hallterm.screens.technician import TechnicianScreen
from hallterm.screens.technician_base import row_key
from hallterm.workflows.technician.look import Place
from tests.devices.shared_line import SharedLine, bus_binding, on_a_pty
from tests.hallterm.screens.pages import House, shown, type_in, until
from tests.hallterm.screens.technicians import (
    FIXED,
    ROWS,
    TECHNICIAN,
    W3,
    bound,
    found_with_technician,
    hall_with_technician,
    machine,
)
from tests.hallterm.workflows.founded import Stores, at

TRACK = ";6222021234567890128=30122010000000000?"
FAST = LineSettings(115200)


@pytest.fixture(scope="module")
def founded_with_technician(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A hall that is only copied."""
    with pytest.MonkeyPatch.context() as quick:
        quick.setattr("storage.vault.PASSES", 1)
        return found_with_technician(tmp_path_factory.mktemp("technician"))


@pytest.fixture
def stores(tmp_path: Path, founded_with_technician: Path) -> Iterator[Stores]:
    with hall_with_technician(tmp_path, founded_with_technician) as made:
        yield made


async def press(house: House, pilot: Pilot[None], *keys: str) -> None:
    """As a person does: a second apart."""
    for key in keys:
        house.later(1)
        await pilot.press(key)


def said(house: House) -> str:
    return house.rows[21].strip()


def swipe(house: House, text: str, header: str = "f9", gap_ms: float = 8.0) -> None:
    """Keys as a terminal hands them over, with the times of a reader."""
    at_s = Key("f1", None).time
    for number, name in enumerate([header, *text, "enter"]):
        event = Key(name, name if len(name) == 1 else None)
        event.time = at_s + number * gap_ms / 1000
        house.post_message(event)


# A POS that types


@pytest.fixture
def with_config(stores: Stores, tmp_path: Path) -> Place:
    """The PC of window 3, with a configuration file."""
    (tmp_path / "hallterm.toml").write_text(f'[data]\npath = "{tmp_path}"\n', "utf-8")
    return Place(machine(tmp_path), tmp_path, tmp_path / "none", W3, tmp_path / "hallterm.toml")


async def test_one_swipe_gives_the_pos_its_key_and_moves_the_action(with_config: Place, tmp_path: Path) -> None:
    screen = TechnicianScreen(with_config)
    async with shown(screen, tmp_path, at("10:45"), staff=TECHNICIAN) as (house, pilot):
        await until(pilot, lambda: screen.look)
        await press(house, pilot, "5", "f7")
        await until(pilot, lambda: screen.raw_keys)
        assert "请在 POS 上刷一次卡" in house.text()
        swipe(house, TRACK)
        await until(pilot, lambda: "归读卡器" in said(house))
        assert f"收到 F9 和 {len(TRACK)} 个字符" in house.text()
        assert "过号从 F9 移到 Del" in said(house)
        assert house.key_map.action_of("f9") == ""
        assert not screen.raw_keys
        kept = tomllib.loads((machine(tmp_path) / "keys.toml").read_text("utf-8"))
        assert kept["reserved"] == {W3: {"f9": "读卡器"}}
        assert kept["reader"][W3]["gap_ms"] == 50
        (learnt,) = [one for one in house.heard if isinstance(one, TechnicianScreen.ReaderLearnt)]
        assert learnt.reader.window == W3
        for folder in (machine(tmp_path), tmp_path / "log"):
            assert not [path for path in folder.glob("*") if TRACK.encode()[1:17] in path.read_bytes()]
        assert TRACK[1:9] not in house.text()


async def test_while_a_swipe_is_waited_for_keys_do_nothing_else(with_config: Place, tmp_path: Path) -> None:
    screen = TechnicianScreen(with_config)
    async with shown(screen, tmp_path, at("10:45"), staff=TECHNICIAN) as (house, pilot):
        await until(pilot, lambda: screen.look)
        await press(house, pilot, "5", "f7", "1", "f6")
        assert ">5按键" in house.rows[0]
        assert screen.jobs.now is None
        swipe(house, "482915", gap_ms=190.0)
        await until(pilot, lambda: "这不是刷卡" in said(house))
        await press(house, pilot, "escape")
        assert "没有保存" in said(house)
        assert not (machine(tmp_path) / "keys.toml").exists()
        await press(house, pilot, "1")
        assert ">1端口" in house.rows[0]


async def test_a_key_that_somebody_chose_is_not_taken_from_them(with_config: Place, tmp_path: Path) -> None:
    (tmp_path / "hallterm.toml").write_text(f'[data]\npath = "{tmp_path}"\n[keys]\nno_show = "f9"\n', "utf-8")
    screen = TechnicianScreen(with_config)
    async with shown(screen, tmp_path, at("10:45"), staff=TECHNICIAN) as (house, pilot):
        await until(pilot, lambda: screen.look)
        await press(house, pilot, "5", "f7")
        swipe(house, TRACK)
        await until(pilot, lambda: "没有保存" in said(house))
        assert "no_show" in house.text()
        assert house.key_map.action_of("f9") != ""
        assert not (machine(tmp_path) / "keys.toml").exists()


# A bus


@pytest.fixture
def bus(stores: Stores, tmp_path: Path) -> Iterator[tuple[Place, list[SimPad]]]:
    """Four pads on one line, three of them at address 4; the second is bound to window 3 at 9."""
    pads = [SimPad(f"HT25A00003{number:02}", address, bus=True) for number, address in enumerate((4, 4, 7, 4), 1)]
    for pad in pads:
        pad.upkeep.settings[CfgKey.BAUD] = FAST.baud // BAUD_UNIT
    folder = tmp_path / "by-id"
    folder.mkdir()
    with on_a_pty(SharedLine(pads), folder) as device:
        bound(tmp_path, (structs.replace(bus_binding(device.link, pads[1], "3", 9), line=FAST),))
        yield Place(machine(tmp_path), tmp_path, folder, W3), pads


async def test_three_at_one_address_get_their_own(
    bus: tuple[Place, list[SimPad]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hallterm.screens.technician_bus.SLOTS", 8)
    place, pads = bus
    screen = TechnicianScreen(place)
    async with shown(screen, tmp_path, at("10:45"), staff=TECHNICIAN) as (house, pilot):
        await until(pilot, lambda: screen.look and screen.ports.rows)
        screen.choose(next(row for row in screen.ports.rows if "BUS" in row.name))
        await press(house, pilot, "6", "f4")
        await until(pilot, lambda: "地址 04 重了" in said(house))
        assert "04 3 !" in house.text()
        assert "07 0303" in house.text()
        await press(house, pilot, "up", "down", "down", "enter")
        await type_in(pilot, "7\n")
        await press(house, pilot, "f8")
        assert "地址 07 会有两个" in said(house)
        await press(house, pilot, "f7")
        await type_in(pilot, "1f\n")
        await press(house, pilot, "f8")
        assert "..0302 04>09" in said(house)
        assert "..0304 04>1F" in said(house)
        assert [pad.address for pad in pads] == [4, 4, 7, 4]
        await pilot.pause()
        await press(house, pilot, "f8")
        await until(pilot, lambda: "2 台已有新地址" in said(house))
        assert [pad.address for pad in pads] == [4, 9, 7, 0x1F]
        assert "1F 0304" in house.text()
        (changed,) = screen.visit.of(("rating_device", "3")).changes
        assert (changed.key, changed.before, changed.after) == ("address", 4, 9)
        await press(house, pilot, "f8")
        assert "地址都对" in said(house)
        await press(house, pilot, "escape")
        assert "重的地址" not in house.text()


# A port in trouble


@pytest.mark.parametrize(
    ("row", "finding", "lines"),
    [
        (ROWS[3], None, 2),
        (
            ROWS[4],
            Finding(Code.DENIED, {"port": "x", "owner": "root", "group": "dialout", "mode": "0660", "user": "t"}),
            1,
        ),
    ],
)
async def test_enter_shows_the_text_that_cures_a_port(
    stores: Stores, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, row: PortRow, finding: Finding | None, lines: int
) -> None:
    monkeypatch.setattr("hallterm.screens.technician_base.read_ports", lambda place, pid: FIXED)
    screen = TechnicianScreen(Place(machine(tmp_path), tmp_path, None, W3))
    async with shown(screen, tmp_path, at("10:45"), staff=TECHNICIAN) as (house, pilot):
        await until(pilot, lambda: screen.look and screen.ports.rows)
        if finding is not None:
            screen.failed[row_key(row)] = finding
        screen.choose(row)
        await press(house, pilot, "enter")
        text = finding_words(finding or Finding(Code.SNATCHED, {"port": "x"})).copy
        shown_lines = [line.rstrip() for line in house.rows]
        start = next(place for place, line in enumerate(shown_lines) if line.startswith(text[:20]))
        copied = shown_lines[start : start + lines]
        assert shown_lines[start + lines] == ""
        assert " ".join(line.removesuffix("\\").rstrip() for line in copied) == text
        assert all(line.endswith(" \\") for line in copied[:-1])
        await press(house, pilot, "escape")
        assert text[:20] not in house.text()
        screen.choose(ROWS[1])
        await press(house, pilot, "enter")
        assert "没有要复制的文本" in said(house)
