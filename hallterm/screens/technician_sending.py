"""What page 3 sends: bytes, or a frame by its name, typed into the field and asked for a second time."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from devices.technician import frames
from devices.technician.decoding import protocol_of
from hallterm.actions import Slot
from hallterm.locale import _
from hallterm.widgets.cells import cut
from hallterm.widgets.frame import NOT_DONE

if TYPE_CHECKING:
    from hallterm.screens.technician_monitor import MonitorPage

SEND_MOST_BYTES = 64


class Sending:
    """``typed`` waits for F8 twice; ``outbox`` is emptied by the work at the port."""

    def __init__(self, page: MonitorPage) -> None:
        self._page = page
        self.typed = b""
        self.outbox: deque[bytes] = deque()

    def begin(self) -> deque[bytes]:
        """A port is opened: nothing of the last one is sent there."""
        self.typed, self.outbox = b"", deque()
        return self.outbox

    def ask(self) -> None:
        """The field of row 21."""
        names = " ".join(frames.names(self._protocol))
        hint = _(" bytes such as 7E 41, or {names}; F8 twice").format(names=names)
        self._page.mode.open_text(f" {_('Send')} ", hint, 30, self._entered, self.typed.hex(" ").upper())

    def forget(self) -> bool:
        """Esc: whether there was something to forget."""
        typed, self.typed = self.typed, b""
        return bool(typed)

    def confirm(self) -> None:
        """F8: say what will go, F8 again sends it."""
        shown = cut(self.typed.hex(" ").upper(), 30)
        self._page.mode.ask_again(Slot.F8, _("Send {bytes}? {key} again within 3 seconds"), self._send, bytes=shown)

    @property
    def _protocol(self) -> str:
        device = self._page.device
        return protocol_of(device.driver) if device is not None else ""

    def _entered(self, text: str) -> None:
        device = self._page.device
        address = device.address if device is not None else 0
        try:
            self.typed = frames.frame(self._protocol, text.strip(), address)
        except (KeyError, ValueError):
            self._hex(text)

    def _hex(self, text: str) -> None:
        try:
            self.typed = bytes.fromhex(text)[:SEND_MOST_BYTES]
        except ValueError:
            sentence = _("{text} is not hex: pairs of 0-9 and A-F").format(text=text.strip()[:20])
            self._page.mode.say(sentence, NOT_DONE)

    def _send(self) -> None:
        self.outbox.append(self.typed)
        self.typed = b""
        self._page.mode.say(_("Sent; Ins enters other bytes"))
