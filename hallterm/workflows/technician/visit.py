"""One visit of a technician: what was found, tested, changed and noted, and the report that is made of it."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from msgspec.structs import replace

from devices.bindings import Binding
from devices.events import Identity
from devices.technician.findings import Finding, user_name
from devices.technician.identify import Identification
from devices.technician.listing import PortRow
from devices.technician.report import (
    Fault,
    Heading,
    PortPrint,
    Replaced,
    Report,
    ReportChange,
    ReportDevice,
)
from devices.technician.results import Tried
from devices.telemetry import flat
from hallterm import __version__
from hallterm.rules.day import ZONE
from hallterm.workflows.technician.look import Ports, TechnicianLook, word_of
from hallterm.workflows.technician.site import Template
from storage.facts import Moment

At = tuple[str, str]
"""Role and window of a binding."""


def at(binding: Binding) -> At:
    """The place of a binding."""
    return str(binding.role), binding.window


@dataclass
class Notes:
    """What is known of one device beyond its binding; ``tests`` by name, the last run counts; ``settings`` as read."""

    tests: dict[str, Tried] = field(default_factory=dict)
    changes: list[ReportChange] = field(default_factory=list)
    faults: dict[str, Fault] = field(default_factory=dict)
    identity: Identity | None = None
    echo: bool = False
    settings: dict[str, int] = field(default_factory=dict)


@dataclass
class Visit:
    """``found`` are identifications by the name of the port; ``frames`` what a monitor kept, redacted.

    ``reason`` is why somebody came, ``template`` what the devices of each window are compared with.
    """

    started: Moment
    found: dict[str, Identification] = field(default_factory=dict)
    notes: dict[At, Notes] = field(default_factory=dict)
    points: list[str] = field(default_factory=list)
    replaced: list[Replaced] = field(default_factory=list)
    frames: tuple[str, ...] = ()
    reason: str = ""
    template: Template | None = None

    def of(self, place: At) -> Notes:
        """The notes of a device."""
        return self.notes.setdefault(place, Notes())

    def tried(self, place: At, tests: Iterable[Tried], identity: Identity | None = None) -> None:
        """Results of tests; a test that ran again replaces its last result."""
        notes = self.of(place)
        notes.tests.update({one.name: one for one in tests})
        notes.identity = identity or notes.identity

    def fault(self, place: At, finding: Finding) -> None:
        """Something that was wrong, once a kind."""
        self.of(place).faults[finding.code] = Fault(str(finding.code), finding.values)

    def report(self, look: TechnicianLook, ports: Ports, window: str, now: Moment, *, signed_by: str = "") -> Report:
        """The report as it would be saved now."""
        devices = tuple(self._device(binding, look, ports) for binding in ports.bindings)
        heading = Heading(
            site=look.hall_name, hall=look.hall, window=window, technician=look.staff, started=_local(self.started.t),
            ended=_local(now.t), version=__version__, system=f"{platform.system()} {platform.release()}",
            user=user_name(), groups=_groups(), clock_offset_s=look.skew_ms / 1000, open_points=tuple(self.points),
            signed_by=signed_by, reason=self.reason,
        )  # fmt: skip
        whole = Report(heading, devices, tuple(self.replaced), self.frames)
        return Report(_with_result(heading, whole), devices, whole.replaced, whole.frames)

    def _device(self, binding: Binding, look: TechnicianLook, ports: Ports) -> ReportDevice:
        notes, row = self.of(at(binding)), row_of(ports, binding)
        identity = notes.identity or Identity(model=binding.identity.model, serial=binding.identity.serial)
        return ReportDevice(
            role=binding.role, driver=binding.driver, window=binding.window, model=identity.model, serial=identity.serial,
            fw=identity.firmware, hw=identity.hardware, boot=identity.boot,
            address=binding.address or identity.address, line=f"{binding.line.baud} {binding.line.format}",
            echo=notes.echo, profile=binding.profile, variant=str(binding.options.get("variant", "")),
            options=binding.options, settings=notes.settings,
            port=_print(row), keys=binding.keys, test=tuple(notes.tests.values()), change=tuple(notes.changes),
            fault=tuple(notes.faults.values()), health=_health(look, binding),
        )  # fmt: skip


def row_of(ports: Ports, binding: Binding) -> PortRow | None:
    """The port a binding is on."""
    place = at(binding)
    return next((row for row in ports.rows if place in [(str(one.role), one.window) for one in row.bound]), None)


def _with_result(heading: Heading, report: Report) -> Heading:
    return replace(heading, result=str(report.light))


def _print(row: PortRow | None) -> PortPrint:
    if row is None:
        return PortPrint()
    vid, pid = (f"{number:04X}" if number >= 0 else "" for number in (row.vid, row.pid))
    return PortPrint(row.name, vid, pid, row.usb_serial, row.location)


def _health(look: TechnicianLook, binding: Binding) -> Mapping[str, str | int | float]:
    word = word_of(look, str(binding.role), binding.window)
    return flat(word.role, "", word.state, word.detail, word.counters) if word is not None else {}


def _local(t: int) -> datetime:
    return datetime.fromtimestamp(t // 1000, UTC).astimezone(ZONE)


def _groups() -> tuple[str, ...]:
    """Of the user of this process, where the system has groups."""
    if sys.platform == "win32":
        return ()
    import grp

    names = []
    for number in os.getgroups():
        try:
            names.append(grp.getgrgid(number).gr_name)
        except KeyError:
            names.append(str(number))
    return tuple(names)
