"""The ports of this machine as rows, without opening any of them.

Who holds a port is read from /proc, as far as the system shows it to this user; a port's age is that of its file, which
the system makes when the device is plugged in.
"""

import contextlib
import os
from collections.abc import Iterable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Final

import msgspec

from devices.bindings import Binding
from devices.drivers import PORTLESS
from devices.events import Role
from devices.ports import PortInfo, PortMatch, find

STABLE_FOLDERS: Final = (Path("/dev/serial/by-id"), Path("/dev/serial/by-path"))


class Chip(StrEnum):
    """What carries the serial line."""

    CH340 = "CH340"
    PL2303 = "PL2303"
    FTDI = "FTDI"
    CP210X = "CP210x"
    CDC = "CDC"
    UART = "16550"
    SIMULATED = "SIM"
    OTHER = "USB"


CHIPS: Final[Mapping[int, Mapping[int, Chip] | Chip]] = {
    0x1A86: {0x55D3: Chip.CDC, 0x55D4: Chip.CDC, -1: Chip.CH340},
    0x067B: Chip.PL2303,
    0x0403: Chip.FTDI,
    0x10C4: Chip.CP210X,
}
"""Chips by USB vendor, for some also by product; -1 is every other product. CH9102/CH343 (55D3, 55D4) are CDC-ACM."""


class Holder(msgspec.Struct, frozen=True):
    """The process that has a port open; `station`: it is the station of this data folder."""

    pid: int
    program: str
    station: bool = False


class Bound(msgspec.Struct, frozen=True):
    """What a port is bound to."""

    role: Role
    window: str
    driver: str
    serial: str = ""
    address: int = 0


class PortRow(msgspec.Struct, frozen=True):
    """One port; `since_s` is when it appeared (Unix time, 0 unknown), `stable_name` a name that a replug keeps.

    `absent`: bound, but not there; such a row has what the binding knows.
    """

    name: str
    chip: Chip | None
    usb_serial: str = ""
    location: str = ""
    stable_name: str = ""
    bound: tuple[Bound, ...] = ()
    holder: Holder | None = None
    since_s: int = 0
    vid: int = -1
    pid: int = -1
    description: str = ""
    device: str = ""
    absent: bool = False

    @property
    def short_name(self) -> str:
        """What a narrow column shows: the file's own name, or all of it where that is a mere number (a pseudo-terminal)."""
        own = os.path.basename(self.name)
        return self.name if own.isdigit() else own


def port_rows(
    ports: Iterable[PortInfo], bindings: Iterable[Binding] = (), *, station_pid: int = 0
) -> tuple[PortRow, ...]:
    """All ports, the newest last, and behind them what is bound and not there."""
    found, wanted = tuple(ports), [one for one in bindings if one.driver not in PORTLESS]
    here = {id(one): find(one.port, found) for one in wanted}
    held = holders({port.device for port in found}, station_pid)
    rows = []
    for port in found:
        bound = tuple(_bound(one) for one in wanted if _same(here[id(one)], port))
        rows.append(_row(port, bound, held.get(port.device)))
    rows.sort(key=lambda row: (row.since_s, row.name))
    missing = [one for one in wanted if here[id(one)] is None]
    return (*rows, *_absent(missing))


def match_of(row: PortRow) -> PortMatch:
    """What a binding should know of this port: its serial number, else its socket, else its name."""
    if row.usb_serial and row.chip is not Chip.SIMULATED:
        return PortMatch(usb_serial=row.usb_serial, vid=row.vid, pid=row.pid)
    if row.location:
        return PortMatch(vid=row.vid, pid=row.pid, location=row.location)
    return PortMatch(name=row.stable_name or row.name)


def chip_of(port: PortInfo) -> Chip | None:
    """None where nothing says so."""
    if port.vid < 0:
        if "SIM" in os.path.basename(port.name):
            return Chip.SIMULATED
        return Chip.UART if os.path.basename(port.device).startswith("ttyS") else None
    known = CHIPS.get(port.vid)
    if isinstance(known, Chip):
        return known
    if known is not None:
        return known.get(port.pid, known[-1])
    return Chip.CDC if "ACM" in os.path.basename(port.device) else Chip.OTHER


def holders(devices: Iterable[str], station_pid: int = 0) -> dict[str, Holder]:
    """Who has which of these files open; one walk through /proc, nothing where there is none."""
    wanted, found = set(devices), dict[str, Holder]()
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            for device in wanted & {os.path.realpath(fd) for fd in (process / "fd").iterdir()}:
                pid = int(process.name)
                found[device] = Holder(pid, (process / "comm").read_text().strip(), pid == station_pid)
    return found


def _row(port: PortInfo, bound: tuple[Bound, ...], holder: Holder | None) -> PortRow:
    return PortRow(
        port.name, chip_of(port), port.usb_serial, port.location, _stable_name(port), bound, holder, _since_s(port),
        port.vid, port.pid, port.description, port.device,
    )  # fmt: skip


def _absent(bindings: Iterable[Binding]) -> list[PortRow]:
    """One row a port that is missing, with everything bound to it."""
    by_port: dict[PortMatch, list[Bound]] = {}
    for one in bindings:
        by_port.setdefault(one.port, []).append(_bound(one))
    return [
        PortRow(
            port.name, chip_of(PortInfo(port.name, port.name, vid=port.vid, pid=port.pid)), port.usb_serial,
            port.location, bound=tuple(bound), vid=port.vid, pid=port.pid, absent=True,
        )
        for port, bound in by_port.items()
    ]  # fmt: skip


def _bound(binding: Binding) -> Bound:
    return Bound(binding.role, binding.window, binding.driver, binding.identity.serial, binding.address)


def _same(found: PortInfo | None, port: PortInfo) -> bool:
    return found is not None and (found.name == port.name or found.device == port.device)


def _stable_name(port: PortInfo) -> str:
    for folder in STABLE_FOLDERS:
        with contextlib.suppress(OSError):
            for link in sorted(folder.iterdir()):
                if os.path.realpath(link) == port.device:
                    return str(link)
    return port.name if port.name != port.device else ""


def _since_s(port: PortInfo) -> int:
    """A class folder is made at the plug; a node's own times move with each access to the line."""
    for path in (f"/sys/class/tty/{os.path.basename(port.device)}/device", port.name):
        with contextlib.suppress(OSError):
            return int(os.lstat(path).st_ctime)
    return 0
