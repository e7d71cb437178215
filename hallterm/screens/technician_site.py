"""Page 6, the site's template: what every window should have, by another window or a report; F8 twice takes it over."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Any

from devices.technician.report import ReportChange, ReportError, load
from hallterm.actions import Slot
from hallterm.locale import N_, _
from hallterm.os_words import why as system_words
from hallterm.screens.technician_page import Key, listed, rule, told
from hallterm.screens.technician_words import place_text
from hallterm.widgets.cells import fit
from hallterm.widgets.frame import NOT_DONE
from hallterm.widgets.lines import Ink, Row
from hallterm.workflows.technician.look import same_window
from hallterm.workflows.technician.site import (
    Compared,
    Differs,
    NotTaken,
    Template,
    compare,
    of_report,
    of_window,
    saved_templates,
    taken_over,
)

if TYPE_CHECKING:
    from hallterm.screens.technician import TechnicianScreen

REPORTS = "reports"
DIFFERENCES = {
    Differs.MISSING: N_("missing"),
    Differs.EXTRA: N_("one too many"),
    Differs.DRIVER: N_("another kind"),
    Differs.PROFILE: N_("profile"),
    Differs.LINE: N_("speed"),
    Differs.KEYS: N_("key map"),
    Differs.OPTIONS: N_("options"),
    Differs.OFF: N_("out of use"),
}
NOT_TAKEN = {
    NotTaken.SAME: N_("it is as it should be"),
    NotTaken.OTHER_KIND: N_("another kind of device stands there: bind it on page 2"),
    NotTaken.EXTRA: N_("the template has no such device: page 1 unbinds it"),
    NotTaken.NOT_THERE: N_("the device is not bound and its port is not there: bind it on page 2"),
    NotTaken.IN_DEVICE: N_("the speed stands in the device: F6 reads it, F8 sets it"),
}
DEVICE_CELLS, SIDE_CELLS = 18, 22


class SiteTable:
    """F5 takes the next template, F4 shows all rows or only what differs, F7 names a report's file."""

    def __init__(self, mode: TechnicianScreen) -> None:
        self._mode = mode
        self.open = False
        self._reports: tuple[Template, ...] = ()
        self._number = 0
        self._all = False
        self._place = 0
        self._top = 0

    def begin(self) -> None:
        """Show the table; reports are read beside this thread."""
        if self.open:
            self._number += 1
            self._follow()
            return
        self.open, self._number, self._place, self._top = True, 0, 0, 0
        self._follow()
        read: Any = self._read
        self._mode.run_worker(read, group="templates", exclusive=True, exit_on_error=True)

    def close(self) -> None:
        self.open = False

    async def _read(self) -> None:
        found = await asyncio.to_thread(saved_templates, self._mode.place.data / REPORTS)
        self._reports = (*found, *(one for one in self._reports if one.report and one not in found))
        self._follow()
        self._mode.draw()

    # what is compared

    @property
    def templates(self) -> tuple[Template, ...]:
        """Every window of this PC that has devices, then the reports."""
        bindings, notes = self._mode.ports.bindings, self._mode.visit.notes
        settings = {place: one.settings for place, one in notes.items()}
        windows = sorted({one.window for one in bindings if one.window})
        return (*(of_window(bindings, window, settings) for window in windows), *self._reports)

    @property
    def template(self) -> Template | None:
        known = self.templates
        return known[self._number % len(known)] if known else None

    @property
    def compared(self) -> tuple[Compared, ...]:
        """The rows of the table."""
        template, bindings = self.template, self._mode.ports.bindings
        if template is None:
            return ()
        found = compare(template, bindings, self._windows())
        return found if self._all else tuple(one for one in found if one.differs)

    def _windows(self) -> list[str]:
        """Those that have devices here, and this PC's own; all of the hall where the PC has none of its own."""
        mode = self._mode
        code = mode.place.window
        named = {one.window for one in mode.ports.bindings if one.window}
        if code:
            known = next((window for window in named if same_window(code, window)), None)
            named.add(known or str(int(code.rpartition("-")[2])))
        elif mode.look is not None:
            named |= {str(number) for number in mode.look.windows}
        return sorted(named, key=lambda window: (len(window), window))

    def _follow(self) -> None:
        """What page 6 compares the settings of a device with."""
        self._place = self._top = 0
        self._mode.visit.template = self.template

    # what is shown

    def rows(self, cells: int, height: int) -> list[Row]:
        template, rows = self.template, self.compared
        head: list[Row] = [f" {self._head(template)}", rule(cells)]
        if template is None:
            return [*head, *told(_("No window has devices and no report is saved: F7 names a report's file"), cells)]
        header = f"{fit(_('Device'), DEVICE_CELLS)}{fit(_('should be'), SIDE_CELLS)}{fit(_('is'), SIDE_CELLS)}"
        head.append(f"  {header}{_('differs in')}")
        if not rows:
            return [*head, *told(_("Every window is as the template has it"), cells)]
        self._place = min(self._place, len(rows) - 1)
        room = max(1, height - len(head) - 1)
        self._top = min(max(self._top, self._place - room + 1), self._place)
        for place, one in enumerate(rows[self._top : self._top + room], self._top):
            ink = Ink.YELLOW if one.differs else Ink.PLAIN
            head.append(listed(_text(one), ink, chosen=place == self._place))
        return head

    def _head(self, template: Template | None) -> str:
        if template is None:
            return _("Template of the site")
        name = template.report or _("window {number}").format(number=template.window)
        differing = sum(bool(one.differs) for one in compare(template, self._mode.ports.bindings, self._windows()))
        text = _("Template {name}   {count} devices   {differing} rows differ")
        return text.format(name=name, count=len(template.devices), differing=differing)

    # keys

    def bar(self, read: Key) -> list[Key]:
        """``read`` goes back to the settings."""
        nothing = self._refused()
        return [
            Key(Slot.F4, _("Scope"), self._scope),
            Key(Slot.F5, _("Next"), self.begin, "" if len(self.templates) > 1 else _("there is no other template")),
            read,
            Key(Slot.F7, _("File"), self._ask_file),
            Key(Slot.F8, _("Keep"), self._ask, nothing),
        ]

    def hint(self) -> str:
        return _("F5 another template, F4 all rows or what differs, F8 takes a row over; Esc goes back")

    def arrow(self, key: str) -> None:
        step = {"up": -1, "down": 1, "pageup": -8, "pagedown": 8}.get(key, 0)
        self._place = max(0, min(len(self.compared) - 1, self._place + step))

    def _scope(self) -> None:
        self._all = not self._all
        self._place = self._top = 0

    @property
    def _chosen(self) -> Compared | None:
        rows = self.compared
        return rows[min(self._place, len(rows) - 1)] if rows else None

    def _refused(self) -> str:
        one = self._chosen
        if one is None:
            return _("nothing differs")
        ports = self._mode.ports
        after = taken_over(ports.bindings, one, ports.rows, ports.infos)
        return _(NOT_TAKEN[after]) if isinstance(after, NotTaken) else ""

    def _ask(self) -> None:
        one = self._chosen
        if one is not None:
            names = _(", ").join(_(DIFFERENCES[name]) for name in one.differs)
            question = _("{device} takes over: {names}. {key} again within 3 seconds")
            device = place_text(str(one.role), one.window)
            self._mode.ask_again(Slot.F8, question, lambda: self._take(one), device=device, names=names)

    def _take(self, one: Compared) -> None:
        mode = self._mode
        after = taken_over(mode.ports.bindings, one, mode.ports.rows, mode.ports.infos)
        if isinstance(after, NotTaken):
            mode.say(_(NOT_TAKEN[after]), NOT_DONE)
            return
        words = _("{device} is as the template has it. Backspace takes it back")
        changes = mode.visit.of((str(one.role), one.window)).changes
        told = ReportChange("site_template", "", ", ".join(one.differs))
        mode.binder.put(
            after,
            words.format(device=place_text(str(one.role), one.window)),
            done=lambda: changes.append(told),
            undone=lambda: changes.remove(told),
        )

    def _ask_file(self) -> None:
        hint = _(" file of a report, such as /media/usb/x.toml")
        self._mode.open_text(f" {_('Report')} ", hint, 36, self._named)

    def _named(self, text: str) -> None:
        mode, path = self._mode, Path(text.strip()).expanduser()

        async def work() -> None:
            try:
                template = await asyncio.to_thread(_loaded, path)
            except (OSError, UnicodeDecodeError, ReportError) as error:
                why = system_words(error) if isinstance(error, OSError) else _("no report of hallterm, or changed")
                mode.say(
                    _("{file} cannot be read ({why}): name another file").format(file=path.name, why=why), NOT_DONE
                )
                return
            self._reports = (*self._reports, template)
            self._number = self.templates.index(template)
            self._follow()
            mode.draw()

        mode.run_worker(work(), exit_on_error=True)


def _loaded(path: Path) -> Template:
    return of_report(load(path.read_text(encoding="utf-8")), path.name)


def _text(one: Compared) -> str:
    """One row: the device, how it should be, how it is, what differs."""
    want = f"{one.want.driver} {one.want.line.baud}" if one.want is not None else "--"
    have = f"{one.have.driver} {one.have.line.baud}" if one.have is not None else "--"
    differs = _(", ").join(_(DIFFERENCES[name]) for name in one.differs) or _("nothing")
    device = fit(place_text(str(one.role), one.window), DEVICE_CELLS)
    return f" {device}{fit(want, SIDE_CELLS)}{fit(have, SIDE_CELLS)}{differs}"
