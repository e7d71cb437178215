"""Page 6: settings of an HTP/1 device, and addresses of a bus. Each change asks for F8 twice; a bad speed falls back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from msgspec import structs

from devices.bindings import BAUDS, Binding
from devices.codecs.htp1_messages import CfgKey
from devices.errors import LineSettings
from devices.technician.parameters import Change, SettingsDesk, Written, change_baud
from devices.technician.report import ReportChange
from devices.technician.rig import rigged
from hallterm.actions import Slot
from hallterm.locale import N_, _
from hallterm.screens.technician_bus import BusTable
from hallterm.screens.technician_page import Key, Page, listed, rule, told
from hallterm.screens.technician_site import SiteTable
from hallterm.widgets.cells import fit, right
from hallterm.widgets.frame import ATTENTION, NOT_DONE
from hallterm.widgets.lines import Ink, Row
from hallterm.workflows.technician.bindings import changed
from hallterm.workflows.technician.site import settings_of
from hallterm.workflows.technician.visit import at

if TYPE_CHECKING:
    from hallterm.screens.technician import TechnicianScreen

NAMES = {
    CfgKey.ADDRESS: (N_("address on the line"), N_("1 to 247")),
    CfgKey.BAUD: (N_("speed"), N_("9600, 19200, 38400, 57600 or 115200")),
    CfgKey.VOLUME: (N_("volume"), N_("0 to 10")),
    CfgKey.DEBOUNCE_MS: (N_("debounce in ms"), N_("10 to 100")),
    CfgKey.KEYS: (N_("keys"), N_("3 to 5")),
    CfgKey.BUS: (N_("shares its line"), N_("0 no, 1 yes")),
}
RESULTS = {
    Written.KEPT: N_("{name} is {after} now (was {before}), read back and kept"),
    Written.UNCHANGED: N_("{name} is {after} already"),
    Written.LOCKED: N_("Locked: set its jumper or hold first and last key for 5 s, then F8 again"),
    Written.REFUSED: N_("The device does not take {after} for {name}; it stays at {before}"),
    Written.SILENT: N_("The device did not answer, nothing is known to have changed: F6 reads again"),
    Written.MEMORY: N_("The device cannot keep {name} in its memory: replace it"),
    Written.FELL_BACK: N_("{after} baud does not work here: the device went back to {before} by itself"),
    Written.LOST: N_("It answers at neither speed: switch it off and on, then identify it anew"),
}
FALL_BACK_BUDGET_S = 30


class ParametersPage(Page):
    """F6 reads, F4 asks the whole line; Enter or F7 enters a new value, F8 twice writes it."""

    title = N_("6Set")

    def __init__(self, mode: TechnicianScreen) -> None:
        super().__init__(mode)
        self._found: dict[CfgKey, int] = {}
        self._wanted: dict[CfgKey, int] = {}
        self._place = 0
        self._of: Binding | None = None
        self.bus = BusTable(mode)
        self.site = SiteTable(mode)

    def rows(self, cells: int, height: int) -> list[Row]:
        if self.site.open:
            return self.site.rows(cells, height)
        if self.bus.open:
            return self.bus.rows(cells, height)
        rows: list[Row] = [" " + (self.mode.jobs.line() or self.subject()), rule(cells)]
        if not self._found:
            text = _("F6 reads all settings of the device, F4 asks who is on the line; nothing is changed by it.")
            more = _("F5 compares every window with the site's template.")
            refused = "" if self.mode.jobs.now else self._refused() or text
            return [*rows, *told(refused, cells), *([] if self.mode.jobs.now else ["", *told(more, cells)])]
        should = self._template()
        head = f"  {fit(_('Setting'), 20)}{right(_('in the device'), 14)}{right(_('new'), 7)}{right(_('template'), 9)}"
        rows.append(f"{head}  {_('may be')}")
        for place, key in enumerate(self._found):
            name, allowed = NAMES.get(key, (key.name, ""))
            wanted = str(self._wanted[key]) if key in self._wanted else "--"
            site = should.get(key.name.lower())
            text = f" {fit(_(name), 20)}{right(str(self._found[key]), 14)}{right(wanted, 7)}"
            text += f"{right('--' if site is None else str(site), 9)}  {_(allowed)}"
            ink = Ink.PLAIN if site in (None, self._found[key]) else Ink.YELLOW
            rows.append(listed(text, ink, chosen=place == self._place))
        rows += ["", " " + _("A new speed or address that does not work falls back by itself after 10 s")]
        return rows

    def _template(self) -> Mapping[str, int]:
        """What the site's template has inside such a device."""
        return settings_of(self.mode.visit.template, self.device.role) if self.device is not None else {}

    def _refused(self) -> str:
        device = self.device
        if device is not None and not device.driver.endswith("_htp1"):
            return _("only HTP/1 devices have settings")
        return self.device_refused()

    def _bus_refused(self) -> str:
        return self.port_refused() or (self._refused() if self.bound else "")

    def shown(self) -> None:
        self.site.close()
        if self.bus.row is not None and self.row is not None and self.bus.row.name != self.row.name:
            self.bus.close()
        if self._of is None or self.device is None or at(self._of) != at(self.device):
            self._found, self._wanted, self._place = {}, {}, 0

    def arrow(self, key: str) -> None:
        if self.site.open:
            self.site.arrow(key)
            return
        if self.bus.open:
            self.bus.arrow(key)
            return
        if not self._found:
            self.mode.move(key)
            return
        step = {"up": -1, "down": 1}.get(key, 0)
        self._place = max(0, min(len(self._found) - 1, self._place + step))

    def enter(self) -> None:
        self._edit()

    def back(self) -> bool:
        """First a table goes, then the new values, then what was read."""
        if self.site.open:
            self.site.close()
            return True
        if self.bus.open:
            self.bus.close()
            return True
        if self._wanted or self._found:
            self._found, self._wanted = ({}, {}) if not self._wanted else (self._found, {})
            return True
        return False

    # keys

    def bar(self) -> list[Key]:
        read = Key(Slot.F6, _("Read"), self._read, self._refused())
        if self.site.open:
            return self.site.bar(read)
        bus = Key(Slot.F4, _("Bus"), self._scan, self._bus_refused())
        site = Key(Slot.F5, _("Site"), self.site.begin)
        if self.bus.open:
            nobody = "" if self.bus.found else _("nobody on the line answered")
            return [
                bus,
                site,
                read,
                Key(Slot.F7, _("Value"), self.bus.edit, nobody),
                Key(Slot.F8, _("Send"), self.bus.ask, nobody or self.bus.refused()),
            ]
        unread = "" if self._found else _("first read the settings with F6")
        unchanged = "" if self._wanted else _("no new value was entered: Enter or F7")
        return [
            bus,
            site,
            read,
            Key(Slot.F7, _("Value"), self._edit, unread),
            Key(Slot.F8, _("Send"), self._ask, unread or unchanged),
            Key(Slot.INSERT, _("Like"), self._like, unread or self._like_refused()),
        ]

    def _like_refused(self) -> str:
        site = self._template().get(self._key.name.lower()) if self._found else None
        if site is None:
            return _("F5 first chooses a template that has this setting")
        return _("it is as it should be") if site == self._found[self._key] else ""

    def _like(self) -> None:
        """The template's value, to be sent with F8."""
        self._wanted = {self._key: self._template()[self._key.name.lower()]}

    def hint(self) -> str:
        if self.site.open:
            return self.site.hint()
        return _("arrows choose a setting, Enter its new value, F8 twice writes it")

    @property
    def _key(self) -> CfgKey:
        return list(self._found)[self._place]

    def _scan(self) -> None:
        if self.row is not None:
            self.bus.scan(self.row)

    def _read(self) -> None:
        self.bus.close()
        self.site.close()
        binding, row = self.device, self.row
        if binding is None or row is None:
            return
        shared, port = len(row.bound) > 1, row.name

        async def work() -> dict[CfgKey, int]:
            async with rigged(binding, port, shared=shared) as rig:
                if await rig.identify() is None:
                    return {}
                return await SettingsDesk(rig).read_all()

        name = _("Settings of {device}").format(device=self.subject())
        self.mode.jobs.start(name, work, lambda found: self._have(found, binding), row=row)

    def _have(self, found: dict[CfgKey, int], binding: Binding) -> None:
        self._found, self._wanted, self._of = found, {}, binding
        self.mode.visit.of(at(binding)).settings = {key.name.lower(): value for key, value in found.items()}
        self._place = min(self._place, max(0, len(found) - 1))
        if not found:
            self.mode.say(
                _("{device} does not answer: check its power and its cable").format(device=self.subject()), NOT_DONE
            )

    def _edit(self) -> None:
        if self.site.open:
            return
        if self.bus.open:
            self.bus.edit()
        elif self._found:
            key = self._key
            name, allowed = NAMES.get(key, (key.name, ""))
            self.mode.open_text(f" {_(name)} ", f" {_(allowed)}", 8, self._entered)

    def _entered(self, text: str) -> None:
        key, value = self._key, text.strip()
        if not value:
            self._wanted.pop(key, None)
        elif not value.isdigit() or (key is CfgKey.BAUD and int(value) not in BAUDS):
            allowed = _(NAMES[key][1]) if key in NAMES else ""
            self.mode.say(_("{value} cannot be: {allowed}").format(value=value, allowed=allowed), NOT_DONE)
        else:
            self._wanted = {key: int(value)}

    def _ask(self) -> None:
        (key, value) = next(iter(self._wanted.items()))
        question = _("{name}: {before} becomes {after} in {device}. {key} again within 3 seconds")
        values = {"name": _(NAMES[key][0]), "before": self._found[key], "after": value}
        self.mode.ask_again(Slot.F8, question, lambda: self._write(key, value), device=self.subject(), **values)

    def _write(self, key: CfgKey, value: int) -> None:
        binding, row = self._of, self.row
        if binding is None or row is None:
            return
        shared, port = len(row.bound) > 1, row.name

        async def work() -> Change:
            if key is CfgKey.BAUD:
                return await change_baud(binding, port, value)
            async with rigged(binding, port, shared=shared) as rig:
                identity = await rig.identify()
                if identity is None:
                    return Change(key, self._found[key], value, Written.SILENT)
                desk = SettingsDesk(rig)
                if key is CfgKey.ADDRESS:
                    return await desk.change_address(identity.serial, value)
                return (await desk.write({key: value}))[0]

        name = _("Write to {device}").format(device=self.subject())
        budget_s = FALL_BACK_BUDGET_S if key is CfgKey.BAUD else 5
        self.mode.jobs.start(name, work, lambda done: self._written(done, binding), row=row, budget_s=budget_s)

    def _written(self, done: Change, binding: Binding) -> None:
        mode = self.mode
        values = {"name": _(NAMES[done.key][0]), "before": done.before, "after": done.after}
        sentence = _(RESULTS[done.written]).format(**values)
        self._wanted = {}
        if done.written is Written.KEPT:
            self._found[done.key] = done.after
            mode.visit.of(at(binding)).settings[done.key.name.lower()] = done.after
            mode.visit.of(at(binding)).changes.append(ReportChange(done.key.name.lower(), done.before, done.after))
            self._follow(done, binding, sentence)
        elif done.written is Written.UNCHANGED:
            mode.say(sentence)
        elif done.written is Written.FELL_BACK:
            mode.say(sentence, ATTENTION)
        else:
            mode.say(sentence, NOT_DONE)

    def _follow(self, done: Change, binding: Binding, sentence: str) -> None:
        """The binding must know the new speed or address, or the station would look at the old one."""
        after = binding
        if done.key is CfgKey.BAUD:
            after = structs.replace(binding, line=LineSettings(done.after, binding.line.format))
        elif done.key is CfgKey.ADDRESS and binding.address:
            after = structs.replace(binding, address=done.after)
        if after == binding:
            self.mode.say(sentence)
            return
        self._of = after
        self.mode.binder.put(changed(self.mode.ports.bindings, binding, after), sentence, undoable=False)
