"""Addresses on an HTP/1 bus: who is there, which address is held by two, and how each gets its own.

DISCOVER asks everyone, each answers in a slot of its own; two of one address answer requests together and spoil each
other, so addresses are given by serial number. The port must be the technician's: nobody else may use the link.
"""

import asyncio
from collections.abc import Iterable, Mapping
from typing import Final

import msgspec

from devices.codecs.htp1 import ACK_REQ, ADDR_ALL, ADDR_ALONE, Decoder, Frame, encode
from devices.codecs.htp1_messages import Discover, HelloAck, Message, SetAddr, SetAddrReply, pack, unpack
from devices.codecs.htp1_upkeep import SLOTS_MOST, slot_ms
from devices.link import Link

ROUNDS: Final = 6
QUIET_ROUNDS: Final = 2
"""Asking ends when so many rounds in a row found nobody new and nothing spoiled."""
REPLY_S: Final = 0.2
REPLY_BYTES: Final = 16
TRIES: Final = 3


class Found(msgspec.Struct, frozen=True):
    """A device that answered, and where."""

    serial: str
    address: int
    model: str
    device_class: int


class Repaired(msgspec.Struct, frozen=True):
    """`moved` by serial: (address before, address now); `missing` did not answer; `strangers` are not in the plan."""

    moved: Mapping[str, tuple[int, int]]
    missing: tuple[str, ...]
    strangers: tuple[Found, ...]


def shared_addresses(found: Iterable[Found]) -> dict[int, tuple[str, ...]]:
    """The addresses that more than one device holds, with their serial numbers."""
    holders: dict[int, list[str]] = {}
    for one in found:
        holders.setdefault(one.address, []).append(one.serial)
    return {address: tuple(sorted(serials)) for address, serials in holders.items() if len(serials) > 1}


class AddressDesk:
    """Asks on an open link; takes the link's receiver."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self._seq = 0
        self._decoder = Decoder()
        self._heard: asyncio.Queue[tuple[Frame, Message]] = asyncio.Queue()
        link.receiver = self._received

    async def discover(self, slots: int = SLOTS_MOST) -> tuple[Found, ...]:
        """Everyone who answers, by address and serial; asked again while answers collide. PortError if the line breaks."""
        found: dict[str, Found] = {}
        quiet = 0
        for _ in range(ROUNDS):
            before = (len(found), self._decoder.stats.bad)
            await self._ask(Discover(slots), ADDR_ALL, 0)
            await self._listen(found, slots * slot_ms(self._link.line.baud) / 1000 + REPLY_S)
            quiet = quiet + 1 if (len(found), self._decoder.stats.bad) == before else 0
            if quiet == QUIET_ROUNDS - (not found):
                break
        return tuple(sorted(found.values(), key=lambda one: (one.address, one.serial)))

    async def set_address(self, serial: str, address: int) -> bool:
        """Whether the device with this serial took the address."""
        for _ in range(TRIES):
            while not self._heard.empty():
                self._heard.get_nowait()
            sent = await self._ask(SetAddr(address, serial), ADDR_ALONE, ACK_REQ)
            try:
                async with asyncio.timeout(REPLY_S + self._link.line.transfer_s(sent + REPLY_BYTES)):
                    while not isinstance((await self._heard.get())[1], SetAddrReply):
                        pass
                return True
            except TimeoutError:
                continue
        return False

    async def _listen(self, found: dict[str, Found], seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                while True:
                    frame, message = await self._heard.get()
                    if isinstance(message, HelloAck):
                        one = Found(message.serial, frame.addr, message.model, message.device_class)
                        found[message.serial] = one
        except TimeoutError:
            return

    async def _ask(self, message: Message, address: int, flags: int) -> int:
        self._seq = self._seq % 255 + 1
        kind, payload = pack(message)
        wire = encode(Frame(address, kind, self._seq, payload, flags))
        self._link.send(wire)
        await self._link.flush()
        return len(wire)

    def _received(self, data: bytes) -> None:
        for frame in self._decoder.feed(data):
            message = unpack(frame) if frame.from_device else None
            if message is not None:
                self._heard.put_nowait((frame, message))


async def repair_addresses(link: Link, wanted: Mapping[str, int], slots: int = SLOTS_MOST) -> Repaired:
    """Gives each serial of the plan its address; strangers in the way are named, not moved. PortError, ValueError.

    A device whose new address is still held by another of the plan is moved all the same: both obey their serial.
    """
    if len(set(wanted.values())) != len(wanted):
        raise ValueError("an address twice in the plan")
    desk = AddressDesk(link)
    before = {one.serial: one for one in await desk.discover(slots)}
    moved: dict[str, tuple[int, int]] = {}
    missing = []
    for serial, address in wanted.items():
        known = before.get(serial)
        if known is not None and known.address == address:
            continue
        if await desk.set_address(serial, address):
            moved[serial] = (known.address if known else 0, address)
        else:
            missing.append(serial)
    strangers = tuple(one for one in before.values() if one.serial not in wanted)
    return Repaired(moved, tuple(missing), strangers)
