"""Words of the technician's pages: roles, states of ports, steps and results of tests. Sentences of faults are elsewhere."""

from __future__ import annotations

from collections.abc import Mapping

from devices.technician.checks import Level
from devices.technician.identify import Heard
from devices.technician.listing import Bound, Chip, PortRow
from devices.technician.probes import Trial
from devices.technician.results import Light, Outcome
from devices.technician.showing import Question
from hallterm.device_names import role_name
from hallterm.locale import N_, _
from hallterm.rules.numbers import window_number
from hallterm.widgets.cells import tail
from hallterm.widgets.health import DEVICE_WORDS
from hallterm.widgets.lines import Ink

TRIALS: Mapping[Trial, str] = {
    Trial.LISTEN: N_("listening for 300 ms"),
    Trial.HTP1: "HTP HELLO",
    Trial.SAM: N_("SAM status"),
    Trial.SYN6288: N_("SYN query"),
    Trial.ESCPOS: N_("ESC/POS status"),
    Trial.AABB: N_("AA..55 strip"),
}
HEARD: Mapping[Heard, str] = {
    Heard.ASKING: "..",
    Heard.SILENT: N_("no answer"),
    Heard.UNREADABLE: N_("unreadable"),
    Heard.FOUND: N_("answers"),
}
OUTCOMES: Mapping[Outcome, tuple[str, Ink]] = {
    Outcome.PASS: (N_("pass"), Ink.GREEN),
    Outcome.FAIL: (N_("FAIL"), Ink.RED),
    Outcome.SKIPPED: (N_("skipped"), Ink.YELLOW),
}
LIGHTS: Mapping[Light, tuple[str, Ink]] = {
    Light.GREEN: (N_("[G] passed"), Ink.GREEN),
    Light.YELLOW: (N_("[Y] not all tried"), Ink.YELLOW),
    Light.RED: (N_("[R] failed"), Ink.RED),
}
LEVELS: Mapping[Level, str] = {
    Level.INTERNAL: N_("inside only: nothing is seen or heard"),
    Level.EXTERNAL: N_("prints, speaks, lights and shows"),
    Level.INTERACTIVE: N_("the same, and asks you what you saw"),
}
"""In the order of the digits."""

QUESTIONS: Mapping[Question, str] = {
    Question.DISPLAY_SEEN: N_("Is the text on the display whole and readable?"),
    Question.SLIP_GOOD: N_("Is the slip whole, with its QR code?"),
    Question.SENTENCE_HEARD: N_("Was the sentence heard clearly?"),
    Question.LAMP_SEEN: N_("Was the lamp lit?"),
    Question.PAD_BLINKED: N_("Did the pad flash or beep?"),
    Question.PRESS_A_KEY: N_("After 1 press any key of the pad within 20 s"),
    Question.PUT_A_CARD: N_("Put the test card on the reader, then 1; nothing of it is kept"),
    Question.SCAN_SOMETHING: N_("After 1 scan any code within 20 s; nothing of it is kept"),
}


def port_name(row: PortRow) -> str:
    """What a narrow column shows of a port; one that is not there has no name."""
    if row.absent:
        return "--"
    device = row.device or row.name
    return device.removeprefix("/dev/")


def chip_name(row: PortRow) -> str:
    """The chip, or nothing known."""
    return "--" if row.chip is None else _("simul.") if row.chip is Chip.SIMULATED else str(row.chip)


def place_text(role: str, window: str) -> str:
    """``评价器 3号``; a device of the hall has no window."""
    if not window:
        return role_name(role)
    number = window if window.isdigit() else str(window_number(window)) if "-" in window else window
    return _("{role} w.{window}").format(role=role_name(role), window=number)


def bound_text(bound: tuple[Bound, ...]) -> str:
    """``评价器 3号 ..0317``, or how many share the port."""
    if not bound:
        return _("not bound")
    first = bound[0]
    name = place_text(str(first.role), first.window)
    if len(bound) > 1:
        return _("{first} and {count} more").format(first=name, count=len(bound) - 1)
    if first.serial:
        return f"{name} ..{tail(first.serial, 4)}"
    return f"{name} {first.address:02X}h" if first.address else name


def state_word(state: str) -> tuple[str, Ink]:
    """The word of a device's state and its colour."""
    word, ink = DEVICE_WORDS.get(state, (state, Ink.RED))
    return _(word), ink
