"""Row 2: network, unsent facts, clock, devices as ``name word``; at the right edge the warnings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from hallterm.locale import N_, _
from hallterm.rules.day import local
from hallterm.rules.node_health import DISK_FREE_PERCENT, SKEW_MS
from hallterm.widgets.cells import width
from hallterm.widgets.lines import Ink, Piece, Row
from hallterm.workflows.seen import DeviceWord, Health

TRYING = "trying"
"""What the station says of the line before its first exchange."""
_HEALTHY = N_("ok")

DEVICE_WORDS: Mapping[str, tuple[str, Ink]] = {
    "ready": (_HEALTHY, Ink.PLAIN),
    "degraded": (N_("weak"), Ink.YELLOW),
    "stale": (N_("quiet"), Ink.YELLOW),
    "absent": (N_("gone"), Ink.RED),
    "lost": (N_("gone"), Ink.RED),
    "busy": (N_("busy"), Ink.RED),
    "denied": (N_("denied"), Ink.RED),
    "wrong_device": (N_("wrong"), Ink.RED),
    "flooding": (N_("noise"), Ink.RED),
    "quarantined": (N_("noise"), Ink.RED),
    "opening": (N_("search"), Ink.PLAIN),
    "listening": (N_("search"), Ink.PLAIN),
    "identifying": (N_("search"), Ink.PLAIN),
    "disabled": (N_("off"), Ink.PLAIN),
    "none": (N_("none"), Ink.PLAIN),
    "": (N_("search"), Ink.PLAIN),  # the station knows of it and has not said more yet
}
"""The word of each state of a device, and its colour."""

DEVICE_NAMES: Mapping[str, str] = {
    "rating_pad": N_("Pad"),
    "rating_device": N_("Pad"),
    "window_display": N_("Display"),
    "lamp": N_("Lamp"),
    "printer": N_("Print"),
    "ticket_printer": N_("Print"),
    "card_reader": N_("Reader"),
}


def health_row(health: Health, now_t: int, cells: int) -> Row:
    """The row for a screen of so many cells; where it grows too long the healthy devices become a count."""
    start = _start(health, now_t)
    end = _("Alerts {count}").format(count=health.warnings) + " "
    pieces = list(start)
    for gap, devices in _shorter_and_shorter(health.devices):
        pieces = [*start, *_spaced(devices, gap)]
        if _cells(pieces) + width(end) < cells:
            break
    pieces.append((" " * max(1, cells - _cells(pieces) - width(end)), Ink.PLAIN))
    pieces.append((end, Ink.YELLOW if health.warnings else Ink.PLAIN))
    return _joined(pieces)


REFUSALS = {
    "not_enrolled": N_("! Not enrolled"),
    "not-enrolled": N_("! Not enrolled"),
    "revoked": N_("! Revoked"),
    "upgrade": N_("! Program too old"),
    "other-protocol": N_("! Program too old"),
    "bad-signature": N_("! Other key"),
}
"""Why the centre takes nothing; everything is kept here meanwhile."""


def net_piece(health: Health, now_t: int) -> Piece:
    """The network in a word or two."""
    if not health.centre:
        return _("Net alone"), Ink.PLAIN
    if health.online:
        return _("Net online"), Ink.PLAIN
    if health.refusal in REFUSALS:
        return _(REFUSALS[health.refusal]), Ink.RED
    if is_trying(health):
        return _("Net trying"), Ink.PLAIN
    since = f" {_since(health.since_t, now_t)}" if health.since_t else ""
    return _("Net offline{since}").format(since=since), Ink.YELLOW


def is_trying(health: Health) -> bool:
    """The station has begun, and no exchange came to an end yet: nobody knows."""
    return not health.online and (health.starting or health.refusal == TRYING)


def _start(health: Health, now_t: int) -> list[Piece]:
    unsent = _("Unsent {count}").format(count=health.waiting)
    pieces = [(" ", Ink.PLAIN), net_piece(health, now_t), (f"  {unsent}  ", Ink.PLAIN), _clock(health.skew_ms)]
    if health.disk_full:
        pieces += [("  ", Ink.PLAIN), (_("X Disk full"), Ink.RED)]
    elif health.disk_free < DISK_FREE_PERCENT:
        pieces += [("  ", Ink.PLAIN), (_("! Disk {percent} % free").format(percent=health.disk_free), Ink.RED)]
    if health.host_away_t:
        pieces += [
            ("  ", Ink.PLAIN),
            (_("Numbers away {since}").format(since=_since(health.host_away_t, now_t)), Ink.YELLOW),
        ]
    return pieces + station_pieces(health)


def station_pieces(health: Health) -> list[Piece]:
    """That the station is not there, with a gap before it; nothing while it is."""
    if health.station:
        return []
    word = (_("Station starting"), Ink.PLAIN) if health.starting else (_("Station gone"), Ink.RED)
    return [("  ", Ink.PLAIN), word]


def _since(t: int, now_t: int) -> str:
    """``10:31 起``; another day carries its date."""
    at = local(t)
    shape = "%H:%M" if at.date() == local(now_t).date() else "%m-%d %H:%M"
    return _("since {time}").format(time=at.strftime(shape))


def _clock(skew_ms: int) -> Piece:
    if abs(skew_ms) < SKEW_MS:
        return _("Clock ok"), Ink.PLAIN
    sentence = _("Clock fast {minutes} min") if skew_ms > 0 else _("Clock slow {minutes} min")
    return "! " + sentence.format(minutes=abs(skew_ms) // 60_000), Ink.YELLOW


def _device(device: DeviceWord) -> Piece:
    word, ink = DEVICE_WORDS.get(device.state, (device.state, Ink.RED))
    name = DEVICE_NAMES.get(device.role, device.role)
    return f"{_(name)} {_(word)}", ink


def _shorter_and_shorter(devices: tuple[DeviceWord, ...]) -> Iterator[tuple[str, list[Piece]]]:
    """All devices; those there are, closer together; the healthy ones as a count."""
    yield "   ", [_device(device) for device in devices]
    yield " ", [_device(device) for device in devices if device.state != "none"]
    well = sum(1 for device in devices if device.state == "ready")
    others = [_device(device) for device in devices if device.state not in ("ready", "none")]
    yield "  ", [(_("Devices ok {count}").format(count=well), Ink.PLAIN), *others]


def _spaced(devices: list[Piece], gap: str) -> Iterator[Piece]:
    for place, (text, ink) in enumerate(devices):
        yield (gap if place == 0 else "  "), Ink.PLAIN
        yield text, ink


def _cells(pieces: list[Piece]) -> int:
    return sum(width(text) for text, _ink in pieces)


def _joined(pieces: list[Piece]) -> Row:
    """Neighbours in the same ink as one piece: fewer bytes on the line."""
    joined: list[Piece] = []
    for text, ink in pieces:
        if joined and joined[-1][1] is ink:
            joined[-1] = (joined[-1][0] + text, ink)
        else:
            joined.append((text, ink))
    return tuple(joined)
