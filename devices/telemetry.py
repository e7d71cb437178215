"""A device in flat figures with names like those of NUT: `pad.3.link.score`. One place knows the names.

`figures` turns a DeviceStatus into whole numbers that may be kept and added; `flat` turns those into names and values
for screens, reports and whoever reads a file.
"""

from collections.abc import Mapping
from typing import Final

from devices.events import DeviceStatus, Role
from devices.health import MEASURES, grade

Value = str | int | float

SHORT: Final[dict[str, str]] = {
    Role.RATING_DEVICE: "pad",
    Role.WINDOW_DISPLAY: "display",
    Role.TICKET_PRINTER: "printer",
    Role.HALL_BOARD: "board",
    Role.VOICE: "voice",
    Role.OVERTIME_LAMP: "lamp",
    Role.ID_CARD_READER: "reader",
    Role.SCANNER: "scanner",
}
SUMS: Final = ("link_ok", "link_bad")
"""Figures besides the counters that may be added over a day."""
NOW: Final = frozenset({"link_permille", "rtt_p50_ms", "rtt_p95_ms", "queued", "shared", "boot", "heard_ms", *MEASURES})
"""Figures that hold for the moment only."""

NAMES: Final[dict[str, str]] = {
    "rtt_p50_ms": "link.rtt.p50_ms",
    "rtt_p95_ms": "link.rtt.p95_ms",
    "link_ok": "link.ok",
    "link_bad": "link.bad",
    "heard_ms": "link.heard_ms",
    "frames": "link.frames",
    "crc_errors": "link.crc_errors",
    "length_errors": "link.length_errors",
    "escape_errors": "link.escape_errors",
    "noise_bytes": "link.noise_bytes",
    "strays": "link.strays",
    "echoes": "link.echoes",
    "timeouts": "link.timeouts",
    "retries": "link.retries",
    "naks": "link.naks",
    "dropped_bytes": "link.dropped_bytes",
    "shared": "link.shared",
    "connections": "port.connections",
    "open_failures": "port.open_failures",
    "boots": "device.resets",
    "boot": "device.boot",
    "supply_mv": "device.supply_mv",
    "uptime_s": "device.uptime_s",
    "windows_opened": "rating.opened",
    "windows_not_opened": "rating.not_opened",
    "ratings": "rating.pressed",
    "jobs_printed": "jobs.printed",
    "jobs_failed": "jobs.failed",
    "queued": "jobs.queued",
}
"""Every other figure is named by its own name, `port_denied` as `port.denied`, `nak_busy` as `nak.busy`."""


def figures(status: DeviceStatus) -> dict[str, int]:
    """Whole numbers only, those that are known; `heard_ms`, the last good frame, is of the clock of the boot."""
    known = {
        "link_permille": int(status.link_score * 1000),
        "link_ok": status.answered,
        "link_bad": status.failed,
        "rtt_p50_ms": status.rtt_p50_ms,
        "rtt_p95_ms": status.rtt_p95_ms,
        "queued": status.queued,
        "shared": int(status.shared),
        "heard_ms": status.heard_ms if status.heard_ms >= 0 else None,
        "boot": status.identity.boot if status.identity else None,
    }
    counted = {name: value for name, value in status.counters.items() if name not in MEASURES or value >= 0}
    return counted | {name: value for name, value in known.items() if value is not None}


def flat(role: str, window: str, state: str, reason: str, numbers: Mapping[str, int]) -> dict[str, Value]:
    """Names and values of one device; a hall's device has no window in its names."""
    head = ".".join(part for part in (SHORT.get(role, role), window) if part)
    named: dict[str, Value] = {f"{head}.state": state, f"{head}.reason": reason}
    if "link_permille" in numbers:
        score = numbers["link_permille"] / 1000
        named |= {f"{head}.link.score": score, f"{head}.link.grade": str(grade(score))}
        named[f"{head}.link.echo"] = int(numbers.get("echoes", 0) > 0)
    for name, value in numbers.items():
        if name != "link_permille":
            named[f"{head}.{NAMES.get(name, name.replace('_', '.', 1))}"] = value
    return named
