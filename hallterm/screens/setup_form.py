"""The fields of the first page as data: where they stand, what they hold, what is wrong with them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import Enum, StrEnum

from msgspec import Struct

from hallterm.locale import N_, _
from hallterm.setup_command import hours_of
from hallterm.workflows.setup import MAX_WINDOW, FirstRun, WindowSpec, problems
from hallterm.workflows.setup import Field as Named
from storage.facts import HallKind


class Purpose(StrEnum):
    """What this machine is for; a screen opens on it accordingly."""

    COUNTER = "counter"
    KIOSK = "kiosk"
    BOARD = "board"
    POINT = "point"


PURPOSES: Mapping[Purpose, str] = {
    Purpose.COUNTER: N_("counter"),
    Purpose.KIOSK: N_("ticket machine"),
    Purpose.BOARD: N_("hall TV"),
    Purpose.POINT: N_("service point"),
}
"""In the order of their digits."""


class Entry(Enum):
    """One field: label, cells, longest text, note behind its row, is it a secret."""

    HALL_NAME = (N_("Hall"), 24, 30, "", False)
    HALL_CODE = (N_("Hall code"), 9, 9, N_("9 digits"), False)
    WINDOWS = (N_("Windows"), 6, 30, "", False)
    HOST = (N_("Number host"), 22, 80, N_("none: here"), False)
    HOURS = (N_("Hours"), 24, 40, N_("no break: 08:30-18:00"), False)
    NUMBER = (N_("Staff no."), 8, 12, "", False)
    NAME = (N_("Name"), 16, 30, "", False)
    PASSWORD = (N_("Password"), 12, 64, "", True)
    AGAIN = (N_("Once more"), 12, 64, N_("at least 8"), True)

    def __init__(self, label: str, cells: int, longest: int, note: str, secret: bool) -> None:
        self.label = label
        self.cells = cells
        self.longest = longest
        self.note = note
        self.secret = secret


FORM: tuple[tuple[Entry, ...], ...] = (
    (Entry.HALL_NAME, Entry.HALL_CODE),
    (Entry.WINDOWS, Entry.HOST),
    (Entry.HOURS,),
    (Entry.NUMBER, Entry.NAME),
    (Entry.PASSWORD, Entry.AGAIN),
)
"""Rows of the page."""

_ENTRY_OF = {
    Named.HALL_NAME: Entry.HALL_NAME,
    Named.HALL_CODE: Entry.HALL_CODE,
    Named.HOURS: Entry.HOURS,
    Named.WINDOWS: Entry.WINDOWS,
    Named.NUMBER: Entry.NUMBER,
    Named.NAME: Entry.NAME,
    Named.PASSWORD: Entry.PASSWORD,
}
_RANGE = re.compile(r"([0-9]{1,3})(?:-([0-9]{1,3}))?", re.ASCII)


class Form(Struct, frozen=True):
    """What was typed so far."""

    purpose: Purpose
    texts: Mapping[Entry, str]


def windows_of(text: str) -> tuple[WindowSpec, ...] | None:
    """``3``, ``1-4`` or ``1,2,5`` as windows that call all groups; None if it is none of these."""
    numbers: list[int] = []
    for part in re.split(r"[,\s]+", text.strip()):
        match = _RANGE.fullmatch(part)
        if match is None:
            return None
        first, last = int(match[1]), int(match[2] or match[1])
        if last > MAX_WINDOW or last < first:
            return None
        numbers += range(first, last + 1)
    return tuple(WindowSpec(number) for number in numbers)


def needs_windows(purpose: Purpose) -> bool:
    """A counter has at least one window; the hall of a kiosk or a TV may get its windows later."""
    return purpose in (Purpose.COUNTER, Purpose.POINT)


def run_of(form: Form) -> FirstRun:
    """The form as the workflow takes it; windows that cannot be read are left out."""
    texts = form.texts
    return FirstRun(
        hall_name=texts[Entry.HALL_NAME],
        hall_code=texts[Entry.HALL_CODE].strip(),
        windows=windows_of(texts[Entry.WINDOWS]) or (),
        admin_number=texts[Entry.NUMBER].strip().upper(),
        admin_name=texts[Entry.NAME],
        password=texts[Entry.PASSWORD],
        kind=HallKind.POINT if form.purpose is Purpose.POINT else HallKind.HALL,
        hours=hours_of(texts[Entry.HOURS]),
    )


def problems_of(form: Form) -> dict[Entry, str]:
    """One sentence for each field that cannot be used, in the order of the page."""
    found = {_ENTRY_OF[field]: reason.text() for field, reason in problems(run_of(form)).items()}
    text = form.texts[Entry.WINDOWS].strip()
    if (text and windows_of(text) is None) or (not text and needs_windows(form.purpose)):
        found[Entry.WINDOWS] = _("windows are numbers such as 3, 1-4 or 1,2,5")
    host = form.texts[Entry.HOST].strip()
    if host and not re.fullmatch(r"https?://[^\s/]+\S*", host):
        found[Entry.HOST] = _("the number host is an address such as http://192.168.1.10:8443, or empty")
    if form.texts[Entry.PASSWORD] != form.texts[Entry.AGAIN]:
        found[Entry.AGAIN] = _("the two passwords are not the same")
    return {entry: found[entry] for entry in Entry if entry in found}
