"""Reference data of a hall: staff and their roles, windows and their groups, matters. Every change is a fact.

Rights come from the grants (:mod:`storage.access`). Nobody can lock the hall out: the last administrator stays one.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from io import StringIO

import msgspec
from msgspec import Struct

from hallterm.catalogue import COLUMNS, CatalogueError, decode, read_catalogue, shipped_catalogue
from hallterm.locale import N_
from hallterm.rules import passwords
from hallterm.rules.numbers import window_number
from hallterm.rules.words import Reason
from hallterm.workflows.desk import Desk, Done, Refused
from hallterm.workflows.look import health
from hallterm.workflows.seen import Health
from hallterm.workflows.setting_changes import SettingLine, change_refusal, setting_lines, today_of
from hallterm.workflows.setup import (
    NAME_MISSING,
    WindowSpec,
    groups_refusal,
    printable,
    staff_number_refusal,
    window_fact,
    windows_refusal,
)
from hallterm.workflows.sign_on import grants_of
from storage import views
from storage.access import Action, may
from storage.database import Database
from storage.facts import (
    CredentialChanged,
    GrantEnded,
    GrantSet,
    Moment,
    Role,
    ServiceTypeSet,
    StaffSet,
    WindowSet,
    WindowState,
)
from storage.journal import Write
from storage.vault import Vault
from storage.views import Matter, WindowRow

HALL_ROLES = (
    Role.CLERK,
    Role.GUIDE,
    Role.DUTY_LEADER,
    Role.HALL_DIRECTOR,
    Role.ASSESSOR,
    Role.TECHNICIAN,
    Role.POINT_CLERK,
    Role.ADMIN,
)
"""Roles that a hall gives to its own people, in the order of the list."""

EDITED = (Action.EDIT_STAFF, Action.EDIT_WINDOWS, Action.EDIT_CATALOGUE)

NOT_ALLOWED = Reason(N_("your roles do not allow this; the administrator may do it"))
NUMBER_TAKEN = N_("number {number} belongs to {name} already")
NOBODY = N_("there is nobody with number {number}")
NO_ROLE_CHOSEN = Reason(N_("choose at least one role"))
LAST_ADMIN = Reason(N_("this is the only administrator: make somebody else one first"))
IN_USE_BY = N_("window {window} is open under {staff}: sign off there first")
WINDOW_EXISTS = N_("window {number} is there already")
NO_WINDOW = N_("there is no window {number}")
NO_MATTER = N_("there is no matter {code}")
DECIDED_ABOVE = N_("{code} is decided by {place} for all its halls: ask there to have it changed")
CODE_TAKEN = N_("{code} is there already: {name}")
SENTENCE = "{sentence}"
STAFF_SAVED = N_("{number} {name} is saved")
STAFF_GONE = N_("{number} {name} can sign on no more")
WINDOW_SAVED = N_("Window {number} is saved")
WINDOW_GONE = N_("Window {number} is out of use")
MATTER_SAVED = N_("{code} is saved; services that run keep their limit")
MATTERS_SAVED = N_("{count} matters are new or changed, {same} as before")


class StaffDraft(Struct, frozen=True):
    """A person as the editor has him; a password is needed for a new one only and must be changed at first sign-on."""

    number: str
    name: str
    roles: tuple[Role, ...]
    active: bool = True
    password: str = ""


def allowed(desk: Desk, action: Action, db: Database) -> None:
    """Raise Refused unless the person of the desk may do this in its hall."""
    if not may(grants_of(db, desk.staff), action, desk.hall):
        raise Refused(NOT_ALLOWED)


def hall_roles(db: Database, hall: str, number: str) -> tuple[Role, ...]:
    """The roles a person has at the hall itself."""
    return tuple(Role(row.role) for row in views.grants(db, number) if row.node == hall and row.role in HALL_ROLES)


# staff


def add_staff(desk: Desk, vault: Vault, draft: StaffDraft, now: Moment) -> Done:
    """A new person with a first password; raises Refused."""
    _draft_refusal(draft)
    _raise(passwords.refusal(draft.password))
    with desk.journal.write(desk.staff, now) as tx:
        allowed(desk, Action.EDIT_STAFF, tx.database)
        known = views.staff(tx.database, draft.number)
        if known is not None:
            raise Refused(Reason(NUMBER_TAKEN, {"number": known.number, "name": known.name}))
        tx.record(StaffSet(draft.number, draft.name.strip(), desk.hall))
        for role in draft.roles:
            tx.record(GrantSet(draft.number, role, desk.hall))
        tx.record(CredentialChanged(draft.number, must_change=True))
        vault.set_password(draft.number, draft.password, must_change=True)
    return Done(Reason(STAFF_SAVED, {"number": draft.number, "name": draft.name.strip()}))


def change_staff(desk: Desk, draft: StaffDraft, now: Moment) -> Done:
    """Another name, other roles, away or back; only what differs is recorded. Raises Refused."""
    _draft_refusal(draft)
    with desk.journal.write(desk.staff, now) as tx:
        db = tx.database
        allowed(desk, Action.EDIT_STAFF, db)
        before = views.staff(db, draft.number)
        if before is None:
            raise Refused(Reason(NOBODY, {"number": draft.number}))
        _keep_an_admin(db, desk.hall, draft)
        if not draft.active:
            _not_signed_on(desk, db, draft.number)
        if (draft.name.strip(), draft.active) != (before.name, before.active):
            tx.record(StaffSet(draft.number, draft.name.strip(), before.hall, draft.active))
        _change_roles(tx, desk.hall, draft)
    words = STAFF_SAVED if draft.active else STAFF_GONE
    return Done(Reason(words, {"number": draft.number, "name": draft.name.strip()}))


def _draft_refusal(draft: StaffDraft) -> None:
    _raise(staff_number_refusal(draft.number))
    _raise(None if printable(draft.name) else NAME_MISSING)
    _raise(None if draft.roles else NO_ROLE_CHOSEN)


def _change_roles(tx: Write, hall: str, draft: StaffDraft) -> None:
    before = hall_roles(tx.database, hall, draft.number)
    for role in HALL_ROLES:
        if role in draft.roles and role not in before:
            tx.record(GrantSet(draft.number, role, hall))
        elif role in before and role not in draft.roles:
            tx.record(GrantEnded(draft.number, role, hall))


def _keep_an_admin(db: Database, hall: str, draft: StaffDraft) -> None:
    if draft.active and Role.ADMIN in draft.roles:
        return
    if Role.ADMIN not in hall_roles(db, hall, draft.number):
        return
    others = (one for one in views.all_staff(db) if one.active and one.number != draft.number)
    if not any(Role.ADMIN in hall_roles(db, hall, one.number) for one in others):
        raise Refused(LAST_ADMIN)


def _not_signed_on(desk: Desk, db: Database, number: str) -> None:
    for window in views.windows(db, desk.hall):
        if window.staff == number and window.state is not WindowState.CLOSED:
            raise Refused(Reason(IN_USE_BY, {"window": window_number(window.code), "staff": number}))


# windows


def add_window(desk: Desk, spec: WindowSpec, now: Moment) -> Done:
    """A new window; one that was out of use comes back. Raises Refused."""
    _raise(windows_refusal((spec,)))
    fact = window_fact(desk.hall, spec)
    with desk.journal.write(desk.staff, now) as tx:
        allowed(desk, Action.EDIT_WINDOWS, tx.database)
        known = views.window(tx.database, fact.code)
        if known is not None and known.active:
            raise Refused(Reason(WINDOW_EXISTS, {"number": spec.number}))
        tx.record(fact)
    return Done(Reason(WINDOW_SAVED, {"number": spec.number}))


def change_window(desk: Desk, spec: WindowSpec, now: Moment, *, active: bool = True) -> Done:
    """Other groups, or out of use; a window in use stays. Raises Refused."""
    _raise(groups_refusal(spec.number, spec.primary, spec.secondary))
    code = f"{desk.hall}-{spec.number:02d}"
    with desk.journal.write(desk.staff, now) as tx:
        allowed(desk, Action.EDIT_WINDOWS, tx.database)
        known = views.window(tx.database, code)
        if known is None:
            raise Refused(Reason(NO_WINDOW, {"number": spec.number}))
        if not active and known.state is not WindowState.CLOSED:
            raise Refused(Reason(IN_USE_BY, {"window": spec.number, "staff": known.staff}))
        tx.record(WindowSet(code, known.name, spec.primary, spec.secondary, active))
    return Done(Reason(WINDOW_SAVED if active else WINDOW_GONE, {"number": spec.number}))


# matters


def change_matter(
    desk: Desk,
    code: str,
    now: Moment,
    *,
    limit_min: int | None = None,
    hidden: bool | None = None,
    name_zh: str = "",
    tax_core_ref: str | None = None,
) -> Done:
    """A new version of one matter; services that run keep the old one. Raises Refused."""
    with desk.journal.write(desk.staff, now) as tx:
        allowed(desk, Action.EDIT_CATALOGUE, tx.database)
        known = views.matter(tx.database, desk.hall, code, day=today_of(tx.database, desk.hall, now))
        if known is None:
            raise Refused(Reason(NO_MATTER, {"code": code[:4]}))
        changed = as_fact(known)
        changed = msgspec.structs.replace(
            changed,
            limit_min=changed.limit_min if limit_min is None else limit_min,
            hidden=changed.hidden if hidden is None else hidden,
            name_zh=name_zh.strip() or changed.name_zh,
            tax_core_ref=changed.tax_core_ref if tax_core_ref is None else tax_core_ref.strip(),
        )
        _put(tx, desk.hall, [checked_matter(changed)], {code: known})
    return Done(Reason(MATTER_SAVED, {"code": code}))


def add_matter(
    desk: Desk, code: str, name_zh: str, limit_min: str, now: Moment, name_en: str = "", tax_core_ref: str = ""
) -> Done:
    """A matter of the hall's own, from number 50 up; raises Refused."""
    code = code.strip().upper()
    words = {"code": code, "name_zh": name_zh, "name_en": name_en, "limit_min": limit_min}
    matter = read_matter({**words, "tax_core_ref": tax_core_ref.strip()})
    with desk.journal.write(desk.staff, now) as tx:
        allowed(desk, Action.EDIT_CATALOGUE, tx.database)
        known = views.matter(tx.database, desk.hall, code)
        if known is not None:
            raise Refused(Reason(CODE_TAKEN, {"code": code, "name": known.name_zh}))
        tx.record(matter)
    return Done(Reason(MATTER_SAVED, {"code": code}))


