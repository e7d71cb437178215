"""The modem lines of a port: what the host drives (DTR, RTS), what it sees (CTS, DSR, DCD, RI), and which wire joins them.

Pseudo-terminals and some converters have none. The port must be the technician's; errors: devices.errors.
"""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Final, Protocol

import msgspec

from devices.port import LINE_ERRORS, modem_pins
from devices.technician.results import Figure, Outcome, Tried

SETTLE_S: Final = 0.05
"""An USB adapter tells a change with its next status packet."""
TEST: Final = "modem_lines"


class Pins(Protocol):
    """An open port, as pyserial has it."""

    dtr: bool
    rts: bool

    @property
    def cts(self) -> bool: ...

    @property
    def dsr(self) -> bool: ...

    @property
    def cd(self) -> bool: ...

    @property
    def ri(self) -> bool: ...


class Levels(msgspec.Struct, frozen=True):
    """What stands on each line; True is on (the positive voltage)."""

    dtr: bool
    rts: bool
    cts: bool
    dsr: bool
    dcd: bool
    ri: bool


class ModemLines(msgspec.Struct, frozen=True):
    """`there`: the port has such lines; `steps` are the levels with each of DTR and RTS off and on, in that order.

    `follows` names for CTS, DSR, DCD and RI the line of ours that they follow, "" for none.
    """

    there: bool
    steps: tuple[Levels, ...] = ()
    follows: tuple[tuple[str, str], ...] = ()

    def tried(self) -> Tried:
        """As a test of a report: no lines, or none joined, is no fault of the line."""
        if not self.there:
            return Tried(TEST, Outcome.SKIPPED, "not_fitted")
        figures: dict[str, Figure] = {name: line or "none" for name, line in self.follows}
        return Tried(TEST, Outcome.PASS, figures=figures)


def modem_lines(
    port: str, *, opener: Callable[[str], AbstractContextManager[Pins]] = modem_pins, settle_s: float = SETTLE_S
) -> ModemLines:
    """Drives both lines off and on and reads the others; they are off at the end. Blocks less than a second; PortError."""
    with opener(port) as pins:
        try:
            return _toggled(pins, settle_s)
        except LINE_ERRORS:  # ENOTTY: this port has no such lines
            return ModemLines(False)


def _toggled(pins: Pins, settle_s: float) -> ModemLines:
    steps = []
    for dtr, rts in ((False, False), (True, False), (False, True), (True, True), (False, False)):
        pins.dtr, pins.rts = dtr, rts
        time.sleep(settle_s)
        steps.append(Levels(dtr, rts, pins.cts, pins.dsr, pins.cd, pins.ri))
    names = ("cts", "dsr", "dcd", "ri")
    return ModemLines(True, tuple(steps), tuple((name, _followed(name, steps)) for name in names))


def _followed(name: str, steps: list[Levels]) -> str:
    """The line of ours that this one was equal to at each step."""
    return next((ours for ours in ("dtr", "rts") if all(getattr(at, name) == getattr(at, ours) for at in steps)), "")
