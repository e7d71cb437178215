"""What page 1 says of a port and its device: state, figures of today, the last days; and row 2 of the whole mode."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from devices.bindings import Binding
from devices.technician.listing import PortRow
from hallterm.locale import _
from hallterm.rules.day import local
from hallterm.rules.device_health import ADVICE, advice
from hallterm.rules.ratings import map_hash
from hallterm.screens.technician_base import row_key
from hallterm.screens.technician_words import place_text, state_word
from hallterm.widgets.cells import spread, width
from hallterm.widgets.health import is_trying, station_pieces
from hallterm.widgets.lines import Ink, Row
from hallterm.workflows.seen import Health
from hallterm.workflows.technician.look import Ports, TechnicianLook, same_window, word_of
from storage.local import DeviceWord

if TYPE_CHECKING:
    from hallterm.screens.technician import TechnicianScreen

REFUSED = {
    "late": ("late", "late_other_service"),
    "again": ("second_press", "dup_retransmit"),
    "other": ("wrong_pad",),
}
"""Why presses did not count, as one figure each."""
WELL = frozenset({"ready", "degraded", "opening", "listening", "identifying", "disabled"})


class RowState(Struct, frozen=True):
    """What the list says of a port besides its name."""

    word: str
    ink: Ink
    link: str
    holder: str
    trouble: bool


def port_state(mode: TechnicianScreen, row: PortRow) -> RowState:
    """How a port stands: plugged in, bound, in use, in trouble."""
    word = word_at(mode, row)
    stranger = row.holder is not None and not row.holder.station and row.holder.pid
    holder = (row.holder.program or str(row.holder.pid)) if stranger and row.holder else "--"
    if row.absent:
        name, ink = state_word("absent")
        return RowState(name, ink, link_text(word), _since(word), True)
    if row_key(row) in mode.noisy:
        name, ink = state_word("flooding")
        return RowState(name, ink, link_text(word), holder, True)
    if word is not None:
        name, ink = state_word(word.state)
        trouble = word.state not in WELL
        return RowState(name, ink, link_text(word), _since(word) if trouble else "--", trouble)
    if row.bound:
        off = all(not binding.enabled for binding in mode.bound_of(row))
        name, ink = state_word("disabled") if off else ("--", Ink.PLAIN)
        return RowState(name, ink, "--", holder, False)
    if stranger:
        name, ink = state_word("busy")
        return RowState(name, ink, "--", holder, True)
    if row.since_s * 1000 > mode.visit.started.t:
        plugged = _("{time} in").format(time=f"{local(row.since_s * 1000):%H:%M}")
        return RowState(_("new"), Ink.BRIGHT_YELLOW, "--", plugged, False)
    return RowState("--", Ink.PLAIN, "--", "--", False)


def word_at(mode: TechnicianScreen, row: PortRow) -> DeviceWord | None:
    """What the station says of the first device at this port that it speaks of."""
    look = mode.look
    if look is None or not look.station:
        return None
    words = [word_of(look, str(one.role), one.window) for one in row.bound]
    return next((one for one in words if one is not None), None)


def usb_text(row: PortRow) -> str:
    """Vendor and product of the adapter, "" for a port that is no USB."""
    return f"{row.vid:04X}:{row.pid:04X}" if row.vid >= 0 else ""


def stable_text(row: PortRow) -> str:
    """The name that a replug keeps, and since when the port is there."""
    stable = row.stable_name.removeprefix("/dev/serial/") if row.stable_name != row.name else ""
    plugged = f"{local(row.since_s * 1000):%m-%d %H:%M}" if row.since_s else "--"
    return _("plugged in {since}   stable name {name}").format(since=plugged, name=stable or "--")


def trend_line(look: TechnicianLook, binding: Binding) -> str:
    """The link score of the last days, with advice."""
    days = [one for one in look.days if one.role == binding.role and same_window(one.window, binding.window)]
    shown = [f"{one.day[5:]} {_percent(one.link_ok, one.link_bad)}" for one in days[-5:]]
    advised = _(", ").join(_(ADVICE[one]) for one in advice(days))
    text = _("Days   {days}").format(days="   ".join(shown) or "--")
    return f" {text}   {advised}".rstrip()


def health_line(look: TechnicianLook, ports: Ports, cells: int) -> Row:
    """Row 2: network, ports and devices in figures, and what holds for this page."""
    states = [one.state for one in look.devices]
    figures = [
        _("Ports {count}").format(count=sum(not row.absent for row in ports.rows)),
        _("bound {count}").format(count=len(ports.bindings)),
        _("ok {count}").format(count=states.count("ready")),
        _("gone {count}").format(count=sum(state in ("absent", "lost") for state in states)),
        _("unbound {count}").format(count=sum(not row.bound for row in ports.rows)),
    ]
    counters = [one.counters for one in look.devices]
    ok, bad = (sum(one.get(name, 0) for one in counters) for name in ("link_ok", "link_bad"))
    start, end = _net(look.health) + "  ".join(figures), _("Link {share} %").format(share=_percent(ok, bad)) + " "
    longer = f"{start}   {_('looking opens no port')}"
    return ((spread(longer if width(longer) + width(end) < cells else start, end, cells), Ink.PLAIN),)


def _net(health: Health) -> str:
    """Network and station as on every screen."""
    if is_trying(health) and health.centre:
        net = _("Net trying")
    else:
        net = _("Net alone") if not health.centre else _("Net online") if health.online else _("Net offline{since}")
    return f" {net.format(since='')}{''.join(text for text, _ink in station_pieces(health))}  "


def link_text(word: DeviceWord | None) -> str:
    """The share of good exchanges, today's where they are known."""
    if word is None:
        return "--"
    numbers = word.counters
    prefix = "today_" if "today_link_ok" in numbers else ""
    return _percent(numbers.get(f"{prefix}link_ok", 0), numbers.get(f"{prefix}link_bad", 0))


