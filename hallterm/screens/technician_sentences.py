"""Sentences for what went wrong at a port, with a device, or at the station: what, where, what to do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from devices.errors import PortError
from devices.events import DeviceState
from devices.platform import denied
from devices.technician.findings import Code, Finding, of_device, of_error
from devices.technician.listing import PortRow
from hallterm.device_words import Words, error_words, finding_words, refusal_words
from hallterm.locale import _
from hallterm.screens.technician_words import bound_text, port_name
from storage.local import DeviceWord

SNATCHERS = frozenset({"brltty", "ModemManager"})
"""Programs that take any serial port they see."""


def error_sentence(error: PortError) -> str:
    """Of an error of a port."""
    return error_words(error).sentence


def finding_sentence(finding: Finding) -> str:
    """Of something found wrong."""
    return finding_words(finding).sentence


def station_sentence(answer: Mapping[str, Any]) -> str:
    """Why the station did not do what was asked."""
    return refusal_words(answer)


def state_finding(row: PortRow, word: DeviceWord) -> Finding | None:
    """What a bound device's state means at its port."""
    if word.state not in frozenset(DeviceState):
        return None
    return of_device(port_name(row), DeviceState(word.state), word.detail)


def row_copy(row: PortRow, word: DeviceWord | None, finding: Finding | None) -> Words | None:
    """The sentence with a text to copy that cures a port in trouble; None if there is none.

    ``finding`` is why the port could not be used here; without one the state and the file itself are asked.
    """
    if finding is None and row.holder is not None and row.holder.program in SNATCHERS:
        finding = Finding(Code.SNATCHED, {"port": port_name(row)})
    if finding is None and word is not None and word.state == DeviceState.DENIED:
        finding = of_error(denied(row.device or row.name))
    words = finding_words(finding) if finding is not None else None
    return words if words is not None and words.copy else None


def copy_lines(text: str, cells: int) -> list[str]:
    """A text to copy in lines that a shell and udev join again: each but the last ends with a backslash."""
    lines, rest = [], text
    while len(rest) > cells:
        cut = rest.rfind(" ", 0, cells - 1)
        if cut <= 0:
            break
        lines.append(f"{rest[:cut]} \\")
        rest = rest[cut + 1 :]
    return [*lines, rest]


def row_sentence(row: PortRow, word: DeviceWord | None, *, noisy: bool = False) -> str:
    """One port in trouble, in one sentence; empty where nothing is wrong."""
    name = bound_text(row.bound) if row.bound else port_name(row)
    if noisy:
        return finding_words(Finding(Code.FLOODING, {"port": name, "dropped_bytes": 0})).sentence
    if row.absent:
        text = _("{name}  not plugged in: check power and cable, it comes back by itself")
        return text.format(name=name)
    if word is not None:
        if word.state == DeviceState.QUARANTINED:
            return _("{name}  was opened, nothing of it counts: check its case, then F8").format(name=name)
        finding = state_finding(row, word)
        return f"{name}  {finding_words(finding).sentence}" if finding is not None else ""
    if row.holder is not None and not row.holder.station:
        text = _("{port}  {program} has it (process {pid}): end that program, remove brltty if it is that")
        return text.format(port=port_name(row), program=row.holder.program, pid=row.holder.pid)
    return ""