def import_matters(desk: Desk, content: bytes, source_name: str, now: Moment) -> Done:
    """A table of matters as a file's bytes; CatalogueError names every fault with its line, and nothing is recorded."""
    return put_matters(desk, read_catalogue(decode(content, source_name), source_name, _shipped_codes()), now)


def put_matters(desk: Desk, matters: Iterable[ServiceTypeSet], now: Moment) -> Done:
    """New versions of what differs; matters that are not in the table stay as they are. Raises Refused."""
    given = list(matters)
    with desk.journal.write(desk.staff, now) as tx:
        allowed(desk, Action.EDIT_CATALOGUE, tx.database)
        today = today_of(tx.database, desk.hall, now)
        changed = _put(tx, desk.hall, given, {one.code: one for one in views.matters(tx.database, desk.hall, today)})
    return Done(Reason(MATTERS_SAVED, {"count": changed, "same": len(given) - changed}))


def _put(tx: Write, hall: str, matters: Iterable[ServiceTypeSet], known: dict[str, Matter]) -> int:
    """What differs from ``known`` is a new version, from today on where there was one before."""
    changed, today = 0, today_of(tx.database, hall, tx.now)
    for matter in matters:
        before = known.get(matter.code)
        number = before.number if before else 0
        if before is not None and as_fact(before) == msgspec.structs.replace(matter, number=number):
            continue
        decided = views.decided_at(tx.database, hall, matter.code, today)
        if decided != hall:
            raise Refused(Reason(DECIDED_ABOVE, {"code": matter.code, "place": decided or "*"}))
        newer = max(number, views.last_number(tx.database, matter.code)) + 1
        tx.record(msgspec.structs.replace(matter, number=newer, from_day=today if before else ""))
        changed += 1
    return changed