def _percent(ok: int, bad: int) -> str:
    return f"{100 * ok / (ok + bad):.2f}" if ok + bad else "--"


def _since(word: DeviceWord | None) -> str:
    return _("since {time}").format(time=f"{local(word.since_t):%H:%M}") if word is not None and word.since_t else "--"


def device_head(binding: Binding, firmware: str = "") -> str:
    """What is bound: driver, serial number, address, line, profile; of a pad which key means what, as a hash."""
    serial = binding.identity.serial or "--"
    address = f"  {_('address')} {binding.address:02X}h" if binding.address else ""
    line = f"{binding.line.baud} {binding.line.format}"
    place = place_text(str(binding.role), binding.window)
    known = f"  {_('firmware')} {firmware}" if firmware else ""
    scale = f"  {_('score map')} {map_hash(binding.keys)[:4].upper()}" if binding.keys else ""
    return f" {place}   {binding.driver}{known}  {serial}{address}  {line}{scale}  {binding.profile}".rstrip()


def pad_today_line(look: TechnicianLook, binding: Binding, numbers: dict[str, int]) -> str:
    """What a pad did today, and how many of its presses did not count."""
    text = _("Today  asked {opened}  rated {pressed}  late {late}  again {again}  other pad {other}  plugged {plugged}")
    values = {"opened": "windows_opened", "pressed": "ratings", "plugged": "connections"}
    found = {name: _number(numbers, f"today_{counter}") for name, counter in values.items()}
    refused = {name: str(look.refused_at(binding.window, *whys)) for name, whys in REFUSED.items()}
    return " " + text.format(**found, **refused)


def today_line(numbers: dict[str, int]) -> str:
    """What was done today."""
    text = _("Today  windows {opened}  pressed {pressed}  printed {printed}  plugged {plugged}  resets {resets}")
    values = {"opened": "windows_opened", "pressed": "ratings", "printed": "jobs_printed", "plugged": "connections"}
    found = {name: _number(numbers, f"today_{counter}") for name, counter in values.items()}
    return " " + text.format(**found, resets=_number(numbers, "today_boots"))


def line_line(numbers: dict[str, int]) -> str:
    """How well the line carried it."""
    text = _("Line   good {good}  checks {crc}  timeouts {timeouts}  again {again}  round trip {rtt} ms (95 %)")
    names = {"good": "frames", "crc": "crc_errors", "timeouts": "timeouts", "again": "retries", "rtt": "rtt_p95_ms"}
    return " " + text.format(**{name: _number(numbers, counter) for name, counter in names.items()})


def _number(numbers: dict[str, int], name: str) -> str:
    return str(numbers[name]) if name in numbers else "--"
