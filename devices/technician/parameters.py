"""Settings of an HTP/1 device: read, compared with what the site wants, changed, and only kept when proven.

A device must be unlocked for changes (its jumper, or the first and last key held for five seconds). A new speed is
kept only after the device answered at it; otherwise the device goes back by itself after ten seconds (docs/HTP1.md).
"""

import asyncio
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Final

import msgspec

from devices.bindings import Binding
from devices.codecs.htp1_messages import CfgGet, CfgKey, CfgSet, CfgValue, Commit, CommitReply, NakCode, ReplyCode
from devices.codecs.htp1_upkeep import BAUD_UNIT, wire_value
from devices.drivers.htp1_line import Htp1Line, NoReplyError, RefusedError
from devices.errors import LineSettings
from devices.events import Timing
from devices.link import TransportFactory
from devices.port import SerialPort
from devices.technician.addresses import AddressDesk
from devices.technician.asking import asking
from devices.technician.rig import Rig, rigged

FALL_BACK_S: Final = 10.0
FALL_BACK_TRIES: Final = 8
PROOF_TRIES: Final = 3


class Written(StrEnum):
    """What became of a change."""

    KEPT = "kept"
    UNCHANGED = "unchanged"
    LOCKED = "locked"
    REFUSED = "refused"
    SILENT = "silent"
    MEMORY = "memory"
    FELL_BACK = "fell_back"
    """The new speed did not work; the device is back at the old one."""
    LOST = "lost"
    """It answers neither at the new speed nor at the old one."""


class Change(msgspec.Struct, frozen=True):
    """A setting before and after, each in its own unit (baud, not hundreds)."""

    key: CfgKey
    before: int
    after: int
    written: Written


class SettingsDesk:
    """Settings of the device on a rig; its driver must rest. PortError if the line breaks."""

    def __init__(self, rig: Rig) -> None:
        self._rig = rig

    async def read_all(self) -> dict[CfgKey, int]:
        """What the device has, in each setting's own unit; what it does not know is left out."""
        found: dict[CfgKey, int] = {}
        with asking(self._rig) as line:
            for key in CfgKey:
                value = await _read(line, key)
                if value is not None:
                    found[key] = value
        return found

    async def write(self, wanted: Mapping[CfgKey, int]) -> tuple[Change, ...]:
        """Sets each, reads it back, and keeps them; not for BAUD and ADDRESS, which move the device: ValueError."""
        if {CfgKey.BAUD, CfgKey.ADDRESS} & set(wanted):
            raise ValueError("baud and address have functions of their own")
        with asking(self._rig) as line:
            changes = [await _write(line, key, value) for key, value in wanted.items()]
            if any(change.written is Written.KEPT for change in changes):
                kept = await _commit(line)
                changes = [
                    msgspec.structs.replace(change, written=kept) if change.written is Written.KEPT else change
                    for change in changes
                ]
        return tuple(changes)

    async def change_address(self, serial: str, address: int) -> Change:
        """By serial number, so that two devices of one address can be told apart; needs no unlocking."""
        before = self._rig.identity.address if self._rig.identity is not None else 0
        desk = AddressDesk(self._rig.link)
        try:
            taken = await desk.set_address(serial, address)
        finally:
            self._rig.give_back()
        return Change(CfgKey.ADDRESS, before, address, Written.KEPT if taken else Written.SILENT)


def differences(found: Mapping[CfgKey, int], template: Mapping[CfgKey, int]) -> dict[CfgKey, tuple[int | None, int]]:
    """Where a device differs from what the site wants: (found or None, wanted)."""
    return {key: (found.get(key), value) for key, value in template.items() if found.get(key) != value}


async def change_baud(
    binding: Binding, port: str, baud: int, *, timing: Timing = Timing(), transport: TransportFactory = SerialPort,  # noqa: B008
    waiting: Callable[[float], None] = lambda seconds: None,
) -> Change:  # fmt: skip
    """A new speed, kept only if the device answers at it; `waiting` hears how many seconds the way back may take."""
    before = binding.line.baud
    if baud == before:
        return Change(CfgKey.BAUD, before, baud, Written.UNCHANGED)
    async with rigged(binding, port, timing=timing, transport=transport) as rig:
        if await rig.identify() is None:
            return Change(CfgKey.BAUD, before, baud, Written.SILENT)
        with asking(rig) as line:
            refused = await _set(line, CfgKey.BAUD, baud)
        if refused is not None:
            return Change(CfgKey.BAUD, before, baud, refused)
    if await _proven(msgspec.structs.replace(binding, line=LineSettings(baud)), port, timing, transport):
        return Change(CfgKey.BAUD, before, baud, Written.KEPT)
    waiting(FALL_BACK_S)
    return Change(CfgKey.BAUD, before, baud, await _back(binding, port, timing, transport))


async def _proven(binding: Binding, port: str, timing: Timing, transport: TransportFactory) -> bool:
    async with rigged(binding, port, timing=timing, transport=transport) as rig:
        for _ in range(PROOF_TRIES):
            if await rig.identify() is not None:
                with asking(rig) as line:
                    return await _commit(line) is Written.KEPT
    return False


async def _back(binding: Binding, port: str, timing: Timing, transport: TransportFactory) -> Written:
    """Nothing valid is said at the new speed, so the device goes back; then it answers at the old one."""
    async with rigged(binding, port, timing=timing, transport=transport) as rig:
        for _ in range(FALL_BACK_TRIES):
            if await rig.identify() is not None:
                return Written.FELL_BACK
            await asyncio.sleep(FALL_BACK_S / (FALL_BACK_TRIES - 2))
    return Written.LOST


async def _read(line: Htp1Line, key: CfgKey) -> int | None:
    try:
        answer = await line.request(CfgGet(key))
    except (NoReplyError, RefusedError):
        return None
    if not isinstance(answer, CfgValue):
        return None
    return answer.value * BAUD_UNIT if key is CfgKey.BAUD else answer.value


async def _write(line: Htp1Line, key: CfgKey, value: int) -> Change:
    before = await _read(line, key)
    if before is None:
        return Change(key, 0, value, Written.SILENT)
    if before == value:
        return Change(key, before, value, Written.UNCHANGED)
    refused = await _set(line, key, value)
    if refused is None and await _read(line, key) != value:
        refused = Written.REFUSED
    return Change(key, before, value, refused or Written.KEPT)


async def _set(line: Htp1Line, key: CfgKey, value: int) -> Written | None:
    """Why it was not taken, None if it was."""
    try:
        await line.request(CfgSet(key, wire_value(key, value)))
    except RefusedError as refused:
        return Written.LOCKED if refused.code == NakCode.LOCKED else Written.REFUSED
    except NoReplyError:
        return Written.SILENT
    return None


async def _commit(line: Htp1Line) -> Written:
    try:
        answer = await line.request(Commit())
    except RefusedError as refused:
        return Written.LOCKED if refused.code == NakCode.LOCKED else Written.REFUSED
    except NoReplyError:
        return Written.SILENT
    return Written.KEPT if isinstance(answer, CommitReply) and answer.code == ReplyCode.OK else Written.MEMORY
