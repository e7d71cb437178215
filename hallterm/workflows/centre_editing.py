"""Reference data decided at a centre for the places below it: people, grants, settings, matters, halls. Every change is a fact
that goes down with the feed; the checks are those of a hall's own editor.

By command whoever may write the centre's files on its machine decides; the operating system says who that is, and ``by`` is
``-``. By screen it is a person: ``by`` is the staff number, and the grants say whether he may at that place.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import msgspec

from hallterm.locale import N_, _
from hallterm.rules import passwords
from hallterm.rules.words import Reason
from hallterm.workflows.desk import Desk, Refused
from hallterm.workflows.known_places import unknown
from hallterm.workflows.setting_changes import TODAY, SettingDraft, change_setting, first_day, today_of
from hallterm.workflows.setup import NAME_MISSING, printable, staff_number_refusal
from hallterm.workflows.sign_on import grants_of
from storage import nodes, views
from storage.access import Action, Level, level, may, who_may
from storage.database import Database
from storage.facts import (
    CredentialChanged,
    Fact,
    GrantEnded,
    GrantSet,
    HallKind,
    HallSet,
    Moment,
    Role,
    ServiceTypeSet,
    StaffSet,
)
from storage.journal import Journal
from storage.local import Board
from storage.vault import Vault
from storage.views import GrantRow, Matter

SAVED = N_("{what} is saved; it goes down with the next exchange of each PC")
MATTERS = N_("{count} matters are new or changed for {scope}, {same} as before")
MATTERS_LATER = N_("{count} matters are new or changed for {scope} from {day} on, {same} as before")
SAME = N_("{what} is so already; nothing was recorded")
NOT_A_PLACE = N_("{place}: a place is a code of digits, letters and hyphens, such as 360600001")
NO_PARENT = N_("{place}: this code does not say what it stands under (6 or 9 digits would): name that place too")
NOBODY = N_("there is nobody with number {number}")
NO_SUCH_ROLE = N_("{role}: there is no such role; roles are {roles}")
NOT_GRANTED = N_("{number} has no role {role} at {place}")
NOT_THERE = N_("your roles do not allow this at {place}; {roles} may")
LAST_ADMIN = Reason(N_("this is the only administrator of the centre: make somebody else one first"))
NOBODY_SIGNED = "-"
NUMBER_TAKEN = N_("number {number} belongs to {name} already")
NO_MATTER = N_("there is no matter {code}")
NO_STAFF_HALL = Reason(N_("a new person needs a name and the place he belongs to"))


def put_staff(
    journal: Journal,
    vault: Vault,
    number: str,
    name: str,
    hall: str,
    now: Moment,
    *,
    active: bool = True,
    password: str,
    by: str = NOBODY_SIGNED,
) -> Reason:
    """A person, and a first password if one is given (it must be changed at the first sign-on); raises Refused."""
    _refuse(staff_number_refusal(number))
    with journal.write(by, now) as tx:
        before = views.staff(tx.database, number)
        name, hall = name.strip() or (before.name if before else ""), hall or (before.hall if before else "")
        if not name or not hall:
            raise Refused(NO_STAFF_HALL)
        _refuse(None if printable(name) else NAME_MISSING)
        _refuse(place_refusal(hall))
        allowed_at(tx.database, by, Action.EDIT_STAFF, before.hall if before else hall, hall)
        if before is None or before.hall != hall:
            _refuse(unknown(tx.database, hall))
        if not active:
            _keep_an_admin(tx.database, number)
        if before is None or (before.name, before.hall, before.active) != (name, hall, active):
            tx.record(StaffSet(number, name, hall, active))
        if password:
            _refuse(passwords.refusal(password))
            tx.record(CredentialChanged(number, must_change=True))
            vault.set_password(number, password, must_change=True)
        return _said(f"{number} {name}", tx.recorded)


def put_grant(
    journal: Journal,
    number: str,
    role: str,
    place: str,
    now: Moment,
    *,
    ended: bool = False,
    by: str = NOBODY_SIGNED,
) -> Reason:
    """A role at a place, or its end; raises Refused."""
    if role not in Role.__members__.values():
        raise Refused(Reason(NO_SUCH_ROLE, {"role": role[:20], "roles": " ".join(Role)}))
    _refuse(place_refusal(place))
    with journal.write(by, now) as tx:
        allowed_at(tx.database, by, Action.EDIT_STAFF, place)
        if views.staff(tx.database, number) is None:
            raise Refused(Reason(NOBODY, {"number": number[:12]}))
        has = any((one.role, one.node) == (role, place) for one in views.grants(tx.database, number))
        if not ended and not has:
            _refuse(unknown(tx.database, place))
        if ended and not has:
            raise Refused(Reason(NOT_GRANTED, {"number": number, "role": role, "place": place}))
        if ended and role == Role.ADMIN:
            _keep_an_admin(tx.database, number, place)
        fact: Fact = GrantEnded(number, Role(role), place) if ended else GrantSet(number, Role(role), place)
        if ended or not has:
            tx.record(fact)
        return _said(f"{number} {role} {place}", tx.recorded)


def put_setting(
    journal: Journal,
    board: Board,
    name: str,
    value: str,
    scope: str,
    now: Moment,
    *,
    from_day: str = "",
    may_override: bool = False,
) -> Reason:
    """A setting for a place and all below it, with the checks of the page; quotes around the value may be left out.
    Raises Refused.
    """
    _refuse(place_refusal(scope))
    bare = re.fullmatch(r'"(.*)"', value.strip())
    draft = SettingDraft(name, bare[1] if bare else value, from_day or TODAY, scope, may_override)
    return change_setting(Desk(journal, board, ""), draft, now).words


def put_matters(
    journal: Journal,
    matters: Iterable[ServiceTypeSet],
    scope: str,
    now: Moment,
    *,
    may_override: bool = False,
    first: str = TODAY,
    by: str = NOBODY_SIGNED,
) -> Reason:
    """A checked table of matters for a place and all below it: what differs from what holds there on the day ``first``
    (``today``, ``tomorrow`` or ``YYYY-MM-DD``) is a new version from that day on. Raises Refused.
    """
    _refuse(place_refusal(scope))
    given, today = list(matters), today_of(journal.database, "", now)
    day = first_day(first, today)
    with journal.write(by, now) as tx:
        allowed_at(tx.database, by, Action.EDIT_CATALOGUE, scope)
        newest = _newest(tx.database, scope, day)
        for matter in given:
            fact = msgspec.structs.replace(matter, scope=scope, may_override=may_override)
            before = newest.get(matter.code)
            if before is not None and before == msgspec.structs.replace(fact, number=before.number):
                continue
            number = views.last_number(tx.database, matter.code) + 1
            always = before is None and day == today
            tx.record(msgspec.structs.replace(fact, number=number, from_day="" if always else day))
        changed = len(tx.recorded)
    words = MATTERS if day == today else MATTERS_LATER
    return Reason(words, {"count": changed, "scope": scope, "same": len(given) - changed, "day": day})


def put_hall(
    journal: Journal,
    code: str,
    name: str,
    parent: str,
    now: Moment,
    *,
    kind: str = HallKind.HALL.value,
    by: str = NOBODY_SIGNED,
) -> Reason:
    """The name of a hall or a point, and what it stands under; hours stay as they are. Raises Refused."""
    _refuse(place_refusal(code))
    _refuse(None if printable(name) else NAME_MISSING)
    if parent:
        _refuse(place_refusal(parent))
    with journal.write(by, now) as tx:
        allowed_at(tx.database, by, Action.EDIT_STAFF, code, *([parent] if parent else []))
        known = views.hall(tx.database, code)
        if known is None and not parent and not re.fullmatch(r"[0-9]{6}([0-9]{3})?", code, re.ASCII):
            raise Refused(Reason(NO_PARENT, {"place": code}))
        fact = HallSet(code, name.strip(), HallKind(kind), parent)
        if known is not None:
            hours = ("opening_am", "closing_am", "opening_pm", "closing_pm", "open_always")
            fact = msgspec.structs.replace(fact, **{field: getattr(known, field) for field in hours})
        tx.record(fact)
        return _said(f"{code} {name.strip()}", tx.recorded)


def allowed_at(db: Database, by: str, action: Action, *places: str) -> None:
    """Whether this person may do it at all these places; raises Refused."""
    if by == NOBODY_SIGNED:
        return
    grants, parents = grants_of(db, by), nodes.parents(db)
    for place in places:
        if not may(grants, action, place, parents=parents):
            raise Refused(Reason(NOT_THERE, {"place": place, "roles": _(", ").join(who_may(action, place))}))


def _keep_an_admin(db: Database, number: str, place: str = "") -> None:
    """The last administrator of this centre stays one: nobody could make another. ``place`` empty: all his grants end.

    A hall has its own administrators; those of the centre have grants above the halls.
    """
    mine = [one for one in _admins(db) if one.staff == number and place in ("", one.node)]
    others = [one for one in _admins(db) if one not in mine]
    if mine and not others:
        raise Refused(LAST_ADMIN)


def _admins(db: Database) -> list[GrantRow]:
    people = (one for one in views.all_staff(db) if one.active)
    found = (grant for one in people for grant in views.grants(db, one.number) if grant.role == Role.ADMIN)
    return [one for one in found if level(one.node) > Level.HALL]


def _newest(db: Database, scope: str, day: str) -> dict[str, ServiceTypeSet]:
    """What was set for the place itself and holds on a day, without the day it began."""
    return {
        one.code: ServiceTypeSet(
            **{name: getattr(one, name) for name in Matter.__struct_fields__},
            scope=scope,
            may_override=one.may_override,
        )
        for one in views.matters_at(db, scope, day)
    }


def _said(what: str, recorded: list[str]) -> Reason:
    return Reason(SAVED if recorded else SAME, {"what": what})


def place_refusal(place: str) -> Reason | None:
    """Why this is no code of a place."""
    return None if re.fullmatch(r"[0-9A-Za-z-]{1,32}", place) else Reason(NOT_A_PLACE, {"place": place[:40]})


def _refuse(refused: Reason | None) -> None:
    if refused is not None:
        raise Refused(refused)
