"""Words of the technician's pages: roles, states of ports, steps and results of tests. Sentences of faults are elsewhere."""

from __future__ import annotations

from collections.abc import Mapping

from devices.events import Role
from devices.technician.checks import Level
from devices.technician.identify import Heard
from devices.technician.listing import Bound, Chip, PortRow
from devices.technician.probes import Trial
from devices.technician.results import Light, Outcome
from devices.technician.showing import Question
from hallterm.locale import N_, _
from hallterm.rules.numbers import window_number
from hallterm.widgets.cells import tail
from hallterm.widgets.health import DEVICE_WORDS
from hallterm.widgets.lines import Ink

ROLES: Mapping[Role, str] = {
    Role.RATING_DEVICE: N_("Pad"),
    Role.WINDOW_DISPLAY: N_("Display"),
    Role.ID_CARD_READER: N_("Reader"),
    Role.TICKET_PRINTER: N_("Print"),
    Role.OVERTIME_LAMP: N_("Lamp"),
    Role.VOICE: N_("Speaker"),
    Role.SCANNER: N_("Scanner"),
    Role.HALL_BOARD: N_("Hall board"),
}
"""In the order of the digits that pick a role."""

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
TESTS: Mapping[str, str] = {
    "port": N_("port opens"),
    "identity": N_("identity"),
    "answers": N_("answers"),
    "self_test": N_("self-test"),
    "health": N_("own health"),
    "loop": N_("loop"),
    "plug": N_("plug loop"),
    "paper": N_("paper"),
    "display": N_("display text"),
    "slip": N_("slip"),
    "sentence": N_("sentence"),
    "lamp": N_("lamp"),
    "blink": N_("flash and beep"),
    "press": N_("a key press"),
    "card": N_("a card"),
    "scan": N_("a scan"),
    "key_chord": N_("two keys at once"),
    "key_hold": N_("a key held"),
}
LEVEL_NAMES: Mapping[int, str] = {
    5: N_("Very good"),
    4: N_("Good"),
    3: N_("Fair"),
    2: N_("Poor"),
    1: N_("Very poor"),
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


def role_name(role: str) -> str:
    """The name of a role in the language in use; an unknown one by itself."""
    found = ROLES.get(Role(role)) if role in frozenset(Role) else None
    return _(found) if found is not None else role


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


def test_name(name: str) -> str:
    """The name of a test; a key's test says its level."""
    if name.startswith("key_level_"):
        return _("key of level {level}").format(level=name.removeprefix("key_level_"))
    if name.startswith("loop_") or name.startswith("plug_"):
        kind, _sign, baud = name.partition("_")
        return f"{_(TESTS[kind])} {baud}"
    found = TESTS.get(name)
    return _(found) if found is not None else name


CODES: Mapping[str, str] = {
    "absent": N_("not plugged in: plug it in"),
    "denied": N_("no permission to open the port: page 1 says whose group"),
    "busy": N_("another program has the port: page 1 says which"),
    "refused": N_("the device or the line refuses it: check speed and kind"),
    "gone": N_("pulled out meanwhile: check the cable"),
    "stuck": N_("takes no data: power, paper, cable"),
    "flooding": N_("sends more than its line can carry: replace the adapter"),
    "silent": N_("no answer: power, cable, speed"),
    "serial": N_("another device than bound: swap the cables or the bindings"),
    "model": N_("another model than bound: bind it anew"),
    "class": N_("another kind of device than bound: bind it anew"),
    "keys": N_("another number of keys than bound: learn them on page 5"),
    "address": N_("another address than bound: page 6 sets it"),
    "options": N_("its options do not fit: check devices.toml"),
    "lost": N_("answers get lost: check the cable, test it on page 4"),
    "failed": N_("its own test failed: replace it"),
    "damaged": N_("damaged frames: check the cable"),
    "stuck_key": N_("a key is stuck: free or replace it"),
    "case_open": N_("its case is open: close it"),
    "memory": N_("its memory fails: replace it"),
    "low_supply": N_("too little voltage: replace the supply"),
    "bounces": N_("a key bounces: clean or replace it"),
    "not_seen": N_("you saw or heard nothing: check it"),
    "not_answered": N_("not answered"),
    "no_question": N_("cannot be asked"),
    "not_fitted": N_("has no such part"),
    "not_reported": N_("this pad does not report it"),
    "not_wanted": N_("not needed at this site"),
    "paper_out": N_("out of paper: put a roll in"),
    "paper": N_("out of paper: put a roll in"),
    "paper_low": N_("paper runs low: put a roll ready"),
    "cover_open": N_("the cover is open: close it"),
    "cover": N_("the cover is open: close it"),
    "offline": N_("the printer is off line: press its feed key"),
    "no_card": N_("no card was on the reader"),
    "not_ready": N_("not ready: try again"),
}


def code_word(code: str) -> str:
    """Why a test failed, and what to do."""
    found = CODES.get(code)
    if found is not None:
        return _(found)
    return _("failed ({code}): look at it on page 3").format(code=code) if code else ""
