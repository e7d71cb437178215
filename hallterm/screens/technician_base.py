"""What the technician's pages stand on: the list of ports, who may work, the field of row 21. Looking opens no port."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from textual.app import ComposeResult
from textual.worker import Worker, WorkerCancelled

from devices.bindings import Binding
from devices.technician.listing import PortRow
from hallterm.actions import Slot
from hallterm.locale import _
from hallterm.screens.sign_on_base import AskingScreen
from hallterm.screens.technician_words import port_name
from hallterm.widgets.field import Field, RowField
from hallterm.widgets.lines import Lines
from hallterm.workflows.technician.bindings import on_port
from hallterm.workflows.technician.look import Place, Ports, TechnicianLook, read_ports, technician_look
from hallterm.workflows.technician.visit import Visit

SCAN_EVERY_MS = 5_000


class PortsScreen(AskingScreen):
    """A screen over the ports of this PC; what the files say comes as a view, what the machine has is looked up aside."""

    DEFAULT_CSS = "PortsScreen #page { height: 1fr; } PortsScreen #input { height: 1; }"

    def __init__(self, place: Place, id: str) -> None:
        super().__init__(id=id)
        self.place = place
        self.look: TechnicianLook | None = None
        self.ports = Ports()
        self.input = RowField(id="input")
        self.visit: Visit
        self._chosen = ""
        self._scanned_m = -SCAN_EVERY_MS
        self._scanning: Worker[Any]
        self._entered: Callable[[str], None] | None = None

    def compose_body(self) -> ComposeResult:
        yield Lines(id="page")
        yield self.input

    # what is known

    def read(self) -> None:
        """Ask for rights and devices; a change is told afterwards."""
        self.ask_store(technician_look, self.show_view, writes=False)

    def show_view(self, view: Any) -> None:
        """Rights and devices as the storage thread sees them; ports are looked at anew."""
        if isinstance(view, TechnicianLook):
            if self.look is not None and self.look.staff != view.staff:
                self.visit = Visit(self.host.now())
            self.look = view
            self.scan()
            self.repaint()

    def scan(self) -> None:
        """Look which ports there are, beside this thread."""
        self._scanned_m = self.host.now().m
        scan: Any = self._scan  # not begun yet: one that is overtaken leaves nothing behind
        self._scanning = self.run_worker(scan, group="scan", exclusive=True, exit_on_error=True)

    async def scanned(self) -> None:
        """Look now, and wait until what was found is here; also by a look that overtook this one."""
        self.scan()
        while True:
            scanning = self._scanning
            with suppress(WorkerCancelled):
                await scanning.wait()
            if scanning is self._scanning:
                return

    async def _scan(self) -> None:
        pid = self.look.station_pid if self.look is not None else 0
        before, self.ports = self.ports, await asyncio.to_thread(read_ports, self.place, pid)
        if before != self.ports:
            self.ports_changed(before)
            self.repaint()

    def ports_changed(self, before: Ports) -> None:
        """Something was plugged in, pulled out, bound or taken since the last look."""

    @property
    def scan_due(self) -> bool:
        """The last look is some seconds old."""
        return self.host.now().m - self._scanned_m >= SCAN_EVERY_MS

    # the list

    @property
    def chosen(self) -> PortRow | None:
        """The port under the cursor."""
        rows = self.ports.rows
        return next((row for row in rows if row_key(row) == self._chosen), rows[0] if rows else None)

    def choose(self, row: PortRow) -> None:
        """Move the cursor."""
        self._chosen = row_key(row)

    def bound_of(self, row: PortRow | None) -> tuple[Binding, ...]:
        """The bindings of a port."""
        return on_port(self.ports.bindings, row, self.ports.infos) if row is not None else ()

    def port_text(self) -> str:
        """The chosen port by its short name."""
        return port_name(self.chosen) if self.chosen is not None else "--"

    # asking

    def ask_again(self, slot: Slot, question: str, then: Callable[[], None], **values: object) -> None:
        """Ask on row 22; the same key again does it."""
        action = self.slot_action(slot)
        self.ask(action, question.format(key=self.key_of(action), **values), then)

    # the field of row 21

    def open_text(self, label: str, hint: str, cells: int, entered: Callable[[str], None], text: str = "") -> None:
        """Ask for a text; ``entered`` gets it at Enter, Esc closes it."""
        self._entered = entered
        self.input.begin(label, hint, cells)
        self.input.value = text
        self.open_field(self.input)
        self.set_reasons(_("Enter takes it over, Esc leaves it as it was"))

    def end_text(self) -> None:
        """No field is open."""
        self.close_field()
        self.input.end()
        self._entered = None

    def field_entered(self, field: Field) -> None:
        entered, text = self._entered, field.value
        self.end_text()
        if entered is not None:
            entered(text)
        self.repaint()


def row_key(row: PortRow) -> str:
    """What stays of a row over two looks."""
    return f"{row.name} {row.location} {row.usb_serial} {row.absent}"
