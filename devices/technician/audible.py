"""Devices that cannot be asked are found by ear and eye: a person agrees first, and says afterwards whether it did."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Final

import msgspec

from devices.codecs import aabb, ff68, lcus
from devices.codecs.aabb import Variant
from devices.drivers.aabb_line import SAMPLE, learn_variant
from devices.errors import LineSettings, PortRefused
from devices.link import TransportFactory
from devices.port import SerialPort
from devices.technician.identify import BAUDS
from devices.technician.line import opened
from devices.technician.monitor import Monitor

SWITCH_S: Final = 0.5
LAST_BYTES_S: Final = 0.3
"""A port that closes throws away what is not on the line yet, and a relay must not stay on."""
ADDRESS_MOST: Final = 0x1F


async def beep_ff68(
    port: str, address: int, line: LineSettings = LineSettings(), *, monitor: Monitor | None = None,  # noqa: B008
    transport: TransportFactory = SerialPort,
) -> bool:  # fmt: skip
    """The pad of this address beeps; whether it, or the adapter, sent the frame back (some makes do)."""
    wire = ff68.encode(ff68.beep(address))
    async with opened(port, line, monitor=monitor, transport=transport) as open_line:
        heard = await open_line.ask(wire, 0.2 + line.transfer_s(2 * len(wire)), lambda heard: wire in heard)
    return wire in heard


async def switch_relay(
    port: str, channel: int = 1, line: LineSettings = LineSettings(), *, monitor: Monitor | None = None,  # noqa: B008
    transport: TransportFactory = SerialPort, on_s: float = SWITCH_S,
) -> None:  # fmt: skip
    """The relay goes on and off once; off in any case. ValueError for a channel no board has."""
    on, off = (lcus.encode(lcus.Frame(channel, state)) for state in (True, False))
    async with opened(port, line, monitor=monitor, transport=transport) as open_line:
        await open_line.send(on)
        try:
            await asyncio.sleep(on_s)
        finally:
            await open_line.send(off)
            await open_line.listen(LAST_BYTES_S)


async def learn_strip(
    port: str, address: int, line: LineSettings = LineSettings(), *, monitor: Monitor | None = None,  # noqa: B008
    transport: TransportFactory = SerialPort,
) -> Variant | None:  # fmt: skip
    """Shows "88" with either check; the one the strip takes, None if it takes none. What it showed is gone."""
    async with opened(port, line, monitor=monitor, transport=transport) as open_line:

        async def ask(wire: bytes) -> bool:
            limit_s = 0.2 + line.transfer_s(2 * len(wire))
            heard = await open_line.ask(wire, limit_s, lambda heard: aabb.ACK in heard.removeprefix(wire))
            return aabb.ACK in heard.removeprefix(wire)

        return await learn_variant(ask, address)


class Strip(msgspec.Struct, frozen=True):
    """What a strip goes by: its check and its speed."""

    variant: Variant
    line: LineSettings


async def scan_strip(
    port: str, address: int, line: LineSettings = LineSettings(), *, bauds: Sequence[int] = BAUDS,  # noqa: B008
    progress: Callable[[int], None] = lambda baud: None, monitor: Monitor | None = None,
    transport: TransportFactory = SerialPort,
) -> Strip | None:  # fmt: skip
    """`learn_strip` at its own speed, then at the others, until a strip takes its text; `progress` hears each speed."""
    for baud in dict.fromkeys((line.baud, *bauds)):
        progress(baud)
        at = msgspec.structs.replace(line, baud=baud)
        try:
            variant = await learn_strip(port, address, at, monitor=monitor, transport=transport)
        except PortRefused:  # this line cannot do this speed
            continue
        if variant is not None:
            return Strip(variant, at)
    return None


__all__ = ["ADDRESS_MOST", "SAMPLE", "Strip", "beep_ff68", "learn_strip", "scan_strip", "switch_relay"]
