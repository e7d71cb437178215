"""Page 1: the ports of this PC, what is bound to them, who has them, and what to do about what is wrong."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from devices.events import DeviceState, Role
from devices.technician.findings import of_identification
from devices.technician.listing import PortRow
from hallterm.actions import Slot
from hallterm.device_words import Words
from hallterm.locale import N_, _
from hallterm.screens.technician_base import row_key
from hallterm.screens.technician_figures import (
    RowState,
    device_head,
    line_line,
    pad_today_line,
    port_state,
    stable_text,
    today_line,
    trend_line,
    usb_text,
    word_at,
)
from hallterm.screens.technician_identify import IdentifyPage
from hallterm.screens.technician_page import Key, Page, columns, listed, rule, told
from hallterm.screens.technician_sentences import copy_lines, row_copy, row_sentence
from hallterm.screens.technician_words import bound_text, chip_name, place_text, port_name
from hallterm.widgets.bars import WIDE_FROM
from hallterm.widgets.cells import right
from hallterm.widgets.lines import Row
from hallterm.workflows.technician.look import word_of
from hallterm.workflows.technician.visit import at
from storage.local import DeviceWord

if TYPE_CHECKING:
    from hallterm.screens.technician import TechnicianScreen

LIST_ROWS = 7
WIDTHS = (8, 8, 13, 7, 20, 5)
WIDE_WIDTHS = (12, 8, 16, 9, 30, 6)
HEADERS = (N_("Port"), N_("Chip"), N_("USB serial"), N_("Place"), N_("Bound to"), N_("State"))


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
        rows.append(_rule(cells, self.top, room, len(ports)))
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
        return port_state(self.mode, row)

    def _word(self, row: PortRow) -> DeviceWord | None:
        return word_at(self.mode, row)

    # the chosen port

    def _detail(self) -> list[Row]:
        row = self.row
        if row is None:
            return ["", "", "", ""]
        binding, look = self.device, self.mode.look
        if binding is None or look is None:
            known = self.mode.visit.found.get(row.name)
            found = known.answered.driver if known is not None and known.answered is not None else ""
            identified = f" {_('identified: {driver}').format(driver=found)}" if found else ""
            head = f" {port_name(row)}   {row.description or chip_name(row)}   {usb_text(row)}".rstrip()
            return [head, f" {stable_text(row)}", identified, ""]
        word = word_of(look, str(binding.role), binding.window)
        numbers = word.counters if word is not None else {}
        identity = self.mode.visit.of(at(binding)).identity
        pad = binding.role is Role.RATING_DEVICE
        today = pad_today_line(look, binding, numbers) if pad else today_line(numbers)
        head = device_head(binding, identity.firmware if identity is not None else "")
        return [head, today, line_line(numbers), trend_line(look, binding)]

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
        bind = Key(Slot.F8, _("Bind"), self._bind, unknown)
        if locked:
            bind = Key(Slot.F8, _("Let"), self._release)
        elif word is not None and (word.state, word.detail) == (DeviceState.WRONG_DEVICE, "serial"):
            bind = Key(Slot.F8, _("Part"), self._replace, self.port_refused())
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

    def _replace(self) -> None:
        """Another device stands here: who it is, and whether the bound one was taken away for good."""
        page, device = self.mode.pages[1], self.device
        self.mode.open_page(page)
        if isinstance(page, IdentifyPage) and device is not None:
            page.replace(device)

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


def _rule(cells: int, top: int, room: int, count: int) -> str:
    """The line below the list; it ends with the place in it where not all of it is seen."""
    where = f" {top + 1}-{min(top + room, count)}/{count} " if count > room else ""
    return rule(cells - len(where)) + where


def _to_copy(words: Words, cells: int) -> list[Row]:
    """The sentence, and below it nothing but the text, so that it can be marked with the mouse."""
    lines = copy_lines(words.copy, cells - 1)
    return [*told(words.sentence, cells), "", *lines, "", " " + _("Mark and copy these lines; Enter closes them")]
