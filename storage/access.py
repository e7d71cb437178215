"""Grants: role × action × scope; the one place that says who may do what, and where.

A person has grants, each a role at a node of the scope tree (city → district → hall → window); a grant covers its node
and everything below it, several grants add up. Codes carry the tree: a window is its hall, ``-`` and two digits, a hall
its district and three digits, a district's city ends in ``00``, a city's province in ``0000`` (GB/T 2260); a place with another
parent names it.
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
    RATE_FOR_TAXPAYER = "rate_for_taxpayer"
    ENTER_CARD = "enter_card"
    DECLARE_FAULT = "declare_fault"
    CONFIRM_FAULT = "confirm_fault"
    BACK_ENTER = "back_enter"
    CONFIRM_BACK_ENTRY = "confirm_back_entry"
    REQUEST_LEAVE = "request_leave"
    APPROVE_LEAVE = "approve_leave"
    SCHEDULE = "schedule"
    SEE_ATTENDANCE = "see_attendance"
    CORRECT_ATTENDANCE = "correct_attendance"
    SEE_RANKING = "see_ranking"
    SEE_SCORES = "see_scores"
    SEE_LEVELS = "see_levels"
    SEE_RATER = "see_rater"
    HANDLE_CASES = "handle_cases"
    DRAFT_COMMENT = "draft_comment"
    WRITE_COMMENT = "write_comment"
    GIVE_REWARD = "give_reward"
    DRAFT_REWARD = "draft_reward"
    READ_COMMENTS = "read_comments"
    RECORD_ERROR = "record_error"
    RECORD_COMPLAINT = "record_complaint"
    VOTE = "vote"
    PROPOSE_FREEZE = "propose_freeze"
    FREEZE_MONTH = "freeze_month"
    APPEAL = "appeal"
    FORWARD_APPEAL = "forward_appeal"
    DECIDE_APPEAL = "decide_appeal"
    SEE_DEVICE_HEALTH = "see_device_health"
    PROPOSE_CATALOGUE = "propose_catalogue"
    EDIT_WEIGHTS = "edit_weights"
    EDIT_THRESHOLDS = "edit_thresholds"
    IMPORT = "import"
    EXPORT_PACKAGE = "export_package"
    VIEW_AUDIT = "view_audit"


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


class Sight(IntEnum):
    """How much a person sees: nothing; figures without people and taxpayers; everything."""

    NOTHING = 0
    MASKED = 1
    CLEAR = 2


COLUMNS = (
    *(Role.CLERK, Role.GUIDE, Role.DUTY_LEADER, Role.HALL_DIRECTOR, Role.ASSESSOR, Role.BUREAU_LEADER),
    *(Role.COLLECTION_DEPT, Role.ADMIN, Role.TECHNICIAN, Role.POINT_CLERK, Role.KIOSK),
)
# s own records, w own window, h hall, d district, c city, - never; behind it: m figures only, people and taxpayers
# masked, x only a case that is open and assigned
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
    Action.SEE_FIGURES: "     s     hm   h     h        h       c        c       cm       -      s    -",
    Action.SEE_NODES: "       -     -    -     h        -       -        c       c        c      -    -",
    Action.RATE_FOR_TAXPAYER: "-    -    -     -        -       -        -       -        -      -    -",
    Action.ENTER_CARD: "      -     h    h     h        -       -        -       -        -      -    -",
    Action.DECLARE_FAULT: "   s     -    h     h        -       -        c       -        h      s    -",
    Action.CONFIRM_FAULT: "   -     -    h     h        -       -        c       -        -      -    -",
    Action.BACK_ENTER: "      s     -    h     h        -       -        -       -        -      s    -",
    Action.CONFIRM_BACK_ENTRY: "-   -    h     h        -       -        -       -        -      -    -",
    Action.REQUEST_LEAVE: "   s     s    s     s        -       -        -       -        -      s    -",
    Action.APPROVE_LEAVE: "   -     -    h     h        -       d        -       -        -      -    -",
    Action.SCHEDULE: "        -     -    h     h        -       -        -       -        -      -    -",
    Action.SEE_ATTENDANCE: "  s     s    h     h        h       c        c       cm       -      s    -",
    Action.CORRECT_ATTENDANCE: "-   -    -     h        h       -        -       -        -      -    -",
    Action.SEE_RANKING: "     -     -    h     h        h       c        c       cm       -      -    -",
    Action.SEE_SCORES: "      -     -    -     h        h       c        c       cm       -      -    -",
    Action.SEE_LEVELS: "      s     -    h     h        h       c        c       cm       -      s    -",
    Action.SEE_RATER: "       -     -    -     hx       -       -        cx      -        -      -    -",
    Action.HANDLE_CASES: "    -     -    -     h        -       -        c       -        -      -    -",
    Action.DRAFT_COMMENT: "   -     -    h     h        h       -        -       -        -      -    -",
    Action.WRITE_COMMENT: "   -     -    h     h        -       -        -       -        -      -    -",
    Action.GIVE_REWARD: "     -     -    -     h        -       -        -       -        -      -    -",
    Action.DRAFT_REWARD: "    -     -    -     h        h       -        -       -        -      -    -",
    Action.READ_COMMENTS: "   -     -    h     h        h       c        c       -        -      -    -",
    Action.RECORD_ERROR: "    -     -    -     h        h       -        -       -        -      -    -",
    Action.RECORD_COMPLAINT: "-     -    -     -        h       -        c       -        -      -    -",
    Action.VOTE: "            s     s    s     s        -       -        -       -        -      s    -",
    Action.PROPOSE_FREEZE: "  -     -    -     h        h       -        c       -        -      -    -",
    Action.FREEZE_MONTH: "    -     -    -     -        h       -        c       -        -      -    -",
    Action.APPEAL: "          s     -    -     -        -       -        -       -        -      s    -",
    Action.FORWARD_APPEAL: "  -     -    -     h        -       -        -       -        -      -    -",
    Action.DECIDE_APPEAL: "   -     -    -     -        -       -        c       -        -      -    -",
    Action.SEE_DEVICE_HEALTH: "-    -    -     h        -       -        -       cm       cm     -    -",
    Action.PROPOSE_CATALOGUE: "-    -    -     h        -       -        -       -        -      -    -",
    Action.EDIT_WEIGHTS: "    -     -    -     -        -       -        c       -        -      -    -",
    Action.EDIT_THRESHOLDS: " -     -    -     h        -       -        c       -        -      -    -",
    Action.IMPORT: "          -     -    -     h        h       -        c       c        -      -    -",
    Action.EXPORT_PACKAGE: "  -     -    h     h        h       -        c       -        h      h    -",
    Action.VIEW_AUDIT: "      -     -    -     h        -       -        c       cm       -      -    -",
}
TABLE: dict[Action, dict[Role, str]] = {
    action: {role: letter for role, letter in zip(COLUMNS, row.split(), strict=True) if letter != "-"}
    for action, row in ROWS.items()
}
CASES_ACTIONS = frozenset(
    {
        *(Action.HANDLE_CASES, Action.DECIDE_APPEAL, Action.ENTER_CARD),
        *(Action.WRITE_COMMENT, Action.READ_COMMENTS, Action.RECORD_COMPLAINT),
    }
)
"""Each of these opens the page of cases."""
OWN_ONLY = "sw"
MASKED = "m"
CASE_ONLY = "x"
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


def city_of(node: str, parents: Mapping[str, str] = NO_PARENTS) -> str:
    """The city that a place lies in, not the province above it; the highest place where there is no city."""
    chain = upwards(node, parents)
    return next((one for one in chain if level(one) is Level.CITY), chain[-1])


def _parent_by_code(node: str) -> str:
    if "-" in node:
        return node.rpartition("-")[0]
    if len(node) == 9 and node.isdigit():
        return node[:6]
    if level(node) is Level.DISTRICT:
        return f"{node[:4]}00"
    if level(node) is Level.CITY and not node.endswith("0000"):
        return f"{node[:2]}0000"
    return ""


def may(
    grants: Iterable[Grant],
    action: Action,
    node: str,
    *,
    own: bool = False,
    case: bool = False,
    parents: Mapping[str, str] = NO_PARENTS,
) -> bool:
    """Whether one of the grants allows ``action`` at ``node``, masked or in clear (:func:`sight` says which).

    ``own``: the record or the window is the person's own; ``case``: it belongs to an open case that is assigned to him.
    """
    return sight(grants, action, node, own=own, case=case, parents=parents) is not Sight.NOTHING


def sight(
    grants: Iterable[Grant],
    action: Action,
    node: str,
    *,
    own: bool = False,
    case: bool = False,
    parents: Mapping[str, str] = NO_PARENTS,
) -> Sight:
    """What the grants show of ``action`` at ``node``: the widest of them counts."""
    cells, chain, height = TABLE[action], upwards(node, parents), level(node)
    seen = [Sight.NOTHING]
    for grant in grants:
        cell = cells.get(grant.role, "")
        if not cell or grant.node not in chain or height > HIGHEST[cell[0]]:
            continue
        if (own or cell[0] not in OWN_ONLY) and (case or CASE_ONLY not in cell):
            seen.append(Sight.MASKED if MASKED in cell else Sight.CLEAR)
    return max(seen)


def anywhere(grants: Iterable[Grant], action: Action) -> bool:
    """Whether one of the grants allows ``action`` at its own node or at some place below; not for own records only."""
    letters = TABLE[action]
    return any(letters.get(grant.role, OWN_ONLY)[0] not in OWN_ONLY for grant in grants)


def who_may(action: Action, node: str) -> list[Role]:
    """The roles that may do it at this node (for their own record or window at least): said when it is refused."""
    height = level(node)
    return [role for role, letter in TABLE[action].items() if height <= HIGHEST[letter[0]]]


def grants_that_allow(action: Action, node: str, parents: Mapping[str, str] = NO_PARENTS) -> list[Grant]:
    """Which role at which node would allow it: each role at the highest node its letter reaches. For a refused link."""
    chain, cells = upwards(node, parents), TABLE[action]
    return [
        Grant(role, max((at for at in chain if level(at) <= HIGHEST[cells[role][0]]), key=level))
        for role in who_may(action, node)
    ]
