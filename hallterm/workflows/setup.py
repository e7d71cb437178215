"""A hall is founded: its name, hours, windows, first administrator and the shipped matters. Once for every data folder."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from enum import StrEnum

from msgspec import Struct

from hallterm.catalogue import CATEGORIES, shipped_catalogue
from hallterm.locale import N_, _
from hallterm.rules import passwords
from hallterm.rules.words import Reason
from hallterm.workflows.day import ensure_day
from hallterm.workflows.desk import Refused
from storage import views
from storage.claims import number_host
from storage.errors import NotSetUp
from storage.facts import (
    CredentialChanged,
    Fact,
    GrantSet,
    HallKind,
    HallSet,
    Moment,
    Role,
    StaffSet,
    WindowSet,
)
from storage.journal import Journal
from storage.vault import Vault

ALL_GROUPS = tuple(CATEGORIES)
HOURS_COUNT = 4
MAX_NAME = 30
MAX_WINDOW = 99
FIRST_ROLES = (Role.ADMIN, Role.HALL_DIRECTOR)
"""The first person may edit reference data and work at a window until others are entered."""


class Field(StrEnum):
    """What the first page asks."""

    HALL_NAME = "hall_name"
    HALL_CODE = "hall_code"
    HOURS = "hours"
    WINDOWS = "windows"
    NUMBER = "number"
    NAME = "name"
    PASSWORD = "password"


class WindowSpec(Struct, frozen=True):
    """A position at the counter: its painted number and the ticket prefixes it calls."""

    number: int
    primary: tuple[str, ...] = ALL_GROUPS
    secondary: tuple[str, ...] = ()


class FirstRun(Struct, frozen=True):
    """What the first page asks; ``hours`` are opening and closing of the morning and the afternoon, ``HH:MM``."""

    hall_name: str
    hall_code: str
    windows: tuple[WindowSpec, ...]
    admin_number: str
    admin_name: str
    password: str
    kind: HallKind = HallKind.HALL
    hours: tuple[str, str, str, str] = ("08:30", "12:00", "14:00", "18:00")
    open_always: bool = False


SET_UP_ALREADY = Reason(N_("this data folder belongs to a hall already; nothing was changed"))
NAME_MISSING = Reason(N_("a name of 1 to 30 characters"))
CODE_SHORT = N_("hall code {code} has only {count} digits: 6 of the division, 3 of its own")
CODE_WRONG = Reason(N_("the hall code is 9 digits: 6 of the division, 3 of its own (360600001)"))
HOURS_WRONG = Reason(N_("opening hours are such as 08:30-12:00 14:00-18:00, each after the other"))
WINDOW_NUMBER = Reason(N_("windows have numbers from 1 to 99"))
WINDOW_TWICE = N_("window {number} stands there twice")
WINDOW_GROUP = N_("window {number}: group {group} does not exist; groups are {groups}")
WINDOW_EMPTY = N_("window {number} has no group to call")
WINDOW_NAME = N_("Window {number}")
STAFF_NUMBER = Reason(N_("a staff number has 1 to 12 digits or capital letters"))


def needs_setup(journal: Journal) -> bool:
    """Nobody can sign on yet: the file has no hall, or founding it was cut off. Who joined a number host gets its people."""
    if not journal.is_set_up:
        return True
    return not views.all_staff(journal.database) and not number_host(journal.database, journal.identity.hall)


def printable(text: str) -> bool:
    """A name people can read: not empty, no control characters, not too long."""
    return bool(text.strip()) and len(text) <= MAX_NAME and text.isprintable()


def staff_number_refusal(number: str) -> Reason | None:
    """Why this is no staff number."""
    return None if re.fullmatch(r"[0-9A-Z]{1,12}", number, re.ASCII) else STAFF_NUMBER


def hall_code_refusal(code: str) -> Reason | None:
    """Why this is no hall code."""
    if re.fullmatch(r"[0-9]{9}", code, re.ASCII):
        return None
    if re.fullmatch(r"[0-9]{1,8}", code, re.ASCII):
        return Reason(CODE_SHORT, {"code": code, "count": len(code)})
    return CODE_WRONG


def hours_refusal(hours: tuple[str, ...]) -> Reason | None:
    """Why these are no opening hours; a pair may be empty (the hall is closed for that half of the day)."""
    given = [one for one in hours if one]
    pairs = list(zip(hours[::2], hours[1::2], strict=False))
    shaped = all(re.fullmatch(r"([01][0-9]|2[0-3]):[0-5][0-9]", one, re.ASCII) for one in given)
    whole = len(hours) == HOURS_COUNT and given and all(bool(start) == bool(end) for start, end in pairs)
    return None if shaped and whole and given == sorted(set(given)) else HOURS_WRONG


def windows_refusal(windows: tuple[WindowSpec, ...]) -> Reason | None:
    """What is wrong with the list of windows; an empty list is right for a kiosk."""
    numbers = [one.number for one in windows]
    for one in windows:
        if not 1 <= one.number <= MAX_WINDOW:
            return WINDOW_NUMBER
        if numbers.count(one.number) > 1:
            return Reason(WINDOW_TWICE, {"number": one.number})
        refused = groups_refusal(one.number, one.primary, one.secondary)
        if refused:
            return refused
    return None


def groups_refusal(number: int, primary: tuple[str, ...], secondary: tuple[str, ...]) -> Reason | None:
    """What is wrong with the groups of a window."""
    if not primary and not secondary:
        return Reason(WINDOW_EMPTY, {"number": number})
    for group in (*primary, *secondary):
        if group not in CATEGORIES:
            return Reason(WINDOW_GROUP, {"number": number, "group": group[:4], "groups": " ".join(CATEGORIES)})
    return None


CHECKS: tuple[tuple[Field, Callable[[FirstRun], Reason | None]], ...] = (
    (Field.HALL_NAME, lambda run: None if printable(run.hall_name) else NAME_MISSING),
    (Field.HALL_CODE, lambda run: hall_code_refusal(run.hall_code)),
    (Field.HOURS, lambda run: None if run.open_always else hours_refusal(run.hours)),
    (Field.WINDOWS, lambda run: windows_refusal(run.windows)),
    (Field.NUMBER, lambda run: staff_number_refusal(run.admin_number)),
    (Field.NAME, lambda run: None if printable(run.admin_name) else NAME_MISSING),
    (Field.PASSWORD, lambda run: passwords.refusal(run.password)),
)


def problems(run: FirstRun) -> dict[Field, Reason]:
    """One sentence for each field that cannot be used, in the order of the page."""
    return {field: refused for field, check in CHECKS if (refused := check(run)) is not None}


def first_run(journal: Journal, vault: Vault, run: FirstRun, now: Moment) -> None:
    """Found the hall; raises Refused for the first wrong field, or when the folder belongs to a hall already.

    What was cut off half-way (no staff yet) is done again; nothing is recorded twice.
    """
    for refused in problems(run).values():
        raise Refused(refused)
    if not needs_setup(journal):
        raise Refused(SET_UP_ALREADY)
    _found(journal, run.hall_code)
    with journal.write(run.admin_number, now) as tx:
        if views.all_staff(tx.database):
            raise Refused(SET_UP_ALREADY)
        vault.set_password(run.admin_number, run.password)
        for fact in _facts(run):
            tx.record(fact)
        ensure_day(tx)


def _found(journal: Journal, code: str) -> None:
    try:
        if journal.identity.hall != code:
            raise Refused(SET_UP_ALREADY)
    except NotSetUp:
        journal.found(node=f"{code}-01", hall=code)


def _facts(run: FirstRun) -> Iterator[Fact]:
    am, noon, pm, end = run.hours
    yield HallSet(
        code=run.hall_code,
        name=run.hall_name.strip(),
        hall_kind=run.kind,
        parent=run.hall_code[:6],
        opening_am=am,
        closing_am=noon,
        opening_pm=pm,
        closing_pm=end,
        open_always=run.open_always,
    )
    yield from (window_fact(run.hall_code, one) for one in run.windows)
    yield StaffSet(run.admin_number, run.admin_name.strip(), run.hall_code)
    yield from (GrantSet(run.admin_number, role, run.hall_code) for role in FIRST_ROLES)
    yield CredentialChanged(run.admin_number)
    yield from shipped_catalogue()


def window_fact(hall: str, window: WindowSpec) -> WindowSet:
    """A window with its code and its name in the language of whoever sets it up."""
    name = _(WINDOW_NAME).format(number=window.number)
    return WindowSet(f"{hall}-{window.number:02d}", name, window.primary, window.secondary)
