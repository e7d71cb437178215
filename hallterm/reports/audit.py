"""R31: the audit log of a hall, or of the centre itself: who decided or changed what, when, and from where."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

import msgspec

from hallterm.locale import N_, _
from hallterm.reports.asked import Asked
from hallterm.reports.model import By, Column, Kind, Row, Table
from hallterm.rules.day import business_day, midnight_t
from hallterm.rules.numbers import window_number
from hallterm.rules.words import Reason
from storage.views.audit import Deed, deeds

COLUMNS = (
    Column("day", N_("Day"), Kind.DAY),
    Column("time", N_("Time"), Kind.TIME),
    Column("who", N_("Who"), Kind.TEXT, widest=14),
    Column("what", N_("What"), Kind.TEXT, widest=24),
    Column("about", N_("Concerns"), Kind.TEXT, widest=30),
    Column("window", N_("Win"), Kind.TEXT, widest=4),
    Column("from", N_("From where"), Kind.TEXT, widest=16),
)
OF_ALL = Reason(
    N_("Calls, services and ratings at the windows are in the other reports; at a city stands what was done there")
)
DEEDS: Mapping[str, str] = {
    "sign_on.done": N_("signed on"),
    "sign_on.refused": N_("wrong passwords"),
    "sign_off.done": N_("signed off"),
    "credential.changed": N_("set a password"),
    "staff.set": N_("person"),
    "grant.set": N_("gave a right"),
    "grant.ended": N_("took a right"),
    "setting.set": N_("setting"),
    "hall.set": N_("hall"),
    "window.set": N_("set up a window"),
    "service_type.set": N_("matter"),
    "calendar.imported": N_("calendar"),
    "closing_day.set": N_("day off of a hall"),
    "node.enrolled": N_("let a PC in"),
    "node.revoked": N_("shut a PC out"),
    "device.changed": N_("device"),
    "dispatch.done": N_("dispatched"),
    "dispatch.undone": N_("took a dispatch back"),
    "warning.acknowledged": N_("answered a warning"),
    "schedule.set": N_("plan of a half-day"),
    "post.set": N_("AB post"),
    "substitution.began": N_("stood in"),
    "substitution.ended": N_("stood in no longer"),
    "attendance.corrected": N_("corrected attendance"),
    "off_post.noted": N_("noted off-post"),
    "leave.submitted": N_("asked for leave"),
    "leave.resubmitted": N_("asked for leave again"),
    "leave.approved": N_("approved leave"),
    "leave.rejected": N_("rejected leave"),
    "leave.voided": N_("voided leave"),
    "leave.decision_undone": N_("took a leave decision back"),
    "leave.certified": N_("certificate of a leave"),
    "leave.explained": N_("explained a leave"),
    "month.proposed": N_("proposed a month"),
    "month.frozen": N_("froze a month"),
    "month.reopened": N_("opened a month again"),
    "adjustment.made": N_("adjusted a frozen month"),
    "error.recorded": N_("recorded an error"),
    "error.withdrawn": N_("withdrew an error"),
    "complaint.founded": N_("founded complaint"),
    "complaint.withdrawn": N_("withdrew a complaint"),
    "case.classified": N_("classified a bad rating"),
    "case.contacted": N_("contacted the rater"),
    "case.measured": N_("measure on a bad rating"),
    "case.closed": N_("closed a bad rating"),
    "rater.revealed": N_("looked at a rater in full"),
    "appeal.filed": N_("appealed"),
    "appeal.forwarded": N_("passed an appeal on"),
    "appeal.decided": N_("decided an appeal"),
    "appeal.withdrawn": N_("withdrew an appeal"),
    "rating.revoked": N_("revoked a rating"),
    "rating.card_entered": N_("entered a rating card"),
    "rating.missing_changed": N_("changed why unrated"),
    "comment.written": N_("wrote a comment"),
    "reward.given": N_("reward or penalty"),
    "reward.published": N_("published a reward"),
    "reward.withdrawn": N_("withdrew a reward"),
    "vote.opened": N_("opened a vote"),
    "vote.counted": N_("counted a vote"),
    "outage.declared": N_("declared a fault"),
    "outage.confirmed": N_("confirmed a fault"),
    "outage.ended": N_("ended a fault"),
    "outage.withdrawn": N_("withdrew a fault"),
    "pause.confirmed": N_("confirmed a pause"),
    "pause.refused": N_("refused a pause"),
    "back_entry.made": N_("back-entry"),
    "back_entry.confirmed": N_("confirmed a back-entry"),
    "back_entry.refused": N_("refused a back-entry"),
    "reconciliation.imported": N_("list of the tax software"),
    "action.undone": N_("took back"),
}
"""Every deed that is listed, by the kind of its fact."""
ABOUT = ("staff", "number", "role", "node", "code", "window", "name", "value", "month", "day", "week", "reason")
"""Fields that say what it was about, in this order; never free text."""
NAMES = frozenset({"staff.set", "hall.set", "window.set", "closing_day.set"})
"""Facts in which ``name`` is a person's or a place's, which stand in their own lists."""


def build(asked: Asked) -> Table:
    """In order of time."""
    first, last = date.fromisoformat(asked.period.first), date.fromisoformat(asked.period.last)
    span = midnight_t(first.isoformat()), midnight_t((last + timedelta(days=1)).isoformat())
    found = deeds(asked.db, asked.scope.node, *span, DEEDS)
    rows = tuple(Row(_cells(asked, one)) for one in found if asked.scope.staff in ("", one.actor))
    return Table(COLUMNS, rows, None, (OF_ALL,), "time", ())


def _cells(asked: Asked, one: Deed) -> tuple[str | int | None, ...]:
    window = str(window_number(one.window)) if one.window else ""
    who = asked.name_of(By.CLERK, one.actor)
    return business_day(one.t), one.t, who, _(DEEDS[one.kind]), about(one), window, one.remote or _("at the machine")


def about(one: Deed) -> str:
    """The first words of what it concerns."""
    try:
        fields = msgspec.json.decode(one.data)
    except msgspec.MsgspecError:
        return ""
    names = [name for name in ABOUT if name != "name" or one.kind not in NAMES]
    said = [str(fields[name]) for name in names if isinstance(fields.get(name), (str, int)) and fields[name] != ""]
    return " ".join(text for text in said if text != one.actor)[:60]
