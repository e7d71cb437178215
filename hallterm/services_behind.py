"""The services behind a line of a report, for who may see its figures: each with what it is worth and how it was verified."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec
from msgspec import Struct

from hallterm.granting import refused_link
from hallterm.locale import N_, _
from hallterm.report_desk import sight_of
from hallterm.reports.asked import Asked
from hallterm.reports.model import By, Drill, Report
from hallterm.rules.day import business_day
from hallterm.rules.reconciliation import is_credited
from hallterm.rules.timers import pause_rule
from hallterm.rules.words import Reason
from hallterm.workflows.desk import Desk, Refused
from storage.access import Action, Sight
from storage.facts import EntryMode, IntervalKind, Moment, PauseReason, Verified
from storage.views.behind import ServiceBehind, Stretch, service_behind, services_behind, stretches, worth_behind

KINDS: Final[Mapping[str, str]] = {IntervalKind.HELD: N_("put aside"), IntervalKind.UI_BLOCKED: N_("keys blocked")}
NO_SERVICE = Reason(N_("the service is not here any more: only its sums are"))
SHORT, BACK_ENTERED = N_("too short"), N_("back entry")
VERDICTS: Final[Mapping[Verified, str]] = {
    Verified.YES: N_("matches"),
    Verified.NO: N_("not found"),
    Verified.UNKNOWN: N_("unchecked"),
    Verified.OUTSIDE: N_("outside"),
}
"""What the tax software says, as it stands in the last column of the list."""


class BehindLine(Struct, frozen=True):
    """One service in words; ``std_milliminutes`` None: not credited."""

    service: ServiceBehind
    clerk: str
    matter: str
    std_milliminutes: int | None
    remark: str


class Behind(Struct, frozen=True):
    """The services behind a line: how many, what they are credited with, how many are not. ``lines`` are the first of them."""

    title: str
    lines: tuple[BehindLine, ...]
    services: int
    std_milliminutes: int
    not_credited: int


class Opened(Struct, frozen=True):
    """One service with its pauses in words."""

    line: BehindLine
    stretches: tuple[tuple[str, Stretch], ...]


def read_behind(desk: Desk, now: Moment, report: Report, drill: Drill) -> Behind:
    """What stands behind a line of a report; raises Refused."""
    halls = (drill.hall,) if drill.hall else report.scope.halls
    staff = drill.staff or report.scope.staff
    asked = _asked(desk, now, report, drill.hall or report.scope.node, staff)
    code = "" if drill.code == "--" else drill.code
    of = (halls, report.period.first, report.period.last, staff, code)
    found, worth = services_behind(asked.db, *of), worth_behind(asked.db, *of)
    credited = [one for one in worth if is_credited(Verified(one.verified), suspicious=one.suspicious)]
    services = sum(one.services for one in worth)
    who = asked.name_of(By.CLERK, staff) if staff else asked.name_of(By.HALL, drill.hall or report.scope.node)
    what = f"{drill.code} {asked.name_of(By.MATTER, drill.code)}" if drill.code else _(report.name)
    return Behind(
        title=f"{who}  {what}  {report.period.code}",
        lines=tuple(_line(asked, one) for one in found),
        services=services,
        std_milliminutes=sum(one.std_milliminutes for one in credited),
        not_credited=services - sum(one.services for one in credited),
    )


def read_service(desk: Desk, now: Moment, report: Report, id: str) -> Opened:
    """One service; raises Refused."""
    db = desk.journal.database
    found = service_behind(db, id)
    if found is None:
        raise Refused(NO_SERVICE)
    asked = _asked(desk, now, report, found.hall, found.staff)
    parts = tuple((_words(one), one) for one in stretches(db, id, found.hall))
    return Opened(_line(asked, found), parts)


def _asked(desk: Desk, now: Moment, report: Report, node: str, staff: str) -> Asked:
    seen = sight_of(desk, node, staff)
    if seen is Sight.NOTHING:
        raise Refused(refused_link(desk.journal.database, Action.SEE_FIGURES, node))
    scope = msgspec.structs.replace(report.scope, staff=staff)
    masked = seen is Sight.MASKED
    return Asked(desk.journal.database, scope, report.period, By.CLERK, now, business_day(now.t), masked=masked)


def _line(asked: Asked, one: ServiceBehind) -> BehindLine:
    verified = Verified(one.verified)
    credited = is_credited(verified, suspicious=one.suspicious)
    return BehindLine(
        service=one,
        clerk=asked.name_of(By.CLERK, one.staff),
        matter=f"{one.code} {asked.name_of(By.MATTER, one.code)}",
        std_milliminutes=one.std_milliminutes if credited else None,
        remark=remark(verified, suspicious=one.suspicious, back_entry=one.entry_mode == EntryMode.BACK_ENTRY),
    )


def remark(verified: Verified, *, suspicious: bool, back_entry: bool) -> str:
    """What the tax software says of a service, or why it could not say anything."""
    if verified is Verified.UNKNOWN and suspicious:
        return _(SHORT)
    if verified is Verified.UNKNOWN and back_entry:
        return _(BACK_ENTERED)
    return _(VERDICTS[verified])


def _words(one: Stretch) -> str:
    """Why the clock stood still."""
    if one.kind in KINDS:
        return _(KINDS[one.kind])
    known = one.reason in PauseReason.__members__.values()
    return _(pause_rule(PauseReason(one.reason)).label) if known else one.reason
