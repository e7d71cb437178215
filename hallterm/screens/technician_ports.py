"""Page 1: the ports of this PC, what is bound to them, who has them, and what to do about what is wrong."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from msgspec import Struct

from devices.bindings import Binding
from devices.events import DeviceState
from devices.technician.findings import of_identification
from devices.technician.listing import PortRow
from hallterm.actions import Slot
from hallterm.device_words import Words
from hallterm.locale import N_, _
from hallterm.rules.day import local
from hallterm.rules.device_health import ADVICE, advice
from hallterm.screens.technician_base import row_key
from hallterm.screens.technician_page import Key, Page, columns, listed, rule, told
from hallterm.screens.technician_sentences import copy_lines, row_copy, row_sentence
from hallterm.screens.technician_words import bound_text, chip_name, place_text, port_name, state_word
from hallterm.widgets.bars import WIDE_FROM
from hallterm.widgets.cells import right, spread, width
from hallterm.widgets.lines import Ink, Row
from hallterm.workflows.seen import Health
from hallterm.workflows.technician.look import Ports, TechnicianLook, same_window, word_of
from storage.local import DeviceWord

if TYPE_CHECKING:
    from hallterm.screens.technician import TechnicianScreen

LIST_ROWS = 7
WIDTHS = (8, 8, 13, 7, 20, 5)
WIDE_WIDTHS = (12, 8, 16, 9, 30, 6)
WELL = frozenset({"ready", "degraded", "opening", "listening", "identifying", "disabled"})
HEADERS = (N_("Port"), N_("Chip"), N_("USB serial"), N_("Place"), N_("Bound to"), N_("State"))


class RowState(Struct, frozen=True):
    """What the list says of a port besides its name."""

    word: str
    ink: Ink
    link: str
    holder: str
    trouble: bool


class PortsPage(Page):
    """The list, the chosen port in detail, and one sentence for each port in trouble."""

    title = N_("1Port")

    def __init__(self, mode: TechnicianScreen) -> None:
        super().__init__(mode)
        self.unbound_only = False
        self.top = 0
        self._copying: Words | None = None

    def rows(self, cells: int, height: int) -> list[Row]:
        room = max(LIST_ROWS, height - 10)
        ports = self.listed()
        widths = WIDE_WIDTHS if cells >= WIDE_FROM else WIDTHS
        header = columns([_(name) for name in HEADERS], widths) + right(_("Link %"), 7) + "  " + _("Held by")
        rows: list[Row] = [f" {header}", *self._list(ports, room, widths)]
        rows += [""] * (room + 1 - len(rows))
        rows.append(rule(cells))
        if self._copying is not None:
            return [*rows, *_to_copy(self._copying, cells)]
        rows += self._detail()
        rows.append("")
        rows += self._troubles(cells)
        return rows

    def listed(self) -> tuple[PortRow, ...]:
        """All ports, or those nothing is bound to."""
        rows = self.mode.ports.rows
        return tuple(row for row in rows if not row.bound) if self.unbound_only else rows

    def _list(self, ports: tuple[PortRow, ...], room: int, widths: tuple[int, ...]) -> list[Row]:
        if not ports:
            return [" " + self._empty()]
        here = ports.index(self.row) if self.row in ports else 0
        self.top = min(max(self.top, here - room + 1), here)
        shown: list[Row] = []
        for row in ports[self.top : self.top + room]:
            state = self._state(row)
            known = (row.usb_serial or _("none"), row.location or "--", bound_text(row.bound), state.word)
            text = columns((port_name(row), chip_name(row), *known), widths)
            text += right(state.link, 7) + "  " + state.holder
            shown.append(listed(text, state.ink, chosen=row == self.row))
        return shown

    def _empty(self) -> str:
        if self.mode.ports.broken:
            broken = self.mode.ports.broken
            return _("devices.toml cannot be used: {table} {key} is {found}, expected {expected}").format(**broken)
        return _("every port is bound") if self.unbound_only else _("no serial port: plug a device in")

    def _state(self, row: PortRow) -> RowState:
        word = self._word(row)
        stranger = row.holder is not None and not row.holder.station and row.holder.pid
        holder = (row.holder.program or str(row.holder.pid)) if stranger and row.holder else "--"
        if row.absent:
            name, ink = state_word("absent")
            return RowState(name, ink, link_text(word), _since(word), True)
        if row_key(row) in self.mode.noisy:
            name, ink = state_word("flooding")
            return RowState(name, ink, link_text(word), holder, True)
        if word is not None:
            name, ink = state_word(word.state)
            trouble = word.state not in WELL
            return RowState(name, ink, link_text(word), _since(word) if trouble else "--", trouble)
        if row.bound:
            off = all(not binding.enabled for binding in self.mode.bound_of(row))
            name, ink = state_word("disabled") if off else ("--", Ink.PLAIN)
            return RowState(name, ink, "--", holder, False)
        if stranger:
            name, ink = state_word("busy")
            return RowState(name, ink, "--", holder, True)
        if row.since_s * 1000 > self.mode.visit.started.t:
            plugged = _("{time} in").format(time=f"{local(row.since_s * 1000):%H:%M}")
            return RowState(_("new"), Ink.BRIGHT_YELLOW, "--", plugged, False)
        return RowState("--", Ink.PLAIN, "--", "--", False)

    def _word(self, row: PortRow) -> DeviceWord | None:
        look = self.mode.look
        if look is None or not look.station:
            return None
        words = [word_of(look, str(one.role), one.window) for one in row.bound]
        return next((one for one in words if one is not None), None)

    # the chosen port

    def _detail(self) -> list[Row]:
        row = self.row
        if row is None:
            return ["", "", "", ""]
        binding, look = self.device, self.mode.look
        if binding is None or look is None:
            known = self.mode.visit.found.get(row.name)
            head = f" {port_name(row)}   {row.description or chip_name(row)}"
            found = known.answered.driver if known is not None and known.answered is not None else ""
            return [head, f" {_('identified: {driver}').format(driver=found)}" if found else "", "", ""]
        word = word_of(look, str(binding.role), binding.window)
        numbers = word.counters if word is not None else {}
        return [_head(binding), _today(numbers), _line(numbers), self._trend(look, binding)]

    def _trend(self, look: TechnicianLook, binding: Binding) -> str:
        days = [one for one in look.days if one.role == binding.role and same_window(one.window, binding.window)]
        shown = [f"{one.day[5:]} {_percent(one.link_ok, one.link_bad)}" for one in days[-5:]]
        advised = _(", ").join(_(ADVICE[one]) for one in advice(days))
        text = _("Days   {days}").format(days="   ".join(shown) or "--")
        return f" {text}   {advised}".rstrip()

    def _troubles(self, cells: int) -> list[Row]:
        """What is wrong and what to do, a sentence a port."""
        rows: list[Row] = []
        for row in self.mode.ports.rows:
            state = self._state(row)
            sentence = (
                row_sentence(row, self._word(row), noisy=row_key(row) in self.mode.noisy) if state.trouble else ""
            )
            if sentence:
                more = "  " + _("Enter: text to copy") if row == self.row and self._words(row) is not None else ""
                rows.append((((f" {sentence}{more}"), state.ink),))
            elif state.word == _("new"):
                text = _("{port}  new, without a binding. F6 identifies it (silent, at most 25 s)")
                rows.append(" " + text.format(port=port_name(row)))
        return rows

    def _words(self, row: PortRow) -> Words | None:
        """What is wrong with a port that a text to copy cures."""
        known = self.mode.visit.found.get(row.name)
        finding = self.mode.failed.get(row_key(row)) or (of_identification(known) if known is not None else None)
        return row_copy(row, self._word(row), finding)

    # keys

    def enter(self) -> None:
        """The rule or command for a port in trouble; Enter or Esc closes it."""
        words = self._words(self.row) if self.row is not None else None
        if words is None and self._copying is None:
            self.mode.say(_("There is nothing to copy for this port"))
        self._copying = words if self._copying is None else None

    def arrow(self, key: str) -> None:
        self._copying = None
        super().arrow(key)

    def back(self) -> bool:
        shown, self._copying = self._copying is not None, None
        return shown

    def leave(self) -> None:
        self._copying = None

    def bar(self) -> list[Key]:
        row, device = self.row, self.device
        none = "" if device is not None else _("nothing is bound to it")
        found = self.mode.visit.found.get(row.name) if row is not None else None
        unknown = "" if found is not None and found.answered is not None else _("first identify it with F6")
        word = self._word(row) if row is not None else None
        locked = word is not None and word.state == DeviceState.QUARANTINED
        bind = Key(Slot.F8, _("Let"), self._release) if locked else Key(Slot.F8, _("Bind"), self._bind, unknown)
        pair = self.mode.binder.exchanged()
        switch = _("Use") if device is not None and not device.enabled else _("Off")
        return [
            Key(Slot.F4, _("Scope"), self._scope),
            Key(Slot.F5, _("Next"), self._next),
            Key(Slot.F6, _("Ident"), self._identify, self.port_refused()),
            Key(Slot.F7, _("View"), self._look_again),
            bind,
            Key(Slot.F9, _("Free"), self._unbind, none),
            Key(Slot.INSERT, _("Beep"), self._blink, self.device_refused() or self._no_blink()),
            Key(Slot.CTRL_Y, _("Swap"), self._swap, "" if pair else _("no two devices are exchanged")),
            Key(Slot.CTRL_O, switch, self._switch, none),
            Key(Slot.CTRL_R, _("Jot"), self._note),
        ]

    def _scope(self) -> None:
        self.unbound_only = not self.unbound_only
        ports = self.listed()
        if self.row not in ports and ports:
            self.mode.choose(ports[0])

    def _next(self) -> None:
        """The next port in trouble, or new, behind the cursor."""
        rows = list(self.mode.ports.rows)
        here = rows.index(self.row) if self.row in rows else -1
        for row in [*rows[here + 1 :], *rows[: here + 1]]:
            state = self._state(row)
            if state.trouble or state.word == _("new"):
                self.mode.choose(row)
                return
        self.mode.say(_("No port is in trouble"))

    def _identify(self) -> None:
        page = self.mode.pages[1]
        self.mode.open_page(page)
        page.enter()

    def _look_again(self) -> None:
        self.mode.scan()
        self.mode.say(_("Looked again: {count} ports").format(count=len(self.mode.ports.rows)))

    def _bind(self) -> None:
        self.mode.open_page(self.mode.pages[1])

    def _release(self) -> None:
        device = self.device
        if device is not None:
            question = _("{device} was opened. Is its case whole again? {key} again lets it count")
            release = partial(self.mode.binder.release, device)
            self.mode.ask_again(Slot.F8, question, release, device=self.subject())

    def _unbind(self) -> None:
        gone = self.bound
        names = _(", ").join(place_text(str(one.role), one.window) for one in gone)
        key = Slot.F9
        question = _("Unbind {device}? {key} again within 3 seconds")
        self.mode.ask_again(key, question, lambda: self.mode.binder.unbind(gone), device=names)

    def _no_blink(self) -> str:
        device = self.device
        if device is None or device.driver.endswith(("_htp1", "_ff68", "_lcus")):
            return ""
        return _("this device can neither flash nor beep")

    def _blink(self) -> None:
        from hallterm.screens.technician_blink import blink

        question = _("{device} will flash, beep or switch. {key} again within 3 seconds")
        self.mode.ask_again(Slot.INSERT, question, lambda: blink(self), device=self.subject())

    def _swap(self) -> None:
        pair = self.mode.binder.exchanged()
        if pair is None:
            return
        one, other = (place_text(word.role, word.window) for word in pair)
        question = _("{one} and {other} are crossed: {key} again swaps the bindings, no cable moves")
        self.mode.ask_again(Slot.CTRL_Y, question, lambda: self.mode.binder.swap(pair), one=one, other=other)

    def _switch(self) -> None:
        bound = self.bound
        self.mode.binder.switch(bound, on=not bound[0].enabled)

    def _note(self) -> None:
        hint = _(" goes into the report as an open point; long numbers are blotted out")
        self.mode.open_text(f" {_('Note')} ", hint, 30, self._noted)

    def _noted(self, text: str) -> None:
        if text.strip():
            self.mode.visit.points.append(f"{self.subject()}: {text.strip()}")
            self.mode.say(_("Noted for the report"))


def _to_copy(words: Words, cells: int) -> list[Row]:
    """The sentence, and below it nothing but the text, so that it can be marked with the mouse."""
    lines = copy_lines(words.copy, cells - 1)
    return [*told(words.sentence, cells), "", *lines, "", " " + _("Mark and copy these lines; Enter closes them")]


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
    net = _("Net alone") if not health.centre else _("Net online") if health.online else _("Net offline{since}")
    station = "" if health.station else _("Station gone") + "  "
    return f" {net.format(since='')}  {station}"


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


def _head(binding: Binding) -> str:
    serial = binding.identity.serial or "--"
    address = f"  {_('address')} {binding.address:02X}h" if binding.address else ""
    line = f"{binding.line.baud} {binding.line.format}"
    place = place_text(str(binding.role), binding.window)
    return f" {place}   {binding.driver}  {serial}{address}  {line}  {binding.profile}".rstrip()


def _today(numbers: dict[str, int]) -> str:
    text = _("Today  windows {opened}  pressed {pressed}  printed {printed}  plugged {plugged}  resets {resets}")
    values = {"opened": "windows_opened", "pressed": "ratings", "printed": "jobs_printed", "plugged": "connections"}
    found = {name: _number(numbers, f"today_{counter}") for name, counter in values.items()}
    return " " + text.format(**found, resets=_number(numbers, "today_boots"))


def _line(numbers: dict[str, int]) -> str:
    text = _("Line   good {good}  checks {crc}  timeouts {timeouts}  again {again}  round trip {rtt} ms (95 %)")
    names = {"good": "frames", "crc": "crc_errors", "timeouts": "timeouts", "again": "retries", "rtt": "rtt_p95_ms"}
    return " " + text.format(**{name: _number(numbers, counter) for name, counter in names.items()})


def _number(numbers: dict[str, int], name: str) -> str:
    return str(numbers[name]) if name in numbers else "--"
