"""Grants: role × action × scope; the one place that says who may do what, and where.

A person has grants, each a role at a node of the scope tree (city → district → hall → window); a grant covers its node
and everything below it, several grants add up. Codes carry the tree: a window is its hall, ``-`` and two digits, a hall
its district and three digits, a district's city ends in ``00`` (GB/T 2260); a hall with another parent names it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import IntEnum, StrEnum

from msgspec import Struct

from storage.facts import Role

NO_PARENTS: Mapping[str, str] = {}


class Action(StrEnum):
    """What can be allowed."""

    SERVE = "serve"
    ISSUE = "issue"
    CANCEL = "cancel"
    NOTE_UNRATED = "note_unrated"
    DISPATCH = "dispatch"
    DEVICES = "devices"
    EDIT_STAFF = "edit_staff"
    EDIT_WINDOWS = "edit_windows"
    EDIT_CATALOGUE = "edit_catalogue"
    EDIT_SETTINGS = "edit_settings"
    RESET_PASSWORD = "reset_password"
    SEE_OWN_FIGURES = "see_own_figures"
    SEE_PRESS_PATTERNS = "see_press_patterns"
    DOCTOR = "doctor"
    BACKUP = "backup"
    SEE_FIGURES = "see_figures"
    SEE_NODES = "see_nodes"


class Grant(Struct, frozen=True):
    """A role at a node."""

    role: Role
    node: str


class Level(IntEnum):
    """How high a node stands."""

    WINDOW = 1
    HALL = 2
    DISTRICT = 3
    CITY = 4


COLUMNS = (
    *(Role.CLERK, Role.GUIDE, Role.DUTY_LEADER, Role.HALL_DIRECTOR, Role.ASSESSOR, Role.BUREAU_LEADER),
    *(Role.COLLECTION_DEPT, Role.ADMIN, Role.TECHNICIAN, Role.POINT_CLERK, Role.KIOSK),
)
# s own records, w own window, h hall, d district, c city, - never
#                          clerk guide duty director assessor bureau collection admin technician point kiosk
ROWS = {
    Action.SERVE: "           w     -    w     w        -       -        -       -        -      w    -",
    Action.ISSUE: "           h     h    h     h        -       -        -       -        -      h    h",
    Action.CANCEL: "          -     h    h     h        -       -        -       -        -      h    -",
    Action.NOTE_UNRATED: "    s     -    h     h        -       -        -       -        -      s    -",
    Action.DISPATCH: "        -     -    h     h        -       -        -       -        -      -    -",
    Action.DEVICES: "         -     -    -     h        -       -        -       c        h      -    -",
    Action.EDIT_STAFF: "      -     -    -     -        -       -        -       c        -      -    -",
    Action.EDIT_WINDOWS: "    -     -    h     h        -       -        -       c        -      -    -",
    Action.EDIT_CATALOGUE: "  -     -    -     -        -       -        c       c        -      -    -",
    Action.EDIT_SETTINGS: "   -     -    -     h        -       -        c       -        -      -    -",
    Action.RESET_PASSWORD: "  -     -    -     h        -       -        -       c        -      -    -",
    Action.SEE_OWN_FIGURES: " s     s    s     s        s       -        -       -        -      s    -",
    Action.SEE_PRESS_PATTERNS: " -  -    h     h        h       -        -       -        -      -    -",
    Action.DOCTOR: "          -     -    -     h        -       -        -       c        h      -    -",
    Action.BACKUP: "          -     -    -     h        -       -        -       c        h      -    -",
    Action.SEE_FIGURES: "     s     h    h     h        h       c        c       c        -      s    -",
    Action.SEE_NODES: "       -     -    -     h        -       -        c       c        c      -    -",
}
TABLE: dict[Action, dict[Role, str]] = {
    action: {role: letter for role, letter in zip(COLUMNS, row.split(), strict=True) if letter != "-"}
    for action, row in ROWS.items()
}
OWN_ONLY = "sw"
HIGHEST = {"s": Level.HALL, "w": Level.HALL, "h": Level.HALL, "d": Level.DISTRICT, "c": Level.CITY}


def level(node: str) -> Level:
    """How high a node stands, by the form of its code; a code of the hall's own making is a hall."""
    if "-" in node:
        return Level.WINDOW
    if len(node) == 6 and node.isdigit():
        return Level.CITY if node.endswith("00") else Level.DISTRICT
    return Level.HALL


def upwards(node: str, parents: Mapping[str, str] = NO_PARENTS) -> list[str]:
    """The node, then all that stand above it; ``parents`` names them where the code does not (halls and points)."""
    chain = [node]
    while (above := parents.get(node) or _parent_by_code(node)) and above not in chain:
        chain.append(above)
        node = above
    return chain


def _parent_by_code(node: str) -> str:
    if "-" in node:
        return node.rpartition("-")[0]
    if len(node) == 9 and node.isdigit():
        return node[:6]
    if level(node) is Level.DISTRICT:
        return f"{node[:4]}00"
    return ""


def may(
    grants: Iterable[Grant],
    action: Action,
    node: str,
    *,
    own: bool = False,
    parents: Mapping[str, str] = NO_PARENTS,
) -> bool:
    """Whether one of the grants allows ``action`` at ``node``; ``own``: the record or the window is the person's own."""
    letters, chain, height = TABLE[action], upwards(node, parents), level(node)
    for grant in grants:
        letter = letters.get(grant.role, "-")
        if letter == "-" or grant.node not in chain or height > HIGHEST[letter]:
            continue
        if own or letter not in OWN_ONLY:
            return True
    return False


def who_may(action: Action, node: str) -> list[Role]:
    """The roles that may do it at this node (for their own record or window at least): said when it is refused."""
    height = level(node)
    return [role for role, letter in TABLE[action].items() if height <= HIGHEST[letter]]
