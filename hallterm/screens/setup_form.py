"""The fields of the first page as data: where they stand, what they hold, what is wrong with them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import Enum, StrEnum

from msgspec import Struct

from hallterm.locale import N_, _
from hallterm.setup_command import hours_of
from hallterm.workflows.centre_setup import CentreRun, centre_problems
from hallterm.workflows.hub_joining import CODE_WRONG, NUMBER_WRONG, Joining, joining_refusal
from hallterm.workflows.setup import MAX_WINDOW, FirstRun, WindowSpec, problems
from hallterm.workflows.setup import Field as Named
from storage.facts import HallKind


class Purpose(StrEnum):
    """What this machine is for; a screen opens on it accordingly."""

    COUNTER = "counter"
    KIOSK = "kiosk"
    BOARD = "board"
    POINT = "point"
    CENTRE = "centre"


PURPOSES: Mapping[Purpose, str] = {
    Purpose.COUNTER: N_("counter"),
    Purpose.KIOSK: N_("ticket machine"),
    Purpose.BOARD: N_("hall TV"),
    Purpose.POINT: N_("point"),
    Purpose.CENTRE: N_("centre"),
}
"""In the order of their digits."""


class Entry(Enum):
    """One field: label, cells, longest text, note behind its row, is it a secret."""

    HALL_NAME = (N_("Hall"), 24, 30, "", False)
    HALL_CODE = (N_("Hall code"), 9, 9, N_("9 digits"), False)
    WINDOWS = (N_("Windows"), 6, 30, "", False)
    HOST = (N_("Number host"), 22, 80, N_("none: here"), False)
    HOURS = (N_("Hours"), 24, 40, N_("no break: 08:30-18:00"), False)
    CODE = (N_("Its code"), 13, 14, "", False)
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
    (Entry.HOURS, Entry.CODE),
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
HOST_WRONG = N_("the number host is an address such as http://192.168.1.10:8443, or empty")
_ADDRESS = re.compile(r"https?://[^\s/]+\S*")
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


def centre_run_of(form: Form) -> CentreRun:
    """The form of a centre: its place and its first administrator; it has no windows and no hours."""
    texts = form.texts
    return CentreRun(
        place=texts[Entry.HALL_CODE].strip(),
        name=texts[Entry.HALL_NAME],
        admin_number=texts[Entry.NUMBER].strip().upper(),
        admin_name=texts[Entry.NAME],
        password=texts[Entry.PASSWORD],
    )


def joins(form: Form) -> bool:
    """Whether this PC is one of a hall that is there already: the number host is another one."""
    return form.purpose in (Purpose.COUNTER, Purpose.KIOSK, Purpose.BOARD) and bool(form.texts[Entry.HOST].strip())


def joining_of(form: Form) -> Joining:
    """The form of such a PC; its number is that of its first window (0: none can be read)."""
    texts, windows = form.texts, windows_of(form.texts[Entry.WINDOWS])
    number = windows[0].number if windows else 0
    return Joining(texts[Entry.HOST].strip(), texts[Entry.HALL_CODE].strip(), number, texts[Entry.CODE].strip())


def _joining_problems(form: Form) -> dict[Entry, str]:
    joining = joining_of(form)
    refused = joining_refusal(joining)
    found: dict[Entry, str] = {}
    if refused is not None:
        entry = {NUMBER_WRONG.msgid: Entry.WINDOWS, CODE_WRONG.msgid: Entry.CODE}.get(refused.msgid, Entry.HALL_CODE)
        found[entry] = refused.text()
    if not _ADDRESS.fullmatch(joining.host):
        found[Entry.HOST] = _(HOST_WRONG)
    return {entry: found[entry] for entry in Entry if entry in found}


def problems_of(form: Form) -> dict[Entry, str]:
    """One sentence for each field that cannot be used, in the order of the page."""
    if joins(form):
        return _joining_problems(form)
    if form.purpose is Purpose.CENTRE:
        wrong = {_ENTRY_OF[field]: reason.text() for field, reason in centre_problems(centre_run_of(form)).items()}
        return _with_again(form, wrong)
    found = {_ENTRY_OF[field]: reason.text() for field, reason in problems(run_of(form)).items()}
    text = form.texts[Entry.WINDOWS].strip()
    if (text and windows_of(text) is None) or (not text and needs_windows(form.purpose)):
        found[Entry.WINDOWS] = _("windows are numbers such as 3, 1-4 or 1,2,5")
    host = form.texts[Entry.HOST].strip()
    if host and not _ADDRESS.fullmatch(host):
        found[Entry.HOST] = _(HOST_WRONG)
    return _with_again(form, found)


def _with_again(form: Form, found: dict[Entry, str]) -> dict[Entry, str]:
    if form.texts[Entry.PASSWORD] != form.texts[Entry.AGAIN]:
        found[Entry.AGAIN] = _("the two passwords are not the same")
    return {entry: found[entry] for entry in Entry if entry in found}
