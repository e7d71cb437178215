"""Which ports exist, without opening any, and which of them a binding means."""

import contextlib
import os
import re
from collections.abc import Iterable
from pathlib import Path

import msgspec
from serial.tools import list_ports

_BY_ID = re.compile(r"^usb-(?P<maker>[^_]+)_(?P<product>.+)_(?P<serial>[^_]+)-if\d+$")


class PortInfo(msgspec.Struct, frozen=True):
    """One port: `name` opens it, `device` is the file behind it; vid and pid are -1 where the port is not USB."""

    name: str
    device: str
    usb_serial: str = ""
    location: str = ""
    vid: int = -1
    pid: int = -1
    description: str = ""


class PortMatch(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What a binding knows of its port; tried in the order usb_serial, location, name."""

    usb_serial: str = ""
    vid: int = -1
    pid: int = -1
    location: str = ""
    name: str = ""


def candidates(by_id: Path | None = None) -> list[PortInfo]:
    """The ports of this machine and those of the simulators that link themselves below `by_id`."""
    return [_from_system(port) for port in list_ports.comports()] + _simulated(by_id)


def find(match: PortMatch, ports: Iterable[PortInfo]) -> PortInfo | None:
    """The port a binding means, None if it is not there; a port with another USB serial number never is."""
    fitting = [port for port in ports if _possible(match, port)]
    for field in ("usb_serial", "location", "name"):
        wanted = getattr(match, field)
        found = [port for port in fitting if wanted and wanted in _names(port, field)]
        if found:
            return found[0]
    if match.name and not (match.usb_serial or match.location):
        if "://" in match.name:  # no listing knows it, opening tells
            return PortInfo(match.name, match.name)
        if os.path.exists(match.name):
            return PortInfo(match.name, os.path.realpath(match.name))
    return None


def _names(port: PortInfo, field: str) -> tuple[str, ...]:
    return (port.name, port.device) if field == "name" else (getattr(port, field),)


def _possible(match: PortMatch, port: PortInfo) -> bool:
    numbers = all(want in (-1, have) for want, have in ((match.vid, port.vid), (match.pid, port.pid)))
    return numbers and not (match.usb_serial and port.usb_serial and match.usb_serial != port.usb_serial)


def _from_system(port: object) -> PortInfo:
    def text(field: str) -> str:
        return getattr(port, field, None) or ""

    def number(field: str) -> int:
        value = getattr(port, field, None)
        return -1 if value is None else int(value)

    name = text("device")
    return PortInfo(
        name, os.path.realpath(name), text("serial_number"), text("location"), number("vid"), number("pid"),
        text("description"),
    )  # fmt: skip


def _simulated(by_id: Path | None) -> list[PortInfo]:
    if by_id is None:
        return []
    found: list[PortInfo] = []
    with contextlib.suppress(OSError):
        for link in sorted(by_id.iterdir()):
            parts = _BY_ID.match(link.name)
            if parts and link.exists():
                found.append(PortInfo(str(link), os.path.realpath(link), parts["serial"], description=parts["product"]))
    return found
