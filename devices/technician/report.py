"""The report of a technician's visit: what was found, tested, changed and left open, as TOML with a digest of its body.

Never in it: card data, ID numbers, names of visitors, passwords. Frames come redacted from the monitor; what a person
typed is cleaned of long numbers here. Errors: ReportError for a file that is none or was changed, OSError for the disk.
"""

import hashlib
import os
import re
import tomllib
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import msgspec
import tomli_w

from devices.events import Role
from devices.technician.results import Light, Tried, light, worst

FRAMES: Final = 200
SEAL: Final = "seal"
LONG_NUMBER: Final = re.compile(r"\d(?:[ -]?\d){12,}[Xx]?")
"""What is longer than a phone number with its area is a person's or a card's; figures of a report are shorter."""
HIDDEN: Final = "··"
UNSAFE: Final = re.compile(r"[^0-9A-Za-z.-]+")


class ReportError(Exception):
    """`code`: "no_report" or "changed"."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class PortPrint(msgspec.Struct, frozen=True, omit_defaults=True):
    """How a port was known: vid and pid as four hex digits."""

    name: str = ""
    vid: str = ""
    pid: str = ""
    usb_serial: str = ""
    location: str = ""


class ReportChange(msgspec.Struct, frozen=True):
    """A setting before and after."""

    key: str
    before: int | str
    after: int | str


class Replaced(msgspec.Struct, frozen=True):
    """A part that was replaced, by serial number."""

    part: str
    old: str
    new: str


class Fault(msgspec.Struct, frozen=True, omit_defaults=True):
    """What was wrong: the code of a finding, its values, and the cause as the technician sees it."""

    code: str
    values: Mapping[str, str | int] = {}
    cause: str = ""


class ReportDevice(msgspec.Struct, frozen=True, omit_defaults=True):
    """One device; `keys` is key to level, `health` the flat figures of devices.telemetry.

    `window` "" is the hall; `options` are those of the binding, `settings` what was read out of the device.
    """

    role: Role
    driver: str
    model: str = ""
    serial: str = ""
    fw: str = ""
    hw: str = ""
    boot: int = 0
    address: int = 0
    line: str = ""
    echo: bool = False
    profile: str = ""
    variant: str = ""
    port: PortPrint = PortPrint()
    keys: Mapping[int, int] = {}
    test: tuple[Tried, ...] = ()
    change: tuple[ReportChange, ...] = ()
    fault: tuple[Fault, ...] = ()
    health: Mapping[str, str | int | float] = {}
    window: str = ""
    options: Mapping[str, str | int | bool] = {}
    settings: Mapping[str, int] = {}

    @property
    def light(self) -> Light:
        return light(self.test)


class Heading(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where, who, when, with what. `groups` are those of the OS user; `clock_offset_s` against the centre."""

    site: str
    hall: str
    window: str
    technician: str
    started: datetime
    ended: datetime
    reason: str = ""
    version: str = ""
    system: str = ""
    user: str = ""
    groups: tuple[str, ...] = ()
    clock_offset_s: float | None = None
    result: str = ""
    open_points: tuple[str, ...] = ()
    signed_by: str = ""


class Report(msgspec.Struct, frozen=True, omit_defaults=True):
    """The whole file but its seal."""

    report: Heading
    device: tuple[ReportDevice, ...] = ()
    replaced: tuple[Replaced, ...] = ()
    frames: tuple[str, ...] = ()

    @property
    def light(self) -> Light:
        """The worst of all devices."""
        return worst(one.light for one in self.device)


class Saved(msgspec.Struct, frozen=True):
    """Where a report lies, and its fingerprint."""

    path: Path
    page: Path | None
    sha256: str


def clean(text: str) -> str:
    """What a person typed, without numbers as long as those of cards and people, and without control characters."""
    plain = "".join(char if char.isprintable() else " " for char in text)
    return LONG_NUMBER.sub(HIDDEN, plain)


def cleaned(report: Report) -> Report:
    """The report as it may be saved."""
    head = report.report
    heading = msgspec.structs.replace(
        head, reason=clean(head.reason), open_points=tuple(clean(point) for point in head.open_points)
    )
    devices = tuple(
        msgspec.structs.replace(one, fault=tuple(msgspec.structs.replace(f, cause=clean(f.cause)) for f in one.fault))
        for one in report.device
    )
    return msgspec.structs.replace(report, report=heading, device=devices, frames=report.frames[-FRAMES:])


def dump(report: Report) -> str:
    """The file: the body, and behind it the seal with its SHA-256."""
    tables = msgspec.to_builtins(cleaned(report), builtin_types=(datetime,), str_keys=True)
    body = tomli_w.dumps(tables, multiline_strings=False)
    return f'{body}\n[{SEAL}]\nsha256 = "{_digest(body)}"\n'


def load(text: str) -> Report:
    """The report of a file; ReportError if it is none, or not as it was saved."""
    body, mark, _ = text.rpartition(f"\n[{SEAL}]\n")
    try:
        tables: dict[str, Any] = tomllib.loads(text)
        sealed = tables.pop(SEAL)["sha256"]
        report = msgspec.convert(tables, Report, str_keys=True)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError, KeyError, TypeError) as error:
        raise ReportError("no_report") from error
    if not mark or sealed != _digest(body):
        raise ReportError("changed")
    return report


def digest(text: str) -> str:
    """The fingerprint a saved report carries, "" for a text that carries none."""
    found = re.search(rf'^\[{SEAL}\]\nsha256 = "([0-9a-f]{{64}})"$', text, re.MULTILINE)
    return found[1] if found else ""


def file_name(report: Report) -> str:
    """Such as `2026-11-21_c03_HT25A0000317`; the serial number is that of the first device that has one."""
    window = UNSAFE.sub("", report.report.window)
    serial = next((one.serial for one in report.device if one.serial), "")
    parts = [report.report.started.date().isoformat(), f"c{window.rjust(2, '0')}", UNSAFE.sub("", serial)]
    return "_".join(part for part in parts if part)


def save(report: Report, folder: Path, page: str = "") -> Saved:
    """Writes the file, and the printable `page` beside it; both are there whole or not at all, no older one is lost."""
    text = dump(report)
    folder.mkdir(parents=True, exist_ok=True)
    stem, number = file_name(report), 1
    while (path := folder / f"{stem if number == 1 else f'{stem}-{number}'}.toml").exists():
        number += 1
    page_path = path.with_suffix(".txt") if page else None
    if page_path is not None:
        _write(page_path, page)
    _write(path, text)
    return Saved(path, page_path, digest(text))


def _digest(body: str) -> str:
    return hashlib.sha256(body.encode()).hexdigest()


def _write(path: Path, text: str) -> None:
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with temporary.open("wb") as file:
            file.write(text.encode())
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
