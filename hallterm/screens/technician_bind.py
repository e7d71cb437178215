"""Binding, unbinding, switching off, exchanging cables, and taking the last of these back within ten seconds."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

from devices.bindings import Binding
from devices.events import HALL_ROLES, Role
from devices.technician.identify import Identification
from devices.technician.listing import PortRow
from hallterm.actions import Slot
from hallterm.locale import _
from hallterm.rules.day import local
from hallterm.rules.undo import UNDO_WITHIN_MS
from hallterm.screens.technician_sentences import station_sentence
from hallterm.screens.technician_words import chip_name, place_text, port_name
from hallterm.widgets.frame import ATTENTION, NOT_DONE, RESULT
from hallterm.workflows.technician import bindings as change
from hallterm.workflows.technician.bindings import Bindings
from hallterm.workflows.technician.look import Ports
from hallterm.workflows.technician.named import as_replaced, taking_over, with_binding
from hallterm.workflows.technician.station import StationRefused
from storage.facts import Moment
from storage.local import DeviceWord

if TYPE_CHECKING:
    from hallterm.screens.technician import TechnicianScreen


class Binder:
    """What changes the bindings of this PC; one change at a time."""

    def __init__(self, mode: TechnicianScreen) -> None:
        self._mode = mode
        self._before: Bindings | None = None
        self._after: Bindings = ()
        self._offered_m = 0
        self._offer = ""
        self._undone: Callable[[], None] = lambda: None
        self._busy = False
        self._crossed: list[tuple[str, str]] = []

    # what may be bound

    def windows_of(self, role: Role) -> list[str]:
        """The windows a device of this role may be for; one that is certain is not asked for."""
        mode = self._mode
        if role in HALL_ROLES:
            return [""]
        code = mode.place.window
        if code:
            return [str(int(code.rpartition("-")[2]))]
        return [str(number) for number in mode.look.windows] if mode.look is not None else []

    def bind(
        self, found: Identification, role: Role, window: str, row: PortRow, *, instead: Binding | None = None
    ) -> None:
        """The device that was found serves there from now on; ``instead`` of a part that was taken away."""
        bindings = self._mode.ports.bindings
        try:
            bindings, new = change.with_device(bindings, found, role, window, row)
        except ValueError:
            self._mode.say(_("This device cannot be a {role}").format(role=place_text(role, "")), NOT_DONE)
            return
        if instead is None:
            words = _("Bound: {device} = {port}, in devices.toml. Backspace takes it back")
            self.put(bindings, words.format(device=place_text(role, window), port=_port(row)))
            return
        after = taking_over(instead, new)
        part, replaced = as_replaced(instead, after), self._mode.visit.replaced
        words = _("Replaced: {device} {old} by {new}, in the report too. Backspace takes it back")
        names = {"old": part.old[-12:] or "--", "new": part.new[-12:] or "--"}
        self.put(
            change.changed(bindings, new, after),
            words.format(device=place_text(role, window), **names),
            done=lambda: replaced.append(part),
            undone=lambda: replaced.remove(part),
        )

    def bind_named(self, new: Binding, row: PortRow) -> None:
        """What a person named serves there from now on."""
        words = _("Bound: {device} = {port}, in devices.toml. Backspace takes it back")
        port = _port(row) if row.name or row.absent else new.driver
        place = place_text(str(new.role), new.window)
        self.put(with_binding(self._mode.ports.bindings, new, row), words.format(device=place, port=port))

    def unbind(self, gone: Bindings) -> None:
        """These devices are no longer looked for."""
        words = _("{device} is not bound any more. Backspace takes it back")
        self.put(change.without(self._mode.ports.bindings, gone), words.format(device=_names(gone)))

    def switch(self, wanted: Bindings, *, on: bool) -> None:
        """In use or out of use; the binding stays."""
        words = _("{device} is in use again") if on else _("{device} is out of use, its binding stays")
        self.put(change.switched(self._mode.ports.bindings, wanted, on=on), words.format(device=_names(wanted)))

    def put(
        self, bindings: Bindings, words: str, *, undoable: bool = True, done: Callable[[], None] = lambda: None,
        undone: Callable[[], None] = lambda: None,
    ) -> None:  # fmt: skip
        """Put other bindings in force; what was before can be taken back, unless the device itself has changed.

        ``done`` and ``undone`` follow what was done.
        """
        before, mode = self._mode.ports.bindings, self._mode

        async def work() -> None:
            await mode.station.rebind(bindings, before)

        def over() -> None:
            self._before, self._offered_m = (before if undoable else None), mode.host.now().m
            self._after = bindings
            self._offer = words if undoable else ""
            self._undone = undone
            done()
            mode.say(words)

        self._run(work, over)

    def undo(self) -> None:
        """The last change, within ten seconds."""
        mode, before = self._mode, self._before
        if before is None or mode.host.now().m - self._offered_m > UNDO_WITHIN_MS:
            mode.say(_("Nothing to take back: a binding can be taken back within 10 seconds"), NOT_DONE)
            return
        self._before, self._offer = None, ""
        undone, after = self._undone, self._after

        async def work() -> None:
            await mode.station.rebind(before, after)

        def over() -> None:
            undone()
            mode.say(_("Taken back: the bindings are as they were"))

        self._run(work, over)

    def second(self, now: Moment) -> None:
        """The offer leaves row 22 once its time is over."""
        if self._offer and now.m - self._offered_m > UNDO_WITHIN_MS:
            if self._mode.message == self._offer:
                self._mode.say("")
            self._offer = ""

    # exchanged cables

    def exchanged(self) -> tuple[DeviceWord, DeviceWord] | None:
        """Two devices that found each other's ports."""
        look = self._mode.look
        return change.exchanged(look.devices) if look is not None and look.station else None

    def crossed(self) -> None:
        """Row 22, once: two devices stand behind each other's port."""
        pair = self.exchanged()
        places = [(word.role, word.window) for word in pair] if pair is not None else []
        if places == self._crossed:
            return
        self._crossed = places
        if pair is not None and self._mode.jobs.now is None:
            text = _("{one} and {other} are crossed. {key} swaps the bindings, no cable moves")
            one, other = (place_text(word.role, word.window) for word in pair)
            key = self._mode.key_of(self._mode.slot_action(Slot.CTRL_Y))
            self._mode.say(text.format(one=one, other=other, key=key), ATTENTION)

    def swap(self, pair: tuple[DeviceWord, DeviceWord]) -> None:
        """Each keeps its counter, the ports are exchanged."""
        mode, (one, other) = self._mode, pair
        by = mode.look.staff if mode.look is not None else ""

        async def work() -> None:
            await mode.station.swap(one.role, one.window, other.window, by)

        words = _("Swapped: {one} and {other} are looked for behind each other's port")
        names = {"one": place_text(one.role, one.window), "other": place_text(other.role, other.window)}
        self._run(work, lambda: mode.say(words.format(**names)))

    def release(self, binding: Binding) -> None:
        """A pad that was opened was looked at: it counts again; who said so is recorded."""
        mode = self._mode
        by = mode.look.staff if mode.look is not None else ""

        async def work() -> None:
            await mode.station.release(str(binding.role), binding.window, by)

        name = place_text(str(binding.role), binding.window)
        self._run(work, lambda: mode.say(_("{device} counts again, recorded with your number").format(device=name)))

    # news

    def news(self, before: Ports, after: Ports) -> None:
        """Row 22: something was plugged in or pulled out since the last look."""
        mode = self._mode
        if not before.rows or mode.jobs.now is not None or mode.message:
            return
        known = {row.name for row in before.rows if not row.absent}
        new = next((row for row in after.rows if not row.absent and row.name not in known), None)
        here = {row.name for row in after.rows if not row.absent}
        gone = next((row for row in before.rows if not row.absent and row.name not in here), None)
        time = f"{local(mode.host.now().t):%H:%M:%S}"
        if new is not None:
            text = _("{time} new device on {port} ({chip})")
            mode.say(text.format(time=time, port=port_name(new), chip=chip_name(new)), RESULT)
        elif gone is not None:
            mode.say(_("{time} {port} was pulled out").format(time=time, port=port_name(gone)), ATTENTION)

    def _run(self, work: Callable[[], Coroutine[Any, Any, None]], done: Callable[[], None]) -> None:
        mode = self._mode
        if self._busy or mode.jobs.now is not None:
            mode.say(_("The last change is still being written: press the key again then"), ATTENTION)
            return
        self._busy = True
        mode.say(_("Being written .."))
        mode.run_worker(self._done(work, done), group="bind", exit_on_error=True)

    async def _done(self, work: Callable[[], Coroutine[Any, Any, None]], done: Callable[[], None]) -> None:
        mode = self._mode
        try:
            await work()
            await mode.scanned()  # the next change begins with this one, not with what was there before
        except StationRefused as refused:
            mode.say(station_sentence(refused.answer), NOT_DONE)
            mode.scan()
        else:
            done()
        finally:
            self._busy = False
        mode.repaint()


def _names(bindings: tuple[Binding, ...]) -> str:
    return _(", ").join(place_text(str(one.role), one.window) for one in bindings)


def _port(row: PortRow) -> str:
    return row.usb_serial or row.location or port_name(row)
