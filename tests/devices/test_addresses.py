"""Two devices at one address: seen as a storm, told apart by their serials, cured."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from devices.codecs.htp1_messages import CfgKey
from devices.codecs.htp1_upkeep import BAUD_UNIT
from devices.errors import LineSettings
from devices.link import Link
from devices.platform import monotonic_ms
from devices.sim.pad import SimPad
from devices.technician.addresses import AddressDesk, repair_addresses, shared_addresses
from tests.devices.shared_line import SharedLine, on_a_pty

FAST = LineSettings(115200)
SLOTS = 16


def pads(*addresses: int) -> list[SimPad]:
    made = [SimPad(f"HT25A00003{n:02}", address, bus=True) for n, address in enumerate(addresses, 1)]
    for pad in made:
        pad.upkeep.settings[CfgKey.BAUD] = FAST.baud // BAUD_UNIT
    return made


@asynccontextmanager
async def link_to(line: SharedLine, folder: Path) -> AsyncIterator[Link]:
    with on_a_pty(line, folder) as device:
        link = Link(str(device.link), FAST, monotonic_ms)
        await link.open()
        try:
            yield link
        finally:
            link.stop()
            await link.ended()


async def test_everyone_is_found_and_an_address_held_by_two_is_named(tmp_path: Path) -> None:
    async with link_to(SharedLine(pads(1, 4, 4)), tmp_path) as link:
        found = await AddressDesk(link).discover(SLOTS)
    assert [(one.serial, one.address) for one in found] == [
        ("HT25A0000301", 1), ("HT25A0000302", 4), ("HT25A0000303", 4),
    ]  # fmt: skip
    assert shared_addresses(found) == {4: ("HT25A0000302", "HT25A0000303")}


async def test_each_gets_its_own_address_by_its_serial(tmp_path: Path) -> None:
    models = pads(4, 4, 7)
    async with link_to(SharedLine(models), tmp_path) as link:
        plan = {"HT25A0000301": 4, "HT25A0000302": 5, "HT25A0000399": 6}
        done = await repair_addresses(link, plan, SLOTS)
    assert [model.address for model in models] == [4, 5, 7]
    assert done.moved == {"HT25A0000302": (4, 5)}
    assert done.missing == ("HT25A0000399",)
    assert [one.serial for one in done.strangers] == ["HT25A0000303"]


async def test_two_may_change_places(tmp_path: Path) -> None:
    models = pads(1, 2)
    async with link_to(SharedLine(models), tmp_path) as link:
        await repair_addresses(link, {"HT25A0000301": 2, "HT25A0000302": 1}, SLOTS)
    assert [model.address for model in models] == [2, 1]


async def test_an_empty_line_finds_nobody(tmp_path: Path) -> None:
    line = SharedLine(pads(1))
    line.absent = {0}
    async with link_to(line, tmp_path) as link:
        assert await AddressDesk(link).discover(SLOTS) == ()


async def test_a_plan_with_an_address_twice_is_refused() -> None:
    link = Link("", FAST, monotonic_ms)
    with pytest.raises(ValueError, match="twice"):
        await repair_addresses(link, {"A": 1, "B": 1})
    await asyncio.sleep(0)
