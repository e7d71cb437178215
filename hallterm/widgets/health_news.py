"""What a change of row 2 means for the person at the window: one sentence for row 22, or nothing."""

from __future__ import annotations

from collections.abc import Mapping

from hallterm.locale import N_, _
from hallterm.rules.day import local
from hallterm.rules.node_health import DISK_FREE_PERCENT, SKEW_MS
from hallterm.widgets.health import DEVICE_NAMES
from hallterm.workflows.seen import Health

WELL = frozenset({"ready", "degraded"})
LOOKING = frozenset({"opening", "listening", "identifying"})

LOST: Mapping[str, str] = {
    "rating_device": N_(
        "{name} gone ({time}). Serve as usual, services are unrated and exempt; it comes back by itself when plugged in"
    ),
    "window_display": N_(
        "{name} gone ({time}). Serve as usual, call by voice; it comes back by itself when plugged in"
    ),
    "ticket_printer": N_(
        "{name} gone ({time}). Numbers are valid without paper; it comes back by itself when plugged in"
    ),
}
SPECIAL: Mapping[str, str] = {
    "busy": N_("{name}: another program has its port. Serve as usual; call the technician"),
    "denied": N_("{name}: this user may not open its port. Serve as usual; call the technician"),
    "wrong_device": N_(
        "{name}: another device is plugged in here, it does not count. Serve as usual; call the technician"
    ),
    "quarantined": N_("{name}: it was opened, its presses do not count. Serve as usual; call the technician"),
    "flooding": N_("{name}: it sends noise and is left alone for a while. Serve as usual; check its cable"),
}
REFUSED: Mapping[str, str] = {
    "upgrade": N_("Program too old for the centre: all data stays. A technician upgrades it"),
    "other-protocol": N_("Program too old for the centre: all data stays. A technician upgrades it"),
    "revoked": N_("Revoked at the centre: all data stays. Serve as usual; call the technician"),
}
CLOCK_WRONG = N_("The clock is {minutes} min wrong: durations stay right. Have it set")
DISK_LOW = N_("Only {percent} % of the disk is free: serve as usual; call the technician")
BACK = N_("{name} is back ({time})")
FAULT = N_("No devices, their file cannot be used ({fault}). Serve as usual; call the technician")
HOST_AWAY = N_("Number host away (since {time}). This PC gives numbers from {number} on, merged later. Serve as usual")
HOST_BACK = N_("The number host is there again ({time}); this PC's own numbers are merged")
STATION_GONE = N_("The station has stopped ({time}): no pad, no sending. Serve as usual; it is being started again")
STATION_BACK = N_("The station runs again ({time})")


def health_news(before: Health | None, after: Health, now_t: int) -> tuple[str, bool]:
    """The sentence (empty: nothing to say), and whether it needs attention; ``before`` None at the sign-on."""
    if after.fault and (before is None or before.fault != after.fault):
        return _(FAULT).format(fault=after.fault), True
    if before is None:
        return "", False
    time = f"{local(now_t):%H:%M}"
    if bool(before.host_away_t) != bool(after.host_away_t):
        since = f"{local(after.host_away_t or now_t):%H:%M}"
        words = HOST_AWAY if after.host_away_t else HOST_BACK
        return _(words).format(time=since, number=after.own_number), bool(after.host_away_t)
    stood, stands = before.station or before.starting, after.station or after.starting
    if stood != stands:
        return _(STATION_BACK if stands else STATION_GONE).format(time=time), not stands
    told = _centre_news(before, after)
    if told:
        return told, True
    states = {device.role: device.state for device in before.devices}
    for device in after.devices:
        was, state = states.get(device.role, "none"), device.state
        name = _(DEVICE_NAMES.get(device.role, device.role))
        if state == was or state in LOOKING or was in ("none", ""):
            continue
        if state in SPECIAL:
            return _(SPECIAL[state]).format(name=name), True
        if state in WELL and was not in WELL:
            return _(BACK).format(name=name, time=time), False
        if was in WELL and state not in WELL:
            return _(LOST.get(device.role, LOST["window_display"])).format(name=name, time=time), True
    return "", False


def _centre_news(before: Health, after: Health) -> str:
    """What the centre says of this PC, its clock and its disk, when it has just become so; weeks offline are no news."""
    if after.refusal != before.refusal and after.refusal in REFUSED:
        return _(REFUSED[after.refusal])
    if abs(before.skew_ms) < SKEW_MS <= abs(after.skew_ms):
        return _(CLOCK_WRONG).format(minutes=abs(after.skew_ms) // 60_000)
    if after.disk_free < DISK_FREE_PERCENT <= before.disk_free:
        return _(DISK_LOW).format(percent=after.disk_free)
    return ""
