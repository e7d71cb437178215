"""What the eight pages of the technician's mode have in common: rows of the body, keys with reasons, digits, a list."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, ClassVar

from msgspec import Struct
from textual.events import Key as KeyEvent

from devices.bindings import Binding
from devices.technician.listing import PortRow
from hallterm.actions import Slot
from hallterm.locale import _
from hallterm.screens.technician_words import place_text
from hallterm.widgets.cells import fit, folded, width
from hallterm.widgets.lines import Ink, Row
from hallterm.workflows.technician.bindings import on_port

if TYPE_CHECKING:
    from hallterm.screens.technician import TechnicianScreen


class Key(Struct, frozen=True):
    """One place of the bar: its label, what it does, and why it does not now (empty: it works)."""

    slot: Slot
    label: str
    do: Callable[[], None]
    refused: str = ""


class Page:
    """One page. ``title`` is its number and name in row 1; it draws ``rows`` and answers keys; the mode does the rest."""

    title: ClassVar[str]

    def __init__(self, mode: TechnicianScreen) -> None:
        self.mode = mode

    # what is shown

    def rows(self, cells: int, height: int) -> list[Row]:
        """The body."""
        return []

    def bar(self) -> list[Key]:
        """The bar as it is now."""
        return []

    def hint(self) -> str:
        """Row 23 when every key works."""
        return _("digits change the page, arrows the row, Esc leaves")

    # what is pressed

    def raw(self, event: KeyEvent) -> bool:
        """A key before anything else sees it; True: it goes no further."""
        return False

    @property
    def learning(self) -> bool:
        """Every key is wanted as it arrives, a reader's swipe too."""
        return False

    def digit(self, digit: int) -> bool:
        """A digit of a list of this page; False: it changes the page."""
        return False

    def arrow(self, key: str) -> None:
        """Arrows move in the list of ports unless a page says otherwise."""
        self.mode.move(key)

    def enter(self) -> None:
        """It never confirms."""

    def back(self) -> bool:
        """One step back within the page; False: there is none."""
        return False

    def shown(self) -> None:
        """The page is on the screen from now on."""

    def leave(self) -> None:
        """Another page is shown, or the mode is left."""

    def second(self) -> None:
        """Once a second while something runs."""

    # what all of them need

    @property
    def row(self) -> PortRow | None:
        """The chosen port."""
        return self.mode.chosen

    @property
    def bound(self) -> tuple[Binding, ...]:
        """The bindings of the chosen port."""
        row, ports = self.row, self.mode.ports
        return on_port(ports.bindings, row, ports.infos) if row is not None else ()

    @property
    def device(self) -> Binding | None:
        """The first binding of the chosen port."""
        return next(iter(self.bound), None)

    def port_refused(self) -> str:
        """Why the chosen port cannot be opened now."""
        row = self.row
        if row is None:
            return _("there is no port")
        if row.absent:
            return _("the device is not plugged in")
        if row.holder is not None and not row.holder.station and not row.bound:
            return _("{program} has this port").format(program=row.holder.program or row.holder.pid)
        return ""

    def device_refused(self) -> str:
        """Why the bound device of the chosen port cannot be tried now."""
        return self.port_refused() or ("" if self.bound else _("first bind a device on page 1"))

    def subject(self) -> str:
        """The chosen device, or its port."""
        binding = self.device
        return place_text(binding.role, binding.window) if binding is not None else self.mode.port_text()


def columns(texts: Sequence[str], widths: Sequence[int]) -> str:
    """Texts in columns; the last one takes what is left."""
    cells = [fit(text, size) for text, size in zip(texts, widths, strict=False)]
    return "".join([*cells, *texts[len(widths) :]])


def listed(text: str, ink: Ink, *, chosen: bool) -> Row:
    """A row of a list; the cursor is a mark and reverse video."""
    return ((f">{text}", Ink.REVERSE),) if chosen else ((f" {text}", ink),)


def told(text: str, cells: int) -> list[Row]:
    """A sentence or two on as many rows as they need."""
    return [f" {line}" for line in folded(text, cells - 2, 4)]


def rule(cells: int) -> str:
    """The line between list and detail."""
    return "-" * cells


def choices(texts: Sequence[str], cells: int, *, start: int = 1) -> list[str]:
    """``1 one  2 two`` on as many rows as needed."""
    lines = [""]
    for number, text in enumerate(texts, start):
        part = f" {number} {text} "
        if width(lines[-1]) + width(part) > cells and lines[-1]:
            lines.append("")
        lines[-1] += part
    return lines
