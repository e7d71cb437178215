"""Page 2, by hand: a device that cannot be asked (relay, FF 68 pad, scanner), or any other, bound as a person names it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from devices import profiles
from devices.bindings import ADDRESS_MOST, BAUDS, Binding
from devices.codecs.lcus import CHANNEL_MOST
from devices.drivers import DRIVERS, PORTLESS
from devices.events import HALL_ROLES, Role
from devices.technician.listing import PortRow
from hallterm.actions import Slot
from hallterm.device_names import role_name
from hallterm.locale import N_, _
from hallterm.screens.technician_blink import try_named
from hallterm.screens.technician_page import Key, choices, listed, rule
from hallterm.screens.technician_words import place_text, port_name
from hallterm.widgets.cells import fit
from hallterm.widgets.frame import NOT_DONE
from hallterm.widgets.lines import Ink, Row
from hallterm.workflows.technician.named import Named, named_binding

if TYPE_CHECKING:
    from hallterm.screens.technician import TechnicianScreen

LISTED = 9


class FormRow(NamedTuple):
    """One row of the form; ``change`` is what Enter does on it."""

    name: str
    value: str
    change: Callable[[], None]


class Kind(Struct, frozen=True):
    """What the list offers: a profile, or a driver without one."""

    title: str
    profile: str = ""
    driver: str = ""

    @property
    def named(self) -> str:
        """The driver."""
        return self.driver or profiles.profile(self.profile).driver


KINDS = (
    Kind(N_("relay lamp LCUS"), "lamp_lcus"),
    Kind(N_("FF68 pad"), "pad_ff68"),
    Kind(N_("FF68 digits"), "window_ff68"),
    Kind(N_("line scanner"), "scanner_line"),
    Kind(N_("AA-BB strip, XOR"), "strip_aabb_xor"),
    Kind(N_("AA-BB strip, sum"), "strip_aabb_sum"),
    Kind(N_("AA-BB board of 4"), "board_aabb_xor"),
    Kind(N_("ID card reader SAM"), "idcard_sam"),
    Kind(N_("ESC/POS printer"), driver="printer_escpos"),
    Kind(N_("HTP/1 pad"), driver="pad_htp1"),
    Kind(N_("HTP/1 display"), driver="window_htp1"),
    Kind(N_("HTP/1 lamp"), "lamp_htp1"),
    Kind(N_("voice SYN6288"), "voice_syn6288"),
    Kind(N_("voice of this PC"), "voice_espeak"),
    Kind(N_("no device"), driver="null"),
)
"""First what cannot be asked; ``0`` shows the next nine."""

NEEDS_ADDRESS = ("_ff68", "_aabb")
ADDRESSED = (*NEEDS_ADDRESS, "_htp1")
LAMP = "lamp_lcus"


class ByHand:
    """A list of kinds, then a form of a few rows; F8 binds, Ins lets the device be heard or seen before."""

    def __init__(self, mode: TechnicianScreen) -> None:
        self._mode = mode
        self.open = False
        self._kind: Kind | None = None
        self._first = 0
        self._named = Named(Role.OVERTIME_LAMP)
        self._place = 0

    def begin(self) -> None:
        """The list of kinds."""
        self.open, self._kind, self._first, self._place = True, None, 0, 0

    def close(self) -> None:
        self.open = False

    def back(self) -> bool:
        """From the form to the list, from the list out of it."""
        if self._kind is not None:
            self._kind = None
        else:
            self.open = False
        return True

    # what is shown

    def rows(self, row: PortRow | None, cells: int) -> list[Row]:
        head = _("By hand at {port}").format(port=port_name(row) if row is not None else "--")
        rows: list[Row] = [f" {head}", rule(cells)]
        if self._kind is None:
            names = [_(kind.title) for kind in KINDS[self._first : self._first + LISTED]]
            return [*rows, " " + _("What is it?   0 shows more"), "", *choices(names, cells - 2)]
        for place, field in enumerate(self._fields()):
            rows.append(listed(f" {fit(field.name, 20)}{field.value}", Ink.PLAIN, chosen=place == self._place))
        rows += ["", " " + _("Arrows choose a row, Enter or F7 changes it, F8 binds")]
        if self._audible:
            rows.append(" " + _("Ins lets it beep or switch once, to find the right one"))
        return rows

    def _fields(self) -> list[FormRow]:
        named, kind = self._named, self._kind
        if kind is None:
            return []
        window = _("window {number}").format(number=named.window) if named.window else _("the whole hall")
        fields = [
            FormRow(_("kind"), _(kind.title), self.begin),
            FormRow(_("serves as"), role_name(named.role), self._next_role),
            FormRow(_("at"), window, self._next_window),
        ]
        if kind.named not in PORTLESS:
            fields.append(FormRow(_("speed"), f"{self._baud} 8N1", self._next_baud))
        if kind.named.endswith(ADDRESSED):
            none = "--" if kind.named.endswith(NEEDS_ADDRESS) else _("alone on its line")
            address = f"{named.address} ({named.address:02X}h)" if named.address else none
            fields.append(FormRow(_("address"), address, self._ask_address))
        if kind.named == LAMP:
            fields.append(FormRow(_("relay"), str(self._channel), self._ask_relay))
        return fields

    @property
    def _baud(self) -> int:
        profile = self._kind.profile if self._kind is not None else ""
        return self._named.baud or (profiles.profile(profile).line.baud if profile else 9600)

    @property
    def _audible(self) -> bool:
        return self._kind is not None and self._kind.named.endswith(("_ff68", "_lcus"))

    # keys

    def bar(self, row: PortRow | None) -> list[Key]:
        chosen = "" if self._kind is not None else _("first choose what it is: a digit")
        portless = self._kind is not None and self._kind.named in PORTLESS
        nowhere = "" if portless or (row is not None and not row.absent) else _("there is no port")
        silent = chosen or nowhere or ("" if self._audible else _("Ins is for relays and FF 68 pads"))
        return [
            Key(Slot.F7, _("Value"), self.change, chosen),
            Key(Slot.F8, _("Bind"), self._bind, chosen or nowhere or self._no_address()),
            Key(Slot.INSERT, _("Beep"), self._ask_try, silent or self._no_address()),
        ]

    def _no_address(self) -> str:
        needs = self._kind is not None and self._kind.named.endswith(NEEDS_ADDRESS)
        return _("first enter its address") if needs and not self._named.address else ""

    def hint(self) -> str:
        return _("a digit chooses, 0 shows more; Esc goes back")

    def digit(self, digit: int) -> bool:
        """True: it was for the list."""
        if self._kind is not None:
            return False
        if digit == 0:
            self._first = self._first + LISTED if self._first + LISTED < len(KINDS) else 0
            return True
        shown = KINDS[self._first : self._first + LISTED]
        if digit > len(shown):
            self._mode.say(_("There is no row {digit} in the list").format(digit=digit), NOT_DONE)
            return True
        self._chosen(shown[digit - 1])
        return True

    def _chosen(self, kind: Kind) -> None:
        self._kind, self._place = kind, 0
        role = sorted(DRIVERS[kind.named].roles, key=list(Role).index)[0]
        if kind.profile.startswith("board_"):
            role = Role.HALL_BOARD
        self._named = Named(role, self._windows(role)[0], kind.driver, kind.profile)

    def arrow(self, key: str) -> None:
        if self._kind is not None:
            step = {"up": -1, "down": 1}.get(key, 0)
            self._place = max(0, min(len(self._fields()) - 1, self._place + step))

    def change(self) -> None:
        """The row under the cursor: the next choice, or a number."""
        if self._kind is None:
            return
        self._fields()[self._place].change()

    def _next_role(self) -> None:
        assert self._kind is not None
        roles = sorted(DRIVERS[self._kind.named].roles, key=list(Role).index)
        role = roles[(roles.index(self._named.role) + 1) % len(roles)]
        windows = self._windows(role)
        window = self._named.window if self._named.window in windows else windows[0]
        self._named = replace(self._named, role=role, window=window)

    def _windows(self, role: Role) -> list[str]:
        """This PC's own window first; the hall itself for what may serve all of it."""
        look = self._mode.look
        own = self._mode.binder.windows_of(role)
        every = [str(number) for number in look.windows] if look is not None else []
        hall = [""] if role in HALL_ROLES else []
        return list(dict.fromkeys([*hall, *own, *every])) or [""]

    def _next_window(self) -> None:
        windows = self._windows(self._named.role)
        self._named = replace(self._named, window=windows[(windows.index(self._named.window) + 1) % len(windows)])

    def _next_baud(self) -> None:
        self._named = replace(self._named, baud=BAUDS[(BAUDS.index(self._baud) + 1) % len(BAUDS)])

    def _ask_address(self) -> None:
        self._number(_("address"), ADDRESS_MOST, lambda address: {"address": address})

    def _ask_relay(self) -> None:
        self._number(_("relay"), CHANNEL_MOST, lambda channel: {"options": {"channel": channel}})

    def _number(self, name: str, most: int, changes: Callable[[int], dict[str, Any]]) -> None:
        allowed = _("1 to {most}").format(most=most)

        def entered(text: str) -> None:
            if text.strip().isdigit() and 1 <= int(text) <= most:
                self._named = replace(self._named, **changes(int(text)))
            else:
                self._mode.say(_("{value} cannot be: {allowed}").format(value=text.strip(), allowed=allowed), NOT_DONE)

        self._mode.open_text(f" {name} ", f" {allowed}", 4, entered)

    @property
    def _channel(self) -> int:
        channel = self._named.options.get("channel", 1)
        return channel if isinstance(channel, int) else 1

    # what is done

    def _binding(self) -> Binding:
        return named_binding(self._mode.chosen or PortRow("", None), self._named)

    def _bind(self) -> None:
        row = self._mode.chosen
        portless = self._kind is not None and self._kind.named in PORTLESS
        target = PortRow("", None) if portless or row is None else row
        self.open = False
        self._mode.binder.bind_named(named_binding(target, self._named), target)

    def _ask_try(self) -> None:
        name = place_text(str(self._named.role), self._named.window)
        question = _("{device} will flash, beep or switch. {key} again within 3 seconds")
        self._mode.ask_again(Slot.INSERT, question, lambda: try_named(self._mode, self._binding(), name), device=name)