def as_fact(matter: Matter) -> ServiceTypeSet:
    """A version in force as the fact that would set it again."""
    return ServiceTypeSet(**{name: getattr(matter, name) for name in Matter.__struct_fields__})


def _shipped_codes() -> set[str]:
    return {matter.code for matter in shipped_catalogue()}


def checked_matter(matter: ServiceTypeSet) -> ServiceTypeSet:
    """The same checks as a table's row: one place knows what a matter may be."""
    flags = {name: str(int(getattr(matter, name))) for name in ("batchable", "completion_workdays", "hidden")}
    words = {name: getattr(matter, name) for name in ("code", "name_zh", "name_en", "initials", "tax_core_ref")}
    read_matter({**words, **flags, "limit_min": str(matter.limit_min)})
    return matter


def read_matter(row: dict[str, str]) -> ServiceTypeSet:
    """One matter from the columns of a table's row, with the checks of a table; raises Refused."""
    text = StringIO()
    writer = csv.DictWriter(text, [name for name in COLUMNS if name in row])
    writer.writeheader()
    writer.writerow({name: " ".join(value.split("\n")) for name, value in row.items()})
    try:
        return read_catalogue(text.getvalue(), "", _shipped_codes())[0]
    except CatalogueError as error:
        raise Refused(Reason(SENTENCE, {"sentence": error.problems[0].sentence})) from error


def _raise(refused: Reason | None) -> None:
    if refused is not None:
        raise Refused(refused)


class StaffLine(Struct, frozen=True):
    """One person with the roles at this hall."""

    number: str
    name: str
    active: bool
    roles: tuple[Role, ...]


class ReferenceView(Struct, frozen=True):
    """What the editor lists; ``allowed`` are the kinds of data the person may change. Settings everybody may see."""

    hall: str
    staff: tuple[StaffLine, ...]
    windows: tuple[WindowRow, ...]
    matters: tuple[Matter, ...]
    allowed: frozenset[Action]
    health: Health
    settings: tuple[SettingLine, ...] = ()
    settings_refused: Reason | None = None


def reference_view(desk: Desk, now: Moment) -> ReferenceView:
    """Read the lists of the hall."""
    db, hall = desk.journal.database, desk.hall
    grants = grants_of(db, desk.staff)
    found = views.hall(db, hall)
    people = [one for one in views.all_staff(db) if one.hall == hall]
    return ReferenceView(
        hall=found.name if found else hall,
        staff=tuple(StaffLine(one.number, one.name, one.active, hall_roles(db, hall, one.number)) for one in people),
        windows=tuple(views.standing_windows(db, hall)),
        matters=tuple(views.matters(db, hall, today_of(db, hall, now))),
        allowed=frozenset(action for action in EDITED if may(grants, action, hall)),
        health=health(desk, now, desk.window),
        settings=setting_lines(db, hall, today_of(db, hall, now)),
        settings_refused=change_refusal(db, desk.staff, hall),
    )
