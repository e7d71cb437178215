"""The site's template: which devices every window of the hall should have, by another window or by a saved report.

What is there is compared with it, difference by difference, and a window can take over what the template says. The
same data bind a window's devices anew after a PC was replaced.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from devices.bindings import Binding, ExpectedIdentity
from devices.drivers.base import Option
from devices.errors import LineSettings
from devices.events import HALL_ROLES, Role
from devices.ports import PortInfo, PortMatch, find
from devices.technician.listing import PortRow, match_of
from devices.technician.report import PortPrint, Report, ReportDevice, ReportError, load
from hallterm.workflows.technician.bindings import Bindings, changed

REPORTS_MOST = 5
ONE_S_OWN = frozenset({"address"})
"""Settings in which no two devices are alike."""


class Wanted(Struct, frozen=True):
    """One device of the template; port, serial and model are those it had there, for binding it anew."""

    role: Role
    driver: str
    profile: str = ""
    line: LineSettings = LineSettings()
    keys: Mapping[int, int] = {}
    options: Mapping[str, Option] = {}
    settings: Mapping[str, int] = {}
    address: int = 0
    serial: str = ""
    model: str = ""
    port: PortMatch = PortMatch()


class Template(Struct, frozen=True):
    """``window`` is where it was taken from; ``report`` the name of the file, "" for a window of this PC."""

    window: str
    report: str
    devices: tuple[Wanted, ...]


class Differs(StrEnum):
    """In what a device is not as the template has it."""

    MISSING = "missing"
    EXTRA = "extra"
    DRIVER = "driver"
    PROFILE = "profile"
    LINE = "line"
    KEYS = "keys"
    OPTIONS = "options"
    OFF = "off"


class Compared(Struct, frozen=True):
    """One device of one window: as it should be, as it is, and in what it differs."""

    window: str
    role: Role
    want: Wanted | None
    have: Binding | None
    differs: tuple[Differs, ...] = ()


def of_window(bindings: Bindings, window: str, settings: Mapping[tuple[str, str], Mapping[str, int]]) -> Template:
    """What is bound at a window of this PC; ``settings`` were read out of the devices, by role and window."""
    wanted = (
        Wanted(
            one.role, one.driver, one.profile, one.line, one.keys, one.options,
            settings.get((str(one.role), one.window), {}), one.address,
        )
        for one in bindings
        if one.window == window
    )  # fmt: skip
    return Template(window, "", tuple(wanted))


def of_report(report: Report, name: str) -> Template:
    """What a report says of its own window and of the hall."""
    window = report.report.window
    devices = [one for one in report.device if one.window in ("", window)]
    return Template(window, name, tuple(_wanted(one) for one in devices))


def saved_templates(folder: Path) -> tuple[Template, ...]:
    """Of the newest reports of a folder; what is no report, or was changed, is passed over. For a worker's thread."""
    found = []
    for path in sorted(folder.glob("*.toml"), key=lambda path: path.name, reverse=True)[:REPORTS_MOST]:
        try:
            found.append(of_report(load(path.read_text(encoding="utf-8")), path.name))
        except (OSError, UnicodeDecodeError, ReportError):
            continue
    return tuple(found)


def compare(template: Template, bindings: Bindings, windows: Sequence[str]) -> tuple[Compared, ...]:
    """Every window, a row a device; the hall's own devices once, where the template has any."""
    rows: list[Compared] = []
    hall = [one for one in template.devices if one.role in HALL_ROLES]
    own = [one for one in template.devices if one.role not in HALL_ROLES]
    for window in [*windows, *([""] if hall and template.report else [])]:
        rows += _window(own if window else hall, [one for one in bindings if one.window == window], window)
    return tuple(rows)


def _window(wanted: Iterable[Wanted], bound: Sequence[Binding], window: str) -> list[Compared]:
    rows = []
    listed = list(wanted)
    for want in listed:
        have = next((one for one in bound if one.role is want.role), None)
        rows.append(Compared(window, want.role, want, have, _differs(want, have)))
    roles = {one.role for one in listed}
    rows += [Compared(window, one.role, None, one, (Differs.EXTRA,)) for one in bound if one.role not in roles]
    return rows


def _differs(want: Wanted, have: Binding | None) -> tuple[Differs, ...]:
    if have is None:
        return (Differs.MISSING,)
    if have.driver != want.driver:
        return (Differs.DRIVER,)
    found = {
        Differs.PROFILE: have.profile != want.profile,
        Differs.LINE: have.line != want.line,
        Differs.KEYS: dict(have.keys) != dict(want.keys),
        Differs.OPTIONS: dict(have.options) != dict(want.options),
        Differs.OFF: not have.enabled,
    }
    return tuple(name for name, differs in found.items() if differs)


class NotTaken(StrEnum):
    """Why a window cannot take over what the template says."""

    SAME = "same"
    OTHER_KIND = "other_kind"
    EXTRA = "extra"
    NOT_THERE = "not_there"
    IN_DEVICE = "in_device"


def taken_over(
    bindings: Bindings, one: Compared, rows: Iterable[PortRow], infos: Sequence[PortInfo]
) -> Bindings | NotTaken:
    """The bindings with this window as the template has it; its port, serial number and address stay its own.

    A device that is missing is bound if its port of the report is there and free. A device of HTP/1 keeps its speed:
    that stands in the device and is set there.
    """
    if not one.differs:
        return NotTaken.SAME
    if one.want is None:
        return NotTaken.EXTRA
    if one.have is None:
        return _bound_anew(bindings, one, one.want, rows, infos)
    if one.have.driver != one.want.driver:
        return NotTaken.OTHER_KIND
    want, have = one.want, one.have
    line = have.line if have.driver.endswith("_htp1") else want.line
    after = replace(have, profile=want.profile, line=line, keys=want.keys, options=want.options, enabled=True)
    return changed(bindings, have, after) if after != have else NotTaken.IN_DEVICE


def _bound_anew(
    bindings: Bindings, one: Compared, want: Wanted, rows: Iterable[PortRow], infos: Sequence[PortInfo]
) -> Bindings | NotTaken:
    found = find(want.port, infos) if want.port != PortMatch() else None
    row = next((row for row in rows if found is not None and row.name == found.name and not row.bound), None)
    if row is None:
        return NotTaken.NOT_THERE
    proven = want.driver.endswith("_htp1")
    expected = ExpectedIdentity(want.model, want.serial) if proven else ExpectedIdentity()
    new = Binding(
        want.role, want.driver, one.window, match_of(row), want.line, expected, want.address, want.keys, want.profile,
        want.options,
    )  # fmt: skip
    return (*bindings, new)


def settings_of(template: Template | None, role: Role) -> Mapping[str, int]:
    """What the template has inside such a device, without what is each one's own."""
    devices = template.devices if template is not None else ()
    found = next((one.settings for one in devices if one.role is role and one.settings), {})
    return {name: value for name, value in found.items() if name not in ONE_S_OWN}


def _wanted(device: ReportDevice) -> Wanted:
    baud, _sign, line_format = device.line.partition(" ")
    line = LineSettings(int(baud), line_format or "8N1") if baud.isdigit() else LineSettings()
    return Wanted(
        device.role, device.driver, device.profile, line, device.keys, device.options, device.settings, device.address,
        device.serial, device.model, _match(device.port),
    )  # fmt: skip


def _match(printed: PortPrint) -> PortMatch:
    if printed.usb_serial:
        return PortMatch(usb_serial=printed.usb_serial)
    if printed.location:
        return PortMatch(location=printed.location)
    return PortMatch(name=printed.name)
