"""Page 6, the bus: who is at which address of a shared line, and an address of its own for each, given by serial."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from devices.errors import LineSettings
from devices.technician.addresses import AddressDesk, Found, Repaired, repair_addresses, shared_addresses
from devices.technician.line import opened_link
from devices.technician.listing import PortRow
from devices.technician.report import ReportChange
from hallterm.actions import Slot
from hallterm.locale import _
from hallterm.screens.technician_page import listed, rule, told
from hallterm.screens.technician_words import place_text
from hallterm.widgets.cells import fit, tail
from hallterm.widgets.frame import ATTENTION, NOT_DONE, RESULT
from hallterm.widgets.lines import Ink, Row
from hallterm.workflows.technician.bus import TABLE, proposed, readdressed, twice
from hallterm.workflows.technician.visit import at

if TYPE_CHECKING:
    from hallterm.screens.technician import TechnicianScreen

SLOTS = 32
"""Turns in which devices answer: as many as the table has addresses."""
BUDGET_S = 15
COLUMNS, CELL = 8, 9


class BusTable:
    """``found`` answered at ``row``; ``plan`` is the address each is to have, by serial."""

    def __init__(self, mode: TechnicianScreen) -> None:
        self._mode = mode
        self.row: PortRow | None = None
        self.found: tuple[Found, ...] = ()
        self.plan: dict[str, int] = {}
        self._place = 0
        self._top = 0

    @property
    def open(self) -> bool:
        """A line was asked."""
        return self.row is not None

    def close(self) -> None:
        """Nothing is known any more."""
        self.row, self.found, self.plan, self._place, self._top = None, (), {}, 0, 0

    # what is shown

    def rows(self, cells: int, height: int) -> list[Row]:
        shared = shared_addresses(self.found)
        rows: list[Row] = [" " + (self._mode.jobs.line() or self._head(len(shared))), rule(cells)]
        for start in range(0, len(TABLE) + 1, COLUMNS):
            rows.append(self._addresses(range(start or 1, start + COLUMNS), start))
        rows += [
            rule(cells),
            f"  {fit(_('Device'), 28)}{fit(_('Address'), 10)}{fit(_('New address'), 14)}{_('Bound to')}",
        ]
        if not self.found:
            return [*rows, *told(_("Nobody answered: check power and wires, and the speed of the line"), cells)]
        room = max(1, height - len(rows))
        self._top = min(max(self._top, self._place - room + 1), self._place)
        for place, one in enumerate(self.found[self._top : self._top + room], self._top):
            ink = Ink.RED if one.address in shared else Ink.PLAIN
            rows.append(listed(self._device(one), ink, chosen=place == self._place))
        return rows

    def _head(self, shared: int) -> str:
        text = _("Line {port}   {count} devices   {shared} addresses held by several")
        port = self.row.device.removeprefix("/dev/") or self.row.name if self.row is not None else "--"
        return text.format(port=tail(port, 24), count=len(self.found), shared=shared)

    def _addresses(self, addresses: range, start: int) -> Row:
        """Eight cells of the table; one that several hold is red."""
        parts: list[tuple[str, Ink]] = [(" " if start else " " * (1 + CELL), Ink.PLAIN)]
        for address in addresses:
            here = [one.serial for one in self.found if one.address == address]
            text = "--" if not here else tail(here[0], 4) if len(here) == 1 else f"{len(here)} !"
            parts.append((fit(f"{address:02X} {text}", CELL), Ink.RED if len(here) > 1 else Ink.PLAIN))
        return tuple(parts)

    def _device(self, one: Found) -> str:
        new = self.plan.get(one.serial, 0)
        binding = next((b for b in self._mode.ports.bindings if b.identity.serial == one.serial), None)
        bound = place_text(str(binding.role), binding.window) if binding is not None else "--"
        wanted = f"{new:02X}" if new and new != one.address else "--"
        return f" {fit(f'{one.serial}  {one.model}', 28)}{fit(f'{one.address:02X}', 10)}{fit(wanted, 14)}{bound}"

    def arrow(self, key: str) -> None:
        step = {"up": -1, "down": 1}.get(key, 0)
        self._place = max(0, min(len(self.found) - 1, self._place + step))

    def refused(self) -> str:
        """Why no address can be sent now."""
        double = twice(self.plan)
        if double:
            return _("address {address} would be held by two").format(address=f"{double:02X}")
        return "" if self._moves() else _("every address is as it should be")

    def _moves(self) -> dict[str, tuple[int, int]]:
        found = {one.serial: one.address for one in self.found}
        return {serial: (found[serial], new) for serial, new in self.plan.items() if new != found[serial]}

    # what is done

    def scan(self, row: PortRow) -> None:
        """Ask everyone on the line; nothing is changed by it."""
        port, line = row.name, self._line(row)

        async def work() -> tuple[Found, ...]:
            async with opened_link(port, line) as link:
                return await AddressDesk(link).discover(SLOTS)

        name = _("Addresses of {port}").format(port=self._mode.port_text())
        self._mode.jobs.start(name, work, lambda found: self._have(row, found), row=row, budget_s=BUDGET_S)

    def _have(self, row: PortRow, found: tuple[Found, ...]) -> None:
        self.close()
        self.row, self.found = row, found
        self.plan = proposed(found, self._mode.ports.bindings)
        shared = shared_addresses(found)
        if shared:
            text = _("{addresses}: held by several. F8 gives each its own, as listed")
            names = _(", ").join(f"{address:02X}" for address in shared)
            self._mode.say(text.format(addresses=names), ATTENTION)

    def edit(self) -> None:
        """Another new address for the chosen device."""
        if self.found:
            serial = self.found[self._place].serial
            label = f" {_('Address of {serial}').format(serial=serial)} "
            self._mode.open_text(label, " " + _("01 to 1F"), 2, lambda text: self._entered(serial, text))

    def _entered(self, serial: str, text: str) -> None:
        try:
            address = int(text, 16)
        except ValueError:
            address = 0
        if address in TABLE:
            self.plan[serial] = address
        else:
            self._mode.say(_("{value} cannot be: {allowed}").format(value=text, allowed=_("01 to 1F")), NOT_DONE)

    def ask(self) -> None:
        """F8 the first time: say what will change."""
        moves = _(", ").join(f"..{tail(serial, 4)} {old:02X}>{new:02X}" for serial, (old, new) in self._moves().items())
        question = _("New addresses: {moves}. {key} again within 3 seconds")
        self._mode.ask_again(Slot.F8, question, self._repair, moves=moves)

    def _repair(self) -> None:
        row, plan = self.row, dict(self.plan)
        if row is None:
            return
        port, line = row.name, self._line(row)

        async def work() -> Repaired:
            async with opened_link(port, line) as link:
                return await repair_addresses(link, plan, SLOTS)

        name = _("New addresses on {port}").format(port=self._mode.port_text())
        self._mode.jobs.start(name, work, self._repaired, row=row, budget_s=2 * BUDGET_S)

    def _repaired(self, done: Repaired) -> None:
        mode, bindings = self._mode, self._mode.ports.bindings
        self.found = tuple(
            replace(one, address=done.moved[one.serial][1]) if one.serial in done.moved else one for one in self.found
        )
        for one in bindings:
            if one.identity.serial in done.moved:
                before, after = done.moved[one.identity.serial]
                mode.visit.of(at(one)).changes.append(ReportChange("address", before, after))
        sentence = _("{count} devices have a new address").format(count=len(done.moved))
        if done.missing:
            text = _("no answer from {serials}: check power and wires, then F8 again")
            sentence += _(", ") + text.format(serials=_(", ").join(done.missing))
        after_all = readdressed(bindings, done.moved)
        if after_all != bindings:
            mode.binder.put(after_all, sentence, undoable=False)
        else:
            mode.say(sentence, NOT_DONE if done.missing else RESULT)

    def _line(self, row: PortRow) -> LineSettings:
        """Speed and format: of what is bound there, else as identified."""
        bound, known = self._mode.bound_of(row), self._mode.visit.found.get(row.name)
        if bound:
            return bound[0].line
        return known.line if known is not None else LineSettings()
