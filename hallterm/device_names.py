"""What roles, tests and their outcomes are called: on the technician's screens, by the commands, on the paper of a report."""

from __future__ import annotations

from collections.abc import Mapping

from devices.events import Role
from devices.technician.results import Light
from hallterm.locale import N_, _

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
LIGHTS: Mapping[str, str] = {
    Light.GREEN: N_("[G] passed"),
    Light.YELLOW: N_("[Y] not all tried"),
    Light.RED: N_("[R] failed"),
}
LEVEL_NAMES: Mapping[int, str] = {
    5: N_("Very good"),
    4: N_("Good"),
    3: N_("Fair"),
    2: N_("Poor"),
    1: N_("Very poor"),
}
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


def role_name(role: str) -> str:
    """The name of a role in the language in use; an unknown one by itself."""
    found = ROLES.get(Role(role)) if role in frozenset(Role) else None
    return _(found) if found is not None else role


def test_name(name: str) -> str:
    """The name of a test; a key's test says its level."""
    if name.startswith("key_level_"):
        return _("key of level {level}").format(level=name.removeprefix("key_level_"))
    if name.startswith("loop_") or name.startswith("plug_"):
        kind, _sign, baud = name.partition("_")
        return f"{_(TESTS[kind])} {baud}"
    found = TESTS.get(name)
    return _(found) if found is not None else name


def code_word(code: str) -> str:
    """Why a test failed, and what to do."""
    found = CODES.get(code)
    if found is not None:
        return _(found)
    return _("failed ({code}): look at it on page 3").format(code=code) if code else ""


def light_words(light: str) -> str:
    """What a device or a counter is, all tests together; an unknown one by itself."""
    found = LIGHTS.get(light)
    return _(found) if found is not None else light


def keys_words(keys: Mapping[int, int]) -> str:
    """Which key of a pad means which level."""
    return ", ".join(f"{key} {_(LEVEL_NAMES[level]) if level in LEVEL_NAMES else level}" for key, level in keys.items())
