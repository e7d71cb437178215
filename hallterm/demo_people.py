"""Who works in the demonstration hall: one password for all, somebody of every role."""

from __future__ import annotations

from msgspec import Struct

from hallterm.granting import ROLES
from hallterm.locale import _
from hallterm.widgets.cells import fit
from storage.facts import GrantSet, Half, Moment, Role, StaffSet
from storage.journal import Journal
from storage.vault import Vault

HALL, CITY, CITY_NAME = "360600001", "360600", "鹰潭市"
PASSWORD = "hallterm"
ADMIN, CLERK = "0001", "0317"
DIRECTOR, LEADER, ASSESSOR, DEPARTMENT, FLOATING = "0302", "0301", "0303", "0601", "0312"


class Person(Struct, frozen=True):
    """``window`` is the painted number of the usual place, 0 none. ``above``: the centre grants the same for the whole
    city; a hall grants for itself alone.
    """

    number: str
    name: str
    role: Role
    window: int = 0
    above: bool = False


PEOPLE = (
    Person("0305", "李强", Role.CLERK, window=1),
    Person("0308", "刘洋", Role.CLERK, window=2),
    Person("0317", "张晓梅", Role.CLERK, window=3),
    Person("0311", "王芳", Role.CLERK, window=5),
    Person(FLOATING, "陈静", Role.CLERK),
    Person(LEADER, "周磊", Role.DUTY_LEADER),
    Person(DIRECTOR, "林涛", Role.HALL_DIRECTOR),
    Person(ASSESSOR, "赵敏", Role.ASSESSOR),
    Person(DEPARTMENT, "何静", Role.COLLECTION_DEPT, above=True),
    Person("0602", "陈立", Role.BUREAU_LEADER, above=True),
    Person("0901", "吴刚", Role.TECHNICIAN),
)
"""Beside the administrator, who founded the hall."""
CLERKS = tuple(one for one in PEOPLE if one.role is Role.CLERK)
AT_WINDOWS = tuple(one for one in CLERKS if one.window)
PLACES = {one.number: f"{HALL}-{one.window:02d}" for one in AT_WINDOWS}
AWAY = {("0308", 6): tuple(Half), ("0311", 11): (Half.PM,), ("0305", 16): (Half.AM,)}
"""(who, day of the past) -> half-days on leave; somebody else stands in."""


def enter_people(journal: Journal, vault: Vault, moment: Moment) -> None:
    """Everybody with role and password; hashing one password for each would take seconds."""
    known = vault.credential(ADMIN)
    with journal.write(ADMIN, moment) as tx:
        for person in PEOPLE:
            tx.record(StaffSet(person.number, person.name, HALL))
            tx.record(GrantSet(person.number, person.role, HALL))
            if known is not None:
                vault.adopt(person.number, known.hash, must_change=False)


def who_rows() -> list[str]:
    """One of each role with the number, three in a row."""
    shown = [Person(ADMIN, "", Role.ADMIN), *PEOPLE]
    one_each = {person.role: person.number for person in reversed(shown)} | {Role.CLERK: CLERK}
    cells = [fit(f"{number} {_(ROLES[role])}", 24) for role, number in sorted(one_each.items(), key=lambda one: one[1])]
    rows = ["".join(cells[at : at + 3]).rstrip() for at in range(0, len(cells), 3)]
    return [_("Demonstration: everybody's password is {password}").format(password=PASSWORD), *rows]
