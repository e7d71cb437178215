"""A link that may not be followed: which role at which node may grant it. Business rule 5, one sentence for everybody.

Screens, reports, the command line and whoever reads at a centre say it in these words.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from hallterm.locale import N_, _
from hallterm.rules.words import Reason
from storage import nodes
from storage.access import Action, Grant, Level, grants_that_allow, level
from storage.database import Database
from storage.facts import Role
from storage.views.places import place_names

NEEDS = N_("{what} needs {grants}: the administrator can grant it")
NOBODY = N_("{what} is not for anybody here")
AT = N_("{roles} at {place}")
QUOTED = N_('"{role}"')
OR = N_(" or ")
ROLES: Mapping[Role, str] = {
    Role.CLERK: N_("clerk"),
    Role.GUIDE: N_("guide"),
    Role.DUTY_LEADER: N_("duty leader"),
    Role.HALL_DIRECTOR: N_("hall director"),
    Role.ASSESSOR: N_("assessor"),
    Role.BUREAU_LEADER: N_("bureau leader"),
    Role.COLLECTION_DEPT: N_("collection department"),
    Role.ADMIN: N_("administrator"),
    Role.TECHNICIAN: N_("technician"),
    Role.POINT_CLERK: N_("point clerk"),
}
WORDS: Mapping[Action, str] = {
    Action.SERVE: N_("serving at a window"),
    Action.ISSUE: N_("handing out tickets"),
    Action.CANCEL: N_("cancelling tickets"),
    Action.NOTE_UNRATED: N_("noting why nobody rated"),
    Action.DISPATCH: N_("dispatch"),
    Action.DEVICES: N_("work on devices"),
    Action.EDIT_STAFF: N_("editing people and grants"),
    Action.EDIT_WINDOWS: N_("editing windows"),
    Action.EDIT_CATALOGUE: N_("editing matters and limits"),
    Action.EDIT_SETTINGS: N_("editing settings"),
    Action.RESET_PASSWORD: N_("resetting passwords"),
    Action.SEE_OWN_FIGURES: N_("own figures"),
    Action.SEE_PRESS_PATTERNS: N_("how people press"),
    Action.DOCTOR: N_("the check of the data"),
    Action.BACKUP: N_("backups"),
    Action.SEE_FIGURES: N_("analysis and reports"),
    Action.SEE_NODES: N_("sync of the PCs"),
    Action.RATE_FOR_TAXPAYER: N_("rating in the taxpayer's place"),
    Action.ENTER_CARD: N_("entering rating cards"),
    Action.DECLARE_FAULT: N_("reporting a fault"),
    Action.CONFIRM_FAULT: N_("confirming a fault"),
    Action.BACK_ENTER: N_("entering what was done on paper"),
    Action.CONFIRM_BACK_ENTRY: N_("confirming what was entered afterwards"),
    Action.REQUEST_LEAVE: N_("asking for leave"),
    Action.APPROVE_LEAVE: N_("deciding on leave"),
    Action.SCHEDULE: N_("planning schedules"),
    Action.SEE_ATTENDANCE: N_("attendance"),
    Action.CORRECT_ATTENDANCE: N_("correcting attendance"),
    Action.SEE_RANKING: N_("the ranking"),
    Action.SEE_SCORES: N_("the assessment"),
    Action.SEE_LEVELS: N_("rating levels"),
    Action.SEE_RATER: N_("who rated"),
    Action.HANDLE_CASES: N_("cases of bad ratings"),
    Action.DRAFT_COMMENT: N_("drafting comments"),
    Action.DRAFT_REWARD: N_("drafting rewards"),
    Action.WRITE_COMMENT: N_("weekly comments"),
    Action.GIVE_REWARD: N_("monthly rewards"),
    Action.READ_COMMENTS: N_("reading comments"),
    Action.RECORD_ERROR: N_("recording errors"),
    Action.RECORD_COMPLAINT: N_("recording complaints"),
    Action.VOTE: N_("voting"),
    Action.PROPOSE_FREEZE: N_("proposing to freeze a month"),
    Action.FREEZE_MONTH: N_("freezing a month"),
    Action.APPEAL: N_("appealing a rating"),
    Action.FORWARD_APPEAL: N_("forwarding an appeal"),
    Action.DECIDE_APPEAL: N_("deciding an appeal"),
    Action.SEE_DEVICE_HEALTH: N_("the health of devices"),
    Action.PROPOSE_CATALOGUE: N_("proposing matters and limits"),
    Action.EDIT_WEIGHTS: N_("editing weights"),
    Action.EDIT_THRESHOLDS: N_("editing thresholds"),
    Action.IMPORT: N_("importing"),
    Action.EXPORT_PACKAGE: N_("the monthly package"),
    Action.VIEW_AUDIT: N_("the audit log"),
}


def refused_link(db: Database, action: Action, node: str, what: str = "") -> Reason:
    """Why ``action`` at ``node`` is refused, and who would be let in; ``what`` (a source string) names the link better."""
    found = grants_that_allow(action, node, nodes.parents(db))
    return told(action, found, place_names(db), what)


def told(action: Action, allowing: Iterable[Grant], names: Mapping[str, str], what: str = "") -> Reason:
    """The same from the grants that would allow it, such as a centre answers them. Lower places are named first."""
    subject = Reason(what or WORDS[action])
    by_place: dict[str, list[str]] = {}
    for grant in allowing:
        if grant.role in ROLES:
            by_place.setdefault(grant.node, []).append(_(QUOTED).format(role=_(ROLES[grant.role])))
    if not by_place:
        return Reason(NOBODY, {"what": subject})
    parts = [
        _(AT).format(roles=_(OR).join(by_place[node]), place=names.get(node) or node)
        for node in sorted(by_place, key=lambda node: (level(node), node))
    ]
    return Reason(NEEDS, {"what": subject, "grants": _(OR).join(parts)})


def is_above_halls(node: str) -> bool:
    """Whether a grant at this node covers more than one hall."""
    return level(node) > Level.HALL
