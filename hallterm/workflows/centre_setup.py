"""A centre gets its place, its name and its first administrator; until then nobody can sign on there."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable

from msgspec import Struct

from hallterm.centre_place import CENTRE_FILE
from hallterm.locale import N_
from hallterm.rules import passwords
from hallterm.rules.words import Reason
from hallterm.workflows.desk import Desk, Refused
from hallterm.workflows.setup import NAME_MISSING, Field, printable, staff_number_refusal
from storage import views
from storage.facts import CredentialChanged, GrantSet, HallSet, Moment, Role, StaffSet
from storage.journal import Journal
from storage.vault import Vault

FIRST_ROLES = (Role.ADMIN, Role.COLLECTION_DEPT)
"""The first person may edit all reference data until others are entered."""
PLACE_WRONG = Reason(N_("the place of a centre is a division code of 6 digits, such as 360600 of a city"))
HAS_ONE = Reason(N_("this centre has an administrator already; nothing was changed"))


class CentreRun(Struct, frozen=True):
    """What is asked: the place of the centre in the scope tree, and who decides there."""

    place: str
    name: str
    admin_number: str
    admin_name: str
    password: str


CHECKS: tuple[tuple[Field, Callable[[CentreRun], Reason | None]], ...] = (
    (Field.HALL_NAME, lambda run: None if printable(run.name) else NAME_MISSING),
    (Field.HALL_CODE, lambda run: None if re.fullmatch(r"[0-9]{6}", run.place, re.ASCII) else PLACE_WRONG),
    (Field.NUMBER, lambda run: staff_number_refusal(run.admin_number)),
    (Field.NAME, lambda run: None if printable(run.admin_name) else NAME_MISSING),
    (Field.PASSWORD, lambda run: passwords.refusal(run.password)),
)


def centre_problems(run: CentreRun) -> dict[Field, Reason]:
    """One sentence for each field that cannot be used."""
    return {field: refused for field, check in CHECKS if (refused := check(run)) is not None}


def needs_administrator(journal: Journal, vault: Vault) -> bool:
    """Nobody who may decide here can sign on yet; administrators of halls have their passwords there, not here."""
    db = journal.database
    people = (one for one in views.all_staff(db) if one.active and vault.has_credential(one.number))
    return not any(grant.role == Role.ADMIN for one in people for grant in views.grants(db, one.number))


def first_administrator(journal: Journal, vault: Vault, run: CentreRun, now: Moment) -> None:
    """Record place and person in one transaction; raises Refused for the first wrong field, or if there is one already."""
    for refused in centre_problems(run).values():
        raise Refused(refused)
    with journal.write(run.admin_number, now) as tx:
        if not needs_administrator(journal, vault):
            raise Refused(HAS_ONE)
        vault.set_password(run.admin_number, run.password)
        tx.record(HallSet(code=run.place, name=run.name.strip()))
        tx.record(StaffSet(run.admin_number, run.admin_name.strip(), run.place))
        for role in FIRST_ROLES:
            tx.record(GrantSet(run.admin_number, role, run.place))
        tx.record(CredentialChanged(run.admin_number))


def found_centre(desk: Desk, vault: Vault, run: CentreRun, now: Moment) -> None:
    """The same from a desk: of a centre that has no administrator yet, or of a folder that holds nothing so far, which
    becomes a centre's. Raises Refused.
    """
    if desk.journal.is_set_up:
        first_administrator(desk.journal, vault, run, now)
        return
    for refused in centre_problems(run).values():
        raise Refused(refused)
    journal = Journal.open(desk.board.path.parent / CENTRE_FILE)
    try:
        if not journal.is_set_up:
            journal.found(f"centre-{secrets.token_hex(4)}", "")
        first_administrator(journal, vault, run, now)
    finally:
        journal.close()
